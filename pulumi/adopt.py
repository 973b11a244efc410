#!/usr/bin/env python3
"""Lets a stack use a bucket that exists already, and lets the bucket go again.

    pulumi/adopt.py adopt BUCKET --stack STACK --prefix photos/
    pulumi/adopt.py leave --stack STACK

Needs Python 3.10 or later and the AWS CLI with credentials. `leave` also needs the Pulumi CLI.

`adopt` changes nothing in AWS. It reads the bucket's settings, and ends with an error if the stack
could not use the bucket. Then it writes two files:

- Pulumi.STACK.yaml gets the settings that keep the bucket unchanged.
- import.STACK.json, for `pulumi import`, lists the bucket and those of its settings that the stack
  manages.

`leave` prints the steps that do the following; with --yes, it runs them:

- The bucket and its settings leave Pulumi's state, so that Pulumi changes neither in S3.
- Pulumi destroys the rest of the stack, except what is protected.
- The bucket's notifications to EventBridge are switched off, unless other rules use them.

docs/DEPLOYING.md describes both commands.
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path

sys.dont_write_bytecode = True
# With -I or PYTHONSAFEPATH, Python does not search the directory of the script for modules.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from adoption.aws import Aws, AwsError, Refused  # noqa: E402
from adoption.bucket import examined, located  # noqa: E402
from adoption.files import StackFile, import_file, replace, stack_faults, stack_file  # noqa: E402
from adoption.leave import leave  # noqa: E402
from adoption.plan import planned  # noqa: E402
from adoption.prefix import prefix_faults  # noqa: E402
from adoption.rules import PROJECT  # noqa: E402


def adopt(arguments):
    project, stack, bucket = arguments.project, arguments.stack, arguments.bucket
    name = stack.split("/")[-1]
    refusals = [*stack_faults(name), *prefix_faults(arguments.prefix)]
    refusals += [
        f"{arn} is not the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID."
        for arn in arguments.kms_key_arn
        if not re.fullmatch(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/[\w-]+", arn)
    ]
    if refusals:
        raise Refused(*refusals)
    file = StackFile(stack_file(project, stack))
    is_new = not file.path.exists()
    configured = file.text("aws:region")
    account, region = located(Aws(configured), bucket)
    if configured and configured != region:
        raise Refused(
            f"The bucket {bucket} is in {region}, and the stack {stack} in {configured} "
            f"(aws:region in {file.path.name}). A bucket's events go to EventBridge in its own "
            "region, so the stack has to be there: take another stack or, if this one was never "
            f"deployed, run `pulumi config set aws:region {region} --stack {stack}`."
        )
    aws = Aws(region)
    found = examined(aws, bucket, account, region, arguments.prefix)
    plan = planned(aws, found, name, arguments.prefix, arguments.kms_key_arn)
    if not configured:
        file.set("aws:region", region)
    default_tags(plan, file, arguments.with_default_tags)
    if plan.refusals:
        raise Refused(*plan.refusals)
    for key, value in plan.settings.items():
        file.set(f"{PROJECT}:{key}", value)
    show(plan, stack)
    imports = project / f"import.{name}.json"
    if arguments.dry_run:
        print(f"\n{file.path.name} would be:\n")
        print("\n".join(file.lines))
        print(f"\nand {imports.name}:\n\n{import_file(project, plan)}", end="")
        return
    file.write()
    replace(imports, import_file(project, plan))
    print(f"\nWrote {file.path.name} and {imports.name}. Nothing has changed in AWS yet. Next:\n")
    for command in [
        *[f"pulumi stack select --create {stack}"] * is_new,
        f"pulumi import --file {imports.name} --generate-code=false --stack {stack}",
        f"pulumi preview --diff --stack {stack}",
        f"pulumi up --stack {stack}",
    ]:
        print(f"    {command}")
    say(
        "\nThe preview must neither replace nor delete the bucket. After `pulumi up`, reconcile "
        "once, which records the images that are there: docs/DEPLOYING.md says how, and what it "
        "costs."
    )


def default_tags(plan, file, accepted):
    """Refuses the provider's default tags, unless the user accepts that the bucket gets them."""
    if "aws:defaultTags" not in file.entries():
        return
    if accepted:
        plan.notes.append("The bucket gets the tags of aws:defaultTags, too, and keeps them.")
        return
    plan.refusals.append(
        f"aws:defaultTags in {file.path.name} would add its tags to the bucket's. Remove them from "
        "the file, or accept that with --with-default-tags."
    )


def show(plan, stack):
    bucket = plan.bucket
    print(f"{bucket.name} ({bucket.region}, account {bucket.account}) in the stack {stack}\n")
    rows = [("SETTING", "THE BUCKET HAS", "WHAT HAPPENS"), *plan.rows]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for setting, has, then in rows:
        print(f"{setting:{widths[0]}}  {has:{widths[1]}}  {then}")
    print()
    for note in plan.notes:
        say(note, "- ")


def say(text, first=""):
    """Prints a paragraph: `first`, then `text`. Indents later lines by the length of `first`."""
    begin = "\n" if text.startswith("\n") else ""
    options = {"break_long_words": False, "break_on_hyphens": False}
    filled = textwrap.fill(
        text.strip(), 96, initial_indent=first, subsequent_indent=" " * len(first), **options
    )
    print(begin + filled)


def parsed(arguments):
    parser = argparse.ArgumentParser(
        description="Lets a stack use a bucket that exists already, and lets the bucket go again."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--stack", required=True, help="name of the Pulumi stack")
    common.add_argument(
        "--project",
        type=Path,
        default=Path(__file__).resolve().parents[1],
        help="folder of Pulumi.yaml; by default, the one with this script",
    )
    into = commands.add_parser(
        "adopt", parents=[common], help="writes the files with which a stack takes over a bucket"
    )
    into.add_argument("bucket", metavar="BUCKET")
    into.add_argument(
        "--prefix", required=True, help="prefix of the images' keys, with its slash: photos/"
    )
    into.add_argument(
        "--kms-key-arn",
        action="append",
        default=[],
        metavar="ARN",
        help="a further KMS key that objects are encrypted with; can be repeated",
    )
    into.add_argument(
        "--with-default-tags",
        action="store_true",
        help="lets the bucket get the tags of aws:defaultTags in the stack's file, too",
    )
    into.add_argument("--dry-run", action="store_true", help="writes nothing")
    into.set_defaults(run=adopt)
    out = commands.add_parser(
        "leave", parents=[common], help="lists steps that take a stack apart and keep its bucket"
    )
    out.add_argument("--yes", action="store_true", help="takes the steps; without it, prints them")
    out.add_argument(
        "--keep-eventbridge",
        action="store_true",
        help="lets the bucket go on sending its events to EventBridge",
    )
    out.add_argument(
        "--delete-catalog", action="store_true", help="has the table of the catalog destroyed, too"
    )
    out.set_defaults(run=leave)
    return parser.parse_args(arguments)


def main(arguments=None):
    arguments = parsed(arguments)
    try:
        arguments.run(arguments)
    except Refused as refused:
        for sentence in refused.sentences:
            print(f"adopt.py: {sentence}", file=sys.stderr)
        return 1
    except AwsError as error:
        print(f"adopt.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
