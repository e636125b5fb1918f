# SPDX-License-Identifier: MIT
"""Our C files, and their functions, as the linters see them."""
import os
import re
from pathlib import Path

ROOTS = ["src", "lmtp", "milter", "admin", "tests"]


def files(*suffixes):
    """Our files with these suffixes; LINT_FILES narrows them."""
    chosen = os.environ.get("LINT_FILES", "").split()
    found = chosen or [str(p) for root in ROOTS
                       for p in sorted(Path(root).rglob("*")) if p.is_file()]
    return [f for f in found if f.endswith(suffixes)
            and "/corpus/" not in f and Path(f).exists()]


def read(path):
    return Path(path).read_text(encoding="utf-8", errors="replace")


def blank(match):
    """Replaces a match by blanks, and keeps its line ends."""
    return re.sub(r"[^\n]", " ", match[0])


NOISE = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)


def code(text):
    """The text without comments and literals; lines stay where they are."""
    return NOISE.sub(blank, text)


def without_strings(text):
    """The text without literals; comments stay."""
    return NOISE.sub(
        lambda m: m[0] if m[0][0] == "/" else re.sub(r"[^\n\"']", "x", m[0]),
        text)


class Function:
    def __init__(self, path, name, line, params, body):
        self.path, self.name, self.line = path, name, line
        self.params, self.body = params, body


HEAD = re.compile(r"^([A-Za-z_]\w*)\(", re.M)


def functions(path):
    """The functions defined in a file: layout makes them easy to find. Their
    name starts a line, as do the braces of their body."""
    lines = code(read(path)).split("\n")
    for start, line in enumerate(lines):
        if line != "{":
            continue
        head = start - 1
        while head > 0 and not HEAD.match(lines[head]):
            if not lines[head].strip() or lines[head][0] in "}{#":
                break
            head -= 1
        found = HEAD.match(lines[head])
        if not found:
            continue
        end = lines.index("}", start) if "}" in lines[start:] else len(lines)
        params = "\n".join(lines[head:start])[len(found[0]):]
        params = params.rpartition(")")[0]
        name = params if found[1] == "TEST" else found[1]
        yield Function(path, name, head + 1, params, lines[start + 1:end])
