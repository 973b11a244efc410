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
        "types": {type_token(name): nested(entry) for name, entry in EXCERPT["types"].items()},
        "resources": {
            resource_token(name): resource(entry) for name, entry in EXCERPT["resources"].items()
        },
        "functions": {
            function_token(name): {
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
        # If the excerpt has no entry for a type, the schema allows any value of this type.
        # `excerpt.faults` refuses the value later.
        known = notation[1:] in EXCERPT["types"]
        return {"$ref": f"#/types/{type_token(notation[1:])}" if known else "pulumi.json#/Any"}
    if notation in ("archive", "asset", "any"):
        return {"$ref": f"pulumi.json#/{notation.capitalize()}"}
    return {"type": notation}


def resource_token(name):
    """Expands a resource's token: `aws:s3:Bucket` to `aws:s3/bucket:Bucket`."""
    package, module, name = name.split(":")
    return f"{package}:{module}/{name[0].lower()}{name[1:]}:{name}"


def type_token(name):
    """Expands a type's token: `aws:s3:BucketRule` to `aws:s3/BucketRule:BucketRule`."""
    package, module, name = name.split(":")
    return f"{package}:{module}/{name}:{name}"


def function_token(name):
    """Expands a function's token: `aws:getRegion` to `aws:index/getRegion:getRegion`."""
    package, name = name.split(":")
    return f"{package}:index/{name}:{name}"
