"""Makes mappings of DynamoDB streams work as on AWS, and lets rules send events to log groups.

By itself, the emulator invokes a mapping's function, but it
- ignores the records that the function reports as failed
- never splits a batch
- does not check the role's permission to read the stream
- does not wait for the batching window
- writes nothing to a destination in S3

The functions below replace the emulator's poller of streams:
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html

Like the rest of the emulator, these functions assume that each stream has one shard.
"""

import json
import threading
import time
import uuid

SHARD = "shardId-00000000000000000000-00000000"

# Shortest and longest delay before a failed batch is retried, in seconds. The delay doubles with
# each attempt. AWS documents neither value.
FIRST_WAIT, LONGEST_WAIT = 0.2, 1

# The role of a mapping's function must allow these actions on the stream.
READING = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
]


class StreamPosition:
    """Counts failed attempts to deliver a mapping's current batch, and postpones the next attempt.

    The emulator itself keeps the mapping's position in the stream's only shard.
    """

    def __init__(self):
        self.attempts, self.next_attempt, self.limit = 0, 0, None

    def succeed(self):
        self.attempts, self.next_attempt, self.limit = 0, 0, None

    def fail(self, limit):
        """Postpones the next attempt.

        The attempt reads `limit` records, or a full batch if `limit` is None.
        """
        wait = min(FIRST_WAIT * 2**min(self.attempts, 10), LONGEST_WAIT)
        self.attempts += 1
        self.next_attempt, self.limit = time.monotonic() + wait, limit
        wake_poller_after(wait)


def wake_poller_after(seconds):
    """Wakes the emulator's poller after a delay. By itself, the poller wakes once a second."""
    from ministack.core import concurrency

    timer = threading.Timer(seconds, concurrency.esm_wake.set)
    timer.daemon = True
    timer.start()


# The `StreamPosition` of each mapping of a stream, by the mapping's `UUID`.
streams = {}


def read_streams_as_lambda_does():
    """Replaces the emulator's poller of streams. Must run before the emulator starts."""
    from ministack.services import lambda_svc

    def poll_all():
        processed = False
        for account, region, mapping in list(lambda_svc._iter_all_esms()):
            tokens = (
                lambda_svc._request_account_id.set(account),
                lambda_svc._request_region.set(region),
            )
            try:
                processed = poll_stream(lambda_svc, mapping) or processed
            finally:
                lambda_svc._request_account_id.reset(tokens[0])
                lambda_svc._request_region.reset(tokens[1])
        return processed

    lambda_svc._poll_dynamodb_streams = poll_all


def send_events_to_log_groups():
    """Lets a rule have a log group as its target. By itself, the emulator supports no such target.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """
    from ministack.services import cloudwatch_logs, eventbridge

    invoke = eventbridge._invoke_target

    def invoke_or_log(target, event, rule, view=None):
        if ":logs:" not in target["Arn"]:
            return invoke(target, event, rule, view)
        name = target["Arn"].split(":log-group:")[1].removesuffix(":*")
        group = cloudwatch_logs._log_groups.get(name)
        if group is None:
            return print(f"{rule['Arn']}: there is no log group {name}", flush=True)
        now = int(time.time() * 1000)
        stream = group["streams"].setdefault(
            "events",
            {
                "events": [],
                "uploadSequenceToken": "1",
                "creationTime": now,
                "firstEventTimestamp": None,
                "lastEventTimestamp": None,
                "lastIngestionTime": None,
            },
        )
        text = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
        line = {"timestamp": now, "message": text, "ingestionTime": now}
        cloudwatch_logs._append_log_events(stream, [line])

    eventbridge._invoke_target = invoke_or_log


def poll_stream(lambda_svc, mapping):
    """Hands the next batch of a mapping to its function. Returns True if the position has moved."""
    from ministack.services import dynamodb

    source = mapping["EventSourceArn"]
    if not mapping.get("Enabled", True) or ":dynamodb:" not in source:
        return False
    table = source.split("/")[1]
    function, _ = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    if function is None or (dynamodb._tables.get(table) or {}).get("LatestStreamArn") != source:
        return False
    shard = streams.setdefault(mapping["UUID"], StreamPosition())
    if shard.next_attempt > time.monotonic():
        return False
    positions = lambda_svc._dynamodb_stream_positions
    start = max(positions.get(mapping["UUID"], 0), dynamodb.stream_start_position(table))
    limit = shard.limit or mapping.get("BatchSize", 100)
    records = dynamodb.stream_records_since(table, start, limit)
    if not records or (len(records) < limit and is_collecting(mapping, records)):
        return False
    role = function["config"]["Role"]
    try:
        for action in READING:
            require(role, "lambda.amazonaws.com", action, source)
    except Denied as denied:
        mapping["LastProcessingResult"] = f"PROBLEM: {denied}"
        shard.fail(shard.limit)
        return False
    done = deliver(lambda_svc, mapping, function, shard, records)
    positions[mapping["UUID"]] = start + done
    return done > 0


