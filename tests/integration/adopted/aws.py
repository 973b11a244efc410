"""A stand-in for the AWS CLI, for pulumi/adopt.py. It sends a command to the emulator with
botocore, the library under the AWS CLI, and prints the answer as the AWS CLI does. botocore is one
of the emulator's Python packages.

    python -I aws.py [PACKAGES] s3api get-bucket-cors --bucket NAME --output json
"""

import json
import os
import sys

SERVICES = {"s3api": "s3"}


def main(arguments):
    if os.path.isabs(arguments[0]):
        sys.path.insert(0, arguments.pop(0))
    import botocore.exceptions
    import botocore.session

    command, operation, *options = arguments
    given = read(options)
    region = given.pop("region", None) or os.environ["AWS_DEFAULT_REGION"]
    given.pop("output")
    paginate = given.pop("no_paginate", None) is None
    client = botocore.session.get_session().create_client(SERVICES.get(command, command), region)
    name = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name])
    parameters = {
        member: typed(given.pop(botocore.xform_name(member)), shape.type_name)
        for member, shape in (model.input_shape.members if model.input_shape else {}).items()
        if botocore.xform_name(member) in given
    }
    assert not given, f"{operation} has no {list(given)}"
    try:
        if paginate and client.can_paginate(name):
            answer = client.get_paginator(name).paginate(**parameters).build_full_result()
        else:
            answer = getattr(client, name)(**parameters)
    except botocore.exceptions.ClientError as error:
        print(f"\n{error}", file=sys.stderr)
        return 254
    answer.pop("ResponseMetadata", None)
    if answer:
        print(json.dumps(answer, default=lambda value: value.isoformat()))
    return 0


def read(options):
    """Parses options, `--some-name VALUE` or `--flag`. Returns the values by botocore's names, such
    as `some_name`."""
    found, name = {}, None
    for option in options:
        if option.startswith("--"):
            name = option[2:].replace("-", "_")
            found[name] = "true"
        else:
            found[name] = option
    return found


def typed(text, kind):
    return text if kind == "string" else json.loads(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
