#!/usr/bin/env python3
"""Writes aws.json, the excerpt of the AWS provider's schema with the types that the program uses.

The provider's own schema is 60 MB and comes with its plugin. The Python SDK has the same
information in its type annotations, so this script reads those. Run it when the program uses a new
type or nested property, or when pulumi/sdks/aws.yaml names another version:

    python3 -m venv target/schema
    target/schema/bin/pip install pulumi_aws==7.51.1      # the version of pulumi/sdks/aws.yaml
    target/schema/bin/python tools/pulumi-program/schema/generate.py

Types in aws.json are `string`, `integer`, `number`, `boolean`, `archive`, `asset` and `any`;
`[string]` is an array, `{string}` a map, `#name` an entry of "types", and `a | b` means either.
"""

import collections.abc
import enum
import importlib
import importlib.metadata
import inspect
import json
import re
import sys
import types
import typing
from pathlib import Path

import pulumi
import yaml
from pulumi import _types as reflection

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "aws"
SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}
# Modules that the SDK renames, because a Python keyword cannot be a module's name.
PYTHON_MODULES = {"lambda": "lambda_"}


def main():
    program = yaml.safe_load((ROOT / "pulumi/Main.yaml").read_text())
    pinned = yaml.safe_load((ROOT / "pulumi/sdks/aws.yaml").read_text())["version"]
    installed = importlib.metadata.version(f"pulumi_{PACKAGE}")
    if installed != pinned:
        sys.exit(f"pulumi_{PACKAGE} is {installed}, but pulumi/sdks/aws.yaml names {pinned}")
    excerpt = Excerpt()
    used, whole = {}, {}
    for resource in program["resources"].values():
        properties, options = resource.get("properties", {}), resource.get("options", {})
        used.setdefault(resource["type"], set()).update(keys(properties))
        whole.setdefault(resource["type"], set()).update(
            [name for name, value in properties.items() if not is_written(value)],
            options.get("ignoreChanges", []),
        )
    for token, names in used.items():
        excerpt.resource(token, names, whole[token])
    for token in sorted(called_functions(program)):
        excerpt.function(token)
    excerpt.provider({"endpoints", "defaultTags"})
    schema = {
        "version": pinned,
        "provider": excerpt.provider_inputs,
        "resources": excerpt.resources,
        "types": excerpt.types,
        "functions": excerpt.functions,
    }
    target = Path(__file__).with_name("aws.json")
    target.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n")
    print(f"{target}: {len(excerpt.resources)} resource types, {len(excerpt.types)} nested types")


class Everything:
    """A set that contains every name. It stands for the keys of a value that is not spelled out
    (see `is_written`)."""

    def __contains__(self, name):
        return True


def is_written(value):
    """True if the program spells a value out. A value that begins with a reference or comes from an
    `fn::` function is not spelled out, and may have any property."""
    if isinstance(value, dict):
        return not any(key.startswith("fn::") for key in value)
    return not (isinstance(value, str) and value.startswith("${"))