def is_collecting(mapping, records):
    """True while the batching window of the first record is open."""
    window = mapping.get("MaximumBatchingWindowInSeconds") or 0
    return age(records[0]) < window


def age(record):
    return time.time() - record["dynamodb"]["ApproximateCreationDateTime"]


def deliver(lambda_svc, mapping, function, shard, records):
    """Sets expired records aside. If there are none, hands the records to the function.

    Returns the number of leading records that need no further delivery.
    """
    oldest = mapping.get("MaximumRecordAgeInSeconds") or -1
    expired = [record for record in records if oldest > 0 and age(record) > oldest]
    if expired:
        expired = records[: len(expired)]
        set_aside(mapping, function, matching(lambda_svc, mapping, expired), "MaxRecordAgeExceeded")
        return len(expired)
    matched = matching(lambda_svc, mapping, records)
    if not matched:
        shard.succeed()
        return len(records)
    result = lambda_svc._execute_function(function, {"Records": matched})
    failed = first_failure(mapping, result, matched)
    if failed is None:
        mapping["LastProcessingResult"] = "OK"
        shard.succeed()
        return len(records)
    done = records.index(matched[failed])
    if done > 0:
        shard.succeed()
    mapping["LastProcessingResult"] = "PROBLEM: Function call failed"
    attempts = mapping.get("MaximumRetryAttempts", -1)
    left = len(records) - done
    splits = mapping.get("BisectBatchOnFunctionError") and left > 1
    if not splits and 0 <= attempts <= shard.attempts:
        set_aside(mapping, function, matched[failed:], "RetryAttemptsExhausted")
        shard.succeed()
        return len(records)
    shard.fail(max(1, left // 2) if splits else shard.limit)
    return done


def matching(lambda_svc, mapping, records):
    return lambda_svc._apply_filter_criteria(records, mapping)


def first_failure(mapping, result, records):
    """Returns the index of the first record that failed, or None if none did.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return None
    body = result.get("body")
    if isinstance(body, (str, bytes)):
        body = json.loads(body or "null")
    failures = (body or {}).get("batchItemFailures") or []
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    named = [failure.get("itemIdentifier") for failure in failures]
    if any(name not in numbers for name in named):
        return 0
    return min((numbers.index(name) for name in named), default=None)


def set_aside(mapping, function, records, condition):
    """Writes an object with the records to the bucket that is the mapping's destination.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    from ministack.services import s3

    destination = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not records or not destination:
        return
    bucket, now = destination.rpartition(":")[2], time.gmtime()
    key = time.strftime(
        f"aws/lambda/{mapping['UUID']}/{SHARD}/%Y/%m/%d/%Y-%m-%dT%H.%M.%S-{uuid.uuid4()}", now
    )
    role = function["config"]["Role"]
    try:
        require(role, "lambda.amazonaws.com", "s3:ListBucket", destination)
        require(role, "lambda.amazonaws.com", "s3:PutObject", f"{destination}/{key}")
    except Denied as denied:
        # If the role lacks one of the two permissions, the records are lost. The only sign of the
        # loss that AWS documents is the metric `DestinationDeliveryFailures`.
        mapping["LastProcessingResult"] = f"PROBLEM: {denied}"
        return print(f"records of {mapping['EventSourceArn']} are lost: {denied}", flush=True)
    first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
    text = json.dumps(
        {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": function["config"]["FunctionArn"],
                "condition": condition,
                "approximateInvokeCount": 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
            "version": "1.0",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", now),
            "DDBStreamBatchInfo": {
                "shardId": SHARD,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "batchSize": len(records),
                "streamArn": mapping["EventSourceArn"],
            },
            "payload": json.dumps({"Records": records}),
        }
    )
    s3._put_object(bucket, key, text.encode(), {})
