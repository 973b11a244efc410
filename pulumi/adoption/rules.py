"""EventBridge rules that may match a bucket's events."""

import json
import re

PROJECT = "pixgauge"

# Kinds of events that a bucket sends to EventBridge.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
DETAIL_TYPES = [
    "Object Created",
    "Object Deleted",
    "Object Restore Initiated",
    "Object Restore Completed",
    "Object Restore Expired",
    "Object Tags Added",
    "Object Tags Deleted",
    "Object ACL Updated",
    "Object Storage Class Changed",
    "Object Access Tier Changed",
]


def matches(matchers, value):
    """Says whether a list in an event pattern may match a text. A matcher that this function does
    not know may match any text.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """

    def one(matcher):
        if not isinstance(matcher, dict):
            return matcher == value
        (kind, wanted), *_ = matcher.items()
        if not isinstance(wanted, str):
            return True
        return {
            "prefix": value.startswith(wanted),
            "suffix": value.endswith(wanted),
            "equals-ignore-case": value.lower() == wanted.lower(),
            "anything-but": value != wanted,
            "wildcard": bool(
                re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), value, re.DOTALL)
            ),
        }.get(kind, True)

    return any(one(matcher) for matcher in matchers)


def may_match(pattern, bucket):
    """Says whether an event pattern may match an event of a bucket."""
    alternatives = pattern.get("$or")
    if alternatives and not any(may_match(one, bucket) for one in alternatives):
        return False
    resources = pattern.get("resources", [])
    partitions = ["aws", "aws-cn", "aws-us-gov"]
    return (
        matches(pattern.get("source", ["aws.s3"]), "aws.s3")
        and any(matches(pattern.get("detail-type", [kind]), kind) for kind in DETAIL_TYPES)
        and matches(buckets(pattern) or [bucket], bucket)
        and (
            not resources
            or any(matches(resources, f"arn:{one}:s3:::{bucket}") for one in partitions)
        )
    )


def watchers(rules, bucket):
    """Returns the names and patterns of the rules that may match the bucket's events."""
    patterns = {rule["Name"]: rule.get("EventPattern") for rule in rules}
    patterns = {name: json.loads(text) for name, text in patterns.items() if text}
    return {name: pattern for name, pattern in patterns.items() if may_match(pattern, bucket)}


def rule_of(stack):
    """Returns the name that the rule `objectEvents` of Main.yaml has in a stack."""
    return f"{PROJECT}-{stack}-object-events"


def stack_of(rule):
    """Returns the stack whose rule has this name, or None."""
    found = re.fullmatch(f"{PROJECT}-(.+)-object-events", rule)
    return found and found[1]


def buckets(pattern):
    """Returns the matchers that a pattern has for the bucket's name."""
    return pattern.get("detail", {}).get("bucket", {}).get("name", [])


def prefixes(pattern):
    """Returns the key prefixes that a stack's rule watches. The prefix "" covers all keys."""
    keys = pattern.get("detail", {}).get("object", {}).get("key", [{}])
    return [key.get("prefix", "") if isinstance(key, dict) else key for key in keys]


def overlap(one, other):
    return one.startswith(other) or other.startswith(one)
