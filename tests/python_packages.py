"""Python packages in virtual environments below target/."""

import subprocess
import venv


def installed(environment, requirements):
    """Installs pinned packages into a virtual environment, unless they are there already; returns
    the folder of its commands.

    The environment keeps a copy of the requirements, and is made anew when they change.
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
