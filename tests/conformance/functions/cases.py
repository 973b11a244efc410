"""The invocations of each function."""

import hashlib
import json

from emulator import ROOT
from judge import Case
from stack import GIF, KEY

# The functions, in the order in which they are tested: those that change records come last. Each
# value is the prefix of the file names of the function's sample events (events/README.md).
SAMPLES = {
    "get-metadata": "api-get-metadata",
    "get-image": "api-get-image",
    "info-images": "api-info-images",
    "list-images": "api-list-images",
    "openapi": "api-openapi",
    "head-object": "s3-",
    "read-dimensions": "state-read-dimensions",
    "compare-objects": "state-compare-objects",
    "compare-records": "state-compare-records",
    "recount-totals": "state-recount-totals",
    "publish-results": "stream-",
    "put-metadata": "state-put-",
}
ORDER = list(SAMPLES)

# Files with this prefix are samples of the events that the stack publishes. No function gets them.
PUBLISHED = "result-"

# Invalid values of each environment variable.
MALFORMED = {
    "AUTHORIZATION": ["none", "JWT"],
    "BUCKET_NAME": ["Not a bucket"],
    "KEY_PREFIX": ["uploads", "#totals/", "photos/*/"],
    "CACHE_SECONDS": ["soon", "-1"],
    "EVENT_BUS_NAME": ["a bus"],
    "METRICS_NAMESPACE": ["AWS/Lambda"],
    "PRESIGNED_URL_SECONDS": ["0", "604801"],
    "RECORD_LOCATION": ["yes"],
    "SHARDS": ["many", "0", "101"],
    "SHOW_EXECUTION": ["yes"],
    "TABLE_NAME": ["a table"],
}

# Each pair: a function, and a variable that the function does not need. Without the variable, the
# function starts and does less. For example, put-metadata writes no metrics.
OPTIONAL = {
    ("compare-objects", "BUCKET_NAME"),
    ("compare-records", "BUCKET_NAME"),
    ("head-object", "BUCKET_NAME"),
    ("put-metadata", "METRICS_NAMESPACE"),
    ("read-dimensions", "BUCKET_NAME"),
    ("read-dimensions", "METRICS_NAMESPACE"),
    ("read-dimensions", "RECORD_LOCATION"),
}

# Samples whose key has no record, so that the response is 404.
NOT_FOUND = {"api-get-metadata-in-query", "api-get-metadata-odd-key"}


def unknown(functions):
    """Lists what these cases do not cover, and functions in ORDER that are not deployed."""
    found = [f"{name}: cases.py has no cases of it" for name in functions.keys() - set(ORDER)]
    found += [f"{name}: the stack does not deploy it" for name in set(ORDER) - functions.keys()]
    for name, function in functions.items():
        for variable in function.variables.keys() - MALFORMED.keys():
            found.append(f"{name}: cases.py does not know the variable {variable}")
    for path in (ROOT / "events").glob("*.json"):
        if not path.name.startswith((*SAMPLES.values(), PUBLISHED)):
            found.append(f"{path.name}: cases.py gives it to no function")
    return found


def of(function, settings, stack):
    """Yields all cases of a function."""
    environment = {**stack.environment, **settings.variables}
    samples = list(of_samples(function, environment, stack.outputs))
    yield from samples
    yield from of_failures(function, environment, samples[0].event)
    for variable in settings.variables:
        yield from of_variable(function, environment, variable, samples[0])


def of_samples(function, environment, outputs):
    for path in sorted((ROOT / "events").glob(f"{SAMPLES[function]}*.json")):
        text = path.read_text()
        text = text.replace("pixgauge-local-000000000000-us-east-1", outputs["bucketName"])
        status = None
        if function in ORDER[:5]:
            status = 404 if path.stem in NOT_FOUND else 200
        event = json.loads(text)
        if function == "read-dimensions":
            event["object"] = recorded()
        yield Case(path.name, environment, event, status=status)


def recorded():
    """Describes the uploaded object, for the member `object` of the sample event."""
    etag = hashlib.md5(GIF).hexdigest()
    return {"size": len(GIF), "etag": etag, "lastModified": "2024-05-01T12:00:00Z"}


def of_failures(function, environment, event):
    """Yields cases whose event or environment makes the function fail and log one line."""
    no_table = {**environment, "TABLE_NAME": "no-such-table"}
    no_answer = {**environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    if function == "openapi":
        return
    if function in ORDER[:5]:
        yield Case("no table", no_table, event, status=500, levels=["ERROR"])
        yield Case("no connection", no_answer, event, status=503, levels=["WARN"])
        return
    yield Case("no event", environment, "no event", error="InvalidInput", levels=["ERROR"])
    if "TABLE_NAME" in environment:
        yield Case("no table", no_table, event, error="TableRefused", levels=["ERROR"])
    if function == "publish-results":
        yield Case("no bus", no_answer, event, error="BusUnavailable", levels=["ERROR"])
    if function == "read-dimensions":
        changed = {**event, "object": {**event["object"], "etag": "0" * 32}}
        yield Case("an object that has changed", environment, changed, error="ObjectChanged")
        gone = {**event, "key": KEY + ".gone"}
        yield Case("an object that is gone", environment, gone, error="ObjectGone")
        empty = {**event, "object": {**event["object"], "size": 0}}
        yield Case("an empty object", environment, empty, error="UnsupportedImage")


def of_variable(function, environment, variable, sample):
    without = {name: value for name, value in environment.items() if name != variable}
    invalid = {"error": "InvalidSettings", "variable": variable, "levels": ["ERROR"]}
    if (function, variable) in OPTIONAL:
        yield Case(f"{variable} missing", without, sample.event, status=sample.status)
    else:
        yield Case(f"{variable} missing", without, sample.event, **invalid)
    for value in MALFORMED[variable]:
        name = f"{variable} malformed ({value})"
        yield Case(name, {**environment, variable: value}, sample.event, **invalid)
