"""Runs the emulator for as long as this process's standard input stays open.

Whoever starts it holds the other end of that pipe. When the pipe closes, and
the kernel closes it even if its holder is killed, the whole process group
ends: the emulator and every Lambda function it has started. The group is left
by SIGKILL, so nothing in it can refuse.
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
    """A process that the emulator starts: a function, mostly."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        functions.add(self)


def end_functions():
    """Ends the functions and waits for them.

    The group is killed in any case; but where no init process collects the
    orphans, as in many containers, they would stay in the process table.
    """
    for function in list(functions):
        function.kill()
    for function in list(functions):
        function.wait(timeout=1)


def end_process_group():
    # Never released: whoever comes second waits to be killed.
    ending.acquire()
    try:
        end_functions()
    except Exception:
        traceback.print_exc()
    # The unpacked functions and whatever they wrote: TMPDIR is this run's own.
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch_stdin():
    try:
        while os.read(0, 4096):
            pass
    finally:
        end_process_group()


def main():
    # Never the group of whoever started this: it is going to be killed.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    threading.Thread(target=watch_stdin, name="watch-stdin", daemon=True).start()
    subprocess.Popen = Function
    sys.argv = ["ministack"]
    try:
        adapt()  # of adaptations.py
        ask_for_permissions()  # of permissions.py
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
