"""A local stack, the functions that it has, and an image in it."""

import contextlib
import hashlib
import hmac
import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from emulator import ROOT, TARGET

KEY = "uploads/cat.jpg"
SECONDS_TO_MEASURE = 60

# The smallest GIF: one pixel.
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"


@dataclass
class Function:
    """A function as it is deployed."""

    # Its own environment variables.
    variables: dict
    executable: Path


@contextlib.contextmanager
def running():
    """The outputs of a stack that runs meanwhile, with an image; None if it does not start."""
    command = ["cargo", "local", "up", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as stack:
        try:
            outputs = announced(stack.stdout)
            if outputs:
                seed(outputs)
            yield outputs
        finally:
            stack.terminate()


def announced(lines):
    """The outputs, which a stack prints first; None if it ends without."""
    text = ""
    for line in lines:
        text += line
        if line.startswith("}"):
            return json.loads(text)
    return None


def seed(outputs):
    """Uploads an image under the key of the sample events, and waits until it is recorded."""
    outputs["etag"] = hashlib.md5(GIF).hexdigest()
    send(outputs, "s3", "PUT", f"/{outputs['bucketName']}/{KEY}", GIF)
    deadline = time.monotonic() + SECONDS_TO_MEASURE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(outputs["apiUrl"] + "/images/metadata/cat.jpg").close()
            return
        except urllib.error.HTTPError as answer:
            if answer.code != 404:
                raise
            time.sleep(0.2)
    raise TimeoutError(f"{KEY} was not recorded; see `cargo local executions`")


def functions(outputs):
    """All functions of the stack, by the name of their package."""
    listed = json.loads(send(outputs, "lambda", "GET", "/2015-03-31/functions/"))
    prefix = outputs["tableName"].removesuffix("catalog")
    found = {}
    for function in listed["Functions"]:
        package = function["FunctionName"].removeprefix(prefix)
        variables = function.get("Environment", {}).get("Variables", {})
        found[package] = Function(variables, unpacked(package))
    return found


def unpacked(package):
    """The executable in the archive that was deployed."""
    folder = TARGET / package
    with zipfile.ZipFile(ROOT / f"target/local/lambda/{package}/bootstrap.zip") as archive:
        executable = Path(archive.extract("bootstrap", folder))
    executable.chmod(0o755)
    return executable


def send(outputs, service, method, path, body=b""):
    """Sends a signed request and returns the body of the response.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    at = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{at[:8]}/us-east-1/{service}/aws4_request"
    headers = {
        "host": urllib.parse.urlsplit(outputs["endpoint"]).netloc,
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-amz-date": at,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = b"AWS4test"
    for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"AWS4-HMAC-SHA256 Credential=test/{scope}"
    headers["authorization"] = f"{credential}, SignedHeaders={names}, Signature={key.hex()}"
    url = outputs["endpoint"] + path
    sent = urllib.request.Request(url, body or None, headers, method=method)
    with urllib.request.urlopen(sent) as response:
        return response.read()
