"""The events in the history of an execution."""

import contextvars
import json
import threading

# Details of the event `TaskScheduled` that began the current attempt of a task.
attempt = contextvars.ContextVar("attempt", default=None)

# The id of the last event in the current branch of each execution, by the execution's ARN. The
# emulator runs each branch, such as an iteration of a Map, in a context of its own.
last_events = contextvars.ContextVar("last_events", default={})


def identify_invocations():
    """Records, for each attempt of a task, the request id of its Lambda invocation.

    The output of a succeeded task gets the metadata that it has on AWS, including the request id:
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    For a failed attempt, AWS does not report the request id. Here, the event `TaskScheduled` of
    every attempt has the id in the member `requestId`, which SDKs ignore. The error that `Catch`
    receives does not have the id.

    `TaskScheduled` also has the task's parameters, as on AWS:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskScheduledEventDetails.html
    """
    from ministack.services import lambda_svc, stepfunctions

    dispatch, invoke = lambda_svc._execute_function_dispatch, stepfunctions._invoke_resource

    def dispatch_with_id(function, config, event, request_id, started):
        details = attempt.get()
        if details is not None:
            details["requestId"] = request_id
        return dispatch(function, config, event, request_id, started)

    def invoke_with_metadata(resource, arguments):
        details = attempt.get()
        if details is not None:
            details["parameters"] = json.dumps(arguments)
        result = invoke(resource, arguments)
        if "states:::lambda:invoke" in resource and details and "requestId" in details:
            metadata = {"RequestId": details["requestId"]}
            return {**result, "ExecutedVersion": "$LATEST", "SdkResponseMetadata": metadata}
        return result

    lambda_svc._execute_function_dispatch = dispatch_with_id
    stepfunctions._invoke_resource = invoke_with_metadata
    chain_events()


def chain_events():
    """Gives each event the id of the previous event in its branch, as on AWS.

    The previous ids show which events of a Map's concurrent iterations belong together. A lock
    keeps event ids unique when several threads add events at the same time.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html

    For each event `TaskScheduled`, adds the region and empty parameters to the event's details, and
    sets the variable `attempt` to these details.
    """
    from ministack.core import responses
    from ministack.services import stepfunctions

    add, adding = stepfunctions._add_event, threading.Lock()

    def add_in_chain(execution, event_type, details=None):
        arn = execution.get("executionArn", "")
        with adding:
            event = add(execution, event_type, details)
        event["previousEventId"] = last_events.get().get(arn, event["id"] - 1)
        last_events.set({**last_events.get(), arn: event["id"]})
        if event_type == "TaskScheduled":
            event["taskScheduledEventDetails"]["region"] = responses.get_region()
            event["taskScheduledEventDetails"]["parameters"] = "{}"
            attempt.set(event["taskScheduledEventDetails"])
        return event

    stepfunctions._add_event = add_in_chain


def record_nested_states():
    """Records the states inside Map and Parallel states in the history, as AWS does.

    By itself, the emulator records only the tasks inside these states. For a child execution of a
    Distributed Map, this function also records the start and the end of the child execution.
    """
    from ministack.services import stepfunctions

    run = stepfunctions._run_sub_machine

    def run_recorded(states, start_at, input_data, execution, context):
        is_child = "mapRunArn" in execution and not execution["events"]
        if is_child:
            details = {"input": execution["input"]}
            stepfunctions._add_event(
                execution, "ExecutionStarted", {"executionStartedEventDetails": details}
            )
        try:
            output = run_states(states, start_at, input_data, execution, context)
        except Exception as error:
            if is_child:
                details = failure_of(error)
                stepfunctions._add_event(
                    execution, "ExecutionFailed", {"executionFailedEventDetails": details}
                )
            raise
        if is_child:
            details = {"output": json.dumps(output)}
            stepfunctions._add_event(
                execution, "ExecutionSucceeded", {"executionSucceededEventDetails": details}
            )
        return output

    def run_states(states, name, data, execution, context):
        while name:
            state = states.get(name) or {}
            kind = state.get("Type", "Pass")
            entered = {"name": name, "input": json.dumps(data)}
            stepfunctions._add_event(
                execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered}
            )
            data, name = run_one(name, state, data, execution, context)
            exited = {"name": entered["name"], "output": json.dumps(data)}
            stepfunctions._add_event(
                execution, f"{kind}StateExited", {"stateExitedEventDetails": exited}
            )
        return data

    def run_one(name, state, data, execution, context):
        """Runs one state in the emulator. Returns its output and the next state's name."""
        states = OneState(state)
        output = run(states, name, data, execution, context)
        return output, states.next

    stepfunctions._run_sub_machine = run_recorded


class OneState:
    """Gives the emulator's loop one state to run, then a state that ends the loop."""

    def __init__(self, state):
        self.state, self.next, self.is_started = state, None, False

    def get(self, name):
        if self.is_started:
            self.next = name
            return {"Type": "Succeed"}
        self.is_started = True
        return self.state
