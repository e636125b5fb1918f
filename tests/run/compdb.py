#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes compile_commands.json: compdb.py OUT CC FLAG... -- SOURCE..."""
import json
import os
import sys


def main():
    out, args = sys.argv[1], sys.argv[2:]
    split = args.index("--")
    command, sources = args[:split], args[split + 1:]
    rows = [{"directory": os.getcwd(), "file": source,
             "arguments": command + ["-c", source]} for source in sources]
    with open(out, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)


main()
