#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up the results of all suites: tally.py RESULTS

Reads the TAP files and JUnit files in RESULTS, prints each failure again and
one last line, "N passed, N failed". A skip that tests/run/skips does not list
is a failure; so is a program that ended early or with a bad status.
"""
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

SKIPS = Path(__file__).with_name("skips")


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []
        self.allowed = [
            re.compile(line.split(" # ")[0].strip())
            for line in SKIPS.read_text(encoding="utf-8").splitlines()
            if line.strip() and not line.startswith("#")]

    def skip(self, name, reason):
        text = f"{name}: {reason}"
        if any(pattern.search(text) for pattern in self.allowed):
            self.skipped.append(text)
        else:
            self.failed.append(f"{text} (a skip that is not in {SKIPS.name})")

    def tap_line(self, suite, line):
        found = re.match(r"(not )?ok\b\s*\d*\s*(?:- )?(.*)", line)
        if not found:
            return 0
        name, _, directive = found[2].partition("# ")
        name = f"{suite}: {name.strip()}"
        if directive.upper().startswith("SKIP"):
            self.skip(name, directive[4:].strip())
        elif found[1]:
            self.failed.append(name)
        else:
            self.passed += 1
        return 1

    def tap(self, path):
        suite, count, plan, status = path.stem, 0, None, None
        failed_before = len(self.failed)
        for line in path.read_text(errors="replace").splitlines():
            count += self.tap_line(suite, line)
            if re.match(r"1\.\.\d+", line):
                plan = int(re.match(r"1\.\.(\d+)", line)[1])
            if line.startswith("# exit "):
                status = line[len("# exit "):]
        if plan != count:
            self.failed.append(f"{suite}: ran {count} of {plan} tests")
        elif status != "0" and len(self.failed) == failed_before:
            self.failed.append(f"{suite}: exit status {status}")

    def junit(self, path):
        cases = ET.parse(path).getroot().iter("testcase")
        count = 0
        for case in cases:
            count += 1
            name = f'{case.get("classname")}: {case.get("name")}'
            skip = case.find("skipped")
            if skip is not None:
                self.skip(name, skip.get("message", ""))
            elif case.find("failure") is None and case.find("error") is None:
                self.passed += 1
            else:
                self.failed.append(name)
        if count == 0:
            self.failed.append(f"{path.stem}: no test ran")


def suite_of(path):
    """The make target that left this file."""
    if path.parent.name == "unit":
        return "unit"
    tools = {"tests_lint_run.py": "lint", "tests_run_fuzz.py": "fuzz"}
    return tools.get(path.stem, path.stem)


def main():
    results = Path(sys.argv[1])
    tally = Tally()
    explained = set()
    for path in sorted([*results.rglob("*.tap"), *results.rglob("*.xml")]):
        before = len(tally.failed)
        (tally.junit if path.suffix == ".xml" else tally.tap)(path)
        if len(tally.failed) > before:
            explained.add(suite_of(path))
    bad = results / "failed"
    for suite in bad.read_text().split() if bad.exists() else []:
        if suite not in explained:
            tally.failed.append(f"make {suite} (see above)")
    for text in tally.skipped:
        print(f"skipped  {text}")
    for text in tally.failed:
        print(f"FAILED   {text}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed")
    sys.exit(1 if tally.failed or not tally.passed else 0)


main()
