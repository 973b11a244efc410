"""For the tests of adopt.py: a project in a temporary folder, and AWS's answers about a bucket."""

import contextlib
import copy
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import adopt
import stand_ins

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ACCOUNT, REGION, BUCKET = "123456789012", "eu-central-1", "holiday-photos"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:thumbnails"

# AWS's answers about a bucket that has a value for every setting, as the AWS CLI prints them.
# https://docs.aws.amazon.com/cli/latest/reference/s3api/
FULL = {
    "sts get-caller-identity": {
        "UserId": "AIDASAMPLEUSERID",
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/it",
    },
    "s3api head-bucket": {"BucketRegion": REGION, "AccessPointAlias": False},
    "s3api get-bucket-location": {"LocationConstraint": REGION},
    "s3api get-bucket-encryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/photos",
                    },
                    "BucketKeyEnabled": True,
                    "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
                }
            ]
        }
    },
    "s3api get-bucket-ownership-controls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    },
    "s3api get-public-access-block": {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": False,
        }
    },
    "s3api get-bucket-cors": {
        "CORSRules": [
            {
                "ID": "site",
                "AllowedHeaders": ["*"],
                "AllowedMethods": ["GET", "PUT"],
                "AllowedOrigins": ["https://photos.example"],
                "ExposeHeaders": ["ETag"],
                "MaxAgeSeconds": 60,
            }
        ]
    },
    "s3api get-bucket-lifecycle-configuration": {
        "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        "Rules": [
            {
                "ID": "archive",
                "Filter": {
                    "And": {
                        "Prefix": "photos/",
                        "Tags": [{"Key": "keep", "Value": "true"}, {"Key": "is", "Value": "old"}],
                        "ObjectSizeGreaterThan": 1000,
                    }
                },
                "Status": "Enabled",
                "Transitions": [
                    {"Days": 30, "StorageClass": "STANDARD_IA"},
                    {"Date": "2030-01-01T00:00:00+00:00", "StorageClass": "GLACIER"},
                ],
                "NoncurrentVersionTransitions": [
                    {
                        "NoncurrentDays": 30,
                        "StorageClass": "GLACIER",
                        "NewerNoncurrentVersions": 2,
                    }
                ],
                "NoncurrentVersionExpiration": {
                    "NoncurrentDays": 90,
                    "NewerNoncurrentVersions": 3,
                },
            },
            {
                "Expiration": {"ExpiredObjectDeleteMarker": True},
                "ID": "markers",
                "Filter": {"Prefix": ""},
                "Status": "Enabled",
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
            },
            {"Expiration": {"Days": 5}, "ID": "old", "Prefix": "tmp/", "Status": "Disabled"},
            {
                "Expiration": {"Date": "2031-02-03T00:00:00.000Z"},
                "ID": "all",
                "Prefix": "",
                "Status": "Disabled",
            },
            {
                "Expiration": {"Days": 5},
                "ID": "tagged",
                "Filter": {"Tag": {"Key": "temporary", "Value": "yes"}},
                "Status": "Enabled",
            },
        ],
    },
    "s3api get-bucket-policy": {
        "Policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Partners",
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                        "Action": "s3:GetObject",
                        "Resource": f"arn:aws:s3:::{BUCKET}/${{aws:username}}/*",
                        "Condition": {"NumericLessThan": {"s3:max-keys": 10}},
                    }
                ],
            }
        )
    },
    "s3api get-bucket-tagging": {
        "TagSet": [
            {"Key": "team", "Value": "web"},
            {"Key": "aws:cloudformation:stack-name", "Value": "site"},
            {"Key": "cost", "Value": "0123"},
        ]
    },
    "s3api get-bucket-versioning": {"Status": "Enabled"},
    "s3api get-bucket-notification-configuration": {
        "QueueConfigurations": [
            {"Id": "thumbnails", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
        ]
    },
    "s3api get-object-lock-configuration": "ObjectLockConfigurationNotFoundError",
    "s3api get-bucket-replication": "ReplicationConfigurationNotFoundError",
    "s3api list-objects-v2": {"Contents": [{"Key": "photos/a.jpg", "Size": 1}]},
    "events list-rules": {"Rules": []},
    "kms describe-key": {
        "KeyMetadata": {
            "Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "KeyManager": "CUSTOMER",
        }
    },
}

