"""Runs the emulator for as long as this process's standard input stays open.

Whoever starts it holds the other end of that pipe. When the pipe closes, and
the kernel closes it even if its holder is killed, the whole process group
ends: the emulator and every Lambda function it has started. The group is left
by SIGKILL, so nothing in it can refuse.
"""

import os
import re
import runpy
import shutil
import signal
import socketserver
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


def speed_up_invocations():
    """Saves about 40 ms on each invocation.

    The emulator's Lambda Runtime API writes an answer in several small
    packets; with Nagle's algorithm the later ones wait for a delayed
    acknowledgement of the first.
    """
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    socketserver.StreamRequestHandler.wbufsize = -1


def queue_invocations():
    """Lets a burst wait its turn instead of starting a process for each of its invocations.

    AWS would scale to hundreds of execution environments. On one machine these would only take
    the processor from each other, until calls time out.
    """
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function
    turns = threading.BoundedSemaphore(4 * (os.cpu_count() or 1))

    def execute_in_turn(*arguments, **options):
        with turns:
            return execute(*arguments, **options)

    lambda_svc._execute_function = execute_in_turn


def match_line_breaks():
    """Lets paths of the API and wildcards of policies match line breaks, which keys may hold.

    The emulator makes regular expressions of both, in which a dot is anything but a line break.
    """
    from ministack.core import iam_evaluator
    from ministack.services import apigateway

    compiled = iam_evaluator._fnmatch_compile

    def compiled_with_line_breaks(pattern, ignore_case):
        expression = compiled(pattern, ignore_case)
        return re.compile(expression.pattern, expression.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = compiled_with_line_breaks

    extract = apigateway._extract_path_params
    # Two characters that no Unicode text has.
    stand_in = "\ufdd0\ufdd1"

    def extract_with_line_breaks(route_path, request_path):
        parameters = extract(route_path, request_path.replace("\n", stand_in))
        if parameters is None:
            return None
        return {name: value.replace(stand_in, "\n") for name, value in parameters.items()}

    apigateway._extract_path_params = extract_with_line_breaks


def batch_map_items():
    """Gives a Distributed Map its `ItemBatcher`, which the emulator leaves out.

    As on AWS, a child execution's input is then `{"Items": [...]}`. Only the number of items per
    batch is looked at: their size in bytes has no limit here.
    """
    from ministack.services import stepfunctions

    run = stepfunctions._run_distributed_map

    def run_in_batches(state, raw_input, effective, *arguments):
        size = (state.get("ItemBatcher") or {}).get("MaxItemsPerBatch")
        if size:
            items = stepfunctions._read_map_items(state["ItemReader"], effective, arguments[-1])
            effective = [{"Items": items[at : at + size]} for at in range(0, len(items), size)]
            state = {key: value for key, value in state.items() if key != "ItemReader"}
        return run(state, raw_input, effective, *arguments)

    stepfunctions._run_distributed_map = run_in_batches


def main():
    # Never the group of whoever started this: it is going to be killed.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    threading.Thread(target=watch_stdin, name="watch-stdin", daemon=True).start()
    subprocess.Popen = Function
    speed_up_invocations()
    sys.argv = ["ministack"]
    try:
        queue_invocations()
        batch_map_items()
        match_line_breaks()
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
