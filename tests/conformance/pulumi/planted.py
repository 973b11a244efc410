"""Plants mistakes and requires that the tools find each of them."""

import copy

import compare
import excerpt
import policies
from project import GOVCLOUD
from tools import required_version

MAIN, DEV = "pulumi/Main.yaml", "Pulumi.dev.yaml"

# The text with which an error message names the edited line; `{}` stands for the line's number.
LINE = "Main.yaml line {}:"

# Each entry: a file, a text in the file, its replacement, and the texts that the error of `pulumi
# preview` must contain.
EDITS = [
    (MAIN, "memorySize: ${memorySize}", "memorySizes: ${memorySize}", [LINE, "memorySizes"]),
    (MAIN, "logFormat: JSON", "logFormats: JSON", ["logFormats"]),
    (MAIN, "timeout: 10", "timeout: ten", [LINE, "timeout"]),
    (MAIN, "role: ${headObjectRole.arn}", "", ["'role'"]),
    (MAIN, "${headObjectRole.arn}", "${headObjectRole.arm}", [LINE, "arm does not exist"]),
    (MAIN, "${headObjectRole.arn}", "${headObjctRole.arn}", [LINE, "headObjctRole"]),
    (MAIN, "function: aws:getPartition", "function: aws:getPartitions", ['"aws:getPartitions"']),
    (DEV, "aws:region:", "aws:maxRetrys: 3\n  aws:region:", ["maxRetrys"]),
    (DEV, "aws:region:", "pixgauge:shards: a\n  aws:region:", ["'shards'", "'integer'"]),
    *(
        (DEV, "aws:region:", f"pixgauge:{setting}\n  aws:region:", [f"[{check}]"])
        for setting, check in [
            ("bucketName: '{stak}'", "bucketNameHasNoOtherPlaceholders"),
            ("bucketName: '{stack}{stack}'", "bucketNameHasTheStackOnlyOnce"),
            ("bucketName: photos", "aBucketOfYourOwnIsProtected"),
            ("versioning: Off", "versioningIsEnabledSuspendedOrDisabled"),
            ("bucketObjectOwnership: Me", "bucketObjectOwnershipIsAKnownValue"),
            ("bucketEncryptionRules: []", "bucketEncryptionRulesAreNotEmpty"),
            ("bucketCorsRules: []", "bucketCorsRulesAreNotEmpty"),
            ("bucketPolicyStatements: []", "bucketPolicyStatementsAreNotEmpty"),
            ("bucketUnmanaged: [core]", "bucketUnmanagedHasOnlyKnownSettings"),
            ("kmsKeyArns: [photos]", "everyOneOfKmsKeyArnsIsAnArn"),
            ("kmsKeyArns: ['arn:aws:kms:us-east-1:1:alias/a']", "everyOneOfKmsKeyArnsNamesAKey"),
            ("keyPrefix: ''", "keyPrefixIsNotEmpty"),
            ("keyPrefix: photos", "keyPrefixEndsWithASlash"),
            ("keyPrefix: /photos/", "keyPrefixDoesNotBeginWithASlash"),
            ("keyPrefix: ../a/", "keyPrefixHasNoFolderNamedDotDot"),
            ("keyPrefix: a*/", "keyPrefixHasNoAsterisk"),
            ("keyPrefix: a$/", "keyPrefixHasNoDollarSign"),
            ("keyPrefix: a#/", "keyPrefixHasNoHash"),
            ("keyPrefix: 'a\\/'", "keyPrefixHasNoDoubleQuoteBackslashOrControlCharacter"),
            ('keyPrefix: "a\\t/"', "keyPrefixHasNoDoubleQuoteBackslashOrControlCharacter"),
            ("keyPrefix: Bücher/", "keyPrefixIsOfAscii"),
            (f"keyPrefix: {'k' * 992}/", "keyPrefixHasAtMost992Characters"),
        ]
    ),
    (DEV, "aws:region:", "pixgauge:bucketTags: a\n  aws:region:", ["'bucketTags'", "'object'"]),
    (
        DEV,
        "aws:region:",
        "pixgauge:bucketCorsRules: [{allowedMethod: [GET]}]\n  aws:region:",
        ["bucketCors", "allowedMethod"],
    ),
    ("Pulumi.yaml", f">={required_version()}", ">=999.0.0", [">=999.0.0"]),
]


def checks(project):
    """Plants each mistake. Returns a list: None per caught mistake, a sentence per missed one."""
    return [
        *(edit(project, *one) for one in EDITS),
        missing_archive(project),
        unusable_name(project),
        *inputs(project),
        *evaluations(project),
        *stacks(project),
        *documents(project),
    ]


