"""A copy of the project for Pulumi's engine, with dummy Lambda archives and its own Pulumi state.
If `pulumi stack init` changes files, it changes the copy's.
"""

import json
import re
import shutil
import subprocess
import sys
import zipfile

from tools import HERE, ROOT

STACKS = ["dev", "production", "local"]
# A stack with the settings of `production`, but in another partition. It reveals ARNs with a
# hard-coded partition.
GOVCLOUD = "govcloud"
GOVCLOUD_REGION = "us-gov-west-1"


class Project:
    # Environment variables for the commands of this project. They override those of `tools`.
    environment = {}

    def __init__(self, tools, directory):
        self.begin(tools, directory)
        for name in ["pulumi", "statemachine"]:
            shutil.copytree(ROOT / name, self.root / name)
        for file in ["Pulumi.yaml", *(f"Pulumi.{stack}.yaml" for stack in STACKS)]:
            shutil.copy(ROOT / file, self.root)
        region = f"aws:region: {GOVCLOUD_REGION}"
        govcloud = re.sub("aws:region: .*", region, self.read("Pulumi.production.yaml"))
        self.write(f"Pulumi.{GOVCLOUD}.yaml", govcloud)
        for manifest in ROOT.glob("functions/*/Cargo.toml"):
            for archives in ["target/lambda", "target/local/lambda"]:
                self.archive(archives, manifest.parent.name)

    def begin(self, tools, directory):
        """Sets the attributes, empties `directory`, and makes a folder in it for Pulumi's state."""
        self.tools, self.root, self.state = tools, directory / "project", directory / "state"
        shutil.rmtree(directory, ignore_errors=True)
        self.state.mkdir(parents=True)

    def archive(self, archives, function):
        path = self.root / archives / function / "bootstrap.zip"
        path.parent.mkdir(parents=True)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("bootstrap", function)

    def read(self, file):
        return (self.root / file).read_text()

    def write(self, file, text):
        (self.root / file).write_text(text)

    def pulumi(self, *arguments, check=True):
        """Runs the CLI. With `check`, a failure ends this process."""
        options = ["--non-interactive", "--color", "never"]
        return self.run([self.tools.pulumi, *options, *arguments], check)

    def run(self, command, check):
        backend = {"PULUMI_BACKEND_URL": self.state.as_uri()}
        ran = subprocess.run(
            command,
            cwd=self.root,
            env={**self.tools.environment, **backend, **self.environment},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if check and ran.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{ran.stdout}")
        return ran

    def up(self, stack, check=True):
        options = ["--yes", "--skip-preview", "--suppress-progress", "--stack", stack]
        return self.pulumi("up", *options, check=check)

    def create(self, stack, check=True):
        """Deploys a stack for the first time."""
        self.pulumi("stack", "init", stack)
        return self.up(stack, check)

    def changes(self, stack):
        """Lists a finding if a second deployment would change something."""
        options = ["--expect-no-changes", "--diff", "--stack", stack]
        again = self.pulumi("preview", *options, check=False)
        if again.returncode == 0:
            return []
        return [f"a second deployment changes something:\n{again.stdout}"]

    def resources(self, stack):
        """Reads a stack's resources except providers, by logical name; the stack's key is None."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", stack).stdout)
        found = {}
        for resource in exported["deployment"].get("resources", []):
            if resource["type"] == "pulumi:pulumi:Stack":
                found[None] = resource
            elif not resource["type"].startswith("pulumi:providers:"):
                found[name_of(resource["urn"])] = resource
        return found

    def evaluated(self, stack, theirs):
        """Evaluates a stack with our own evaluator, given the outputs that the engine got."""
        given = {
            "invokes": self.invokes(stack),
            "outputs": {
                name: {**one["outputs"], "id": one["id"]} for name, one in theirs.items() if name
            },
        }
        command = [self.tools.evaluate, self.root, stack]
        return json.loads(output(command, json.dumps(given)))

    def invokes(self, stack):
        """Returns what the provider's functions return in the region of a stack."""
        region = re.search("aws:region: (.*)", self.read(f"Pulumi.{stack}.yaml"))[1]
        script = "import json, provider, sys; print(json.dumps(provider.invoked(sys.argv[1])))"
        return json.loads(output([self.tools.python, "-c", script, region]))


def name_of(urn):
    """Returns the logical name in a URN.

    https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
    """
    return urn.split("::")[-1]


def output(command, text=""):
    """Runs a command with `text` as its input, and returns its output."""
    ran = subprocess.run(
        command, cwd=HERE, input=text, stdout=subprocess.PIPE, text=True, check=True
    )
    return ran.stdout
