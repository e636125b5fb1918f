# SPDX-License-Identifier: MIT
"""Sends mails to a server and tells how it went and what it cost."""
import os
import re
import subprocess
import threading
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", "build")).resolve()
LOADER = BUILD / "tools" / "lmtp_load"
# Many boxes: Dovecot locks each, we do not care.
BOXES, RECIPIENT = 100, "u%@load.example"
NOISE_S = 0.0005  # a thread below that is left out of the split


class Load:
    """What the loader is given; `mails` is a folder, or made by `size`.
    Each command waits for its answer, as smtp-source does it, with which
    the budgets were set; `pipelined` sends the envelope in one write."""

    def __init__(self, sessions, size=2048, mails=None, seconds=4):
        self.sessions, self.size, self.mails = sessions, size, mails
        self.seconds, self.pipelined = seconds, False

    def arguments(self, server, count, tag, ledger=None):
        args = [LOADER, "--socket", server.socket, "--count", count,
                "--sessions", self.sessions, "--to", RECIPIENT, "--boxes",
                BOXES, "--senders", 20000, "--tag", tag, "--seconds", 300]
        args += (["--mails", self.mails] if self.mails
                 else ["--size", self.size])
        if not self.pipelined:
            args.append("--lockstep")
        if ledger is not None:
            args += ["--ledger", ledger]
        return [str(a) for a in args]


def run_loader(args):
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    match = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if match is None:
        raise RuntimeError(f"{args}: {done.stdout}{done.stderr}")
    return {k: float(v) for k, v in
            (pair.split("=") for pair in match[1].split())}


def watch_memory(server, stop, peak):
    while not stop.wait(0.5):
        peak[0] = max(peak[0], server.memory())


def fold_ended(used):
    """Children that ended took all they ever used along: give it back."""
    children = [name for name in used if name.startswith("child ")]
    if children:
        used[max(children, key=lambda c: abs(used[c]))] += used.pop("ended")


def deliver(server, load, count, tag, ledger=None, with_memory=False):
    """One run of `count` mails: rate, times, CPU by thread."""
    before, counted = server.cpu(), server.counters()
    stop, peak = threading.Event(), [0.0]
    watcher = threading.Thread(target=watch_memory, args=(server, stop, peak))
    if with_memory:
        watcher.start()
    result = run_loader(load.arguments(server, count, tag, ledger))
    stop.set()
    if with_memory:
        watcher.join()
        result["memory_mib"] = peak[0]
    used = server.cpu()
    used.subtract(before)
    fold_ended(used)
    mails = max(result["acked"], 1)
    result["cpu_us"] = sum(used.values()) / mails * 1e6
    result["cpu_by"] = {name: round(s / mails * 1e6, 1)
                        for name, s in used.most_common() if s > NOISE_S}
    after = server.counters()
    result["counted"] = {k: after[k] - counted.get(k, 0) for k in after}
    return result


def measure(server, load, tag, **kind):
    """A short run says how many mails fill the time; then the real one."""
    probe = max(60, 4 * load.sessions)
    first = deliver(server, load, probe, f"{tag}.probe")
    count = int(first["per_second"] * load.seconds)
    result = deliver(server, load, max(probe, min(count, 200000)), tag,
                     **kind)
    if result["nak"] or result["unk"]:
        raise RuntimeError(f"{server.name} refused mails: {result}")
    return result


def batches(result):
    """Mails a commit; the commits of the loader's own time."""
    return result["acked"] / max(result["counted"]["commits"], 1)
