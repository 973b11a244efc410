"""Invocations of functions: faster, and never too many at once."""

import os
import socketserver
import threading


def speed_up_invocations():
    """Saves about 40 ms on each invocation.

    The emulator's Lambda Runtime API writes a response in several small packets. With Nagle's
    algorithm, the later packets wait for a delayed acknowledgement of the first one.
    """
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    socketserver.StreamRequestHandler.wbufsize = -1


def queue_invocations():
    """Queues a burst of invocations instead of starting a process for each of them.

    AWS would scale to hundreds of execution environments. On one machine, their processes would
    only compete for the processor until calls time out.
    """
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function
    slots = threading.BoundedSemaphore(4 * (os.cpu_count() or 1))

    def execute_in_slot(*arguments, **options):
        with slots:
            return execute(*arguments, **options)

    lambda_svc._execute_function = execute_in_slot
