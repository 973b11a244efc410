"""Checks inputs against the schema excerpt, tools/pulumi-program/schema/aws.json.

generate.py, in the same folder as the excerpt, describes its notation.
"""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
EXCERPT = json.loads((ROOT / "tools/pulumi-program/schema/aws.json").read_text())

# Pulumi's notation for a value that is unknown before a deployment, one string for each type:
# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN = {
    UNKNOWN_STRING,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}

# Pulumi writes an asset or an archive as an object that has a member named SIGNATURE. FILES has the
# member's value for an asset and for an archive. All these texts are from sig.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
FILES = {
    "asset": "c44067f5952c0a294b673a41bacd8c17",
    "archive": "0def7320c3a5731c473e5ecbe6d01bc7",
}

# Python types of the values that the provider accepts for strings and for booleans. The
# provider converts booleans and numbers to strings.
SCALARS = {"string": (str, bool, int, float), "boolean": bool}


def short_token(token):
    """Shortens a token to the form of the program and the excerpt: `aws:s3/bucket:Bucket` to
    `aws:s3:Bucket`, `aws:index/getRegion:getRegion` to `aws:getRegion`.
    """
    package, module, name = token.split(":")
    module = module.split("/")[0]
    return f"{package}:{name}" if module == "index" else f"{package}:{module}:{name}"


def faults(entries, known, required=(), at=""):
    """Lists the faults of an object, each as the path of a property and what is wrong."""
    found = [(at + name, "is required") for name in required if entries.get(name) is None]
    for name, value in entries.items():
        if name in known:
            found += value_faults(value, known[name], at + name)
        elif not name.startswith("__"):
            found.append((at + name, "is no property of this object"))
    return found


def value_faults(value, notation, at):
    if isinstance(notation, dict):
        notation = notation["type"]
    if value is None or notation == "any" or (isinstance(value, str) and value in UNKNOWN):
        return []
    if " | " in notation:
        choices = [value_faults(value, one, at) for one in notation.split(" | ")]
        return min(choices, key=len)
    if notation.startswith("#"):
        return nested_faults(value, notation[1:], at)
    inner = notation[1:-1]
    if notation.startswith("[") and isinstance(value, list):
        places = [(one, f"{at}[{index}]") for index, one in enumerate(value)]
    elif notation.startswith("{") and isinstance(value, dict):
        places = [(one, f"{at}.{key}") for key, one in value.items()]
    elif fits(value, notation):
        return []
    else:
        return [(at, f"must be {notation}, not {json.dumps(value)}")]
    return [fault for one, place in places for fault in value_faults(one, inner, place)]


def nested_faults(value, name, at):
    entry = EXCERPT["types"].get(name)
    if entry is None:
        return [(at, f"is a {name}, which the excerpt lacks: run generate.py")]
    if "values" in entry:
        values = ", ".join(entry["values"])
        return [] if value in entry["values"] else [(at, f"must be one of {values}, not {value}")]
    if not isinstance(value, dict):
        return [(at, f"must be an object, not {json.dumps(value)}")]
    return faults(value, entry["properties"], entry["required"], f"{at}.")


def fits(value, notation):
    if notation in FILES:
        return isinstance(value, dict) and value.get(SIGNATURE) == FILES[notation]
    if notation in ("integer", "number"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (notation == "number" or value == int(value))
    return isinstance(value, SCALARS.get(notation, ()))
