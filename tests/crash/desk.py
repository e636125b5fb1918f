# SPDX-License-Identifier: MIT
"""A desk under test: the program's commands, its daemon and its load.

MAILDESK is the program, BUILD the build folder whose tools/ holds the load
generator and the preload libraries; ROUNDS, SEED and TIME_LIMIT (seconds a
test may begin another round in, ROUNDS decides by default) are numbers.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
MAILDESK = os.environ.get("MAILDESK", str(BUILD / "test" / "maildesk"))
TOOLS = BUILD / "tools"
ROUNDS = int(os.environ.get("ROUNDS", "10"))
SEED = int(os.environ.get("SEED", "1"))
TIME_LIMIT = float(os.environ.get("TIME_LIMIT", max(15, ROUNDS * 2)))
ADDRESS = "support@example.org"
READY_S = 20
STOP_S = 40
# Signals of a program that is broken, not one that decided to end.
CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE}

needs_program = pytest.mark.skipif(not os.access(MAILDESK, os.X_OK),
                                   reason="the program is not built")


def time_is_up(since):
    return time.monotonic() - since > TIME_LIMIT


def crash_points(during):
    """Names in src/base/crash.def."""
    text = (ROOT / "src/base/crash.def").read_text()
    return re.findall(rf"^C\((\w+),\s*{during},", text, re.M)


class Desk:
    """One data directory and, at times, a daemon on it."""

    def __init__(self, data, *settings):
        self.data = Path(data)
        self.settings = [part for s in settings for part in ("--set", s)]
        self.daemon = None
        self.log = None
        self.ledger = self.data.parent / (self.data.name + ".ledger")
        self.log_path = self.data.parent / (self.data.name + ".log")

    # -- commands

    def run(self, *args, timeout=60, env=None, **more):
        return subprocess.run(
            [MAILDESK, *args, "--data", str(self.data)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
            timeout=timeout, env={**os.environ, **(env or {})}, check=False,
            **more)

    def must(self, *args, **more):
        done = self.run(*args, **more)
        assert done.returncode == 0, (args, done.returncode, done.stderr)
        return done.stdout

    def init(self):
        self.must("init", *self.settings)
        self.must("add", "mailbox", "name=Support", f"addresses={ADDRESS}",
                  *self.settings)
        return self

    def check(self):
        """None, or what `check` says is wrong."""
        done = self.run("check", *self.settings)
        if done.returncode == 0:
            return None
        return f"exit {done.returncode}: {done.stdout}{done.stderr}"

    def export(self):
        return self.must("export", *self.settings)

    def message_ids(self, text=None):
        """Message-IDs of the load, one for each time a mail is stored."""
        ids = []
        for line in (text or self.export()).splitlines():
            row = json.loads(line)
            found = [row] if row.get("type") == "mail" else []
            for mail in found + row.get("entries", []):
                name = mail.get("message_id") or ""
                if name.endswith("@load.example"):
                    ids.append(name)
        return ids

    # -- the daemon

    def start(self, env=None, wait=True, more=()):
        """Starts the daemon; with `wait`, False if it ended instead."""
        self.log = open(self.log_path, "ab")
        self.daemon = subprocess.Popen(
            [MAILDESK, "serve", "--data", str(self.data), *self.settings,
             *more], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env={**os.environ, **(env or {})})
        return self.wait_ready() if wait else True

    @property
    def socket(self):
        return str(self.data / "lmtp.sock")

    def wait_ready(self):
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self.daemon.poll() is None:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(2)
                try:
                    s.connect(self.socket)
                    if s.recv(100).startswith(b"220"):
                        return True
                except OSError:
                    time.sleep(0.02)
        return False

    def wait_dead(self, seconds):
        """The exit status, or None if it lives on."""
        try:
            status = self.daemon.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.log.close()
        self.daemon = None
        return status

    def kill(self):
        if self.daemon is not None:
            self.daemon.kill()
            self.wait_dead(STOP_S)

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        status = self.wait_dead(STOP_S)
        if status is None:
            self.kill()
        return status

    def log_tail(self):
        return self.log_path.read_text(errors="replace")[-2000:]

    # -- the load

    def load_begin(self, tag, *args, sessions=20, ledger=None):
        return subprocess.Popen(
            [str(TOOLS / "lmtp_load"), "--socket", self.socket,
             "--sessions", str(sessions), "--tag", tag,
             "--to", ADDRESS, "--ledger", str(ledger or self.ledger),
             *map(str, args)], stdout=subprocess.PIPE, text=True)

    def load(self, tag, *args, **more):
        """Runs a load to its end; its result line as a dict."""
        out, _ = self.load_begin(tag, *args, **more).communicate()
        return {key: float(value) for key, value in
                re.findall(r"(\w+)=([\d.]+)", out)}


@pytest.fixture
def desk(tmp_path):
    """A fresh desk with one mailbox."""
    made = Desk(tmp_path / "data").init()
    yield made
    made.kill()


def store_work(*args, env=None, timeout=60):
    """The store alone, see store_work.c."""
    return subprocess.run([str(TOOLS / "store_work"), *map(str, args)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace", timeout=timeout,
                          env={**os.environ, **(env or {})}, check=False)


def store_acks(text):
    """[(number, microseconds)] of its ACK lines."""
    return [(int(part[1]), int(part[2]) // 1000) for part in
            (line.split() for line in text.splitlines())
            if len(part) == 3 and part[0] == "ACK"]


def store_holds(text):
    return [int(line.split()[1]) for line in text.splitlines()
            if line.startswith("HAVE ")]


def preload(name, **settings):
    """The environment that puts a library of tools/ in."""
    return {"LD_PRELOAD": str(TOOLS / f"{name}.so"),
            **{key: str(value) for key, value in settings.items()}}


def say(text):
    print(text, file=sys.stderr, flush=True)
