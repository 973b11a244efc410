"""Changes the emulator where it differs from AWS in a way that a user of the local stack notices.

These changes rely on internals of the emulator, which is pinned to one version.
"""

import contextvars
import json
import os
import re
import socketserver
import threading
import time


def adapt():
    """Makes all changes. Must run before the emulator starts."""
    speed_up_invocations()
    queue_invocations()
    parse_expressions_once()
    let_evaluations_take_their_time()
    run_distributed_maps_in_jsonata()
    run_nested_express_executions()
    match_line_breaks()
    name_keys_exactly()
    identify_invocations()
    record_nested_states()
    add_missing_events()  # of history_events.py
    read_parts_as_s3_does()
    cut_paths_at_question_marks()
    number_events_like_aws()
    order_only_changes()


def speed_up_invocations():
    """Saves about 40 ms on each invocation.

    The emulator's Lambda Runtime API writes a response in several small packets. With Nagle's
    algorithm, the later ones wait for a delayed acknowledgement of the first.
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


def parse_expressions_once():
    """Parses each JSONata expression once, which makes an evaluation five times as fast.

    An evaluation reads the parsed expression and does not change it.
    """
    from jsonata.parser import Parser

    parse, parsed = Parser.parse, {}

    def parse_once(parser, expression, *options):
        key = expression, *options
        if key not in parsed:
            parsed[key] = parse(parser, expression, *options)
        return parsed[key]

    Parser.parse = parse_once


def let_evaluations_take_their_time():
    """Ends the evaluation of an expression after 60 seconds instead of one.

    The limit counts the time on the clock, so on a busy machine it failed executions whose
    expressions take milliseconds. The limit on recursion stays.
    """
    from jsonata.timebox import Timebox

    start = Timebox.__init__

    def start_with_more_time(timebox, expression, timeout=None, max_depth=None):
        start(timebox, expression, timeout and max(timeout, 60_000), max_depth)

    Timebox.__init__ = start_with_more_time


def match_line_breaks():
    """Lets paths of the API and wildcards of policies match line breaks, which keys may contain.

    The emulator converts both to regular expressions, in which a dot matches anything but a line
    break.
    """
    from ministack.core import iam_evaluator
    from ministack.services import apigateway

    compiled = iam_evaluator._fnmatch_compile

    def compiled_with_line_breaks(pattern, ignore_case):
        expression = compiled(pattern, ignore_case)
        return re.compile(expression.pattern, expression.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = compiled_with_line_breaks

    extract = apigateway._extract_path_params
    # Two noncharacters, which no text contains.
    stand_in = "\ufdd0\ufdd1"

    def extract_with_line_breaks(route_path, request_path):
        parameters = extract(route_path, request_path.replace("\n", stand_in))
        if parameters is None:
            return None
        return {name: value.replace(stand_in, "\n") for name, value in parameters.items()}

    apigateway._extract_path_params = extract_with_line_breaks


def run_distributed_maps_in_jsonata():
    """Evaluates `Items` and `Output` of a Distributed Map, which the emulator ignores."""
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

    The emulator would send the request to itself. There, a synchronous execution blocks the event
    loop until it ends, and each execution starts 0.15 s late.
    """
    from ministack.services import stepfunctions

    invoke = stepfunctions._invoke_aws_sdk_integration
    here = threading.local()

    class Time:
        """The module `time`, without the wait at the start of a nested execution."""

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


def name_keys_exactly():
    """Checks permissions on the key that a request names, with every slash.

    The emulator drops empty parts of the path: to it, `uploads/` is the object `uploads`, which the
    policies for `uploads/*` do not allow.
    """
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_with_slashes(service, method, path, *arguments, **options):
        bucket, _, key = path.removeprefix("/").partition("/")
        if service == "s3" and bucket and key:
            return f"arn:aws:s3:::{bucket}/{key}"
        return extract(service, method, path, *arguments, **options)

    iam_actions.extract_resource_arn = extract_with_slashes


# The invocation that the current attempt of a task makes: its event `TaskScheduled`.
attempt = contextvars.ContextVar("attempt", default=None)

# The id of the last event of the current branch of each execution, by the execution's ARN.
last_events = contextvars.ContextVar("last_events", default={})


