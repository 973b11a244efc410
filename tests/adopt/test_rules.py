"""The rules of EventBridge that may match a bucket's events."""

import unittest

from adoption.rules import may_match, overlap


class Rules(unittest.TestCase):
    def test_patterns_that_match(self):
        name = {"detail": {"bucket": {"name": ["b"]}}}
        for pattern in [
            {},
            {"source": ["aws.s3"]},
            {"source": ["aws.ec2", {"prefix": "aws."}]},
            {"source": ["aws.s3"], "detail-type": ["Object Tags Added"], **name},
            {"source": [{"wildcard": "aws.*3"}]},
            {"source": [{"anything-but": "aws.ec2"}]},
            {"source": [{"anything-but": {"prefix": "aws.e"}}]},
            {"source": [{"equals-ignore-case": "AWS.S3"}]},
            {"detail": {"bucket": {"name": [{"suffix": "b"}]}}},
            {"resources": ["arn:aws:s3:::b"]},
            {"resources": [{"prefix": "arn:aws-cn:s3:::"}]},
            {"$or": [{"source": ["aws.ec2"]}, {"detail": {"bucket": {"name": ["b"]}}}]},
            # EventBridge creates a rule with this pattern for each archive. The pattern excludes
            # only replayed events.
            {"replay-name": [{"exists": False}]},
            {"source": [{"a-matcher-of-tomorrow": "x"}]},
        ]:
            self.assertTrue(may_match(pattern, "b"), pattern)

    def test_patterns_that_do_not_match(self):
        for pattern in [
            {"source": ["aws.ec2"]},
            {"source": [{"prefix": "com."}]},
            {"source": [{"wildcard": "aws.?3"}]},
            {"source": [{"anything-but": "aws.s3"}]},
            {"source": ["aws.s3"], "detail": {"bucket": {"name": ["c"]}}},
            {"detail": {"bucket": {"name": [{"prefix": "c"}, {"suffix": "c"}]}}},
            {"resources": ["arn:aws:s3:::c"]},
            # These events come from CloudTrail, whether or not the bucket notifies EventBridge.
            {"source": ["aws.s3"], "detail-type": ["AWS API Call via CloudTrail"]},
            {"$or": [{"source": ["aws.ec2"]}, {"source": ["aws.sqs"]}]},
        ]:
            self.assertFalse(may_match(pattern, "b"), pattern)

    def test_prefixes_that_overlap(self):
        for one, other in [("a/", "a/"), ("a/", "a/b/"), ("", "a/"), ("a", "a/")]:
            self.assertTrue(overlap(one, other) and overlap(other, one))
        for one, other in [("a/", "b/"), ("a/b/", "a/c/"), ("a/", "A/")]:
            self.assertFalse(overlap(one, other) or overlap(other, one))
