# SPDX-License-Identifier: MIT
"""Layers: files live in a known folder and include what tests/lint/layers
allows; ours are included by their full path, and their folder is their layer.
"""
import re
from pathlib import Path

import source

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
GENERATED = {"model.pb-c.h": "src/model"}


def load():
    folders, foreign = {}, {}
    for line in source.read("tests/lint/layers").splitlines():
        key, colon, value = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        target = foreign if key.startswith("<") else folders
        target[key.lstrip("<")] = value.split()
    return folders, foreign


def folder_of(path, folders):
    """The longest folder of the table that holds the file."""
    fit = [f for f in folders if path.startswith(f + "/")]
    return max(fit, key=len, default=None)


def resolve(name, path):
    """Where an #include "name" is found: as the compiler's -I options say."""
    if name in GENERATED:
        return GENERATED[name] + "/" + name
    for base in ("src/", ""):
        if Path(base + name).exists():
            return base + name
    beside = Path(path).parent / name
    return str(beside) if beside.exists() else None


def check_own(path, name, folders):
    mine, target = folder_of(path, folders), resolve(name, path)
    if target is None:
        return f'"{name}" is in no folder of ours: full path, please'
    theirs = folder_of(target, folders)
    if theirs in (None, mine) or "all" in folders[mine]:
        return None
    if theirs in folders[mine]:
        return None
    return (f'{mine} may not include {theirs} ("{name}"): move the code, or '
            f"hand the value in; tests/lint/layers is the table")


def check_foreign(path, name, foreign):
    for prefix, where in foreign.items():
        if name.startswith(prefix) and not any(
                path == w or path.startswith(w + "/") for w in where):
            return f"<{name}> is for {', '.join(where)} only: wrap it there"
    return None


def check():
    folders, foreign = load()
    for path in source.files(".c", ".h", ".def"):
        if folder_of(path, folders) is None:
            yield path, 1, "this folder is not in tests/lint/layers"
            continue
        for number, line in enumerate(source.read(path).splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            message = (check_own(path, found[2], folders)
                       if found[1] == '"'
                       else check_foreign(path, found[2], foreign))
            if message:
                yield path, number, message
