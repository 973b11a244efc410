"""Runs the emulator as long as this process's standard input stays open.

The parent process holds the other end of that pipe. If the parent ends, even if it is killed, the
kernel closes the pipe. Then this process kills its whole process group: the emulator and every
Lambda function that it has started. It sends SIGKILL, which no process can ignore.

Arguments: the directory for temporary files and the file with the administrator's key, which are
both removed in the end; whether to put up the fence, `fenced` or `unfenced`; and optionally a
directory with Python packages.
"""

import configparser
import contextlib
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import weakref

functions = weakref.WeakSet()
ending = threading.Lock()


class Function(subprocess.Popen):
    """A process that the emulator starts; usually a Lambda function."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        functions.add(self)


def end_functions():
    """Kills the functions and waits for them.

    Killing the group would end them anyway. But where no init process reaps orphans, as in many
    containers, they would stay in the process table as zombies.
    """
    for function in list(functions):
        function.kill()
    for function in list(functions):
        function.wait(timeout=1)


def end_process_group(temporary, credentials):
    # Never released: a second thread waits here until it is killed.
    ending.acquire()
    try:
        end_functions()
    except Exception:
        traceback.print_exc()
    # The unpacked functions, the files they wrote, and the key. They were made for this run.
    shutil.rmtree(temporary, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.remove(credentials)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch_stdin(temporary, credentials):
    try:
        while os.read(0, 4096):
            pass
    finally:
        end_process_group(temporary, credentials)


def check_temporary_directory(temporary):
    """Exits if temporary files would go anywhere else.

    Python silently falls back to /tmp if it cannot write to TMPDIR, such as on a full disk.
    """
    if tempfile.gettempdir() != temporary:
        sys.exit(f"temporary files would go to {tempfile.gettempdir()} instead of {temporary}")


def administrator(path):
    """Reads the administrator's key and secret from a file in the format of the AWS CLI."""
    file = configparser.ConfigParser()
    with open(path, encoding="utf-8") as lines:
        file.read_file(lines)
    return file["default"]["aws_access_key_id"], file["default"]["aws_secret_access_key"]


def main(temporary, credentials, fence, packages=None):
    check_temporary_directory(temporary)
    if packages:
        sys.path.insert(0, packages)
    # A group of its own, as it is killed in the end: the parent must not be in it.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    made = temporary, credentials
    threading.Thread(target=watch_stdin, args=made, name="watch-stdin", daemon=True).start()
    subprocess.Popen = Function
    sys.argv = ["ministack"]
    try:
        adapt()  # of adaptations.py
        enforce_permissions()  # of permissions.py
        put_up_fence(*administrator(credentials), fence == "fenced")  # of fence.py
        runpy.run_module("ministack", run_name="__main__")
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        end_process_group(temporary, credentials)


main(*sys.argv[1:])
