"""The documents' command lines that are run in a special way, or not at all."""

# Each key is a line that runs until it is stopped. Its value is a line that succeeds as soon as the
# key's line is ready.
BACKGROUND = {
    "cargo local up": "cargo local outputs",
    "cargo local up --empty": "cargo local env",
}

# Text that the output of a line must contain, by line.
EXPECTED = {
    "cargo local upload cat.jpg": "1680×1050",
    "cargo local executions cat.jpg": "PutMetadata",
    "cargo local logs cat.jpg": "measured",
    "cargo local events": "ImageRecorded",
    "curl $API/images/metadata/cat.jpg": '"width":"1680"',
    "curl $API/images/info": '"totalImages"',
}

# Lines that run last, in this order: they empty the stack, stop it, and start an emulator without a
# stack.
LAST = ["cargo local reset", "cargo local down", "cargo local up --empty"]

# Pattern of the stack names in the documents. A line is run with the stack name `local` instead.
STACK = r"<stack>|(?<=^saved )production|(?<=^execution_of )production"

# Programs that may be missing. Without a program, the lines that match its pattern are left out.
OPTIONAL = {"aws": r"(?s).*\baws "}

# Pattern of lines that need version 2 of the AWS CLI. For SQS, version 1 ignores AWS_ENDPOINT_URL
# and sends requests to AWS.
AWS_CLI_2 = r"(?s).*\baws sqs "

# Patterns of lines that are not run, each with the reason.
LEFT_OUT = [
    (r"(?s).*(\bKEY\b|<[A-Z ]+>|FILES…|\bNAME\b).*", "a word in it stands for another one"),
    (r"(\w+=\S+ )*cargo (test|benchmark|build)(?!-)\b.*", ".ci/run runs all tests and the benchmark"),
    (r"(PATH=\S+ )?cargo build-functions\b.*", "takes ten minutes; .ci/run builds the archives"),
    (r"cargo lambda\b.*", "compiles the function and all its dependencies anew, for minutes"),
    (r"cargo local .*--follow\b.*", "goes on until it is ended"),
    (r"cargo local load\b.*", "takes minutes; tests/integration/load.rs runs a smaller load"),
    (r"sha256sum --check SHA256SUMS|tar -xzf .*", "needs a published release; tests/conformance/pulumi/run makes, unpacks and deploys one"),
    (r"pulumi (?!stack output).*", "needs an AWS account; tests/conformance/pulumi/run deploys with Pulumi's engine"),
    (r"pulumi/adopt\.py .*", "needs an AWS account; tests/adopt/run and tests/integration/adopted.rs run it"),
    (r"\.ci/check-stack .*", "needs the Pulumi CLI; the workflow runs it"),
    (r"(?s)aws (iam|ce|budgets) .*", "changes an AWS account, not the stack"),
    (r"python3 -m venv target/ci-tools|target/ci-tools/bin/pip .*", ".ci/run installs its tools so"),
]