def edit(project, file, old, new, expected):
    text = project.read(file)
    if old not in text:
        return f"{file} no longer has {old!r}: plant this mistake elsewhere"
    line = text[: text.find(old)].count("\n") + 1
    project.write(file, text.replace(old, new, 1))
    missed = preview(project, f"{new!r} in {file}", [part.format(line) for part in expected])
    project.write(file, text)
    return missed


def missing_archive(project):
    archive = project.root / "target/lambda/head-object/bootstrap.zip"
    content = archive.read_bytes()
    archive.unlink()
    missed = preview(project, "a missing archive", ["target/lambda/head-object/bootstrap.zip"])
    archive.write_bytes(content)
    return missed


def preview(project, what, expected):
    ran = project.pulumi("preview", "--stack", "dev", check=False)
    if ran.returncode != 0 and all(part in ran.stdout for part in expected):
        return None
    return f"{what}: not refused with {expected}:\n{ran.stdout}"


def unusable_name(project):
    """Deploys a stack whose name cannot be part of an S3 bucket's name. The deployment must fail
    and leave no resource behind.
    """
    stack = "Bad_Name"
    project.write(f"Pulumi.{stack}.yaml", project.read(DEV))
    ran = project.create(stack, check=False)
    left = [name for name in project.resources(stack) if name]
    if ran.returncode != 0 and "InvalidBucketName" in ran.stdout and not left:
        return None
    return f"the stack {stack}: leaves {left}:\n{ran.stdout}"


def inputs(project):
    """Plants wrong inputs, which provider.py must refuse. The inputs are checked without a preview,
    because in a preview the language host would refuse most of them first.
    """
    table = project.resources("dev")["table"]["inputs"]
    known = excerpt.EXCERPT["resources"]["aws:dynamodb:Table"]["inputs"]
    for change, at in [
        ({"hashKeys": "s3objectkey"}, "hashKeys"),
        ({"attributes": [{"name": "shard", "type": "N", "typ": "N"}]}, "attributes[0].typ"),
        ({"attributes": [{"name": "shard"}]}, "attributes[0].type"),
        ({"attributes": {"name": "shard", "type": "N"}}, "attributes"),
        ({"readCapacity": 1.5}, "readCapacity"),
        ({"deletionProtectionEnabled": "false"}, "deletionProtectionEnabled"),
        ({"name": None}, "name"),
    ]:
        found = [path for path, _ in excerpt.faults({**table, **change}, known, ["name"])]
        yield None if found == [at] else f"{change} of a table: found {found}, not {at}"


def evaluations(project):
    """Plants mistakes in the result of our own evaluator."""
    theirs = project.resources("dev")
    ours = project.evaluated("dev", theirs)
    at = next(at for at, one in enumerate(ours["resources"]) if one["name"] == "bucket")
    bucket = "resources.bucket"
    for change, expected in [
        (lambda it: it["resources"][at]["inputs"].update(bucket="b"), f"{bucket}.inputs.bucket: "),
        (
            lambda it: it["resources"][at]["inputs"].update(acl="private"),
            f"{bucket}.inputs.acl: only in our",
        ),
        (lambda it: it["resources"][at].update(protect=True), f"{bucket}.protect: "),
        (lambda it: it["resources"].append(it["resources"].pop(at)), "creates bucket after it"),
        (lambda it: it["resources"].pop(at), f"{bucket}: only in the engine"),
        (lambda it: it["outputs"].pop("apiUrl"), "outputs.apiUrl: only in the engine"),
    ]:
        wrong = copy.deepcopy(ours)
        change(wrong)
        found = compare.differences(project, theirs, wrong)
        caught = any(expected in one for one in found)
        yield None if caught else f"{expected}: not among the differences {found}"


def stacks(project):
    """Plants a resource that does not wait for the bucket, and an ARN of another partition."""
    theirs = project.resources(GOVCLOUD)
    theirs["alarmTopic"]["dependencies"] = []
    theirs["api"]["inputs"]["description"] = "arn:aws:s3:::images"
    for found, expected in [
        (compare.early(theirs), "alarmTopic"),
        (compare.foreign_arns(theirs), "api"),
    ]:
        caught = any(one.startswith(f"resources.{expected}: ") for one in found)
        yield None if caught else f"{expected}: not found: {found}"


def documents(project):
    """Plants policies that grant nothing: the action is unknown, or does not fit the resource."""
    for action, resource, expected in [
        ("s3:GetObjekt", "arn:aws:s3:::images/*", "UNKNOWN_ACTION"),
        ("s3:GetObject", "arn:aws:s3:::images", "RESOURCE_MISMATCH"),
        ("sqs:SendMessage", "arn:aws:sns:us-east-1:123456789012:topic", "RESOURCE_MISMATCH"),
    ]:
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        found = policies.findings(project.tools, {"planted": document})
        caught = any(one.startswith(f"planted: {expected}") for one in found)
        yield None if caught else f"{action} on {resource}: not found as {expected}: {found}"
