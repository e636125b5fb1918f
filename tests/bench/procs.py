# SPDX-License-Identifier: MIT
"""What a process and all its children use: CPU by thread, memory."""
import os
import re
from collections import Counter
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def read(path):
    """None if the process is gone."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def stat(path):
    """Name and the fields behind it, of a process or a thread."""
    text = read(path)
    if text is None:
        return None, []
    name, rest = text[text.index("(") + 1:].rsplit(")", 1)
    return name, rest.split()


def tree(root):
    """Process ids: the root and all below it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            _, fields = stat(f"/proc/{entry}/stat")
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def thread_seconds(pid):
    """(name, seconds) of each thread; the kernel counts nanoseconds."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        name, fields = stat(f"/proc/{pid}/task/{thread}/stat")
        spent = read(f"/proc/{pid}/task/{thread}/schedstat")
        if spent and spent.split()[0] != "0":
            yield name, int(spent.split()[0]) / 1e9
        elif fields:
            yield name, (int(fields[11]) + int(fields[12])) / TICK


def cpu(root):
    """Seconds so far by "process/thread"; what has ended stands under the
    parent that waited for it."""
    used = Counter()
    for pid in tree(root):
        process, fields = stat(f"/proc/{pid}/stat")
        if not fields:
            continue
        used["ended"] += (int(fields[13]) + int(fields[14])) / TICK
        command = (read(f"/proc/{pid}/cmdline") or "").split("\0")
        role = process if pid == root or len(command) < 2 else (
            f"child {process}")
        for name, seconds in thread_seconds(pid):
            used[role if name == process else f"{role}/{name}"] += seconds
    return used


def memory_of(pid, without="store.mdb"):
    """PSS of one process in MiB; the store's map is the page cache's."""
    total, mapped = 0, ""
    for line in (read(f"/proc/{pid}/smaps") or "").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            mapped = line
        elif line.startswith("Pss:") and without not in mapped:
            total += int(line.split()[1])
    return total / 1024


def memory(root):
    return sum(memory_of(pid) for pid in tree(root))
