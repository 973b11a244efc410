"""Distributed Maps and nested executions."""

import json
import threading
import time


def run_distributed_maps_in_jsonata():
    """Evaluates `Items` and `Output` of a Distributed Map. The emulator ignores both fields."""
    from ministack.services import stepfunctions

    run = stepfunctions._run_distributed_map

    def run_in_jsonata(state, raw_input, effective, iterator, execution, context):
        if stepfunctions._state_query_language(state, context) != "JSONata":
            return run(state, raw_input, effective, iterator, execution, context)
        if "Items" in state:
            effective = stepfunctions._jsonata_state_field(
                state, "Items", "array", raw_input, context
            )
        results, following = run(state, raw_input, effective, iterator, execution, context)
        output = stepfunctions._apply_jsonata_output(
            state, raw_input, context, result=results, default=results
        )
        return output, following

    stepfunctions._run_distributed_map = run_in_jsonata


def run_nested_express_executions():
    """Runs `aws-sdk:sfn:startSyncExecution` on the thread of the execution that calls it.

    By itself, the emulator would send the request to its own port. The nested execution would block
    the event loop until it ends, and would start 0.15 s late.
    """
    from ministack.services import stepfunctions

    invoke = stepfunctions._invoke_aws_sdk_integration
    here = threading.local()

    class Time:
        """The module `time`, but the first `sleep` of a nested execution returns at once."""

        def __getattr__(self, name):
            return getattr(time, name)

        def sleep(self, seconds):
            if getattr(here, "starting", False):
                here.starting = False
            else:
                time.sleep(seconds)

    def start(resource, arguments):
        if not resource.endswith(":aws-sdk:sfn:startSyncExecution"):
            return invoke(resource, arguments)
        here.starting = True
        request = {name[0].lower() + name[1:]: value for name, value in arguments.items()}
        status, _, body = stepfunctions._start_sync_execution(request)
        here.starting = False
        response = json.loads(body)
        if status >= 400:
            error = f"Sfn.{response.get('__type', 'SfnException')}"
            raise stepfunctions._ExecutionError(error, response.get("message", ""))
        return {name[0].upper() + name[1:]: value for name, value in response.items()}

    stepfunctions.time = Time()
    stepfunctions._invoke_aws_sdk_integration = start
