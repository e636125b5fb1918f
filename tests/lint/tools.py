# SPDX-License-Identifier: MIT
"""Linters of others: each runs a program and passes on what it says."""
import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import source

BUILD = os.environ.get("BUILD", "build")
SAID = re.compile(r"^(?:\./)?([^\s:]+):(\d+):(?:\d+:)?\s*(.*)$")


def run(args):
    done = subprocess.run(args, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def missing(program):
    if shutil.which(program):
        return []
    return [(program, 0, "is not installed: make deps")]


def findings(output, pattern=r""):
    here = os.getcwd() + "/"
    seen = set()
    for line in output.splitlines():
        found = SAID.match(line.replace(here, ""))
        if found and re.search(pattern, found[3]) and line not in seen:
            seen.add(line)
            yield found[1], int(found[2]), found[3]


def flags():
    """The compiler's arguments, from the compilation database."""
    path = Path(BUILD) / "compile_commands.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["file"]: row["arguments"] for row in rows}


def in_parallel(function, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(function, items):
            yield from result


def layout():
    """clang-format: `make format` repairs it."""
    if missing("clang-format"):
        return missing("clang-format")

    def one(path):
        status, output = run(["clang-format", "--dry-run", "-Werror", path])
        if status < 0:
            return [(path, 1, "clang-format crashed on a table here")]
        lines = [line for _, line, _ in findings(output, "error")]
        if status and lines:
            return [(path, lines[0], f"{len(lines)} places are not laid out: "
                     f"make format")]
        return []
    return in_parallel(one, source.files(".c", ".h"))


def headers():
    """Each header compiles alone, as the first include of a file."""
    base = next(iter(flags().values()), ["gcc"])
    base = [a for a in base if a not in ("-c", "-Werror")][:-1]

    def one(path):
        args = [*base, "-fsyntax-only", "-x", "c", "-include", path,
                "/dev/null"]
        status, output = run(args)
        if status == 0:
            return []
        said = list(findings(output, "error"))
        return [(path, 1, "does not compile alone: include or "
                 "forward-declare what it uses")] + said
    return in_parallel(one, source.files(".h"))


def tidy():
    """clang-tidy with the checks in .clang-tidy."""
    if missing("clang-tidy"):
        return missing("clang-tidy")
    known = flags()

    def one(path):
        _, output = run(["clang-tidy", "--quiet", "-p", BUILD, path])
        return list(findings(output, r"^(error|warning)"))
    chosen = [p for p in source.files(".c") if p in known]
    return sorted(set(in_parallel(one, chosen)))


def cppcheck():
    """cppcheck: warnings, performance and portability."""
    if missing("cppcheck"):
        return missing("cppcheck")
    paths = source.files(".c")
    if not paths:
        return []
    cache = Path(BUILD) / "cppcheck"
    cache.mkdir(parents=True, exist_ok=True)
    _, output = run([
        "cppcheck", "--quiet", "--std=c11", "--inline-suppr", "-j2",
        "--enable=warning,performance,portability", "--library=posix",
        "--library=gtk", f"--cppcheck-build-dir={cache}",
        "--suppressions-list=tests/lint/cppcheck",
        "--template={file}:{line}: {severity}: {message} [{id}]",
        "-Isrc", "-I.", "-D__GNUC__=12", "-D_GNU_SOURCE", *paths])
    return findings(output, "^(error|warning|performance|portability)")


def spelling():
    """codespell; words it does not know as right are in tests/lint/words."""
    if missing("codespell"):
        return missing("codespell")
    places = [p for p in ("src", "lmtp", "milter", "admin", "contrib", "docs",
                          "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                          "Makefile", "tests") if Path(p).exists()]
    chosen = os.environ.get("LINT_FILES", "").split()
    _, output = run(["codespell", "-q", "3", "-I", "tests/lint/words", "-S",
                     "*.eml,*.want,*/corpus/*,*/locale/*,*.pyc,*/mail/*.json,"
                     "*/mail/*.def,"
                     "tests/lint/words", *(chosen or places)])
    return findings(output)


def shell():
    """shellcheck on what begins with #!/bin/sh or bash."""
    if missing("shellcheck"):
        return missing("shellcheck")
    roots = ("tests", "contrib", ".ci")
    found = [p for root in roots for p in Path(root).rglob("*")
             if p.is_file() and re.match(
                 rb"#!/bin/(ba)?sh", p.open("rb").read(16))]
    if not found:
        return []
    _, output = run(["shellcheck", "-f", "gcc", *map(str, found)])
    return findings(output)


def unit_exposure():
    """R77: systemd finds little to take from the unit any more."""
    unit = "contrib/systemd/maildesk.service"
    if shutil.which("systemd-analyze") is None:
        return []
    installed = Path(BUILD) / Path(unit).name
    installed.write_text(source.read(unit).replace("@BINDIR@", "/usr/bin"))
    _, output = run(["systemd-analyze", "security", "--offline=yes",
                     str(installed.resolve())])
    found = re.search(r"exposure level for \S+: ([\d.]+)", output)
    if found and float(found[1]) <= 2.0:
        return []
    said = output.strip().splitlines()[-1:] or ["nothing"]
    return [(unit, 1, f"systemd-analyze security says {said[0]}; harden it")]
