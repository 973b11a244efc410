"""Runs the emulator until this process's standard input is closed.

The standard input is a pipe, and the parent process holds the other end. If the parent ends, even
if it is killed, the kernel closes the pipe. Then this process kills its whole process group: the
emulator and every Lambda function that the emulator has started. It sends SIGKILL, which no process
can ignore.

If the data is kept, the emulator saves it once a minute, and once more before it is killed. It gets
a few seconds for the last save.

Arguments:
- the directory for temporary files, which is removed at the end
- the file with the administrator's key, which is removed at the end
- `fenced` to put up the fence of fence.py, or `unfenced`
- the directory of the data to keep, or an empty argument
- optionally, a directory with Python packages
"""

import configparser
import contextlib
import fcntl
import logging
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

# Seconds between two saves of the emulator's state.
SAVE_INTERVAL = 60

# Time limit in seconds for saving the data after SIGTERM. The parent process waits a little longer.
SAVE_DEADLINE = 10

functions = weakref.WeakSet()
ending = threading.Lock()
ended = threading.Event()


class Function(subprocess.Popen):
    """A process that the emulator starts; usually a Lambda function."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        functions.add(self)


def end_functions():
    """Kills the functions and waits for them.

    Killing the process group would end the functions anyway. But where no init process reaps
    orphans, as in many containers, the functions would stay in the process table as zombies.
    """
    for function in list(functions):
        function.kill()
    for function in list(functions):
        function.wait(timeout=1)


def end_process_group(temporary, credentials):
    # This lock is never released. If another thread calls this function, that thread waits here
    # until the process is killed.
    ending.acquire()
    try:
        end_functions()
    except Exception:
        traceback.print_exc()
    # Removes the files of this run: the unpacked functions, the files that functions wrote, and the
    # administrator's key.
    shutil.rmtree(temporary, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.remove(credentials)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch_stdin(temporary, credentials, kept):
    try:
        while os.read(0, 4096):
            pass
        if kept:
            # On SIGTERM, the emulator saves its state and ends.
            os.kill(os.getpid(), signal.SIGTERM)
            ended.wait(SAVE_DEADLINE)
    finally:
        end_process_group(temporary, credentials)


class Complaints(logging.Handler):
    """Counts the errors that the emulator logs while it saves."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.number = 0

    def emit(self, _):
        self.number += 1


def keep(kept):
    """Starts a thread that saves the emulator's state once a minute. Returns a function to
    call after the last save.

    If the last save had no errors, the function creates the file `complete`, which tells the next
    run that everything was saved.
    """
    # This process holds the lock until it ends. If an earlier emulator is still stopping, `flock`
    # waits until that emulator has saved its data and ended.
    lock = open(os.path.join(kept, "lock"), "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    complete, complaints = os.path.join(kept, "complete"), Complaints()
    # Removes `complete`, which must not exist while the emulator runs. Also removes `sts.json`: the
    # sessions in it have ended with the previous run.
    for leftover in complete, os.path.join(kept, "state", "sts.json"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(leftover)
    logging.getLogger("persistence").addHandler(complaints)

    def save():
        while not ended.wait(SAVE_INTERVAL):
            from ministack import app

            try:
                app.save_all(app._build_persistence_save_dict())
            except Exception:
                # An error must not end this thread, because the next save may succeed. The emulator
                # itself has caught and logged any error of a single service.
                traceback.print_exc()
            complaints.number = 0

    def finish(_lock=lock):
        if complaints.number == 0:
            open(complete, "w").close()

    threading.Thread(target=save, name="save", daemon=True).start()
    return finish


def check_temporary_directory(temporary):
    """Exits if Python would put temporary files anywhere but in `temporary`.

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


def main(temporary, credentials, fence, kept, packages=None):
    check_temporary_directory(temporary)
    if packages:
        sys.path.insert(0, packages)
    # At the end, this process kills its whole group, to which its parent must not belong.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    watched = temporary, credentials, kept
    threading.Thread(target=watch_stdin, args=watched, name="watch-stdin", daemon=True).start()
    subprocess.Popen = Function
    sys.argv = ["ministack"]
    try:
        adapt()  # of adaptations.py
        enforce_permissions()  # of permissions.py
        read_streams_as_lambda_does()  # of event_sources.py
        send_events_to_log_groups()  # of event_sources.py
        put_up_fence(*administrator(credentials), fence == "fenced")  # of fence.py
        finish = keep(kept) if kept else lambda: None
        runpy.run_module("ministack", run_name="__main__")
        finish()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        ended.set()
        sys.stdout.flush()
        sys.stderr.flush()
        end_process_group(temporary, credentials)


main(*sys.argv[1:])
