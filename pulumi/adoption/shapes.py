"""Conversion of structures of S3's API to the provider's properties."""

import datetime

# Names of the provider's properties, by the names of members in S3's API. The second item of a
# tuple converts the member's value: a dict like ENCRYPTION_RULE converts a structure, or each
# structure in a list; a function converts the whole value.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
ENCRYPTION_RULE = {
    "ApplyServerSideEncryptionByDefault": (
        "applyServerSideEncryptionByDefault",
        {"SSEAlgorithm": "sseAlgorithm", "KMSMasterKeyID": "kmsMasterKeyId"},
    ),
    "BucketKeyEnabled": "bucketKeyEnabled",
    "BlockedEncryptionTypes": ("blockedEncryptionTypes", lambda value: value["EncryptionType"]),
}
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html
CORS_RULE = {
    "ID": "id",
    "AllowedHeaders": "allowedHeaders",
    "AllowedMethods": "allowedMethods",
    "AllowedOrigins": "allowedOrigins",
    "ExposeHeaders": "exposeHeaders",
    "MaxAgeSeconds": "maxAgeSeconds",
}


def moment(text):
    """Writes a date as the provider does. The AWS CLI's format depends on its configuration."""
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
LIFECYCLE_RULE = {
    "ID": "id",
    "Status": "status",
    "Prefix": "prefix",
    "Filter": (
        "filter",
        {
            "Prefix": "prefix",
            "Tag": ("tag", {"Key": "key", "Value": "value"}),
            "ObjectSizeGreaterThan": "objectSizeGreaterThan",
            "ObjectSizeLessThan": "objectSizeLessThan",
            "And": (
                "and",
                {
                    "Prefix": "prefix",
                    "Tags": ("tags", lambda tags: {tag["Key"]: tag["Value"] for tag in tags}),
                    "ObjectSizeGreaterThan": "objectSizeGreaterThan",
                    "ObjectSizeLessThan": "objectSizeLessThan",
                },
            ),
        },
    ),
    "Expiration": (
        "expiration",
        {
            "Date": ("date", moment),
            "Days": "days",
            "ExpiredObjectDeleteMarker": "expiredObjectDeleteMarker",
        },
    ),
    "Transitions": (
        "transitions",
        {"Date": ("date", moment), "Days": "days", "StorageClass": "storageClass"},
    ),
    "NoncurrentVersionTransitions": (
        "noncurrentVersionTransitions",
        {
            "NoncurrentDays": "noncurrentDays",
            "NewerNoncurrentVersions": "newerNoncurrentVersions",
            "StorageClass": "storageClass",
        },
    ),
    "NoncurrentVersionExpiration": (
        "noncurrentVersionExpiration",
        {
            "NoncurrentDays": "noncurrentDays",
            "NewerNoncurrentVersions": "newerNoncurrentVersions",
        },
    ),
    "AbortIncompleteMultipartUpload": (
        "abortIncompleteMultipartUpload",
        {"DaysAfterInitiation": "daysAfterInitiation"},
    ),
}


def strange(structures, names):
    """Returns those member names in `structures` of S3's API that are not in `names`."""
    found = []
    for structure in structures:
        for name, value in structure.items():
            _, inner = pair(names.get(name, (None, None)))
            if name not in names:
                found.append(name)
            elif isinstance(inner, dict):
                found += strange(value if isinstance(value, list) else [value], inner)
    return sorted(set(found))


def renamed(structure, names):
    """Returns a structure of S3's API with its members renamed and converted by `names`."""
    result = {}
    for name, value in structure.items():
        to, inner = pair(names[name])
        if isinstance(inner, dict):
            is_list = isinstance(value, list)
            value = [renamed(one, inner) for one in value] if is_list else renamed(value, inner)
        elif inner:
            value = inner(value)
        result[to] = value
    return result


def pair(entry):
    return entry if isinstance(entry, tuple) else (entry, None)


def lifecycle_rule(rule):
    """Converts a lifecycle rule. Drops an empty filter, and an empty prefix outside of a filter. S3
    treats empty and missing ones alike, and the provider reads empty ones as missing."""
    without = [("filter", {}), ("prefix", "")]
    rule = renamed(rule, LIFECYCLE_RULE)
    return {name: value for name, value in rule.items() if (name, value) not in without}
