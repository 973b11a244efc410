"""The expected outcome of an invocation, and the comparison with the actual one."""

import json
from dataclasses import dataclass, field


@dataclass
class Case:
    """One invocation of a function, and its expected outcome."""

    name: str
    environment: dict
    event: object
    # The name of the error that the invocation fails with; None if it succeeds.
    error: str = None
    # The environment variable that the error must name; None if it need not name one.
    variable: str = None
    # The HTTP status, if the function belongs to the API.
    status: int = None
    # Levels of the function's log lines, in order.
    levels: list = field(default_factory=lambda: ["INFO"])


def findings(case, outcome):
    """Lists the differences between the expected and the actual outcome of a case."""
    return [*of_lines(case, outcome.lines), *of_response(case, outcome.response)]


def of_lines(case, lines):
    levels, named = [], False
    for line in lines:
        try:
            parsed = json.loads(line)
            levels.append(parsed["level"])
        except (ValueError, KeyError, TypeError):
            yield f"wrote a line that is not JSON with a level: {line}"
            continue
        names = parsed.get("error") == case.error and parsed.get("variable") == case.variable
        named = named or names
    if levels != case.levels:
        yield f"wrote lines at the levels {levels}, not {case.levels}: {lines}"
    if case.variable and not named:
        yield f"logged no {case.error} that names {case.variable}: {lines}"


def of_response(case, response):
    error = response.get("errorType") if isinstance(response, dict) else None
    if error != case.error:
        yield f"ended with the error {error}, not {case.error}: {response}"
    elif case.variable and case.variable not in response["errorMessage"]:
        yield f"failed with a message that does not name {case.variable}: {response}"
    if case.status and response.get("statusCode") != case.status:
        yield f"answered with another status than {case.status}: {response}"
