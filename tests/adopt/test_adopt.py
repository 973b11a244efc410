"""Adopts a bucket with every setting, and one that has only the default encryption. Checks
settings, imports and output."""

import json
import os
import re

from sandbox import (
    BARE,
    BARE_ENCRYPTION_RULES,
    BUCKET,
    CORS_RULES,
    ENCRYPTION_RULES,
    FULL,
    HERE,
    LIFECYCLE_RULES,
    REGION,
    ROOT,
    Sandbox,
)

KEYS = f"arn:aws:kms:{REGION}:123456789012:"
KEY = f"{KEYS}key/1234abcd-12ab-34cd-56ef-1234567890ab"
NOTIFICATIONS = "s3api get-bucket-notification-configuration"


def encrypted(algorithm, **key):
    """AWS's answer about a bucket with this default encryption."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **key}}
    answer = {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
    return {"s3api get-bucket-encryption": answer}


def denying(**statement):
    """AWS's answer about a bucket whose policy denies something."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", **statement}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"s3api get-bucket-policy": {"Policy": json.dumps(policy)}}


# Each entry: changes to the answers in `FULL`, and texts that adopt.py then prints.
NOTES = [
    (
        {NOTIFICATIONS: {**FULL[NOTIFICATIONS], "EventBridgeConfiguration": {}}},
        ["1 destination, EventBridge", "`leave --keep-eventbridge`"],
    ),
    (
        {
            "s3api get-object-lock-configuration": {
                "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}
            },
            "s3api get-bucket-replication": {"ReplicationConfiguration": {"Rules": []}},
            "s3api get-bucket-versioning": {"Status": "Enabled", "MFADelete": "Enabled"},
        },
        [
            "The bucket has Object Lock, so its versioning has to stay Enabled",
            "The bucket has replication, so its versioning has to stay Enabled",
            "MFA delete is on",
        ],
    ),
    (denying(), ["The policy denies something"]),
    ({"s3api list-objects-v2": {"RequestCharged": None}}, ["No object is under photos/ now"]),
]


class Everything(Sandbox):
    def test_every_setting_is_kept_in_the_providers_form(self):
        status, _, errors = self.adopt()
        self.assertEqual((status, errors), (0, ""))
        statements = json.loads(self.answers["s3api get-bucket-policy"]["Policy"])["Statement"]
        expected = {
            "bucketName": BUCKET,
            "keyPrefix": "photos/",
            "bucketBlockPublicAcls": True,
            "bucketBlockPublicPolicy": True,
            "bucketIgnorePublicAcls": False,
            "bucketRestrictPublicBuckets": False,
            "bucketObjectOwnership": "BucketOwnerPreferred",
            "bucketEncryptionRules": ENCRYPTION_RULES,
            "versioning": "Enabled",
            "bucketLifecycleRules": LIFECYCLE_RULES,
            "bucketPolicyStatements": statements,
            "bucketCorsRules": CORS_RULES,
            "bucketUnmanaged": [],
            "bucketTags": {"team": "web", "cost": "0123"},
            "kmsKeyArns": [KEY],
            "deletionProtection": True,
            "forceDestroy": False,
        }
        self.assertEqual(self.settings(), expected)

    def test_everything_is_imported_with_the_programs_names_and_provider(self):
        self.adopt()
        program = (ROOT / "pulumi/Main.yaml").read_text()
        pin = (ROOT / "pulumi/sdks/aws.yaml").read_text()
        version = re.search(r"^version: (.+)$", pin, re.MULTILINE)[1]
        entries = self.imported()
        self.assertEqual((len(entries), entries[-1]["name"]), (9, "bucketNotification"))
        for entry in entries:
            self.assertEqual((entry["id"], entry["version"]), (BUCKET, version))
            module, kind = re.fullmatch(r"aws:s3/(\w+):(\w+)", entry["type"]).groups()
            self.assertEqual(module, kind[0].lower() + kind[1:])
            self.assertRegex(program, f"(?m)^  {entry['name']}:\n    type: aws:s3:{kind}$")

    def test_nothing_is_changed_in_aws(self):
        self.adopt()
        for _, service, operation, *_ in self.calls():
            self.assertRegex(operation, "^(get|head|list|describe)-", service)

    def test_the_owner_is_demanded_in_every_request_to_the_bucket(self):
        self.adopt()
        requests = [call for call in self.calls() if call[1] == "s3api"]
        without = [call for call in requests if "--expected-bucket-owner" not in call]
        self.assertEqual([call[2] for call in without], ["head-bucket"])

    def test_what_happens_is_said(self):
        _, printed, _ = self.adopt()
        printed = " ".join(printed.split())
        for text in [
            "public access block BlockPublicAcls, BlockPublicPolicy kept, as a setting",
            "lifecycle 5 rules kept, as a setting",
            "notifications 1 destination kept, and EventBridge is switched on",
            "S3 checks all destinations when notifications change",
            "The CloudFormation stack site manages the bucket.",
            "pages cannot follow the API's redirects",
            f"get kms:Decrypt for {KEY}",
            "pulumi stack select --create site",
            "pulumi import --file import.site.json --generate-code=false --stack site",
            "pulumi up --stack site",
        ]:
            self.assertIn(text, printed)

    def test_a_dry_run_shows_both_files_and_writes_none(self):
        status, printed, _ = self.adopt("--dry-run")
        self.assertEqual(status, 0)
        self.assertIn('pixgauge:bucketTags: {"team": "web", "cost": "0123"}', printed)
        self.assertIn('"type": "aws:s3/bucket:Bucket"', printed)
        self.assertEqual(list(self.project.glob("*site*")), [])

    def test_it_runs_as_a_program_with_the_clis_on_path(self):
        ran = self.run_program(f"{HERE}{os.pathsep}{os.environ['PATH']}")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(self.settings()["bucketName"], BUCKET)

    def test_the_region_is_that_of_the_bucket(self):
        # S3 names no location for a bucket in us-east-1.
        for location, region in [(REGION, REGION), (None, "us-east-1"), ("EU", "eu-west-1")]:
            self.answer({"s3api get-bucket-location": {"LocationConstraint": location}})
            self.write_file("")
            self.adopt()
            self.assertIn(f'  aws:region: "{region}"\n', self.file())

    def test_notes(self):
        for answers, texts in NOTES:
            with self.subTest(answers):
                self.answer(answers)
                status, printed, _ = self.adopt()
                self.assertEqual((status, self.settings()["versioning"]), (0, "Enabled"))
                printed = " ".join(printed.split())
                for text in texts:
                    self.assertIn(text, printed)

    def test_a_policy_that_demands_https_does_not_deny_the_stack(self):
        self.answer(denying(Condition={"Bool": {"aws:SecureTransport": "false"}}))
        self.assertNotIn("The policy denies something", self.adopt()[1])


