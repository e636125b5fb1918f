# SPDX-License-Identifier: MIT
"""A maildesk daemon of a test's own, and its command line."""
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from postfix import wait_for

BUILD = Path(os.environ.get(
    "BUILD", Path(__file__).resolve().parents[2] / "build"))
PROGRAM = os.environ.get("MAILDESK", str(BUILD / "plain" / "maildesk"))


class Desk:
    def __init__(self, data, lmtp_socket):
        self.data, self.socket = Path(data), Path(lmtp_socket)
        self.log_path = self.data.parent / "desk.log"
        self.process = None

    def run(self, *args, stdin=None):
        done = subprocess.run(
            [PROGRAM, *args, "--data", str(self.data)], input=stdin,
            capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{args}: {done.stderr}{self.log()}"
        return done.stdout

    def init(self):
        self.run("init")
        return self

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--data", str(self.data),
                 "--set", f"lmtp.listen=unix:{self.socket}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.answers, "the desk to answer", self.log)
        return self

    def answers(self):
        assert self.process.poll() is None, f"the desk ended\n{self.log()}"
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(5)
                door.connect(str(self.socket))
                return door.recv(100).startswith(b"220")
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        """Ends the daemon; its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        try:
            status = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        return status

    def log(self):
        if not self.log_path.exists():
            return ""
        return self.log_path.read_text(errors="replace")

    def list(self, resource, *filters):
        return rows(self.run("list", resource, *filters, "--json"))

    def show(self, resource, number):
        return json.loads(self.run("show", resource, str(number), "--json"))

    def tickets(self):
        """All tickets with their entries, oldest first."""
        ids = sorted(int(row["id"]) for row in self.list("ticket"))
        return [self.show("ticket", number) for number in ids]

    def mails(self):
        """The mails that came in, over all tickets."""
        return [entry for ticket in self.tickets()
                for entry in mails_in(ticket)]


def mails_in(ticket):
    return [e for e in ticket["entries"] if e["kind"] == "mail_in"]


def rows(text):
    """A list comes as an array, a page with `items`, or JSON lines."""
    if not text.strip():
        return []
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]
    if isinstance(value, dict):
        return value["items"] if "items" in value else [value]
    return value
