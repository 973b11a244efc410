"""Deploys the program of a release, as docs/DEPLOYING.md says, with Pulumi's own engine."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from project import Project
from tools import ROOT, TARGET

# A stack for which the release has no configuration file, and its region.
STACK, REGION = "team-7", "eu-central-1"


class Bundle(Project):
    """An unpacked release, with dummy Lambda archives and its own Pulumi state."""

    def __init__(self, tools, directory):
        self.begin(tools, directory)
        self.root = directory
        for manifest in ROOT.glob("functions/*/Cargo.toml"):
            for architecture in ["arm64", "x86_64"]:
                self.archive(f"built/{architecture}", manifest.parent.name)
        (directory / "licenses").mkdir()
        (directory / "licenses/THIRD-PARTY-LICENSES.txt").touch()
        assets = directory / "assets"
        run(ROOT / ".ci/bundle", "v0", directory / "built", directory / "licenses", assets)
        run("sha256sum", "--check", "--quiet", "SHA256SUMS", cwd=assets)
        # The release is unpacked outside the checkout. Inside, its program could reach files of the
        # checkout that the release lacks.
        self.root = Path(tempfile.mkdtemp()) / "pixgauge-v0"
        run("tar", "--extract", "--file", assets / "pixgauge-v0.tar.gz", cwd=self.root.parent)
        run(self.root / "pulumi/adopt.py", "--help", stdout=subprocess.DEVNULL)

    def configure(self, name, value):
        self.pulumi("config", "set", name, value, "--stack", STACK)


def run(*command, cwd=ROOT, **options):
    subprocess.run(command, cwd=cwd, check=True, **options)


def judge(tools):
    """Deploys the release for both architectures; returns the findings, and a summary."""
    bundle, wrong = Bundle(tools, TARGET / "bundle"), []
    try:
        bundle.pulumi("stack", "init", STACK)
        bundle.configure("aws:region", REGION)
        for architecture in ["arm64", "x86_64"]:
            bundle.configure("artifacts", f"../functions/{architecture}")
            bundle.configure("architecture", architecture)
            wrong += faults(bundle, architecture)
        resources = len(bundle.resources(STACK)) - 1
    finally:
        shutil.rmtree(bundle.root.parent)
    return wrong, f"an unpacked release: {resources} resources, for either architecture"


def faults(bundle, architecture):
    bundle.up(STACK)
    for change in bundle.changes(STACK):
        yield f"release, {architecture}: {change}"
    functions = [it for it in bundle.resources(STACK).values() if it["type"].endswith(":Function")]
    if not functions:
        yield "release: no functions"
    for function in functions:
        inputs = function["inputs"]
        if inputs["architectures"] != [architecture] or architecture not in str(inputs["code"]):
            yield f"release: {inputs['name']} is not for {architecture}: {inputs['code']}"
