"""Stand-ins for the AWS CLI and the Pulumi CLI: functions that take the arguments of a command, and
return its status, output and errors. The executable `aws` in this folder calls the function `aws`.

If PIXGAUGE_CALLS names a file, each command line is appended to this file.
"""

import json
import os


def aws(arguments):
    """Returns an answer from the JSON file that PIXGAUGE_AWS_ANSWERS names. The file maps service
    and operation, such as `s3api get-bucket-cors`, to an answer. A string is an error code.

    A request that states the expected owner may have another answer, under a name such as
    `s3api head-bucket --expected-bucket-owner`.
    """
    record("aws", arguments)
    service, operation, *options = arguments
    answers = read("PIXGAUGE_AWS_ANSWERS")
    name, owner = f"{service} {operation}", "--expected-bucket-owner"
    owned = f"{name} {owner}"
    answer = answers[owned if owned in answers and owner in options else name]
    if isinstance(answer, str):
        words = "".join(word.title() for word in operation.split("-"))
        return 254, "", f"\nAn error occurred ({answer}) when calling the {words} operation\n"
    # The CLI prints nothing for an answer without content.
    return 0, json.dumps(answer) if answer else "", ""


def pulumi(arguments):
    """`stack export` prints the file that PIXGAUGE_PULUMI_STATE names. Other commands print
    nothing. A command fails if the word in PIXGAUGE_PULUMI_FAILS is one of its arguments."""
    record("pulumi", arguments)
    if os.environ.get("PIXGAUGE_PULUMI_FAILS") in arguments:
        return 255, "", "error: it failed\n"
    is_export = arguments[:2] == ["stack", "export"]
    return 0, json.dumps(read("PIXGAUGE_PULUMI_STATE")) if is_export else "", ""


def record(command, arguments):
    if "PIXGAUGE_CALLS" in os.environ:
        with open(os.environ["PIXGAUGE_CALLS"], "a", encoding="utf-8") as calls:
            calls.write(json.dumps([command, *arguments]) + "\n")


def read(variable):
    with open(os.environ[variable], encoding="utf-8") as file:
        return json.load(file)
