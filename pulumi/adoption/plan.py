"""The plan for adopting a bucket: the settings that keep it unchanged, and notes for the user."""

import json
from dataclasses import dataclass, field

from . import rules
from .aws import AwsError
from .bucket import Bucket
from .settings import SETTINGS, Inexpressible, counted

@dataclass
class Plan:
    """The settings and resources that adopt a bucket, or the reasons why it cannot be adopted."""

    bucket: Bucket
    # Values of settings, by the settings' names in Pulumi.yaml. The value None removes a setting
    # from the stack's file.
    settings: dict = field(default_factory=dict)
    # Rows of the printed table: a setting of the bucket, its value in words, what happens to it.
    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    # Names of the resources to import.
    imported: list = field(default_factory=lambda: ["bucket"])


def planned(aws, bucket, stack, prefix, keys):
    """Works out the settings that keep a bucket unchanged, the notes for the user, and the reasons,
    if there are any, why the bucket cannot be adopted."""
    plan = Plan(bucket)
    plan.settings |= {"bucketName": bucket.name, "keyPrefix": prefix}
    settings(plan)
    plan.settings["bucketTags"] = tags(plan)
    notifications(plan)
    other_stacks(plan, stack, prefix)
    plan.settings["kmsKeyArns"] = grants(aws, plan, keys)
    plan.settings |= {"deletionProtection": True, "forceDestroy": False}
    if not bucket.has_objects:
        plan.notes.append(f"No object is under {prefix} now. If there should be, check the prefix.")
    return plan


def settings(plan):
    """Adds to the plan those settings of the bucket that the configuration can express. Names the
    bucket's other settings in `bucketUnmanaged`, so that the stack never touches them."""
    unmanaged = []
    for what, setting in SETTINGS.items():
        answer = plan.bucket.answers[what]
        # The value None removes a setting that an earlier run wrote to the stack's file.
        plan.settings |= {name: None for name in setting.names}
        try:
            if not answer:
                raise Inexpressible("none")
            values, summary = setting.values(answer)
        except Inexpressible as reason:
            unmanaged.append(setting.unmanaged)
            plan.rows.append((what, str(reason), "left as it is"))
            continue
        plan.settings |= values
        plan.imported.append(setting.resource)
        plan.rows.append((what, summary, "kept, as a setting"))
    # For a bucket that was never versioned, `versioning` is `Disabled`. Other settings that
    # the bucket lacks get no value.
    if not plan.bucket.answers["versioning"]:
        plan.settings["versioning"] = "Disabled"
    plan.settings["bucketUnmanaged"] = sorted(unmanaged)
    versioning_notes(plan)
    cors_notes(plan)
    policy_notes(plan)


def versioning_notes(plan):
    answers = plan.bucket.answers
    for what in ["Object Lock", "replication"]:
        if answers[what]:
            plan.notes.append(
                f"The bucket has {what}, so its versioning has to stay Enabled: S3 refuses to "
                "suspend it. Leave the setting `versioning` alone."
            )
    if answers["versioning"].get("MFADelete") == "Enabled":
        plan.notes.append(
            "MFA delete is on, so S3 changes the versioning only for a request with a code. Leave "
            "the setting `versioning` alone."
        )


def cors_notes(plan):
    found = (plan.bucket.answers["CORS"] or {}).get("CORSRules", [])
    if any("GET" in one["AllowedMethods"] and "*" in one["AllowedOrigins"] for one in found):
        return
    remedy = "add a rule to bucketCorsRules" if found else "take `cors` out of bucketUnmanaged"
    plan.notes.append(
        "No CORS rule of the bucket allows GET from any origin (*), so pages cannot follow the "
        f"API's redirects to images over 4.5 MB; other clients can. If pages should, {remedy}."
    )


def policy_notes(plan):
    answer = plan.bucket.answers["policy"]
    statements = json.loads(answer["Policy"]).get("Statement", []) if answer else []
    statements = statements if isinstance(statements, list) else [statements]
    if any(denies(one) for one in statements):
        plan.notes.append(
            "The policy denies something. It must not deny s3:ListBucket and s3:GetObject to the "
            "stack's roles."
        )


def denies(statement):
    """True if a statement may deny requests of the stack's roles. All these requests use TLS, so
    a statement that denies only requests without TLS denies none of them."""
    transport = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement.get("Effect") == "Deny" and transport not in ("false", ["false"], False)


