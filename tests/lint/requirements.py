# SPDX-License-Identifier: MIT
"""Requirements: each test that tests/requirements names exists."""
from pathlib import Path

import source

TABLE = "tests/requirements"


def missing(test):
    """What is wrong with one entry of a row, or None."""
    path, _, name = test.partition("::")
    if not Path(path).is_file():
        return f"there is no {path}"
    if name and name not in source.read(path):
        return f"{path} has no {name}"
    return None


def check():
    for number, line in enumerate(source.read(TABLE).splitlines(), 1):
        key, colon, tests = line.partition(":")
        if line.startswith("#") or not colon or tests.strip() == "-":
            continue
        for test in tests.split(","):
            wrong = missing(test.strip())
            if wrong:
                yield TABLE, number, f"{key}: {wrong}; name its new test"
