# SPDX-License-Identifier: MIT
"""The whole daemon, built with a sanitizer, under the load of 20 sessions:
no finding, every acknowledged mail is there, it ends by SIGTERM with 0."""
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAM = os.environ["MAILDESK"]
LOADER = Path(os.environ["BUILD"]) / "tools/lmtp_load"
# GLib's slices are reused behind ThreadSanitizer's back.
ENVIRONMENT = dict(os.environ)
if os.environ["FLAVOUR"] == "tsan":
    ENVIRONMENT["G_SLICE"] = "always-malloc"

# ThreadSanitizer leaves no room for a map of a terabyte.
SMALL = ["--set", "store.map_size=4G"]


def command(data, *args):
    done = subprocess.run([PROGRAM, *args, "--data", str(data), *SMALL],
                          capture_output=True, text=True, timeout=60,
                          env=ENVIRONMENT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for_greeting(path, daemon):
    for _ in range(200):
        assert daemon.poll() is None, "the daemon ended"
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(10)
                door.connect(str(path))
                if door.recv(100).startswith(b"220"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("no greeting")


def load(data, *options):
    done = subprocess.run(
        [LOADER, "-u", data / "lmtp.sock", "-t", "support@example.org",
         *options], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_twenty_sessions_under_the_sanitizer(tmp_path):
    data = tmp_path / "data"
    command(data, "init")
    command(data, "add", "mailbox", "name=Support",
            "addresses=support@example.org")
    with open(tmp_path / "log", "wb") as log:
        # pylint: disable=consider-using-with
        daemon = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), *SMALL],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=ENVIRONMENT)
    try:
        wait_for_greeting(data / "lmtp.sock", daemon)
        load(data, "-s", "20", "-m", "1000")
        load(data, "-s", "4", "-m", "20", "-l", "1000000")
        page = json.loads(command(data, "list", "ticket", "--json"))
        assert page
        daemon.send_signal(signal.SIGTERM)
        status = daemon.wait(60)
    finally:
        daemon.kill()
        daemon.wait()
    said = (tmp_path / "log").read_text(errors="replace")
    assert "Sanitizer" not in said and "runtime error" not in said, said
    assert status == 0, said[-3000:]
    rows = [json.loads(line) for line in command(data, "export").splitlines()]
    entries = sum(len(row["entries"]) for row in rows
                  if row["type"] == "ticket")
    assert entries == 1020