def tags(plan):
    found = plan.bucket.answers["tags"] or {}
    pairs = {one["Key"]: one["Value"] for one in found.get("TagSet", [])}
    # Only AWS sets tags that begin with `aws:`, and Pulumi's provider leaves these tags alone.
    own = {key: value for key, value in pairs.items() if not key.startswith("aws:")}
    then = "kept, as a setting" if own else "left as it is"
    plan.rows.append(("tags", counted(own, "tag"), then))
    cloudformation = pairs.get("aws:cloudformation:stack-name")
    if cloudformation:
        plan.notes.append(
            f"The CloudFormation stack {cloudformation} manages the bucket. If its template sets "
            "NotificationConfiguration, add EventBridgeConfiguration there: otherwise its next "
            "update switches the events off."
        )
    return own


def notifications(plan):
    bucket = plan.bucket
    has = [counted(bucket.destinations, "destination")] * bool(bucket.destinations)
    has += ["EventBridge"] * bucket.eventbridge
    then = "kept" if bucket.eventbridge else "kept, and EventBridge is switched on"
    plan.rows.append(("notifications", ", ".join(has) or "none", then))
    # Pulumi might not find an empty notification configuration. The import would then fail.
    if has:
        plan.imported.append("bucketNotification")
    if bucket.eventbridge:
        plan.notes.append(
            "The bucket sends its events to EventBridge already. If something needs them after the "
            "stack has gone, use `leave --keep-eventbridge`."
        )
        return
    plan.notes.append(
        "EventBridge gets all events of the bucket, of every prefix, and the stack's rule selects "
        "among them. Nothing else about the bucket changes."
    )
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
    if bucket.destinations:
        plan.notes.append(
            "S3 checks all destinations when notifications change. If one does not exist any more, "
            "or does not let S3 send, `pulumi up` fails and changes nothing: mend it or remove it."
        )


def other_stacks(plan, stack, prefix):
    bucket = plan.bucket
    own = next((rule for rule in bucket.rules if rule["Name"] == rules.rule_of(stack)), None)
    if own:
        watched = rules.buckets(json.loads(own.get("EventPattern") or "{}"))
        plan.refusals.append(
            f"The stack {stack} has the bucket already. If its deployment did not end well, run "
            "`pulumi up` again."
            if watched == [bucket.name]
            else f"The stack {stack} watches {', '.join(watched)}. A stack cannot change its "
            "bucket, so another stack has to adopt this one: docs/DEPLOYING.md, Moving to another "
            "bucket."
        )
    for name, pattern in rules.watchers(bucket.rules, bucket.name).items():
        other = rules.stack_of(name)
        if not other or other == stack:
            continue
        theirs = rules.prefixes(pattern)
        overlapping = [one for one in theirs if rules.overlap(one, prefix)]
        if overlapping:
            plan.refusals.append(
                f"The stack {other} watches {', '.join(overlapping)} in this bucket, and that "
                f"overlaps with {prefix}: images there would be measured and paid for twice. Use "
                "that stack, or prefixes of which neither begins with the other."
            )
        else:
            plan.notes.append(
                f"The stack {other} watches {', '.join(theirs)} in this bucket. Both stacks then "
                "have the bucket's settings in their configuration: change a setting in both."
            )


def grants(aws, plan, given):
    """Returns the ARNs of the KMS keys that the stack's roles have to use."""
    keys = set(given)
    answer = plan.bucket.answers["encryption"] or {}
    for rule in answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        key = default.get("KMSMasterKeyID")
        # If the rule names no key, S3 encrypts with keys of its own or with the key that AWS
        # manages for S3. Neither needs a grant: everybody in the account may use the AWS-managed
        # key through S3.
        # https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
        if not key or not default["SSEAlgorithm"].startswith("aws:kms"):
            continue
        described = described_key(aws, key)
        if described and described["KeyManager"] == "CUSTOMER":
            keys.add(described["Arn"])
        elif not described and ":key/" in key:
            keys.add(key)
        elif not described and not given:
            plan.refusals.append(
                f"These credentials may not look up the KMS key {key} (kms:DescribeKey): name it "
                "with --kms-key-arn."
            )
    if keys:
        plan.notes.append(
            f"Roles of the stack get kms:Decrypt for {', '.join(sorted(keys))}. The key's policy "
            "has to leave that to IAM policies, as it does by default. If objects are under "
            "further keys, give each with --kms-key-arn."
        )
    return sorted(keys)


def described_key(aws, key):
    """Returns KMS's description of a key, or None if these credentials cannot find or read it."""
    try:
        return aws.call("kms", "describe-key", "--key-id", key)["KeyMetadata"]
    except AwsError as error:
        if error.code in ("AccessDeniedException", "NotFoundException"):
            return None
        raise
