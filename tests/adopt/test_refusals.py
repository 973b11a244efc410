"""Refusals, which come before anything changes, and notes in cases that are not refused."""

import json
import os
import subprocess
import sys

from sandbox import BUCKET, HERE, ROOT, Sandbox

# Usable and refused key prefixes. A unit test of `contract::KeyPrefix` reads prefixes.json, too.
PREFIXES = json.loads((HERE / "prefixes.json").read_text())


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

    def test_no_bucket(self):
        self.answers["s3api head-bucket"] = "404"
        self.assertIn(f"There is no bucket {BUCKET}", self.refused())

    def test_a_bucket_that_may_not_be_seen(self):
        self.answers["s3api head-bucket"] = "403"
        self.assertIn("another account's, or s3:ListBucket is missing", self.refused())

    def test_a_bucket_of_another_account(self):
        self.answers["s3api head-bucket --expected-bucket-owner"] = "403"
        self.assertIn("belongs to another account than 123456789012", self.refused())

    def test_a_bucket_of_another_region(self):
        self.write_file("config:\n  aws:region: us-east-1\n")
        errors = self.refused()
        self.assertIn(f"{BUCKET} is in eu-central-1, and the stack site in us-east-1", errors)
        self.assertEqual(self.file(), "config:\n  aws:region: us-east-1\n")

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

    def test_every_missing_permission_is_named_at_once(self):
        self.answers["s3api get-bucket-cors"] = "AccessDenied"
        self.answers["s3api get-bucket-tagging"] = "AccessDenied"
        errors = self.refused()
        self.assertIn("lack s3:GetBucketCORS", errors)
        self.assertIn("lack s3:GetBucketTagging", errors)

    def test_another_error_of_aws_is_shown(self):
        self.answers["s3api get-bucket-policy"] = "SlowDown"
        errors = self.refused()
        self.assertIn("get-bucket-policy", errors)
        self.assertIn("SlowDown", errors)

    def test_without_the_aws_cli_the_script_says_so(self):
        script = [sys.executable, ROOT / "pulumi/adopt.py", "adopt", BUCKET]
        script += ["--stack", "site", "--prefix", "photos/", "--project", self.project]
        environment = {**os.environ, "PATH": str(self.project)}
        ran = subprocess.run(script, env=environment, capture_output=True, text=True)
        message = "adopt.py: There is no `aws` on PATH: install the AWS CLI.\n"
        self.assertEqual((ran.returncode, ran.stderr), (1, message))

    def test_a_bucket_that_another_stack_watches_at_an_overlapping_prefix(self):
        for theirs in ["photos/", "photos/2026/", "p"]:
            self.answers["events list-rules"] = {"Rules": []}
            self.stack_rule("gallery", BUCKET, theirs)
            errors = self.refused()
            self.assertIn(f"The stack gallery watches {theirs} in this bucket", errors)

    def test_a_rule_of_another_stack_without_a_prefix_overlaps(self):
        detail = {"bucket": {"name": [BUCKET]}}
        self.rule("pixgauge-old-object-events", source=["aws.s3"], detail=detail)
        self.assertIn("The stack old watches", self.refused())

    def test_another_stack_with_another_prefix_is_noted(self):
        self.stack_rule("gallery", BUCKET, "scans/")
        status, printed, _ = self.adopt()
        self.assertEqual(status, 0)
        self.assertIn("The stack gallery watches scans/ in this bucket", printed)

    def test_another_bucket_of_another_stack_does_not_matter(self):
        self.stack_rule("gallery", "elsewhere", "photos/")
        self.assertEqual(self.adopt()[0], 0)

    def test_a_stack_that_runs_with_another_bucket(self):
        self.stack_rule("site", "pixgauge-site-123456789012-eu-central-1", "uploads/")
        errors = self.refused()
        self.assertIn("A stack cannot change its bucket", errors)
        self.assertIn("pixgauge-site-123456789012-eu-central-1", errors)

    def test_a_stack_that_has_the_bucket_already(self):
        self.stack_rule("site", BUCKET, "photos/")
        self.assertIn("The stack site has the bucket already", self.refused())

    def test_default_tags_are_refused_unless_accepted(self):
        text = "config:\n  aws:defaultTags:\n    tags:\n      project: pixgauge\n"
        self.write_file(text)
        self.assertIn("aws:defaultTags in Pulumi.site.yaml", self.refused())
        self.assertEqual(self.file(), text)
        status, printed, _ = self.adopt("--with-default-tags")
        self.assertEqual(status, 0)
        self.assertIn("The bucket gets the tags of aws:defaultTags, too", printed)

    def test_a_key_that_cannot_be_looked_up(self):
        self.answers["kms describe-key"] = "AccessDeniedException"
        self.assertIn("with --kms-key-arn", self.refused())
        arn = "arn:aws:kms:eu-central-1:123456789012:"
        self.assertEqual(self.adopt("--kms-key-arn", f"{arn}key/a")[0], 0)
        self.assertIn("is not the ARN of a KMS key", self.refused("--kms-key-arn", f"{arn}alias/a"))

    def test_names_of_stacks(self):
        for name in ["Site", "my_site", "a/b/Ü"]:
            self.assertIn("use a-z, 0-9 and hyphens", self.refused(stack=name))

    def test_a_stack_of_an_organization_has_the_same_file(self):
        self.assertEqual(self.adopt(stack="acme/pixgauge/site")[0], 0)
        self.assertEqual(self.settings()["bucketName"], BUCKET)

    def test_no_project(self):
        (self.project / "Pulumi.yaml").unlink()
        self.assertIn("There is no Pulumi.yaml", self.refused())
