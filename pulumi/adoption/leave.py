"""Prints the steps that take a stack apart and keep its bucket; with --yes, runs them."""

import json
import shlex
import subprocess

from .aws import Aws, Refused
from .bucket import ask, located
from .files import TYPES, StackFile, stack_file
from .rules import PROJECT, rule_of, watchers


def leave(arguments):
    project, stack = arguments.project, arguments.stack
    name = stack.split("/")[-1]
    file = StackFile(stack_file(project, stack))
    state = State(exported(project, stack))
    bucket = state.bucket["id"] if state.bucket else file.text(f"{PROJECT}:bucketName")
    if not bucket:
        raise Refused(f"The stack {stack} has no bucket, in its state or in {file.path.name}.")
    account, region = located(Aws(file.text("aws:region")), bucket)
    aws = Aws(region)
    steps = pulumi_steps(state, stack, region, arguments.delete_catalog)

    def switch_off():
        return eventbridge_step(aws, bucket, account, name, arguments.keep_eventbridge)

    # Ask AWS before anything is deleted, so that a missing permission is found now and not at the
    # last step.
    last, reason = switch_off()
    print(f"{bucket} keeps its objects and its settings. EventBridge: {reason}.\n")
    if arguments.yes:
        for command in steps:
            run(command, project)
        # Ask AWS again, because the steps take minutes and the answer may have changed meanwhile.
        for command in switch_off()[0]:
            run(command, project)
    else:
        print("These steps let it go; --yes takes them:\n")
        for command in [*steps, *last]:
            print(f"    {shlex.join(command)}")
    after(stack, state.kept(arguments.delete_catalog))


def run(command, project):
    """Runs a step. If the step fails, this program ends."""
    print(f"$ {shlex.join(command)}", flush=True)
    try:
        failed = subprocess.run(command, cwd=project, check=False).returncode != 0
    except FileNotFoundError:
        raise Refused(f"There is no `{command[0]}` on PATH.") from None
    if failed:
        raise Refused(
            "This step failed. Fix the cause, then run the same command again: it continues from "
            "this step."
        )


class State:
    """The resources in Pulumi's state."""

    def __init__(self, resources):
        self.resources = resources
        is_bucket = [one for one in resources if one["type"] == TYPES["bucket"]]
        # https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
        named = [one for one in is_bucket if one["urn"].split("::")[-1] == "bucket"]
        self.bucket = named[0] if named else None
        self.settings = [
            one
            for one in resources
            if self.bucket
            and one is not self.bucket
            and one["type"] in TYPES.values()
            and one.get("inputs", {}).get("bucket") == self.bucket["id"]
        ]

    def tables(self):
        return [one for one in self.resources if one["type"] == "aws:dynamodb/table:Table"]

    def kept(self, delete_catalog):
        """Returns the protected resources that stay in AWS besides the bucket and its settings."""
        gone = [self.bucket, *self.settings, *(self.tables() if delete_catalog else [])]
        return [one for one in self.resources if one.get("protect") and one not in gone]

    def waits(self, one, other):
        """Says whether `one` depends on `other`."""
        needed = one.get("propertyDependencies") or {}
        needed = [urn for urns in needed.values() for urn in urns or []]
        return other["urn"] in [*(one.get("dependencies") or []), *needed]

    def dependents_first(self, group):
        """Sorts resources so that each one comes after the resources that depend on it."""
        left, ordered = list(group), []
        while left:
            free = [one for one in left if not any(self.waits(other, one) for other in left)]
            if not free:
                raise Refused("Resources in Pulumi's state depend on each other in a circle.")
            ordered += free
            left = [one for one in left if one not in free]
        return ordered


def pulumi_steps(state, stack, region, delete_catalog):
    """Returns the commands that take a stack apart and keep its bucket.

    Pulumi forgets the bucket's settings first, so that `pulumi destroy` does not reset them: it
    would empty the notification configuration, suspend versioning and delete the policy. The
    program's option `retainOnDelete` prevents this too, but a state that an earlier version of the
    program wrote lacks the option.
    """
    bucket, kept = state.bucket, state.kept(delete_catalog)
    if bucket and not bucket.get("protect"):
        raise Refused(
            f"The bucket {bucket['id']} is not protected in the stack {stack}, so `pulumi destroy` "
            f"would delete it. Run `pulumi config set deletionProtection true --stack {stack}` and "
            "`pulumi up`, then this again."
        )
    for one in state.resources:
        for setting in state.settings:
            if one not in state.settings and state.waits(one, setting):
                raise Refused(
                    f"Pulumi would not forget {setting['urn']}, since {one['urn']} depends on it."
                )

    def forget(group):
        return [
            pulumi("state delete", stack, one["urn"], *["--force"] * bool(one.get("protect")))
            for one in state.dependents_first(group)
        ]

    steps = forget(state.settings)
    if delete_catalog:
        for one in state.tables():
            table = ["--table-name", one["id"], "--no-deletion-protection-enabled"]
            steps.append(["aws", "dynamodb", "update-table", *table, "--region", region])
            steps.append(pulumi("state unprotect", stack, one["urn"]))
    # Providers and the stack itself are not resources of AWS.
    ours = [one for one in state.resources if not one["type"].startswith("pulumi:")]
    if any(one not in [bucket, *state.settings, *kept] for one in ours):
        steps.append(pulumi("destroy", stack, "--exclude-protected"))
    return steps + forget([*kept, *([bucket] if bucket else [])])


def pulumi(command, stack, *arguments):
    return ["pulumi", *command.split(), *arguments, "--stack", stack, "--yes"]


def exported(project, stack):
    """Returns the resources in Pulumi's state."""
    command = ["pulumi", "stack", "export", "--stack", stack]
    try:
        ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Refused("There is no `pulumi` on PATH: install the Pulumi CLI.") from None
    if ran.returncode != 0:
        raise Refused(f"`{shlex.join(command)}` failed:\n{ran.stderr.strip()}")
    return (json.loads(ran.stdout).get("deployment") or {}).get("resources") or []


def eventbridge_step(aws, bucket, account, stack, keep):
    """Returns the commands that switch off the bucket's notifications to EventBridge and keep all
    others, and a text that says what the commands do or why there are none."""
    current = ask(aws, bucket, account, "notifications")
    if "EventBridgeConfiguration" not in current:
        return [], "it is off"
    if keep:
        return [], "it stays on, as you ask"
    rules = aws.call("events", "list-rules").get("Rules", [])
    others = [name for name in watchers(rules, bucket) if name != rule_of(stack)]
    if others:
        return [], f"it stays on, for the rules {', '.join(others)}"
    rest = {name: value for name, value in current.items() if name != "EventBridgeConfiguration"}
    # S3 is told not to validate the destinations of the notifications in `rest`. Otherwise, the
    # command would fail if a destination no longer existed.
    command = ["aws", "s3api", "put-bucket-notification-configuration", "--bucket", bucket]
    command += ["--expected-bucket-owner", account, "--skip-destination-validation"]
    command += ["--notification-configuration", json.dumps(rest), "--region", aws.region]
    return [command], "it is switched off at the end, all other notifications stay"


def after(stack, kept):
    """Prints what is left, and how to remove it."""
    print("\nLeft after these steps, each with the command that removes it:\n")
    for one in kept:
        print(f"  {one['id']} ({one['type']}), which is protected")
        if one["type"] == "aws:dynamodb/table:Table":
            table = f"--table-name {one['id']}"
            print(f"    aws dynamodb update-table {table} --no-deletion-protection-enabled")
            print(f"    aws dynamodb delete-table {table}")
    print(f"  the empty stack\n    pulumi stack rm {stack}")
