"""Calls of the AWS CLI, and their errors."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass


class Refused(Exception):
    """The reasons why a command cannot do its work, a sentence for each."""

    def __init__(self, *sentences):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class AwsError(Exception):
    """An error that AWS or its CLI reported."""

    def __init__(self, command, output):
        found = re.search(r"An error occurred \((\w+)\) when calling", output)
        self.code = found[1] if found else None
        super().__init__(f"`{shlex.join(command)}` failed:\n{output.strip()}")


@dataclass
class Aws:
    """The AWS CLI, in a region (None for the region that the CLI is configured for)."""

    region: str | None = None

    def call(self, *command):
        """Runs a command and returns its answer; {} if the answer is empty."""
        where = ["--region", self.region] if self.region else []
        command = ["aws", *command, *where]
        environment = {**os.environ, "AWS_PAGER": ""}
        try:
            ran = subprocess.run(
                [*command, "--output", "json"],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise Refused("There is no `aws` on PATH: install the AWS CLI.") from None
        if ran.returncode != 0:
            raise AwsError(command, ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip() else {}

    def unless(self, absent, *command):
        """Runs a command; returns None if AWS answers with the error `absent`."""
        try:
            return self.call(*command)
        except AwsError as error:
            if absent is not None and error.code == absent:
                return None
            raise

    def account(self):
        return self.call("sts", "get-caller-identity")["Account"]
