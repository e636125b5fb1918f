# SPDX-License-Identifier: MIT
"""docs/settings.md is made of src/desk/settings.def: `make docs` writes it,
the lint `settings` asks whether it is up to date.
"""
import pathlib
import re
import sys

TABLE = "src/desk/settings.def"
PAGE = "docs/settings.md"
ROW = re.compile(
    r'^S\((\w+),\s*"([^"]*)",\s*(\w+),\s*"((?:[^"\\]|\\.)*)",\s*(-?\d+),'
    r'\s*(-?\d+),\s*"([^"]*)",\s*"([^"]*)",\s*"((?:[^"\\]|\\.)*)"\)$')
HEAD = """# Settings

What an admin changes at run time, effective at once: `maildesk settings list`,
`get KEY`, `set KEY VALUE`, `reset KEY`. Before a rule counts, see what it would
have done with the last mails: `maildesk explain --last 1000 --set KEY=VALUE`.
A value that cannot be is refused and nothing changes.

Made by `make docs` from `src/desk/settings.def`. The row names the requirement.
"""
TOP = """| setting | values | default | row | what it does |
|---|---|---|---|---|
"""
GROUPS = {
    "desk": "The desk",
    "intake": "Mail becomes tickets",
    "auto": "What is made by itself",
    "ticket": "Tickets",
}
PATTERNS = """
**Patterns** are separated by commas; case and international domains do not
matter. `a@b.example` is that address; `b.example` exactly that domain;
`*.b.example` at least one label more; `b.example.*` exactly one public suffix
(`com`, `co.uk`): `market.example.*` is info@market.example.com, not
x@market.example.com.evil.org.
"""


def rows():
    """The table's rows; a line that is none of the forms is an error."""
    for number, line in enumerate(open(TABLE, encoding="utf-8"), 1):
        if not line.startswith("S("):
            continue
        found = ROW.match(line.strip())
        if found is None:
            raise ValueError(f"{TABLE}:{number}: not a row of one line")
        yield found.groups()


def bounds(kind, low, high, unit):
    """What a value may be, in words."""
    words = {
        "BOOL": "`on`, `off`",
        "INT": f"{low} to {high}" + (f" {unit}" if unit else ""),
        "INT_OR_NONE": f"{low} to {high} {unit}, or empty",
        "TEXT": f"a line of {low} to {high} bytes",
        "CHOICE": ", ".join(f"`{word}`" for word in unit.split()),
        "PATTERNS": "patterns",
        "CATEGORY": "a category's name or id, or empty",
        "ZONE": "an IANA time zone, or empty",
        "HOSTS": "names separated by commas",
        "HEADERS": "fields separated by commas",
    }
    return words[kind]


def page():
    """The whole page."""
    lines = {group: [] for group in GROUPS}
    for _, key, kind, value, low, high, unit, row, told in rows():
        default = f"`{value}`" if value else "empty"
        lines[key.split(".")[0]].append(
            f"| `{key}` | {bounds(kind, low, high, unit)} | {default}"
            f" | {row} | {told} |\n")
    text = HEAD
    for group, title in GROUPS.items():
        text += f"\n## {title}\n\n{TOP}" + "".join(lines[group])
    return text + PATTERNS


def check():
    """For the linters: (path, line, message) of each finding."""
    try:
        have = pathlib.Path(PAGE).read_text(encoding="utf-8")
    except FileNotFoundError:
        have = ""
    if have != page():
        yield PAGE, 1, "is not what src/desk/settings.def says; run: make docs"


if __name__ == "__main__":
    pathlib.Path(PAGE).write_text(page(), encoding="utf-8")
    sys.exit(0)
