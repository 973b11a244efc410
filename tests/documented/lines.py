"""The command lines of the documents."""

import re
import shlex
from dataclasses import dataclass

# Pattern of the beginning of a command line. An indented block whose first line matches consists
# of command lines.
PROGRAMS = r"(?:\$|[a-z-]+\(\)|\w+=|aws|cargo|curl|eval|export|gh|pulumi|python3|tests/|target/ci-tools/)"

# Pattern of a command line between backquotes in running text.
INLINE = re.compile(r"`((?:cargo (?:benchmark|build-functions|lambda|local|test)|eval) [^`]+)`")

FENCE = re.compile(r"\s*```(\w*)")


@dataclass(frozen=True)
class Line:
    """A command line, and the document that shows it."""

    document: str
    text: str

    def __str__(self):
        return f"{self.document}: {self.text}"


def of(root, paths):
    """All command lines of these documents, in order, without repetitions within a document."""
    found = {}
    for path in paths:
        document = str(path.relative_to(root))
        for text in in_document(path.read_text()):
            found[Line(document, text)] = None
    return list(found)


def in_document(text):
    """The command lines in the code blocks and the running text of a document, in order."""
    lines, at = text.splitlines(), 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if fence:
            end = next(i for i in range(at + 1, len(lines)) if FENCE.match(lines[i]))
            if fence[1] in ("bash", "console", "sh", "shell"):
                yield from in_block(lines[at + 1 : end])
            at = end + 1
        elif re.match(r" {4,}" + PROGRAMS, lines[at]):
            end = at
            while end < len(lines) and re.match(r" {4}|$", lines[end]):
                end += 1
            yield from in_block(lines[at:end])
            at = end
        else:
            yield from (it[1].strip() for it in INLINE.finditer(lines[at]))
            at += 1


def in_block(lines):
    """The command lines of a block. If some lines have a prompt (`$`), only those lines are
    command lines."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line.strip() for line in lines))
    commands = [line for line in joined.splitlines() if line and not line.startswith("#")]
    prompted = [line.removeprefix("$ ") for line in commands if line.startswith("$ ")]
    whole = ""
    for command in prompted or commands:
        without_comment = re.sub(r"\s+#\s.*", "", command)
        whole = f"{whole}\n{without_comment}".strip()
        if is_complete(whole):
            yield whole
            whole = ""


def is_complete(command):
    """True if no quotation, loop or body of a function is open."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return words.count("{") <= words.count("}") and words.count("do") <= words.count("done")
