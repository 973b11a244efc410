"""Finds or installs Node, and installs npm packages in folders below target/."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import python_packages

HERE = Path(__file__).resolve().parent
NODE = HERE.parent / "target/node"
LEAST_VERSION = 20


def node():
    """Returns the paths of node and npm: this machine's if it has both and node is recent enough.
    Otherwise, installs node and npm, and puts them on PATH, where npm and the commands of packages
    look for node."""
    found = of_machine()
    if found is None:
        commands = python_packages.installed(NODE, HERE / "node/requirements.txt")
        os.environ["PATH"] = f"{commands}{os.pathsep}{os.environ['PATH']}"
        found = commands / "node", commands / "npm"
    return found


def of_machine():
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    major = re.match(r"v(\d+)\.", version.stdout)
    return (Path(node), Path(npm)) if major and int(major[1]) >= LEAST_VERSION else None


def installed(folder, pins, npm):
    """Installs into `folder` the packages that `pins`/package-lock.json lists, unless they are
    there already; npm checks their hashes."""
    lock, marker = pins / "package-lock.json", folder / "installed.json"
    if not marker.is_file() or marker.read_bytes() != lock.read_bytes():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(pins / name, folder / name)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([npm, "ci", *options], cwd=folder, check=True)
        marker.write_bytes(lock.read_bytes())
    return folder
