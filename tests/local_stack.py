"""Runs a local stack for the duration of a script."""

import contextlib
import hashlib
import hmac
import json
import struct
import subprocess
import time
import urllib.parse
import urllib.request
import zlib
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_MEASURE = 60


@contextlib.contextmanager
def running():
    """Starts a stack, yields it as a Stack, and stops it; yields None if it does not start."""
    command = ["cargo", "local", "up", "--json", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            outputs = announced(process.stdout)
            yield Stack(outputs, settings()) if outputs else None
        finally:
            process.terminate()


def announced(lines):
    """Reads the outputs, which `cargo local up` prints first; None if it ends without them."""
    text = ""
    for line in lines:
        text += line
        if line.startswith("}"):
            return json.loads(text)
    return None


def settings():
    """Returns the environment variables with which AWS clients reach the stack."""
    command = ["cargo", "local", "env", "--json"]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    return {name: value for name, value in json.loads(printed).items() if value is not None}


@dataclass
class Stack:
    """A running stack: its outputs, and the environment variables for AWS clients."""

    outputs: dict
    environment: dict

    def record(self, key, body):
        """Uploads an object, and waits until it is recorded, as an image or as rejected."""
        self.send("s3", "PUT", f"/{self.outputs['bucketName']}/{urllib.parse.quote(key)}", body)
        keys = json.dumps({"keys": [key]}).encode()
        look_up = urllib.request.Request(f"{self.outputs['apiUrl']}/images/metadata", keys)
        deadline = time.monotonic() + SECONDS_TO_MEASURE
        while time.monotonic() < deadline:
            with urllib.request.urlopen(look_up) as response:
                if json.load(response)["results"][0]["status"] != "unknown":
                    return
            time.sleep(0.2)
        raise TimeoutError(f"{key} was not recorded; see `cargo local executions`")

    def send(self, service, method, path, body=b""):
        """Sends a signed request and returns the body of the response.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
        """
        endpoint = self.outputs["endpoint"]
        at = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{at[:8]}/{self.environment['AWS_REGION']}/{service}/aws4_request"
        headers = {
            "host": urllib.parse.urlsplit(endpoint).netloc,
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-amz-date": at,
        }
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"{method}\n{path}\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
        digest = hashlib.sha256(request.encode()).hexdigest()
        signature = b"AWS4" + self.environment["AWS_SECRET_ACCESS_KEY"].encode()
        for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"]:
            signature = hmac.digest(signature, part.encode(), "sha256")
        credential = f"Credential={self.environment['AWS_ACCESS_KEY_ID']}/{scope}"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature.hex()}"
        )
        sent = urllib.request.Request(endpoint + path, body or None, headers, method=method)
        with urllib.request.urlopen(sent) as response:
            return response.read()


def png(width=1):
    """A PNG of one row of gray pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" + width * b"\x80")),
        (b"IEND", b""),
    ]
    image = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        image += struct.pack(">I", len(data)) + name + data
        image += struct.pack(">I", zlib.crc32(name + data))
    return image
