"""Runs a local stack for the duration of a script."""

import contextlib
import json
import subprocess
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
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
    """Reads the outputs, which `cargo local up` prints first; None if `lines` end without them."""
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
        """Sends a request that curl signs. Returns the body of the response."""
        keys = [self.environment[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")]
        command = ["curl", "--silent", "--show-error", "--fail", "--user", ":".join(keys)]
        command += ["--aws-sigv4", f"aws:amz:{self.environment['AWS_REGION']}:{service}"]
        command += ["--request", method, "--data-binary", "@-"]
        command.append(self.outputs["endpoint"] + path)
        return subprocess.run(command, input=body, check=True, stdout=subprocess.PIPE).stdout


def gif(width=1, height=1):
    """A GIF with a single frame of one pixel. Its header states `width` and `height`."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;"
