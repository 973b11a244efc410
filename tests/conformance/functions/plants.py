"""Faulty functions, each with one fault that judge.py must find."""

import sys
import textwrap

import emulator
from judge import Case, findings

# A minimal client of the Runtime API; the body of a faulty function follows it.
CLIENT = """\
    #!{python}
    import json, os, sys, urllib.request

    API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"

    def post(path, body):
        urllib.request.urlopen(API + path, json.dumps(body).encode()).close()

    def log(level, **members):
        print(json.dumps({{"level": level, **members}}), flush=True)

    def next_request():
        with urllib.request.urlopen(API + "invocation/next") as event:
            return event.headers["Lambda-Runtime-Aws-Request-Id"]

    def answer(body):
        post("invocation/" + next_request() + "/response", body)

    def fail(name):
        body = {{"errorType": name, "errorMessage": "the table refused the request"}}
        post("invocation/" + next_request() + "/error", body)

    def fail_to_start(name, message):
        post("init/error", {{"errorType": name, "errorMessage": message}})
        sys.exit(1)

"""

ANSWER = Case("an event", {}, {})
FAILURE = Case("a failure", {}, {}, error="TableRefused", levels=["ERROR"])
BUSY = Case("a busy table", {}, {}, status=503, levels=["WARN"])
MISSING = Case(
    "CACHE_SECONDS missing", {}, {}, "InvalidSettings", "CACHE_SECONDS", levels=["ERROR"]
)

# Each entry: a case, the body of a function, and the beginning of judge.py's first finding about
# the function. The finding is None if the function has no fault.
PLANTS = [
    (ANSWER, 'log("INFO"); answer({})', None),
    (FAILURE, 'log("ERROR"); fail("TableRefused")', None),
    (
        MISSING,
        'log("ERROR", error="InvalidSettings", variable="CACHE_SECONDS");'
        'fail_to_start("InvalidSettings", "CACHE_SECONDS is not set")',
        None,
    ),
    (MISSING, 'sys.exit("Error: Missing")', "wrote a line that is not JSON with a level: Error"),
    (
        MISSING,
        'log("ERROR", error="InvalidSettings", variable="CACHE_SECONDS"); sys.exit(1)',
        "ended with the error None, not InvalidSettings",
    ),
    (
        MISSING,
        'log("ERROR", error="InvalidSettings", variable="SHARDS");'
        'fail_to_start("InvalidSettings", "CACHE_SECONDS is not set")',
        "logged no InvalidSettings that names CACHE_SECONDS",
    ),
    (
        MISSING,
        'log("ERROR", error="InvalidSettings", variable="CACHE_SECONDS");'
        'fail_to_start("InvalidSettings", "a variable is not set")',
        "failed with a message that does not name CACHE_SECONDS",
    ),
    (MISSING, 'log("INFO"); answer({})', "wrote lines at the levels ['INFO'], not ['ERROR']"),
    (
        FAILURE,
        'log("ERROR"); log("ERROR"); fail("TableRefused")',
        "wrote lines at the levels ['ERROR', 'ERROR'], not ['ERROR']",
    ),
    (FAILURE, 'log("INFO"); fail("TableRefused")', "wrote lines at the levels ['INFO']"),
    (ANSWER, 'log("ERROR"); fail("TableRefused")', "wrote lines at the levels ['ERROR']"),
    (ANSWER, "answer({})", "wrote lines at the levels [], not ['INFO']"),
    (BUSY, 'log("INFO"); answer({"statusCode": 503})', "wrote lines at the levels ['INFO']"),
    (BUSY, 'log("WARN"); answer({"statusCode": 200})', "answered with another status than 503"),
]


def missed(program):
    """Yields the faults that judge.py misses, and its findings about functions without a fault."""
    executable = emulator.TARGET / "plant"
    for case, body, expected in PLANTS:
        client = textwrap.dedent(CLIENT).format(python=sys.executable)
        executable.write_text(client + body + "\n")
        executable.chmod(0o755)
        found = findings(case, emulator.invoke(program, executable, {}, case.event))
        is_expected = found and found[0].startswith(expected) if expected else not found
        if not is_expected:
            yield f"faulty function `{body}`: found {found}, not {expected!r}"