def identify_invocations():
    """Tells which invocation of a function an attempt of a task has made.

    The output of a succeeded task gets the metadata that it has on AWS, with the request's id:
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    AWS does not tell the ids of other attempts. Here, the event `TaskScheduled` of each attempt has
    the id as a further member, `requestId`, which SDKs ignore. The error that `Catch` sees does not
    change. The event also has the task's parameters, as on AWS:
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
    """Lets each event name the one before it in its branch, as on AWS.

    Without that, events of concurrent iterations of a Map cannot be told apart. Their ids would
    also not be unique, as threads add them at the same time.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
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

    The emulator records only their tasks. In a child execution of a Distributed Map, the start and
    the end belong to the history, too.
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
                details = {
                    "error": getattr(error, "error", "States.Runtime"),
                    "cause": getattr(error, "cause", str(error)),
                }
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
    """Gives the emulator's loop over states one state to run, and then an end."""

    def __init__(self, state):
        self.state, self.next, self.is_started = state, None, False

    def get(self, name):
        if self.is_started:
            self.next = name
            return {"Type": "Succeed"}
        self.is_started = True
        return self.state


def read_parts_as_s3_does():
    """Ignores malformed and multiple ranges, and reads parts of versions, too.

    S3 responds with the whole object to a malformed range, and supports only one range. To a request
    for a version, the emulator responds without regard for the range and for the response headers in
    the query.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    from ministack.services import s3

    get = s3._get_object

    def is_range(header):
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
        first, last = match.groups() if match else ("", "")
        return int(first) <= int(last) if first and last else bool(first or last)

    def get_as_s3_does(bucket, key, headers=None, query=None):
        headers, query = dict(headers or {}), query or {}
        header = headers.get("range", "")
        if header and not is_range(header):
            del headers["range"]
            header = ""
        status, answer, body = get(bucket, key, headers, query)
        if status != 200 or not s3._qp(query, "versionId", ""):
            return status, answer, body
        s3._apply_response_overrides(answer, query)
        if not header:
            return status, answer, body
        part = s3._parse_range(header, len(body))
        if part is None:
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        # The checksums are those of the whole object, not of the part.
        for name in [name for name in answer if name.lower().startswith("x-amz-checksum-")]:
            del answer[name]
        answer["Content-Length"] = str(part[1] + 1 - part[0])
        answer["Content-Range"] = f"bytes {part[0]}-{part[1]}/{len(body)}"
        return 206, answer, body[part[0] : part[1] + 1]

    s3._get_object = get_as_s3_does


def cut_paths_at_question_marks():
    """Cuts the path of a request to an HTTP API at `%3F`, as API Gateway has been observed to do.

    API Gateway decodes the path before it looks for the query string. There are two reports, one
    with captured events:
    https://github.com/hotsock/voker/pull/8, https://github.com/middleapi/standard-server/pull/93
    """
    from ministack.services import apigateway

    decode = apigateway.decode_http_api_path

    def decode_and_cut(raw_path):
        return decode(raw_path).partition("?")[0]

    apigateway.decode_http_api_path = decode_and_cut


def number_events_like_aws():
    """Gives events sequencers of the size that AWS gives: the time, in 2^-32 seconds since 1970.

    The emulator's own sequencers are far smaller. After a sample event with a sequencer of AWS, every
    later event of its key would seem old.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    from ministack.services import s3

    next_of_emulator = s3._next_event_sequencer
    last, numbering = 0, threading.Lock()

    def next_of_aws(event_name):
        nonlocal last
        if next_of_emulator(event_name) is None:
            return None
        with numbering:
            seconds, nanoseconds = divmod(time.time_ns(), 10**9)
            last = max(last + 1, (seconds << 32) + (nanoseconds << 32) // 10**9)
            return f"{last:018X}"

    s3._next_event_sequencer = next_of_aws


def order_only_changes():
    """Leaves the sequencer out of events that do not change an object, as S3 does.

    The emulator gives the end of a restore the sequencer `0`, which makes it older than everything.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    from ministack.services import eventbridge

    dispatch = eventbridge._dispatch_event

    def dispatch_as_sent(event, *arguments):
        if event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            if detail["object"].get("sequencer") == "0":
                del detail["object"]["sequencer"]
                event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *arguments)

    eventbridge._dispatch_event = dispatch_as_sent
