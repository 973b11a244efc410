"""Runs the emulator as long as this process's standard input stays open.

The parent process holds the other end of that pipe. If the parent ends, even if it is killed, the
kernel closes the pipe. Then this process kills its whole process group: the emulator and every
Lambda function that it has started. It sends SIGKILL, which no process can ignore.
"""

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


def end_process_group():
    # Never released: a second thread waits here until it is killed.
    ending.acquire()
    try:
        end_functions()
    except Exception:
        traceback.print_exc()
    # The unpacked functions and the files they wrote. Only this run uses its TMPDIR.
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch_stdin():
    try:
        while os.read(0, 4096):
            pass
    finally:
        end_process_group()


def main():
    # A group of its own, as it is killed in the end: the parent must not be in it.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    threading.Thread(target=watch_stdin, name="watch-stdin", daemon=True).start()
    subprocess.Popen = Function
    sys.argv = ["ministack"]
    try:
        adapt()  # of adaptations.py
        enforce_permissions()  # of permissions.py
        runpy.run_module("ministack", run_name="__main__")
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        end_process_group()


main()
