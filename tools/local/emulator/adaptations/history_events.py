"""Adds to an execution's history the events that AWS writes and the emulator does not.

Step Functions ends an execution at 25,000 events, so `reconcile` counts the events of each of its
executions. Tests compare that count with the length of the history.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import contextvars

# The states in each iteration of the current inline Map: the member `States` of the Map's
# `ItemProcessor`.
iterated = contextvars.ContextVar("iterated", default=None)

# Details of the event `MapRunStarted` of the current Map Run.
map_run_started = contextvars.ContextVar("map_run_started", default=None)


def add_missing_events():
    """Makes the emulator write the events of tasks, Maps and iterations.

    Must run before the emulator starts, and after `record_nested_states`.
    """
    add_events_of_tasks()
    add_events_of_maps()
    add_events_of_iterations()


def add_events_of_tasks():
    """Adds `TaskStarted` and, for a task that waits for a job or a token, `TaskSubmitted`."""
    from ministack.services import stepfunctions

    add = stepfunctions._add_event

    def add_with_start(execution, event_type, details=None):
        event = add(execution, event_type, details)
        if event_type == "TaskScheduled":
            task = event["taskScheduledEventDetails"]
            own = {"resource": task["resource"], "resourceType": task["resourceType"]}
            add(execution, "TaskStarted", {"taskStartedEventDetails": own})
            if task["resource"].partition(".")[2].startswith(("sync", "waitForTaskToken")):
                add(execution, "TaskSubmitted", {"taskSubmittedEventDetails": own})
        return event

    stepfunctions._add_event = add_with_start


def add_events_of_maps():
    """Adds the events for the start and the end of a Map state.

    For a Distributed Map, also adds the events for the start and the end of the Map Run.
    """
    from ministack.services import stepfunctions

    run_items, run_distributed = stepfunctions._run_map_items, stepfunctions._run_distributed_map

    def run_items_recorded(state, raw_input, execution, context):
        details = {}
        if "Items" in state:
            items = stepfunctions._jsonata_state_field(state, "Items", "array", raw_input, context)
            details = {"mapStateStartedEventDetails": {"length": len(items)}}
        stepfunctions._add_event(execution, "MapStateStarted", details)
        processor = state.get("ItemProcessor") or state.get("Iterator") or {}
        token = iterated.set(processor.get("States"))
        try:
            result = run_items(state, raw_input, execution, context)
        except Exception:
            stepfunctions._add_event(execution, "MapStateFailed")
            raise
        finally:
            iterated.reset(token)
        stepfunctions._add_event(execution, "MapStateSucceeded")
        return result

    def run_distributed_recorded(state, raw_input, effective, iterator, execution, context):
        started, of_iterations = {}, iterated.set(None)
        token = map_run_started.set(started)
        stepfunctions._add_event(execution, "MapRunStarted", {"mapRunStartedEventDetails": started})
        try:
            result = run_distributed(state, raw_input, effective, iterator, execution, context)
        except Exception as error:
            details = failure_of(error)
            stepfunctions._add_event(execution, "MapRunFailed", {"mapRunFailedEventDetails": details})
            raise
        finally:
            map_run_started.reset(token)
            iterated.reset(of_iterations)
        stepfunctions._add_event(execution, "MapRunSucceeded")
        return result

    stepfunctions._run_map_items = run_items_recorded
    stepfunctions._run_distributed_map = run_distributed_recorded


def add_events_of_iterations():
    """Adds the events for the start and the end of each iteration of an inline Map.

    Also adds the ARN of a Map Run to its event `MapRunStarted`.
    """
    from ministack.services import stepfunctions

    run = stepfunctions._run_sub_machine

    def run_recorded(states, start_at, input_data, execution, context):
        started = map_run_started.get()
        if started is not None and "mapRunArn" in execution:
            # The emulator gives a Map Run its ARN only when it starts the child executions, which
            # is after the event `MapRunStarted`.
            started["mapRunArn"] = execution["mapRunArn"]
        if iterated.get() is not states:
            return run(states, start_at, input_data, execution, context)
        index = context["Map"]["Item"]["Index"]
        own = {"name": context["State"]["Name"], "index": index}

        def add(event):
            details = {f"mapIteration{event}EventDetails": own}
            stepfunctions._add_event(execution, f"MapIteration{event}", details)

        add("Started")
        try:
            output = run(states, start_at, input_data, execution, context)
        except Exception:
            add("Failed")
            raise
        add("Succeeded")
        return output

    stepfunctions._run_sub_machine = run_recorded


def failure_of(error):
    """Returns the error name and cause that a failure event states for the exception `error`."""
    return {
        "error": getattr(error, "error", "States.Runtime"),
        "cause": getattr(error, "cause", str(error)),
    }
