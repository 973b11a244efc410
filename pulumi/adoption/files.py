"""The files that adopt.py writes."""

import json
import os
import re
import tempfile

from .aws import Refused

# Names of the bucket's resources in Main.yaml, each with the resource's Pulumi type.
TYPES = {
    "bucket": "aws:s3/bucket:Bucket",
    "bucketPublicAccess": "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketOwnership": "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "bucketEncryption": (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ),
    "bucketVersioning": "aws:s3/bucketVersioning:BucketVersioning",
    "bucketLifecycle": "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "bucketPolicy": "aws:s3/bucketPolicy:BucketPolicy",
    "bucketCors": "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    "bucketNotification": "aws:s3/bucketNotification:BucketNotification",
}


class StackFile:
    """Pulumi.STACK.yaml. Only the entries of `config` are read and written, line by line. All lines
    outside of the written entries stay unchanged, comments included."""

    ENTRY = re.compile(r"""( +)(?:"([^"]+)"|'([^']+)'|([^\s"'#&*!|>%@`{\[-]\S*?)):(?:\s+(.*))?$""")

    def __init__(self, path):
        self.path = path
        self.lines = path.read_text("utf-8").splitlines() if path.exists() else []
        begins = [at for at, line in enumerate(self.lines) if re.match("config *:", line)]
        if not begins:
            self.lines.append("config:")
            begins = [len(self.lines) - 1]
        self.begin = begins[0] + 1
        rest = self.lines[begins[0]].split(":", 1)[1].split(" #")[0].strip()
        if rest not in ("", "{}"):
            raise Refused(f"{path.name} has `config` on one line: write it as a block.")
        if rest:
            self.lines[begins[0]] = re.sub(r":\s*\{\}", ":", self.lines[begins[0]], count=1)
        after = [at for at, line in enumerate(self.lines) if re.match(r"[^\s#]", line)]
        self.end = min((at for at in after if at >= self.begin), default=len(self.lines))
        # Blank lines and unindented comments at the end of the block belong to the next key of the
        # top level.
        while self.end > self.begin and re.match(r"#|\s*$", self.lines[self.end - 1]):
            self.end -= 1

    def entries(self):
        """Returns for each key the index of its first line, the index after its last line, and the
        text of its value."""
        found, indent = {}, None
        starts = []
        for at in range(self.begin, self.end):
            entry = self.ENTRY.match(self.lines[at])
            if entry and indent in (None, entry[1]):
                indent = entry[1]
                starts.append((at, entry[2] or entry[3] or entry[4], entry[5] or ""))
        for number, (at, key, text) in enumerate(starts):
            end = starts[number + 1][0] if number + 1 < len(starts) else self.end
            while end > at + 1 and re.match(r"\s*(#|$)", self.lines[end - 1]):
                end -= 1
            found[key] = (at, end, text)
        return found

    def text(self, key):
        """Returns an entry's value without quotes or comment, or None if there is no such entry."""
        if key not in self.entries():
            return None
        text = self.entries()[key][2]
        quoted = re.match(r"""(["'])(.*)\1""", text)
        return quoted[2] if quoted else text.split(" #")[0].strip()

    def set(self, key, value):
        """Replaces the entry of `key`, or appends one. The value None removes the entry."""
        line = [] if value is None else [f"  {key}: {yaml(value)}"]
        entries = self.entries()
        indents = {re.match(" *", self.lines[at])[0] for at, _, _ in entries.values()} or {"  "}
        line = [indents.pop() + one.lstrip() for one in line]
        begin, end, _ = entries.get(key, (self.end, self.end, ""))
        self.lines[begin:end] = line
        self.end += len(line) - (end - begin)

    def write(self):
        replace(self.path, "\n".join(self.lines) + "\n")


def yaml(value):
    """Returns a value as YAML: as JSON in which unprintable characters are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else escaped(ord(one)) for one in text)


def escaped(code):
    """https://yaml.org/spec/1.2.2/#57-escaped-characters"""
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def replace(path, text):
    """Writes a file as a whole or not at all."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        file.write(text)
    os.chmod(file.name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
    os.replace(file.name, path)


def import_file(project, plan):
    """Returns the text of the file for `pulumi import --file`. Each resource names the version of
    the provider that the program uses, so that Pulumi imports with the same provider."""
    pin = (project / "pulumi/sdks/aws.yaml").read_text("utf-8")
    version = re.search(r"^version: *(\S+)", pin, re.MULTILINE)[1]
    entries = [
        {"type": TYPES[name], "name": name, "id": plan.bucket.name, "version": version}
        for name in plan.imported
    ]
    return json.dumps({"resources": entries}, indent=2) + "\n"


def stack_file(project, stack):
    if not (project / "Pulumi.yaml").is_file():
        raise Refused(f"There is no Pulumi.yaml in {project}: give its folder as --project.")
    return project / f"Pulumi.{stack.split('/')[-1]}.yaml"


def stack_faults(name):
    if re.fullmatch("[a-z0-9-]+", name):
        return []
    return [f"The stack's name {name} is part of other names: use a-z, 0-9 and hyphens."]
