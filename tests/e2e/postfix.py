# SPDX-License-Identifier: MIT
"""A private Postfix: its own configuration, queue and log under one folder,
on a free loopback port, set up from contrib/postfix line by line."""
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

CONTRIB = Path(__file__).resolve().parents[2] / "contrib" / "postfix"
MAPS = sorted(CONTRIB.glob("maildesk_*"))

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

# The frame of a private instance; nothing here concerns the desk.
FRAME = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/log
maillog_file_prefixes = {root}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.example.net
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = reject_unauth_destination
smtp_host_lookup = native
disable_dns_lookups = yes
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
lmtp_connect_timeout = 5s
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    def __init__(self, root, desk_socket):
        self.root, self.desk_socket = Path(root), desk_socket
        self.port = free_port()
        self.config = self.root / "etc"
        self.has_begun = False

    def prepare(self, ways, main="", maps=None):
        """Writes the configuration: the snippets `ways` of contrib/postfix,
        then the lines of `main`; `maps` replaces or adds map files."""
        for folder in ("etc", "queue", "data"):
            (self.root / folder).mkdir(mode=0o755)
        shutil.chown(self.root / "data", "postfix")
        (self.config / "master.cf").write_text(
            MASTER.format(port=self.port) + self.snippet("master.cf"))
        (self.config / "main.cf").write_text("\n".join([
            FRAME.format(root=self.root), self.snippet("common.cf"),
            *map(self.snippet, ways), self.localise(main)]))
        texts = {path.name: self.snippet(path.name) for path in MAPS}
        for name, text in {**texts, **(maps or {})}.items():
            (self.config / name).write_text(self.localise(text))
            self.run("postmap", f"hash:{self.config}/{name}")
        return self

    def snippet(self, name):
        return self.localise((CONTRIB / name).read_text(encoding="utf-8"))

    def localise(self, text):
        """The documented paths become those of this instance."""
        return (text.replace("/run/maildesk/lmtp.sock", str(self.desk_socket))
                .replace("/etc/postfix/", f"{self.config}/"))

    def run(self, *command, check=True):
        program = [command[0], "-c", str(self.config), *command[1:]]
        done = subprocess.run(program, capture_output=True, text=True,
                              check=False, timeout=60)
        assert not check or done.returncode == 0, done.stderr + self.log()
        return done.stdout

    def start(self):
        self.run("postfix", "start")
        self.has_begun = True
        wait_for(self.answers, "Postfix to answer")
        return self

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                return s.recv(100).startswith(b"220")
        except OSError:
            return False

    def stop(self):
        if self.has_begun:
            self.run("postfix", "stop", check=False)
            self.has_begun = False

    def queued(self):
        """How many mails wait in the queue."""
        return self.run("postqueue", "-j").count('"queue_id"')

    def flush(self):
        self.run("postqueue", "-f")

    def wait_empty(self):
        wait_for(lambda: self.queued() == 0, "the queue to be empty",
                 self.log)

    def log(self):
        path = self.root / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def warnings(self):
        """What Postfix finds wrong with its configuration."""
        return re.findall(r".*(?:warning|fatal|error): .*", self.log())


def wait_for(question, what, explain=str, seconds=20):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}\n{explain()}")


def may_run():
    """Why a Postfix of our own cannot run here, or None."""
    if shutil.which("postfix") is None and not os.path.exists(
            "/usr/sbin/postfix"):
        return "needs Postfix"
    return None if os.geteuid() == 0 else "needs root to run Postfix"
