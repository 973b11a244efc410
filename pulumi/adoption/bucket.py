"""The settings of a bucket, as AWS reports them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .aws import AwsError, Refused

# For each setting of a bucket: the S3 operation that reads it, the permission that the operation
# needs, and the error code that S3 returns if the bucket does not have the setting, or None if S3
# returns an empty answer instead.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
QUESTIONS = {
    "public access block": (
        "get-public-access-block",
        "s3:GetBucketPublicAccessBlock",
        "NoSuchPublicAccessBlockConfiguration",
    ),
    "ownership": (
        "get-bucket-ownership-controls",
        "s3:GetBucketOwnershipControls",
        "OwnershipControlsNotFoundError",
    ),
    "encryption": (
        "get-bucket-encryption",
        "s3:GetEncryptionConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    "versioning": (
        "get-bucket-versioning",
        "s3:GetBucketVersioning",
        None,
    ),
    "lifecycle": (
        "get-bucket-lifecycle-configuration",
        "s3:GetLifecycleConfiguration",
        "NoSuchLifecycleConfiguration",
    ),
    "policy": (
        "get-bucket-policy",
        "s3:GetBucketPolicy",
        "NoSuchBucketPolicy",
    ),
    "CORS": (
        "get-bucket-cors",
        "s3:GetBucketCORS",
        "NoSuchCORSConfiguration",
    ),
    "notifications": (
        "get-bucket-notification-configuration",
        "s3:GetBucketNotification",
        None,
    ),
    "tags": (
        "get-bucket-tagging",
        "s3:GetBucketTagging",
        "NoSuchTagSet",
    ),
    "Object Lock": (
        "get-object-lock-configuration",
        "s3:GetBucketObjectLockConfiguration",
        "ObjectLockConfigurationNotFoundError",
    ),
    "replication": (
        "get-bucket-replication",
        "s3:GetReplicationConfiguration",
        "ReplicationConfigurationNotFoundError",
    ),
}

# Endings of names that no ordinary bucket has. They belong to other kinds of buckets, or to aliases
# that S3 accepts in place of a bucket's name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
OTHER_KINDS = {
    "--x-s3": "a directory bucket, which sends no events to EventBridge",
    "--table-s3": "a table bucket, which has no objects of yours",
    "-s3alias": "the alias of an access point: give the name of its bucket",
    "--ol-s3": "the alias of an Object Lambda access point: give the name of its bucket",
    ".mrap": "a Multi-Region Access Point: give the name of a bucket",
}


@dataclass
class Bucket:
    """A bucket, as AWS describes it."""

    name: str
    account: str
    region: str
    # AWS's answers to QUESTIONS, by the names of the settings. If the bucket does not have a
    # setting, the answer is None or empty.
    answers: dict
    # EventBridge's rules on the default bus of the bucket's region.
    rules: list
    # True if an object is under the prefix.
    has_objects: bool

    @property
    def eventbridge(self):
        return "EventBridgeConfiguration" in self.answers["notifications"]

    @property
    def destinations(self):
        """ARNs of the queues, topics and functions that the bucket notifies."""
        return [
            one[arn]
            for kind, arn in [
                ("QueueConfigurations", "QueueArn"),
                ("TopicConfigurations", "TopicArn"),
                ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
            ]
            for one in self.answers["notifications"].get(kind, [])
        ]


def located(aws, bucket):
    """Returns the account and the region of a bucket. Refuses a bucket that is missing, is not an
    ordinary bucket, or belongs to another account.
    """
    for ending, what in OTHER_KINDS.items():
        if bucket.endswith(ending):
            raise Refused(f"{bucket} is {what}.")
    account = aws.account()
    head = ["s3api", "head-bucket", "--bucket", bucket]
    try:
        aws.call(*head)
    except AwsError as error:
        # The response to a HEAD request has no body, so the CLI reports the HTTP status as the
        # error code.
        if error.code in ("404", "NoSuchBucket"):
            raise Refused(f"There is no bucket {bucket}.") from None
        if error.code in ("403", "AccessDenied"):
            raise Refused(
                f"These credentials (account {account}) may not see the bucket {bucket}: it is "
                "another account's, or s3:ListBucket is missing."
            ) from None
        raise
    owned = ["--expected-bucket-owner", account]
    try:
        aws.call(*head, *owned)
    except AwsError as error:
        if error.code in ("403", "AccessDenied"):
            raise Refused(
                f"The bucket {bucket} belongs to another account than {account}. Adopt it with "
                "credentials of its account: the stack and its bucket have to be in one account."
            ) from None
        raise
    location = aws.call("s3api", "get-bucket-location", "--bucket", bucket, *owned)
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    region = location.get("LocationConstraint") or "us-east-1"
    return account, "eu-west-1" if region == "EU" else region


def ask(aws, bucket, account, what):
    """Asks one of QUESTIONS. If a permission is missing, the error names the permission."""
    operation, permission, absent = QUESTIONS[what]
    of = ["--bucket", bucket, "--expected-bucket-owner", account]
    try:
        return aws.unless(absent, "s3api", operation, *of)
    except AwsError as error:
        if error.code == "AccessDenied":
            missing = f"These credentials lack {permission}, to read the bucket's {what}."
            raise Refused(missing) from None
        raise


def examined(aws, bucket, account, region, prefix):
    """Returns the facts about a bucket. Makes several requests to AWS at a time."""

    def answer(what):
        try:
            return ask(aws, bucket, account, what)
        except Refused as refused:
            return refused

    first = ["s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix]
    first += ["--max-keys", "1", "--no-paginate", "--expected-bucket-owner", account]
    with ThreadPoolExecutor(4) as pool:
        rules = pool.submit(aws.call, "events", "list-rules")
        objects = pool.submit(aws.call, *first)
        answers = dict(zip(QUESTIONS, pool.map(answer, QUESTIONS)))
        rules, objects = rules.result(), objects.result()
    refusals = [one for one in answers.values() if isinstance(one, Refused)]
    if refusals:
        raise Refused(*(sentence for one in refusals for sentence in one.sentences))
    has_objects = bool(objects.get("Contents"))
    return Bucket(bucket, account, region, answers, rules.get("Rules", []), has_objects)