# The settings of the bucket that `FULL` describes, in the Pulumi provider's form. They are written
# by hand, so that tests can compare them with the settings that adopt.py derives.
ENCRYPTION_RULES = [
    {
        "applyServerSideEncryptionByDefault": {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/photos",
        },
        "bucketKeyEnabled": True,
        "blockedEncryptionTypes": ["SSE-C"],
    }
]
CORS_RULES = [
    {
        "id": "site",
        "allowedHeaders": ["*"],
        "allowedMethods": ["GET", "PUT"],
        "allowedOrigins": ["https://photos.example"],
        "exposeHeaders": ["ETag"],
        "maxAgeSeconds": 60,
    }
]
LIFECYCLE_RULES = [
    {
        "id": "archive",
        "filter": {
            "and": {
                "prefix": "photos/",
                "tags": {"keep": "true", "is": "old"},
                "objectSizeGreaterThan": 1000,
            }
        },
        "status": "Enabled",
        "transitions": [
            {"days": 30, "storageClass": "STANDARD_IA"},
            {"date": "2030-01-01T00:00:00Z", "storageClass": "GLACIER"},
        ],
        "noncurrentVersionTransitions": [
            {
                "noncurrentDays": 30,
                "storageClass": "GLACIER",
                "newerNoncurrentVersions": 2,
            }
        ],
        "noncurrentVersionExpiration": {
            "noncurrentDays": 90,
            "newerNoncurrentVersions": 3,
        },
    },
    {
        "id": "markers",
        "filter": {"prefix": ""},
        "status": "Enabled",
        "expiration": {"expiredObjectDeleteMarker": True},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
    },
    {"id": "old", "prefix": "tmp/", "status": "Disabled", "expiration": {"days": 5}},
    {"id": "all", "status": "Disabled", "expiration": {"date": "2031-02-03T00:00:00Z"}},
    {
        "id": "tagged",
        "filter": {"tag": {"key": "temporary", "value": "yes"}},
        "status": "Enabled",
        "expiration": {"days": 5},
    },
]

# AWS's answers about an old bucket whose settings nobody has changed. Since 2023, old buckets have
# a default encryption, too.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
BARE = {
    **FULL,
    "s3api get-bucket-encryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                    "BucketKeyEnabled": False,
                }
            ]
        }
    },
    "s3api get-bucket-ownership-controls": "OwnershipControlsNotFoundError",
    "s3api get-public-access-block": "NoSuchPublicAccessBlockConfiguration",
    "s3api get-bucket-cors": "NoSuchCORSConfiguration",
    "s3api get-bucket-lifecycle-configuration": "NoSuchLifecycleConfiguration",
    "s3api get-bucket-policy": "NoSuchBucketPolicy",
    "s3api get-bucket-tagging": "NoSuchTagSet",
    "s3api get-bucket-versioning": {},
    "s3api get-bucket-notification-configuration": {},
}

# The encryption of the bucket `BARE`, in the Pulumi provider's form.
BARE_ENCRYPTION_RULES = [
    {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
        "bucketKeyEnabled": False,
    }
]


def stand_in(command, **_):
    """Replaces `subprocess.run` and starts no process, because the processes for all commands would
    take minutes."""
    program = {"aws": stand_ins.aws, "pulumi": stand_ins.pulumi}[command[0]]
    return subprocess.CompletedProcess(command, *program(command[1:]))


