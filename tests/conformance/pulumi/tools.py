"""Installs Python packages, our own evaluator and the Pulumi CLI below target/. A CLI on PATH that
Pulumi.yaml accepts is used instead. A pinned tool is installed again when its version changes.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import cargo_examples  # noqa: E402
import python_packages  # noqa: E402

ROOT = cargo_examples.ROOT
TARGET = ROOT / "target/conformance/pulumi"

# Modules in go.mod, each with the package whose variable `Version` the build sets. A CLI without a
# version would ignore requiredPulumiVersion.
MODULES = {
    "github.com/pulumi/pulumi/pkg/v3": "github.com/pulumi/pulumi/sdk/v3/go/common/version",
    "github.com/pulumi/pulumi-yaml": "github.com/pulumi/pulumi-yaml/pkg/version",
}


class Tools:
    """Paths of `python`, `pulumi` and `evaluate`, and the environment variables for Pulumi."""

    def __init__(self, python, pulumi, evaluate):
        self.python, self.pulumi, self.evaluate = python, pulumi, evaluate
        home = TARGET / "home"
        install_provider(home, python)
        self.environment = {
            "HOME": os.environ.get("HOME", "/"),
            "PATH": f"{pulumi.parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(home),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    @classmethod
    def install(cls):
        python = python_packages.installed(TARGET / "python", HERE / "requirements.txt") / "python"
        return cls(python, pulumi_on_path() or built_pulumi(), cargo_examples.built("evaluate"))


def install_provider(home, python):
    """Installs provider.py as the provider's plugin, under the version that aws.yaml pins."""
    version = first(r"^version: (.+)$", ROOT / "pulumi/sdks/aws.yaml")
    launcher = home / f"plugins/resource-aws-v{version}/pulumi-resource-aws"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    launcher.write_text(f'#!/bin/sh\nexec "{python}" "{HERE / "provider.py"}"\n')
    launcher.chmod(0o755)
    # The engine caches the provider's schema by version. The schema excerpt changes with the
    # program, but the excerpt's version stays the same.
    shutil.rmtree(home / "schemas", ignore_errors=True)


def pulumi_on_path():
    """Returns the CLI on PATH, if Pulumi.yaml accepts it and the language host is beside it."""
    found = shutil.which("pulumi")
    if not found:
        return None
    found = Path(found).resolve()
    version = subprocess.run([found, "version"], check=True, stdout=subprocess.PIPE, text=True)
    version = version.stdout.strip()
    has_host = (found.parent / "pulumi-language-yaml").is_file()
    if not has_host or numbers(version) < numbers(required_version()):
        return None
    print(f"Pulumi {version}, found on PATH", flush=True)
    return found


def required_version():
    """Returns the oldest version of the CLI that Pulumi.yaml accepts."""
    return first(r'^requiredPulumiVersion: ">=(.+)"$', ROOT / "Pulumi.yaml")


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def built_pulumi():
    """Builds the CLI that go.mod pins, unless it is up to date; returns its path."""
    directory = TARGET / "bin"
    pins = (HERE / "go.sum").read_bytes()
    marker = directory / "go.sum"
    if not marker.is_file() or marker.read_bytes() != pins:
        if not shutil.which("go"):
            sys.exit(f"install Go 1.26.6, or a Pulumi CLI of version {required_version()} or later")
        print("building the Pulumi CLI, once: nine minutes on two cores", flush=True)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        flags = [f"-X {MODULES[module]}.Version={pinned(module)}" for module in MODULES]
        build = ["go", "build", "-ldflags", " ".join(["-s", "-w", *flags])]
        build += ["-o", f"{directory}{os.sep}", "tool"]
        subprocess.run(build, cwd=HERE, check=True, env={**os.environ, "CGO_ENABLED": "0"})
        marker.write_bytes(pins)
    return directory / "pulumi"


def pinned(module):
    return first(rf"^\s*{module} (v\S+)", HERE / "go.mod")


def first(pattern, path):
    """Finds the first match of a pattern in a file, and returns the text of the match's group."""
    return re.search(pattern, path.read_text(), re.MULTILINE)[1]
