"""Builds the Cargo examples that scripts run as commands."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def built(name):
    """Builds an example, such as `evaluate` of tools/pulumi-program, and returns its path."""
    # Cargo builds all packages, as for `cargo test`. If it built fewer, other features of the
    # dependencies might be selected, and the dependencies would be compiled again.
    build = ["cargo", "build", "--quiet", "--locked", "--workspace", "--example", name]
    build += ["--message-format", "json-render-diagnostics"]
    lines = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    paths = (json.loads(line).get("executable") for line in lines.stdout.splitlines())
    return next(path for path in paths if path)
