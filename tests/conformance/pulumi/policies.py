"""Checks the stack's policies with parliament: https://github.com/duo-labs/parliament

As a command, in an environment with parliament, this file reads `{name: document}` as JSON from
standard input and prints `[[name, issue, detail], …]`.
"""

import json
import sys
import warnings

from project import output
from tools import HERE

POLICIES = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
}

# parliament wants this action to be granted on executions of EXPRESS state machines too
# (`arn:…:express:…`). AWS's own policy for a Distributed Map grants the action only on
# `arn:…:execution:…`, and so does ours:
# https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
EXEMPT = ("reconcilePolicy.policy", "RESOURCE_MISMATCH", "states:DescribeExecution")


def documents(theirs):
    """Reads the policy documents from the engine's state, by resource and property."""
    found = {}
    for name, resource in theirs.items():
        kind = POLICIES.get(resource["type"])
        if kind is None:
            continue
        document = json.loads(resource["inputs"][kind])
        if kind == "assumeRolePolicy":
            # parliament requires a Resource. A trust policy has none: it applies to its own role.
            for statement in document["Statement"]:
                statement["Resource"] = resource["outputs"]["arn"]
        found[f"{name}.{kind}"] = document
    return found


def findings(tools, documents):
    """Lists parliament's findings except EXEMPT. In the policy that EXEMPT names, parliament must
    find EXEMPT exactly once: any other number is a finding too.
    """
    found = json.loads(output([tools.python, HERE / "policies.py"], json.dumps(documents)))
    name, issue, action = EXEMPT
    exempt = [one for one in found if one[:2] == [name, issue] and f"'{action}'" in one[2]]
    others = [": ".join(one) for one in found if one not in exempt]
    if name in documents and len(exempt) != 1:
        others.append(f"{name}: {len(exempt)} findings are exempt, not 1: see policies.py")
    return others


def main():
    # parliament reads its data with pkg_resources, which setuptools has deprecated.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import parliament

    found = []
    for name, document in json.load(sys.stdin).items():
        policy = parliament.analyze_policy_string(json.dumps(document))
        found += [[name, one.issue, str(one.detail)] for one in policy.findings]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
