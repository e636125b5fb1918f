# SPDX-License-Identifier: MIT
"""The ledger: what was answered to whom, held against what a store holds.

Written by tests/tools/lmtp_load.c, a line per mail and recipient. The rule
it judges by: what was answered with 2xx is there once, nothing is twice.
"""
import os
from collections import Counter, namedtuple

Row = namedtuple("Row", "state id to ms at_us reply")


def read(path):
    """The rows of a ledger file, none if no load has begun one; an unfinished
    last line is left out."""
    rows = []
    if not os.path.exists(path):
        return rows
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            part = line.rstrip("\n").split("\t")
            if line.endswith("\n") and len(part) == 6:
                rows.append(Row(part[0], part[1], part[2], float(part[3]),
                                int(part[4]), part[5]))
    return rows


def acked(rows, until_us=None):
    """Ids answered with 2xx, at the latest at `until_us`."""
    return {row.id for row in rows if row.state == "ACK"
            and (until_us is None or row.at_us <= until_us)}


def unknown(rows):
    """Ids that were begun and got no answer, nor one at another time."""
    return {row.id for row in rows if row.state == "UNK"} - acked(rows)


def judge(promised, held):
    """What is wrong: `promised` ids against the list of ids `held`."""
    count = Counter(held)
    wrong = [f"lost: {id}" for id in sorted(promised) if count[id] == 0]
    wrong += [f"{n} times: {id}" for id, n in sorted(count.items()) if n > 1]
    return wrong
