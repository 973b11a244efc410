"""Installs the Runtime Interface Emulator, and invokes functions under it.

The emulator is AWS's own implementation of the Runtime API
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html):
https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TARGET = ROOT / "target/conformance/functions"
PATH = "/2015-03-31/functions/function/invocations"
SECONDS_TO_START = 10
SECONDS_TO_ANSWER = 60

# Lines that are not the function's: the emulator's log, START, END and REPORT, and empty lines.
OWN_LINE = re.compile(
    r"\d\d \w{3} \d{4} [\d:,]+ \[\w+\] \(rapid\) |(START|END|REPORT) RequestId: |$"
)


@dataclass
class Outcome:
    """The response to an invocation, and the lines that the function wrote."""

    response: object
    lines: list


def installed():
    """Builds the emulator if there is none or its version has changed; returns its path."""
    folder, pins = TARGET / "bin", [HERE / "go.mod", HERE / "go.sum"]
    program, marker = folder / "aws-lambda-rie", folder / "pins"
    wanted = b"".join(pin.read_bytes() for pin in pins)
    if not marker.is_file() or marker.read_bytes() != wanted or not program.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-mod=readonly"}
        command = ["go", "install", "tool"]
        subprocess.run(command, cwd=HERE, env=environment, check=True)
        marker.write_bytes(wanted)
    return program


def invoke(program, executable, environment, event):
    """Starts a function, invokes it once, and stops it."""
    port, api_port = free_ports(2)
    command = [program, "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{api_port}", str(executable)]
    with subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_for(port)
            response = send(port, event)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        output, _ = process.communicate()
    lines = [line for line in output.splitlines() if not OWN_LINE.match(line)]
    return Outcome(response, lines)


def send(port, event):
    """Sends the event and returns the response, parsed if it is JSON. If the function fails, the
    response is an object with `errorType`."""
    body = json.dumps(event).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PATH}", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    try:
        return json.loads(text)
    except ValueError:
        return text.decode(errors="replace")


def wait_for(port):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise TimeoutError("the Runtime Interface Emulator does not listen")


def free_ports(number):
    with contextlib.ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(number)]
        for one in bound:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in bound]
