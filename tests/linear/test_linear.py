# SPDX-License-Identifier: MIT
"""The work of reading a mail grows as the mail does (R40): twice the input,
at most RATIO times the instructions. Counted by callgrind, never timed.

`make check` doubles from 16 KiB to 128 KiB; with ROUNDS of 100 or more, as
`make torture` has, from 1 MiB to 8 MiB.
"""
import os
import re
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("BUILD", "build"))
PROGRAM = BUILD / "linear"
FULL = int(os.environ.get("ROUNDS", "10")) >= 100
SIZE = (1 << 20) if FULL else (1 << 14)
TIMEOUT_S = 3600 if FULL else 600
RATIO = 2.3
INPUTS = re.findall(r"^INPUT\((\w+)", Path(__file__).with_name(
    "inputs.def").read_text(encoding="utf-8"), re.M)


def instructions(dump):
    """Of one call of `measured`."""
    found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.M)
    return int(found[1]) if found else 0


@pytest.fixture(scope="session")
def counts(tmp_path_factory):
    """name -> instructions by size, ascending."""
    place = tmp_path_factory.mktemp("linear")
    out = subprocess.run(
        ["valgrind", "--tool=callgrind", "--toggle-collect=measured",
         "--zero-before=measured", "--dump-after=measured",
         f"--callgrind-out-file={place}/out", str(PROGRAM), str(SIZE)],
        capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert out.returncode == 0, out.stderr[-2000:]
    counted = {}
    for number, line in enumerate(out.stdout.splitlines(), 1):
        counted.setdefault(line.split()[0], []).append(
            instructions(place / f"out.{number}"))
    return counted


@pytest.mark.parametrize("name", INPUTS)
def test_work_grows_as_the_input_does(counts, name):
    work = counts[name]
    assert len(work) == 4 and all(work), work
    for small, large in zip(work, work[1:]):
        assert large / small < RATIO, f"{name}: {work}"
