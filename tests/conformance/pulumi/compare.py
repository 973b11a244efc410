"""Compares a stack's state in Pulumi's engine with the result of our own evaluator."""

import json
import os

import excerpt
from project import name_of


def differences(project, theirs, ours):
    """Lists the differences in types, inputs, protection, outputs, and the order of creation."""
    directory = project.root / "pulumi"
    engine = {
        name: {
            "type": excerpt.short_token(one["type"]),
            "inputs": plain(one["inputs"], directory),
            "protect": one.get("protect", False),
        }
        for name, one in theirs.items()
        if name
    }
    own = {
        one["name"]: {
            "type": one["type"],
            "inputs": plain(one["inputs"], directory),
            "protect": one["protect"],
        }
        for one in ours["resources"]
    }
    outputs = plain(theirs[None].get("outputs", {}), directory)
    found = differing(engine, own, "resources")
    found += differing(outputs, plain(ours["outputs"], directory), "outputs")
    return found + disorder(theirs, ours)


def differing(theirs, ours, at):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = [f"{at}.{key}: only in the engine" for key in theirs if key not in ours]
        found += [f"{at}.{key}: only in our evaluator" for key in ours if key not in theirs]
        for key in theirs:
            if key in ours:
                found += differing(theirs[key], ours[key], f"{at}.{key}")
        return found
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        found = []
        for index, their in enumerate(theirs):
            found += differing(their, ours[index], f"{at}[{index}]")
        return found
    # In Python, True equals 1, but here a boolean and a number must count as different.
    if theirs == ours and isinstance(theirs, bool) == isinstance(ours, bool):
        return []
    return [f"{at}: {theirs!r:.200} in the engine, {ours!r:.200} in our evaluator"]


def plain(value, directory):
    """Removes harmless differences from a value: null instead of an absent member, the order of
    keys in JSON text, and the notation of archives.
    """
    if isinstance(value, dict):
        if value.get(excerpt.SIGNATURE) == excerpt.FILES["archive"]:
            return {"fn::fileArchive": os.path.normpath(directory / value["path"])}
        return {key: plain(one, directory) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [plain(one, directory) for one in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return {"JSON": json.loads(value)}
        except ValueError:
            return value
    return value


def dependencies(theirs):
    """Returns the names of the resources that each resource waits for, according to the engine."""
    return {
        name: [name_of(urn) for urn in one.get("dependencies", [])]
        for name, one in theirs.items()
        if name
    }


def disorder(theirs, ours):
    """Lists resources that our evaluator creates before a resource that they depend on."""
    order = {one["name"]: at for at, one in enumerate(ours["resources"])}
    return [
        f"resources.{name}: our evaluator creates {needed} after it"
        for name, all_needed in dependencies(theirs).items()
        for needed in all_needed
        if order.get(needed, -1) > order.get(name, -1)
    ]


def early(theirs):
    """Lists resources that do not wait for the bucket. If S3 refuses the bucket's name, the failed
    deployment leaves these resources behind.
    """
    needed = dependencies(theirs)
    waiting = set()
    more = {"bucket"}
    while more:
        waiting |= more
        more = {name for name in needed if name not in waiting and waiting & set(needed[name])}
    return [
        f"resources.{name}: does not wait for the bucket" for name in needed if name not in waiting
    ]


def foreign_arns(theirs):
    """Lists resources with an ARN of the partition `aws`. The stack is in another partition."""
    return [
        f"resources.{name}: has an ARN that begins with arn:aws:"
        for name, one in theirs.items()
        if name and "arn:aws:" in json.dumps(one["inputs"])
    ]