class Nothing(Sandbox):
    def setUp(self):
        super().setUp()
        self.answer({}, among=BARE)

    def test_what_the_bucket_lacks_is_neither_set_nor_imported(self):
        status, printed, errors = self.adopt()
        self.assertEqual((status, errors), (0, ""))
        settings = self.settings()
        absent = ["cors", "lifecycle", "ownership", "policy", "publicAccess", "versioning"]
        self.assertEqual(settings["bucketUnmanaged"], absent)
        self.assertEqual(settings["bucketEncryptionRules"], BARE_ENCRYPTION_RULES)
        self.assertEqual((settings["versioning"], settings["bucketTags"]), ("Disabled", {}))
        for name in ["bucketCorsRules", "bucketLifecycleRules", "bucketPolicyStatements"]:
            self.assertNotIn(name, settings)
        names = [entry["name"] for entry in self.imported()]
        self.assertEqual(names, ["bucket", "bucketEncryption"])
        self.assertRegex(printed, r"lifecycle +none +left as it is")

    def test_what_no_setting_can_say_is_left_alone(self):
        rule = {"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
        deep = {"Rules": [{**rule, "Filter": {"And": {"Depth": 1}}}]}
        sizes = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class", "Rules": [rule]}
        cors = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "Novelty": 1}
        policy = {"Policy": '{"Version":"2008-10-17","Statement":[]}'}
        for name, operation, answer, text in [
            ("policy", "get-bucket-policy", policy, "version 2008-10-17"),
            ("lifecycle", "get-bucket-lifecycle-configuration", sizes, "varies_by_storage_class"),
            ("lifecycle", "get-bucket-lifecycle-configuration", deep, "rules with Depth"),
            ("cors", "get-bucket-cors", {"CORSRules": [cors]}, "rules with Novelty"),
        ]:
            with self.subTest(text):
                self.answer({f"s3api {operation}": answer}, among=BARE)
                status, printed, _ = self.adopt()
                self.assertEqual((status, len(self.imported())), (0, 2))
                self.assertIn(name, self.settings()["bucketUnmanaged"])
                self.assertIn(text, printed)

    def test_keys_are_granted(self):
        theirs = KEY.replace("123456789012", "999999999999")
        managed = {"kms describe-key": {"KeyMetadata": {"Arn": KEY, "KeyManager": "AWS"}}}
        refused = {"kms describe-key": "AccessDeniedException"}
        twice = ["--kms-key-arn", KEY, "--kms-key-arn", f"{KEY}0", "--kms-key-arn", KEY]
        for answers, options, keys in [
            # The key `aws/s3`, which AWS manages, needs no grant.
            (encrypted("aws:kms"), [], []),
            ({**encrypted("aws:kms", KMSMasterKeyID=f"{KEYS}alias/aws/s3"), **managed}, [], []),
            ({**encrypted("aws:kms:dsse", KMSMasterKeyID=theirs), **refused}, [], [theirs]),
            ({}, twice, [KEY, f"{KEY}0"]),
        ]:
            with self.subTest(answers, options=options):
                self.answer(answers, among=BARE)
                self.adopt(*options)
                self.assertEqual(self.settings()["kmsKeyArns"], keys)
