"""Deploys the stacks in `examples/` with Pulumi's own engine and the stand-in for the AWS provider."""

import json
import shutil

import policies
from project import Project, name_of
from tools import ROOT, TARGET

# The types of an EventBridge rule and of its target. In an example, all resources of both types
# must be on the same event bus.
RULE, RULE_TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"


class Example(Project):
    """A copy of an example, with a state of its own."""

    def __init__(self, tools, folder):
        self.begin(tools, TARGET / "examples" / folder.name)
        shutil.copytree(folder, self.root)


def judge(tools):
    """Deploys every example; returns the findings, and a summary."""
    wrong, resources = [], 0
    folders = sorted(path.parent for path in (ROOT / "examples").glob("*/Pulumi.yaml"))
    for folder in folders:
        example = Example(tools, folder)
        example.create("dev")
        theirs = example.resources("dev")
        resources += len(theirs) - 1
        found = example.changes("dev") + faults(tools, theirs)
        wrong += [f"{folder.name}: {one}" for one in found]
    return wrong, f"{len(folders)} examples: {resources} resources"


def faults(tools, theirs):
    found = policies.findings(tools, policies.documents(theirs))
    buses = {
        name_of(one["urn"]): one["inputs"].get("eventBusName")
        for one in theirs.values()
        if one["type"] in (RULE, RULE_TARGET)
    }
    if len(set(buses.values())) != 1 or None in buses.values():
        found.append(f"rules and targets are on different buses: {json.dumps(buses)}")
    return found
