"""Cases that adopt.py refuses before it changes anything, and similar cases that it accepts."""

import json

from sandbox import BUCKET, HERE, Sandbox

# Usable and refused key prefixes. A unit test of `contract::KeyPrefix` reads prefixes.json, too.
PREFIXES = json.loads((HERE / "prefixes.json").read_text())

KEYS = "arn:aws:kms:eu-central-1:123456789012:"

# Each entry: a change to AWS's answers, and texts that the refusal must contain.
ANSWERS = [
    ({"s3api head-bucket": "404"}, [f"There is no bucket {BUCKET}"]),
    ({"s3api head-bucket": "403"}, ["another account's, or s3:ListBucket is missing"]),
    (
        {"s3api head-bucket --expected-bucket-owner": "403"},
        ["belongs to another account than 123456789012"],
    ),
    # One refusal names all missing permissions.
    (
        {"s3api get-bucket-cors": "AccessDenied", "s3api get-bucket-tagging": "AccessDenied"},
        ["lack s3:GetBucketCORS", "lack s3:GetBucketTagging"],
    ),
    ({"s3api get-bucket-policy": "SlowDown"}, ["get-bucket-policy", "SlowDown"]),
    ({"kms describe-key": "AccessDeniedException"}, ["with --kms-key-arn"]),
]

# Each entry: a stack, its bucket, the prefixes that it watches, and texts that the refusal must
# contain.
RULES = [
    ("gallery", BUCKET, ["photos/"], ["The stack gallery watches photos/ in this bucket"]),
    ("gallery", BUCKET, ["photos/2026/"], ["The stack gallery watches photos/2026/ in this"]),
    ("gallery", BUCKET, ["p"], ["The stack gallery watches p in this bucket"]),
    ("old", BUCKET, [], ["The stack old watches"]),
    ("site", BUCKET, ["photos/"], ["The stack site has the bucket already"]),
    ("site", "its-own", ["uploads/"], ["A stack cannot change its bucket", "its-own"]),
]


class Refusals(Sandbox):
    def test_prefixes(self):
        for prefix in PREFIXES["usable"]:
            self.assertEqual(self.adopt("--dry-run", prefix=prefix)[0], 0, prefix)
        for prefix, reason in PREFIXES["refused"].items():
            errors = self.refused(prefix=prefix)
            self.assertIn(reason, errors, prefix)

    def test_a_prefix_is_refused_before_aws_is_asked(self):
        self.refused(prefix="photos")
        self.assertEqual(self.calls(), [])

    def test_answers_of_aws(self):
        for answers, texts in ANSWERS:
            with self.subTest(answers):
                self.answer(answers)
                errors = self.refused()
                for text in texts:
                    self.assertIn(text, errors)

    def test_rules_of_stacks(self):
        for stack, bucket, prefixes, texts in RULES:
            with self.subTest(f"{stack} watches {prefixes} in {bucket}"):
                self.answer({})
                self.stack_rule(stack, bucket, *prefixes)
                errors = self.refused()
                for text in texts:
                    self.assertIn(text, errors)

    def test_another_prefix_and_another_bucket_of_another_stack_are_accepted(self):
        self.stack_rule("gallery", BUCKET, "scans/")
        self.stack_rule("other", "elsewhere", "photos/")
        status, printed, _ = self.adopt()
        self.assertEqual(status, 0)
        self.assertIn("The stack gallery watches scans/ in this bucket", printed)
        self.assertNotIn("The stack other", printed)

    def test_other_kinds_of_buckets(self):
        for name, reason in [
            ("photos--use1-az4--x-s3", "directory bucket"),
            ("photos-metadata-s3alias", "alias of an access point"),
            ("photos--ol-s3", "Object Lambda"),
            ("mfzwi23gnjvgw.mrap", "Multi-Region"),
            ("photos--table-s3", "table bucket"),
        ]:
            arguments = ["adopt", name, "--stack", "site", "--prefix", "photos/"]
            status, _, errors = self.run_script(*arguments)
            self.assertEqual(status, 1)
            self.assertIn(reason, errors)

    def test_a_bucket_of_another_region(self):
        self.write_file("config:\n  aws:region: us-east-1\n")
        errors = self.refused()
        self.assertIn(f"{BUCKET} is in eu-central-1, and the stack site in us-east-1", errors)
        self.assertEqual(self.file(), "config:\n  aws:region: us-east-1\n")

    def test_without_the_aws_cli_the_script_says_so(self):
        ran = self.run_program(self.project)
        message = "adopt.py: There is no `aws` on PATH: install the AWS CLI.\n"
        self.assertEqual((ran.returncode, ran.stderr), (1, message))

    def test_default_tags_are_refused_unless_accepted(self):
        text = "config:\n  aws:defaultTags:\n    tags:\n      project: pixgauge\n"
        self.write_file(text)
        self.assertIn("aws:defaultTags in Pulumi.site.yaml", self.refused())
        self.assertEqual(self.file(), text)
        status, printed, _ = self.adopt("--with-default-tags")
        self.assertEqual(status, 0)
        self.assertIn("The bucket gets the tags of aws:defaultTags, too", printed)

    def test_the_arn_of_the_key_may_be_given(self):
        self.answer({"kms describe-key": "AccessDeniedException"})
        self.assertEqual(self.adopt("--kms-key-arn", f"{KEYS}key/a")[0], 0)
        errors = self.refused("--kms-key-arn", f"{KEYS}alias/a")
        self.assertIn("is not the ARN of a KMS key", errors)

    def test_names_of_stacks(self):
        for name in ["Site", "my_site", "a/b/Ü"]:
            self.assertIn("use a-z, 0-9 and hyphens", self.refused(stack=name))

    def test_a_stack_of_an_organization_has_the_same_file(self):
        self.assertEqual(self.adopt(stack="acme/pixgauge/site")[0], 0)
        self.assertEqual(self.settings()["bucketName"], BUCKET)

    def test_no_project(self):
        (self.project / "Pulumi.yaml").unlink()
        self.assertIn("There is no Pulumi.yaml", self.refused())