def keys(value):
    """Returns all keys in a value, at any depth. If a property has one of these names, the
    excerpt describes the property's nested types."""
    if isinstance(value, dict):
        return set(value).union(*(keys(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(keys(item) for item in value))
    return set()


def called_functions(value):
    """Returns the tokens of all provider functions that a value of the program calls."""
    if isinstance(value, list):
        return set().union(*(called_functions(item) for item in value))
    if not isinstance(value, dict):
        return set()
    found = {call["function"]} if (call := value.get("fn::invoke")) else set()
    return found.union(*(called_functions(item) for item in value.values()))


class Excerpt:
    """The contents of aws.json. `resource`, `provider` and `function` add to them."""

    def __init__(self):
        self.provider_inputs = {}
        self.resources = {}
        self.types = {}
        self.functions = {}

    def resource(self, token, used, whole):
        _, module, name = token.split(":")
        owner = importlib.import_module(f"pulumi_{PACKAGE}.{PYTHON_MODULES.get(module, module)}")
        cls = getattr(owner, name)
        source = sys.modules[cls.__module__]
        # A resource that has a class `…InitArgs` is constructed with that class instead of `…Args`.
        args = getattr(source, f"{name}InitArgs", None) or getattr(source, f"{name}Args")
        inputs, required = self.inputs(args, module, used, whole)
        outputs = {
            name: shown
            for name, shown in self.outputs(cls).items()
            if name not in inputs and name not in ("id", "urn")
        }
        self.resources[token] = {"inputs": inputs, "required": required, "outputs": outputs}

    def provider(self, used):
        module = importlib.import_module(f"pulumi_{PACKAGE}.provider")
        self.provider_inputs, _ = self.inputs(module.ProviderArgs, "index", used)

    def function(self, token):
        name = token.split(":")[-1]
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
        owner = importlib.import_module(f"pulumi_{PACKAGE}")
        call = getattr(owner, snake)
        result = typing.get_type_hints(call, vars(sys.modules[call.__module__]))["return"]
        result = next(base for base in result.__mro__ if not base.__name__.startswith("Awaitable"))
        self.functions[token] = {"outputs": self.outputs(result)}

    def inputs(self, cls, module, used, whole=()):
        """Returns the types of the properties of an `…Args` class, by name, and the names of the
        required ones. For a property in `whole`, the excerpt gets all nested types, at any depth.
        """
        names = reflection.input_type_py_to_pulumi_names(cls)
        hints = typing.get_type_hints(cls.__init__, scope(cls))
        shown, required = {}, []
        for python, parameter in inspect.signature(cls.__init__).parameters.items():
            if python in ("self", "__self__"):
                continue
            name = names.get(python, python)
            # `within` has the names of the properties whose nested types the excerpt describes.
            within = Everything() if name in whole else used
            shown[name] = with_deprecation(
                self.type(hints[python], module, within, name in within), cls, python
            )
            if parameter.default is parameter.empty:
                required.append(name)
        return shown, required

    def outputs(self, cls):
        """Returns the types of the outputs of a resource or a function, by name.

        Lists and objects are of type `any`: checks ignore them.
        """
        shown = {}
        for python, name, getter in reflection._py_properties(cls):
            hint = typing.get_type_hints(inspect.unwrap(getter.fget), scope(cls))["return"]
            hint = unwrap(hint)
            kind = SCALARS.get(hint[0], "any") if len(hint) == 1 else "any"
            shown[name] = with_deprecation(kind, cls, python)
        return shown

    def type(self, hint, module, used, follow):
        return " | ".join(
            dict.fromkeys(self.single(one, module, used, follow) for one in unwrap(hint))
        )

    def single(self, hint, module, used, follow):
        origin = typing.get_origin(hint)
        if hint in SCALARS:
            return SCALARS[hint]
        if hint in (pulumi.Archive, pulumi.Asset):
            return hint.__name__.lower()
        if hint is typing.Any:
            return "any"
        if origin and issubclass(origin, collections.abc.Mapping):
            return "{" + self.type(typing.get_args(hint)[1], module, used, follow) + "}"
        if origin:
            return "[" + self.type(typing.get_args(hint)[0], module, used, follow) + "]"
        if issubclass(hint, enum.Enum):
            return self.enumeration(hint, module, follow)
        return self.nested(hint, module, used, follow)

    def enumeration(self, cls, module, follow):
        token = f"{PACKAGE}:{module}:{cls.__name__}"
        if follow:
            self.types[token] = {"values": [member.value for member in cls]}
        return f"#{token}"

    def nested(self, cls, module, used, follow):
        token = f"{PACKAGE}:{module}:{re.sub('Args$', '', cls.__name__)}"
        if follow and token not in self.types:
            entry = self.types[token] = {}
            entry["properties"], entry["required"] = self.inputs(cls, module, used)
        return f"#{token}"


def unwrap(hint):
    """Returns the alternatives in a property's type, without None, Output and Awaitable."""
    origin = typing.get_origin(hint)
    if origin is pulumi.Output:
        return unwrap(typing.get_args(hint)[0])
    if origin not in (typing.Union, types.UnionType):
        return [hint]
    found = []
    for one in typing.get_args(hint):
        plumbing = typing.get_origin(one) in (collections.abc.Awaitable, pulumi.Output)
        if one is not type(None) and not plumbing:
            found += unwrap(one)
    return found


def scope(cls):
    """Returns the names that the annotations of a class may use, with their values."""
    return {**vars(sys.modules[cls.__module__]), "Output": pulumi.Output, "T": typing.Any}


def with_deprecation(shown, cls, python):
    """Adds the text of the deprecation to a type, if the SDK deprecates the property."""
    getter = getattr(inspect.getattr_static(cls, python, None), "fget", None)
    if getter is None or "_pulumi_deprecated_callable" not in vars(getter):
        return shown
    texts = (cell.cell_contents for cell in getter.__closure__)
    text = next((text for text in texts if isinstance(text, str)), "deprecated")
    return {"type": shown, "deprecated": text}


if __name__ == "__main__":
    main()
