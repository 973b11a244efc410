"""The functions of a local stack, and the image that the tests upload to it."""

import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from emulator import ROOT, TARGET

sys.path.insert(0, str(ROOT / "tests"))

from local_stack import gif, running  # noqa: E402, F401

# The key in the sample events, and the image that the tests upload under this key.
KEY = "uploads/photo.jpg"
GIF = gif()


@dataclass
class Function:
    """A deployed function."""

    # The environment variables that the Pulumi program sets.
    variables: dict
    executable: Path


def functions(stack):
    """Returns all functions of the stack, by the names of their packages."""
    listed = json.loads(stack.send("lambda", "GET", "/2015-03-31/functions/"))
    prefix = stack.outputs["tableName"].removesuffix("catalog")
    found = {}
    for function in listed["Functions"]:
        package = function["FunctionName"].removeprefix(prefix)
        variables = function.get("Environment", {}).get("Variables", {})
        found[package] = Function(variables, unpacked(package))
    return found


def unpacked(package):
    """Unpacks the executable from the archive of `package`. Returns the executable's path."""
    folder = TARGET / package
    with zipfile.ZipFile(ROOT / f"target/local/lambda/{package}/bootstrap.zip") as archive:
        executable = Path(archive.extract("bootstrap", folder))
    executable.chmod(0o755)
    return executable
