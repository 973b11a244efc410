"""Python packages in virtual environments below target/.

    python3 tests/python_packages.py ENVIRONMENT REQUIREMENTS

prints the folder of the commands, for scripts that are not in Python.
"""

import subprocess
import sys
import venv
from pathlib import Path


def installed(environment, requirements):
    """Installs pinned packages into a virtual environment, unless they are there already; returns
    the folder of its commands.

    The environment keeps a copy of the requirements, and is created again when they change.
    """
    commands = environment / "bin"
    marker = environment / "requirements.txt"
    if not marker.is_file() or marker.read_bytes() != requirements.read_bytes():
        venv.create(environment, clear=True, with_pip=True)
        pip = [commands / "python", "-m", "pip", "install", "--quiet", "--require-hashes"]
        pip += ["--only-binary", ":all:", "--disable-pip-version-check", "-r", requirements]
        subprocess.run(pip, check=True)
        marker.write_bytes(requirements.read_bytes())
    return commands


if __name__ == "__main__":
    print(installed(Path(sys.argv[1]), Path(sys.argv[2])))
