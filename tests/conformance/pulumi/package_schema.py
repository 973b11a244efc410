"""Converts the schema excerpt to the form in which Pulumi's language host reads a schema:
https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
"""

from excerpt import EXCERPT


def package_schema():
    settings = properties(EXCERPT["provider"])
    return {
        "name": "aws",
        "version": EXCERPT["version"],
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
        "config": {"variables": settings},
        "provider": {"inputProperties": settings},
        "types": {token(name): nested(entry) for name, entry in EXCERPT["types"].items()},
        "resources": {
            token(name, True): resource(entry) for name, entry in EXCERPT["resources"].items()
        },
        "functions": {
            token(name): {
                "outputs": {"type": "object", "properties": properties(entry["outputs"])}
            }
            for name, entry in EXCERPT["functions"].items()
        },
    }


def resource(entry):
    inputs = properties(entry["inputs"])
    return {
        "inputProperties": inputs,
        "requiredInputs": entry["required"],
        "properties": {**inputs, **properties(entry["outputs"])},
    }


def nested(entry):
    if "values" in entry:
        return {"type": "string", "enum": [{"value": value} for value in entry["values"]]}
    return {
        "type": "object",
        "properties": properties(entry["properties"]),
        "required": entry["required"],
    }


def properties(entries):
    return {name: property_spec(notation) for name, notation in entries.items()}


def property_spec(notation):
    if isinstance(notation, dict):
        spec = property_spec(notation["type"])
        return {**spec, "deprecationMessage": notation["deprecated"]}
    if " | " in notation:
        return {"oneOf": [property_spec(one) for one in notation.split(" | ")]}
    if notation.startswith("["):
        return {"type": "array", "items": property_spec(notation[1:-1])}
    if notation.startswith("{"):
        return {"type": "object", "additionalProperties": property_spec(notation[1:-1])}
    if notation.startswith("#"):
        # If the excerpt has no entry for the type, the schema allows any value here, and
        # `provider.py` refuses the value.
        known = notation[1:] in EXCERPT["types"]
        return {"$ref": f"#/types/{token(notation[1:])}" if known else "pulumi.json#/Any"}
    if notation in ("archive", "asset", "any"):
        return {"$ref": f"pulumi.json#/{notation.capitalize()}"}
    return {"type": notation}


def token(name, is_resource=False):
    """Expands the token of a resource (`aws:s3:Bucket` to `aws:s3/bucket:Bucket`), a type
    (`aws:s3:BucketRule` to `aws:s3/BucketRule:BucketRule`) or a function (`aws:getRegion` to
    `aws:index/getRegion:getRegion`)."""
    package, *modules, name = name.split(":")
    module = modules[0] if modules else "index"
    file = name[0].lower() + name[1:] if is_resource else name
    return f"{package}:{module}/{file}:{name}"
