"""Events, each with the answer that EventBridge's matcher must give for the pattern of
`objectEvents`, and mistakes to plant in this pattern.

The form of the events: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import copy
import itertools

ABSENT = object()

# Values of the fields that distinguish the expiration of a noncurrent version from every other
# event. `None` is JSON's null, and a number represents any other value that is not a string.
REASONS = [ABSENT, "DeleteObject", "Lifecycle Expiration", "PutObject", "lifecycle expiration", 5, None]
DELETION_TYPES = [ABSENT, "Permanently Deleted", "Delete Marker Created", 5, None]
VERSIONS = [ABSENT, "null", None, 5, "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", "NULL", ""]

# Key prefixes of stacks. Some are folders inside others.
PREFIXES = ["photos/2026/", "photos/", "photos/2026/07/", "a b+(c)[d]{e}^|&<f>/"]

# Beginnings of keys: the key prefixes, and texts that resemble a key prefix.
BEGINNINGS = [*PREFIXES, "uploads/", "photos/20", "photos/20260/", "photos-2026/"]

# The parts of keys that follow the key prefix.
NAMES = [
    "cat.jpg",
    "",
    "uploads/",
    "line\nbreak",
    "what?#&=%25 +.png",
    '"quotes" and \\backslashes\\',
    "*[?]{}$or",
    "\u00e9\U0001f980\u3000",
]
LONGEST_KEY = 1024
OTHER_TYPES = [
    "Object Restore Initiated",
    "Object Restore Expired",
    "Object Storage Class Changed",
    "Object Access Tier Changed",
    "Object ACL Updated",
    "Object Tags Added",
    "Object Tags Deleted",
    "object created",
]


def events(bucket, prefix):
    """Yields triples: an event's name, the event, and whether the event must match the rule of a
    stack with this prefix.
    """
    for fields in itertools.product(
        ["Object Created", "Object Deleted"], REASONS, DELETION_TYPES, VERSIONS
    ):
        detail_type, reason, deletion_type, version = fields
        told = ", ".join("no field" if it is ABSENT else repr(it) for it in fields)
        key = f"{prefix}cat.jpg"
        made = event(bucket, detail_type, key, reason, deletion_type, version)
        yield told, made, not is_noncurrent_expiration(reason, deletion_type, version)
    restored = event(bucket, "Object Restore Completed", f"{prefix}cat.jpg", reason=ABSENT)
    yield "the end of a restore", restored, True
    for name in [*NAMES, "k" * (LONGEST_KEY - len(prefix))]:
        yield f"name {name!r}", event(bucket, key=prefix + name), True
    # A key must match if, and only if, it begins with the stack's prefix.
    for key in [*(it + name for it in BEGINNINGS for name in ("", "cat.jpg")), *outside(prefix)]:
        yield f"key {key!r}", event(bucket, key=key), key.startswith(prefix)
    own = event(bucket, key=f"{prefix}cat.jpg")
    for detail_type in OTHER_TYPES:
        yield detail_type, {**own, "detail-type": detail_type}, False
    yield "another bucket", event(bucket + "-other", key=f"{prefix}cat.jpg"), False
    yield "another source", {**own, "source": "custom.s3"}, False
    yield "no detail", {**own, "detail": {}}, False


def outside(prefix):
    """Keys that are not under a prefix but resemble keys that are."""
    return [prefix[:-1], prefix.title() + "cat.jpg", f"/{prefix}cat.jpg", f"x{prefix}", "cat.jpg", ""]


def is_noncurrent_expiration(reason, deletion_type, version):
    """True if the event says that a lifecycle rule removed a noncurrent version."""
    return (
        reason == "Lifecycle Expiration"
        and deletion_type == "Permanently Deleted"
        and isinstance(version, str)
        and version != "null"
    )


def event(
    bucket,
    detail_type="Object Created",
    key="",
    reason="PutObject",
    deletion_type=ABSENT,
    version=ABSENT,
):
    detail = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": key, "etag": "b57f9512698f4b09e608f4f2a65852e5", "version-id": version},
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "reason": reason,
        "deletion-type": deletion_type,
    }
    for fields in (detail, detail["object"]):
        for name in [name for name, value in fields.items() if value is ABSENT]:
            del fields[name]
    return {
        "version": "0",
        "id": "2ee9cc15-d022-99ea-1fb8-1b1bac4850f9",
        "detail-type": detail_type,
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2024-05-01T12:00:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": detail,
    }


def planted(pattern):
    """Yields a mistake's name and the pattern with the mistake."""
    mistakes = {
        "no alternatives": lambda it: it["detail"].pop("$or"),
        "no key": lambda it: it["detail"].pop("object"),
        "no bucket": lambda it: it["detail"].pop("bucket"),
        "no source": lambda it: it.pop("source"),
        "no types": lambda it: it.pop("detail-type"),
        "one type": lambda it: it["detail-type"].remove("Object Created"),
        "no restores": lambda it: it["detail-type"].remove("Object Restore Completed"),
        "an empty list of keys": lambda it: it["detail"]["object"].update(key=[]),
    }
    for number, alternative in enumerate(pattern["detail"]["$or"]):
        mistakes[f"without alternative {number}"] = lambda it, at=number: it["detail"]["$or"].pop(at)
        values = next(values for values in leaves(alternative))
        for place in range(len(values)):
            mistakes[f"alternative {number} without value {place}"] = (
                lambda it, at=number, place=place: next(leaves(it["detail"]["$or"][at])).pop(place)
            )
    for name, plant in mistakes.items():
        mistaken = copy.deepcopy(pattern)
        plant(mistaken)
        yield name, mistaken


def leaves(pattern):
    """Yields the lists of values in a pattern."""
    for value in pattern.values():
        if isinstance(value, dict):
            yield from leaves(value)
        else:
            yield value
