"""Faster invocations, fewer checks by idle environments, and a limit to concurrent invocations."""

import contextlib
import os
import socket
import socketserver
import threading

# Interval at which an idle execution environment checks whether it was stopped, in seconds.
IDLE_POLL = 5


def speed_up_invocations():
    """Saves about 40 ms on each invocation.

    The emulator's Lambda Runtime API writes a response in several small packets. With Nagle's
    algorithm, the later packets wait for a delayed acknowledgement of the first one.
    """
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    socketserver.StreamRequestHandler.wbufsize = -1


class PatientQueue:
    """The queue of an execution environment's invocations.

    The timeout of `get` is at least `IDLE_POLL` seconds, even if the caller asks for less.
    """

    def __init__(self, invocations):
        self.invocations = invocations

    def get(self, timeout):
        return self.invocations.get(timeout=max(timeout, IDLE_POLL))


def let_idle_environments_sleep():
    """Lets each idle execution environment check only every five seconds whether it was stopped.

    By default, two threads of each environment check ten times a second. For each check, a thread
    takes Python's global lock from the threads that work. With the 200 environments of a dozen
    stacks, the checks alone can take two processors.
    """
    from ministack.core import lambda_runtime

    worker, server = lambda_runtime.ProvidedWorker, socketserver.ThreadingTCPServer
    build, serve, shut_down = worker._build_handler_class, server.serve_forever, server.shutdown

    def build_patient(self, generation, invocations):
        return build(self, generation, PatientQueue(invocations))

    def serve_patiently(self, poll_interval=IDLE_POLL):
        serve(self, max(poll_interval, IDLE_POLL))

    def shut_down_at_once(self):
        # The attribute by which the base class tells `serve_forever` to end. A connection wakes
        # `serve_forever`, which then reads the attribute.
        self._BaseServer__shutdown_request = True
        with contextlib.suppress(OSError):
            socket.create_connection(self.server_address, timeout=1).close()
        shut_down(self)

    worker._build_handler_class = build_patient
    server.serve_forever, server.shutdown = serve_patiently, shut_down_at_once


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
