"""Translates a bucket's settings into values of the stack's configuration."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from . import shapes

# The provider's default for the minimum size of objects that a lifecycle rule moves to another
# storage class. The stack's configuration cannot express another value.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
TRANSITION_SIZE = "all_storage_classes_128K"

# The version of the policy language that the program's policies name.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
POLICY_VERSION = "2012-10-17"

# Names of S3's flags for public access. The stack's setting for a flag is named `bucket` and then
# the flag's name, as in bucketBlockPublicAcls.
FLAGS = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]


class Inexpressible(Exception):
    """A setting of the bucket that the stack's configuration cannot express."""


def public_access(answer):
    block = answer["PublicAccessBlockConfiguration"]
    values = {f"bucket{flag}": block.get(flag, False) for flag in FLAGS}
    return values, ", ".join(flag for flag in FLAGS if block.get(flag)) or "all four off"


def ownership(answer):
    value = answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    return {"bucketObjectOwnership": value}, value


def encryption(answer):
    found = answer["ServerSideEncryptionConfiguration"]["Rules"]
    found = renamed(found, shapes.ENCRYPTION_RULE)
    defaults = [one.get("applyServerSideEncryptionByDefault", {}) for one in found]
    return {"bucketEncryptionRules": found}, ", ".join(" ".join(one.values()) for one in defaults)


def versioning(answer):
    if "Status" not in answer:
        raise Inexpressible(", ".join(f"{name} {value}" for name, value in answer.items()))
    return {"versioning": answer["Status"]}, answer["Status"]


def lifecycle(answer):
    size = answer.get("TransitionDefaultMinimumObjectSize", TRANSITION_SIZE)
    if size != TRANSITION_SIZE:
        raise Inexpressible(f"rules with {size}")
    found = checked(answer["Rules"], shapes.LIFECYCLE_RULE)
    found = [shapes.lifecycle_rule(rule) for rule in found]
    return {"bucketLifecycleRules": found}, counted(found, "rule")


def policy(answer):
    document = json.loads(answer["Policy"])
    statements = document.get("Statement")
    if document.get("Version") != POLICY_VERSION:
        raise Inexpressible(f"a policy of version {document.get('Version', '2008-10-17')}")
    if set(document) != {"Version", "Statement"}:
        raise Inexpressible("a policy with an Id")
    if not isinstance(statements, list):
        raise Inexpressible("a policy without a list of statements")
    return {"bucketPolicyStatements": statements}, counted(statements, "statement")


def cors(answer):
    found = renamed(answer["CORSRules"], shapes.CORS_RULE)
    return {"bucketCorsRules": found}, counted(found, "rule")


@dataclass
class Setting:
    """A setting of the bucket. Each setting is a resource of the program."""

    # The resource's name in Main.yaml.
    resource: str
    # The setting's name in `bucketUnmanaged`.
    unmanaged: str
    # The names of the setting's values in Pulumi.yaml.
    names: list
    # A function that takes the answer of S3, and returns the values and a summary of them.
    values: Callable


# Each setting has the same key as the question about it in bucket.QUESTIONS.
SETTINGS = {
    "public access block": Setting(
        "bucketPublicAccess", "publicAccess", [f"bucket{flag}" for flag in FLAGS], public_access
    ),
    "ownership": Setting("bucketOwnership", "ownership", ["bucketObjectOwnership"], ownership),
    "encryption": Setting("bucketEncryption", "encryption", ["bucketEncryptionRules"], encryption),
    "versioning": Setting("bucketVersioning", "versioning", ["versioning"], versioning),
    "lifecycle": Setting("bucketLifecycle", "lifecycle", ["bucketLifecycleRules"], lifecycle),
    "policy": Setting("bucketPolicy", "policy", ["bucketPolicyStatements"], policy),
    "CORS": Setting("bucketCors", "cors", ["bucketCorsRules"], cors),
}


def renamed(structures, names):
    return [shapes.renamed(one, names) for one in checked(structures, names)]


def checked(structures, names):
    """Returns structures of S3's API unchanged. Raises Inexpressible if they have members that the
    provider does not know."""
    strange = shapes.strange(structures, names)
    if strange:
        raise Inexpressible(f"rules with {', '.join(strange)}")
    return structures


def counted(things, noun):
    """Returns the number of things with their noun, or "none"."""
    return f"{len(things)} {noun}{'s' * (len(things) > 1)}" if things else "none"
