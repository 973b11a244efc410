"""Checks of the key prefix, with the same rules as `contract::KeyPrefix`. They find a mistake
before AWS is called."""

import json

# Maximum length of a prefix in bytes. An S3 key has at most 1,024 bytes, and 32 of them remain for
# a name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
MAX_PREFIX = 1024 - 32

# Characters that a prefix must not contain, each with what it means elsewhere.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
CHARACTERS = {
    "*": "a wildcard in IAM policies",
    "?": "a wildcard in IAM policies",
    "$": "the beginning of a variable in IAM policies",
    "#": "the beginning of keys of the table's own items",
    '"': "the end of a text in queries",
    "'": "the end of a text in queries",
    "`": "the end of a text in queries",
    "\\": "an escape in queries",
}


def prefix_faults(prefix):
    """Returns the reasons why a prefix cannot be used, a sentence for each."""
    faults = [f"{one} is {why}" for one, why in CHARACTERS.items() if one in prefix]
    if not prefix:
        faults.append("it is empty")
    elif not prefix.endswith("/"):
        faults.append(f"it does not end with a slash, so it would select {prefix}-old/ as well")
    if prefix.startswith("/"):
        faults.append("it begins with a slash, and keys of S3 do not")
    if {".", ".."} & set(prefix.split("/")):
        faults.append("it has a folder named . or .., which HTTP clients resolve")
    if any(ord(one) < 32 or ord(one) == 127 for one in prefix):
        faults.append("it has a control character")
    if any(ord(one) > 127 for one in prefix):
        faults.append("it has characters beyond ASCII, which IAM policies do not take")
    if len(prefix.encode("utf-8", "replace")) > MAX_PREFIX:
        faults.append(f"it has more than {MAX_PREFIX} bytes")
    return [f"The prefix {json.dumps(prefix)} cannot be used: {fault}." for fault in faults]