class Sandbox(unittest.TestCase):
    """A test with a project of its own, in which adopt.py runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = Path(folder.name)
        (self.project / "pulumi/sdks").mkdir(parents=True)
        for file in ["Pulumi.yaml", "pulumi/sdks/aws.yaml"]:
            shutil.copy(ROOT / file, self.project / file)
        self.answer({})
        self.state = []
        self.environment = {}

    def answer(self, changes, among=FULL):
        """Sets the answers that AWS gives from now on: those in `among`, with these changes."""
        self.answers = copy.deepcopy({**among, **changes})

    def stack_rule(self, stack, bucket, *prefixes):
        """Adds the rule of a stack to EventBridge's answer. The stack watches the keys under
        `prefixes` in the bucket, or the whole bucket if no prefix is given."""
        detail = {"bucket": {"name": [bucket]}}
        if prefixes:
            detail["object"] = {"key": [{"prefix": prefix} for prefix in prefixes]}
        kinds = ["Object Created", "Object Deleted"]
        pattern = {"source": ["aws.s3"], "detail-type": kinds, "detail": detail}
        name = f"pixgauge-{stack}-object-events"
        rule = {"Name": name, "EventPattern": json.dumps(pattern), "State": "ENABLED"}
        self.answers["events list-rules"]["Rules"].append(rule)

    def run_script(self, *arguments):
        """Runs adopt.py. Returns its status, what it printed, and its errors."""
        files = {
            "PIXGAUGE_AWS_ANSWERS": self.answers,
            "PIXGAUGE_PULUMI_STATE": {"version": 3, "deployment": {"resources": self.state}},
        }
        environment = {"PIXGAUGE_CALLS": str(self.project / "calls"), **self.environment}
        for name, content in files.items():
            path = self.project / name
            path.write_text(json.dumps(content))
            environment[name] = str(path)
        printed, errors = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, environment),
            mock.patch("subprocess.run", stand_in),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(errors),
        ):
            status = adopt.main([*arguments, "--project", str(self.project)])
        return status, printed.getvalue(), errors.getvalue()

    def run_program(self, path):
        """Runs adopt.py as a program, with this PATH."""
        answers = self.project / "answers"
        answers.write_text(json.dumps(self.answers))
        script = [sys.executable, ROOT / "pulumi/adopt.py", "adopt", BUCKET]
        script += ["--stack", "site", "--prefix", "photos/", "--project", self.project]
        environment = {**os.environ, "PATH": str(path), "PIXGAUGE_AWS_ANSWERS": str(answers)}
        return subprocess.run(script, env=environment, capture_output=True, text=True)

    def adopt(self, *arguments, prefix="photos/", stack="site"):
        return self.run_script("adopt", BUCKET, "--stack", stack, "--prefix", prefix, *arguments)

    def refused(self, *arguments, **options):
        """Runs `adopt`, which must refuse and create no file; returns its errors."""
        before = sorted(path.name for path in self.project.iterdir() if "PIXGAUGE" not in path.name)
        status, _, errors = self.adopt(*arguments, **options)
        self.assertEqual(status, 1)
        names = [path.name for path in self.project.iterdir() if "PIXGAUGE" not in path.name]
        self.assertEqual(sorted(set(names) - {"calls"}), sorted(set(before) - {"calls"}))
        return errors

    def calls(self):
        """Returns the command lines that adopt.py has run so far."""
        path = self.project / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def file(self, stack="site"):
        return (self.project / f"Pulumi.{stack}.yaml").read_text()

    def write_file(self, text, stack="site"):
        (self.project / f"Pulumi.{stack}.yaml").write_text(text)

    def settings(self, stack="site"):
        """Returns the values of the settings in the stack's file, by the settings' names. adopt.py
        writes each setting on one line, with its value as JSON."""
        found = re.findall(r"(?m)^ +pixgauge:(\w+): (.+)$", self.file(stack))
        return {name: json.loads(text) for name, text in found}

    def imported(self, stack="site"):
        return json.loads((self.project / f"import.{stack}.json").read_text())["resources"]
