#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the linters: run.py [NAME...]; prints TAP, and each finding as
`file:line: what to do`. Run it by `make lint`.
"""
import sys
import time

import layers
import requirements
import settings
import shape
import texts
import tools

LINTERS = {
    "layers": layers.check,
    "shape": shape.check,
    "texts": texts.check,
    "requirements": requirements.check,
    "settings": settings.check,
    "layout": tools.layout,
    "headers": tools.headers,
    "spelling": tools.spelling,
    "shell": tools.shell,
    "units": tools.unit_exposure,
    "cppcheck": tools.cppcheck,
    "tidy": tools.tidy,
}


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(LINTERS)
    print(f"1..{len(names)}")
    bad = 0
    for number, name in enumerate(names, 1):
        began = time.monotonic()
        found = list(LINTERS[name]())
        for path, line, message in found:
            print(f"{path}:{line}: {message}")
        took = time.monotonic() - began
        state = "not ok" if found else "ok"
        bad += bool(found)
        print(f"{state} {number} lint {name}")
        print(f"# {len(found)} findings in {took:.1f} s", flush=True)
    print(f"# {shape.summary()}")
    sys.exit(1 if bad else 0)


main()
