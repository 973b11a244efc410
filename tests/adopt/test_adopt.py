"""A bucket with every setting, and one with none: what is written, imported and left alone."""

import json
import os
import re
import subprocess

from sandbox import (
    BUCKET,
    CORS_RULES,
    HERE,
    LIFECYCLE_RULES,
    QUEUE,
    REGION,
    ROOT,
    Sandbox,
)

KEY = f"arn:aws:kms:{REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


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
            "bucketEncryptionRules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": f"arn:aws:kms:{REGION}:123456789012:alias/photos",
                    },
                    "bucketKeyEnabled": True,
                    "blockedEncryptionTypes": ["SSE-C"],
                }
            ],
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
        self.assertEqual(len(entries), 9)
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
        answers = self.project / "answers"
        answers.write_text(json.dumps(self.answers))
        script = [ROOT / "pulumi/adopt.py", "adopt", BUCKET, "--project", self.project]
        script += ["--stack", "site", "--prefix", "photos/"]
        path = f"{HERE}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PIXGAUGE_AWS_ANSWERS": str(answers)}
        ran = subprocess.run(script, env=environment, capture_output=True, text=True)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(self.settings()["bucketName"], BUCKET)

    def test_the_region_is_that_of_the_bucket(self):
        self.adopt()
        self.assertIn(f'  aws:region: "{REGION}"\n', self.file())

    def test_a_bucket_without_a_location_is_in_the_first_region(self):
        self.answers["s3api get-bucket-location"] = {"LocationConstraint": None}
        self.adopt()
        self.assertIn('  aws:region: "us-east-1"\n', self.file())

    def test_events_that_flow_already_are_noted_and_imported(self):
        notifications = self.answers["s3api get-bucket-notification-configuration"]
        notifications["EventBridgeConfiguration"] = {}
        _, printed, _ = self.adopt()
        self.assertIn("1 destination, EventBridge", printed)
        self.assertIn("`leave --keep-eventbridge`", " ".join(printed.split()))

    def test_object_lock_and_replication_are_noted(self):
        lock = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
        self.answers["s3api get-object-lock-configuration"] = lock
        self.answers["s3api get-bucket-replication"] = {"ReplicationConfiguration": {"Rules": []}}
        self.answers["s3api get-bucket-versioning"]["MFADelete"] = "Enabled"
        status, printed, _ = self.adopt()
        printed = " ".join(printed.split())
        self.assertEqual(status, 0)
        self.assertIn("The bucket has Object Lock, so its versioning has to stay Enabled", printed)
        self.assertIn("The bucket has replication, so its versioning has to stay Enabled", printed)
        self.assertIn("MFA delete is on", printed)
        self.assertEqual(self.settings()["versioning"], "Enabled")

    def test_a_policy_that_may_deny_the_stack_is_noted(self):
        def printed(**statement):
            statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", **statement}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            self.answers["s3api get-bucket-policy"] = {"Policy": policy}
            return self.adopt()[1]

        self.assertIn("The policy denies something", printed())
        secure = {"Bool": {"aws:SecureTransport": "false"}}
        self.assertNotIn("The policy denies something", printed(Condition=secure))


class Nothing(Sandbox):
    def setUp(self):
        super().setUp()
        self.bare()

    def test_what_the_bucket_lacks_is_neither_set_nor_imported(self):
        status, printed, errors = self.adopt()
        self.assertEqual((status, errors), (0, ""))
        settings = self.settings()
        absent = ["cors", "lifecycle", "ownership", "policy", "publicAccess", "versioning"]
        self.assertEqual(settings["bucketUnmanaged"], absent)
        encryption = [
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
                "bucketKeyEnabled": False,
            }
        ]
        self.assertEqual(settings["bucketEncryptionRules"], encryption)
        self.assertEqual((settings["versioning"], settings["bucketTags"]), ("Disabled", {}))
        for name in ["bucketCorsRules", "bucketLifecycleRules", "bucketPolicyStatements"]:
            self.assertNotIn(name, settings)
        names = [entry["name"] for entry in self.imported()]
        self.assertEqual(names, ["bucket", "bucketEncryption"])
        self.assertRegex(printed, r"lifecycle +none +left as it is")

    def test_what_no_setting_can_say_is_left_alone(self):
        policy = '{"Version":"2008-10-17","Statement":[]}'
        self.answers["s3api get-bucket-policy"] = {"Policy": policy}
        rule = {"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
        answer = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class", "Rules": [rule]}
        self.answers["s3api get-bucket-lifecycle-configuration"] = answer
        cors = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "Novelty": 1}
        self.answers["s3api get-bucket-cors"] = {"CORSRules": [cors]}
        status, printed, _ = self.adopt()
        self.assertEqual(status, 0)
        for name in ["policy", "lifecycle", "cors"]:
            self.assertIn(name, self.settings()["bucketUnmanaged"])
        for text in ["version 2008-10-17", "varies_by_storage_class", "rules with Novelty"]:
            self.assertIn(text, printed)
        self.assertEqual(len(self.imported()), 2)

    def test_a_novelty_deep_inside_a_rule_is_not_lost(self):
        rule = {"ID": "a", "Status": "Enabled", "Filter": {"And": {"Depth": 1}}}
        self.answers["s3api get-bucket-lifecycle-configuration"] = {"Rules": [rule]}
        _, printed, _ = self.adopt()
        self.assertIn("rules with Depth", printed)
        self.assertIn("lifecycle", self.settings()["bucketUnmanaged"])

    def test_a_prefix_without_objects_is_noted(self):
        self.answers["s3api list-objects-v2"] = {"RequestCharged": None}
        self.assertIn("No object is under photos/ now", self.adopt()[1])

    def test_the_key_that_aws_manages_needs_no_grant(self):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        answer = {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
        self.answers["s3api get-bucket-encryption"] = answer
        self.adopt()
        self.assertEqual(self.settings()["kmsKeyArns"], [])
        default = rule["ApplyServerSideEncryptionByDefault"]
        default["KMSMasterKeyID"] = f"arn:aws:kms:{REGION}:123456789012:alias/aws/s3"
        self.answers["kms describe-key"]["KeyMetadata"]["KeyManager"] = "AWS"
        self.adopt()
        self.assertEqual(self.settings()["kmsKeyArns"], [])

    def test_further_keys_are_granted(self):
        self.adopt("--kms-key-arn", KEY, "--kms-key-arn", f"{KEY}0", "--kms-key-arn", KEY)
        self.assertEqual(self.settings()["kmsKeyArns"], [KEY, f"{KEY}0"])

    def test_a_key_of_another_account_is_granted_by_its_arn(self):
        key = f"arn:aws:kms:{REGION}:999999999999:key/1234abcd"
        rule = {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": key}
        rules = [{"ApplyServerSideEncryptionByDefault": rule}]
        self.answers["s3api get-bucket-encryption"] = {
            "ServerSideEncryptionConfiguration": {"Rules": rules}
        }
        self.answers["kms describe-key"] = "AccessDeniedException"
        self.adopt()
        self.assertEqual(self.settings()["kmsKeyArns"], [key])

    def test_a_queue_is_imported_so_that_it_survives(self):
        queue = {"Id": "a", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
        answer = {"QueueConfigurations": [queue]}
        self.answers["s3api get-bucket-notification-configuration"] = answer
        self.adopt()
        self.assertEqual(self.imported()[-1]["name"], "bucketNotification")
