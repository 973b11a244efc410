"""Adopts a bucket with Pulumi's own engine, and then runs `adopt.py leave`.

pulumi/adopt.py writes the files for `pulumi import`. It reads the bucket's settings from the
stand-in for the AWS CLI in tests/adopt. buckets.py records every call about the bucket. The bucket
must never be replaced or deleted, and only its notifications to EventBridge may change.
"""

import json
import os
import re
import subprocess
import sys

import buckets
from project import Project
from tools import ROOT, TARGET

sys.path += [str(ROOT / "pulumi"), str(ROOT / "tests/adopt")]

import sandbox  # noqa: E402

STACK, BUCKET = "gallery", sandbox.BUCKET

# The settings of the buckets that `sandbox.FULL` and `sandbox.BARE` describe, as the provider reads
# them. They are written by hand, so that they can be compared with the settings that adopt.py
# derives.
FULL = {
    "aws:s3:Bucket": {"tags": {"team": "web", "cost": "0123"}},
    "aws:s3:BucketPublicAccessBlock": {"blockPublicAcls": True, "blockPublicPolicy": True},
    "aws:s3:BucketOwnershipControls": {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    "aws:s3:BucketServerSideEncryptionConfiguration": {"rules": sandbox.ENCRYPTION_RULES},
    "aws:s3:BucketVersioning": {"versioningConfiguration": {"status": "Enabled"}},
    "aws:s3:BucketCorsConfiguration": {"corsRules": sandbox.CORS_RULES},
    "aws:s3:BucketLifecycleConfiguration": {"rules": sandbox.LIFECYCLE_RULES},
    "aws:s3:BucketPolicy": {"policy": sandbox.FULL["s3api get-bucket-policy"]["Policy"]},
    "aws:s3:BucketNotification": {
        "queues": [
            {"id": "thumbnails", "queueArn": sandbox.QUEUE, "events": ["s3:ObjectCreated:*"]}
        ]
    },
}
BARE = {
    "aws:s3:Bucket": {},
    "aws:s3:BucketServerSideEncryptionConfiguration": {"rules": sandbox.BARE_ENCRYPTION_RULES},
    "aws:s3:BucketVersioning": {"versioningConfiguration": {"status": "Disabled"}},
}


class Adoption(Project):
    """A project whose stack adopts the bucket. The bucket has these `settings`, and the
    stand-in for the AWS CLI gives these `answers`."""

    def __init__(self, tools, name, settings, answers):
        super().__init__(tools, TARGET / "adoption" / name)
        directory = self.root.parent
        self.before = {name: {"bucket": BUCKET, **inputs} for name, inputs in settings.items()}
        # The only call about the bucket that Pulumi may make. The call switches on the
        # notifications to EventBridge.
        switch = "update" if buckets.NOTIFICATION in settings else "create"
        self.switched_on = [[switch, buckets.NOTIFICATION, BUCKET]]
        self.buckets = buckets.Buckets(directory / "buckets.json")
        self.buckets.write({BUCKET: dict(self.before)}, [])
        self.answers, self.calls = directory / "answers.json", directory / "calls"
        self.answers.write_text(json.dumps(answers))
        self.environment = {
            "PATH": f"{ROOT / 'tests/adopt'}{os.pathsep}{tools.environment['PATH']}",
            "PIXGAUGE_AWS_ANSWERS": str(self.answers),
            "PIXGAUGE_BUCKETS": str(self.buckets.path),
            "PIXGAUGE_CALLS": str(self.calls),
        }
        self.write(f"Pulumi.{STACK}.yaml", f"config:\n  aws:region: {sandbox.REGION}\n")

    def script(self, *arguments):
        """Runs adopt.py."""
        command = [sys.executable, self.root / "pulumi/adopt.py", *arguments, "--stack", STACK]
        return self.run(command, check=True)

    def engine(self, command, *options, check=True):
        return self.pulumi(command, *options, "--stack", STACK, check=check)

    def import_bucket(self):
        """Takes the steps that docs/DEPLOYING.md lists before the preview."""
        self.engine("stack", "init")
        self.script("adopt", BUCKET, "--prefix", "photos/")
        file = [f"--file=import.{STACK}.json", "--generate-code=false"]
        self.engine("import", *file, "--yes")

    def planned(self):
        """Returns the operation that a preview plans for each resource, by the resource's name."""
        steps = json.loads(self.engine("preview", "--json").stdout)["steps"]
        return {step["urn"].split("::")[-1]: step["op"] for step in steps}

    def about_bucket(self):
        """Returns the calls about the bucket."""
        return [call for call in self.buckets.read()["calls"] if call[2] == BUCKET]

    def now(self):
        return self.buckets.read()["buckets"].get(BUCKET)

    def configured(self, name, value):
        """Sets a configuration value in the stack's file; returns the file as it was."""
        file = f"Pulumi.{STACK}.yaml"
        text = self.read(file)
        line = f"  pixgauge:{name}: {json.dumps(value)}"
        changed, count = re.subn(rf"(?m)^  pixgauge:{name}: .*$", line, text)
        self.write(file, changed if count else text + line + "\n")
        return text


def judge(tools):
    """Adopts two buckets; returns the findings, and a summary."""
    wrong, summary = [], []
    for name, settings, answers in [("full", FULL, sandbox.FULL), ("bare", BARE, sandbox.BARE)]:
        project = Adoption(tools, name, settings, answers)
        found, calls = faults(project)
        wrong += [f"adoption of a {name} bucket: {one}" for one in found]
        summary.append(f"{name} bucket: {calls}")
    return wrong, "adoption, calls about the bucket: " + "; ".join(summary)


def faults(project):
    found = adopted(project)
    found += refusals(project)
    found += left(project)
    calls = project.about_bucket()
    return found, ", ".join(f"{operation} of {name}" for operation, name, _ in calls)


def adopted(project):
    """Adopts the bucket, deploys, and previews a second deployment. Returns the findings."""
    found = []
    project.import_bucket()
    planned = project.planned()
    planned = {name: op for name, op in planned.items() if op not in ("create", "same")}
    if planned not in ({}, {"bucketNotification": "update"}):
        found.append(f"the preview has {planned}")
    project.up(STACK)
    expected = {
        **project.before,
        buckets.NOTIFICATION: {
            **project.before.get(buckets.NOTIFICATION, {"bucket": BUCKET}),
            "eventbridge": True,
        },
    }
    if project.now() != expected:
        found.append(f"the bucket has {project.now()}, not {expected}")
    if project.about_bucket() != project.switched_on:
        found.append(f"the calls are {project.about_bucket()}")
    return found + project.changes(STACK)


# Each entry: a setting, a value that the running stack must refuse, and texts in the error.
REFUSED = [
    ("bucketName", "other-photos", ["Main.yaml line", "Move to another bucket"]),
    ("deletionProtection", False, ["aBucketOfYourOwnIsProtected", "deletionProtection: true"]),
    ("forceDestroy", True, ["aBucketOfYourOwnIsProtected", "forceDestroy: false"]),
]


def refusals(project):
    """Tries changes that would harm the bucket. Each preview and each deployment of them must fail,
    and so must `pulumi destroy`. Returns the findings.
    """
    found = []
    for name, value, texts in REFUSED:
        before = project.configured(name, value)
        for ran in [project.engine("preview", check=False), project.up(STACK, check=False)]:
            if ran.returncode == 0 or not all(text in ran.stdout for text in texts):
                found.append(f"{name}: {value} is not refused with {texts}:\n{ran.stdout}")
        project.write(f"Pulumi.{STACK}.yaml", before)
    destroyed = project.engine("destroy", "--yes", check=False)
    if destroyed.returncode == 0 or "protected" not in destroyed.stdout:
        found.append(f"pulumi destroy is not refused:\n{destroyed.stdout}")
    if project.about_bucket() != project.switched_on:
        found.append(f"after what was refused, the calls are {project.about_bucket()}")
    return found


def left(project):
    """Runs `adopt.py leave`. It must remove everything from the stack, keep the bucket, and switch
    off the bucket's events to EventBridge. Returns the findings.
    """
    found = []
    read = "s3api get-bucket-notification-configuration"
    answers = json.loads(project.answers.read_text())
    others = answers[read]
    answers[read] = {**others, "EventBridgeConfiguration": {}}
    answers["s3api put-bucket-notification-configuration"] = {}
    project.answers.write_text(json.dumps(answers))
    project.script("leave", "--yes")
    if project.about_bucket() != project.switched_on:
        found.append(f"after leaving, the calls are {project.about_bucket()}")
    rest = list(project.buckets.read()["buckets"])
    if rest != [BUCKET]:
        found.append(f"after leaving, the buckets are {rest}")
    left = [name for name in project.resources(STACK) if name]
    if left:
        found.append(f"after leaving, the stack has {left}")
    calls = [json.loads(line) for line in project.calls.read_text().splitlines()]
    sent = [call for call in calls if call[2].startswith(("put-", "delete-"))]
    configurations = [call[call.index("--notification-configuration") + 1] for call in sent]
    if [json.loads(one) for one in configurations] != [others]:
        found.append(f"leaving sends {sent}")
    return found


# Each entry: a text of Main.yaml, its replacement, and the beginning of the expected finding.
PLANTED = [
    ("      ignoreChanges: [queues, topics, lambdaFunctions]\n", "", "the bucket has"),
    ("status: ${versioning}", "status: Suspended", "the preview has"),
    ('tags: ${bucketTags}', "tags: {}", "the preview has"),
]


def checks(tools):
    """Plants mistakes in the program: each must be found when a bucket is adopted."""
    for old, new, expected in PLANTED:
        project = Adoption(tools, "planted", FULL, sandbox.FULL)
        text = project.read("pulumi/Main.yaml")
        if old not in text:
            yield f"Main.yaml no longer has {old!r}: plant this mistake elsewhere"
            continue
        project.write("pulumi/Main.yaml", text.replace(old, new, 1))
        found = adopted(project)
        caught = any(one.startswith(expected) for one in found)
        yield None if caught else f"{new!r} for {old!r}: not among {found}"
