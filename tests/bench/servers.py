# SPDX-License-Identifier: MIT
"""The three doors that are compared, each started in a folder of its own:
smtp-sink (reads and forgets), Dovecot (Maildir, each mail synced), maildesk.
All speak LMTP on a Unix socket and end when the `with` does."""
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import procs

START_SECONDS, STOP_SECONDS = 60, 60
FOREIGN_USER = "nobody"
RATE = "intake.sender_per_hour"


class Server:
    """Subclasses say `command`; `socket` is where mails go."""

    name, shown = "", ""

    def __init__(self, folder, env=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = self.folder / "lmtp.sock"
        self.env = {**os.environ, **(env or {})}
        self.process, self.log = None, self.folder / "log"
        self.ready_ms = 0.0

    def command(self):
        raise NotImplementedError

    def prepare(self):
        pass

    def __enter__(self):
        self.prepare()
        begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.env, cwd=self.folder)
        while not self.greets():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended:\n{self.tail()}")
            if time.monotonic() - begun > START_SECONDS:
                raise RuntimeError(f"{self.name} is silent:\n{self.tail()}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - begun) * 1000
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def greets(self):
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(START_SECONDS)
                door.connect(str(self.socket))
                return door.recv(100).startswith(b"220")
        except OSError:
            return False

    def tail(self):
        return self.log.read_text(errors="replace")[-2000:]

    def cpu(self):
        return procs.cpu(self.process.pid)

    def memory(self):
        return procs.memory(self.process.pid)

    def counters(self):
        """What it counts itself, if it does."""
        return {}


def open_to_all(folder):
    """Foreign programs drop root; every folder above must let them pass."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(FOREIGN_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)


class Sink(Server):
    name = "smtp-sink"

    def prepare(self):
        open_to_all(self.folder)

    def command(self):
        user = ["-u", FOREIGN_USER] if os.geteuid() == 0 else []
        return [find("smtp-sink"), "-L", *user, f"unix:{self.socket}", "1024"]


DOVECOT = """
protocols = lmtp
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = no
default_internal_user = {internal}
default_login_user = {login}
default_process_limit = 200
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
mail_fsync = always
mail_plugins =
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%n allow_all_users=yes
}}
service lmtp {{
  unix_listener {folder}/lmtp.sock {{
    mode = 0666
  }}
}}
"""


class Dovecot(Server):
    name = "Dovecot"

    def prepare(self):
        user = pwd.getpwnam(FOREIGN_USER)
        (self.folder / "mail").mkdir(exist_ok=True)
        open_to_all(self.folder / "mail")
        self.config().write_text(DOVECOT.format(
            folder=self.folder, internal="dovecot", login="dovenull",
            user=user.pw_uid, group=user.pw_gid))
        synced = subprocess.run(
            [find("doveconf"), "-c", self.config(), "-h", "mail_fsync"],
            check=True, capture_output=True, text=True).stdout.strip()
        if synced != "always":
            raise RuntimeError(f"Dovecot would not sync: {synced}")

    def config(self):
        return self.folder / "dovecot.conf"

    def command(self):
        return [find("dovecot"), "-F", "-c", str(self.config())]


class Maildesk(Server):
    name = "maildesk"

    def __init__(self, folder, program, data=None, env=None):
        super().__init__(folder, env)
        self.program = program
        self.data = Path(data or self.folder / "data")

    def run(self, *args, timeout=600):
        return subprocess.run(
            [self.program, *args, "--data", str(self.data)], check=True,
            capture_output=True, text=True, timeout=timeout).stdout

    def lines(self, *args):
        """What it prints, line by line: a million tickets are gigabytes."""
        with subprocess.Popen(
                [self.program, *args, "--data", str(self.data)],
                stdout=subprocess.PIPE, text=True) as command:
            yield from command.stdout
        if command.returncode != 0:
            raise RuntimeError(f"{args} ended with {command.returncode}")

    def prepare(self):
        if not (self.data / "store.mdb").exists():
            self.data.mkdir(parents=True, exist_ok=True)
            self.run("init")
            self.run("add", "mailbox", "name=Support",
                     "addresses=support@example.org,@load.example")
        # Counted, but not held: a run is a flood of its busiest customers.
        # (A program of the past does not know the setting.)
        subprocess.run([self.program, "settings", "set", RATE, "1000000",
                        "--data", str(self.data)], capture_output=True,
                       check=False)

    def command(self):
        return [self.program, "serve", "--data", str(self.data),
                "--set", f"lmtp.listen=unix:{self.socket}",
                "--set", "log.level=warn"]

    def bytes_used(self):
        return (self.data / "store.mdb").stat().st_blocks * 512

    def ask(self, request):
        """One request over the control socket: the answer."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(60)
            control.connect(str(self.data / "control.sock"))
            control.sendall(json.dumps(request).encode() + b"\n")
            with control.makefile("rb") as answers:
                return json.loads(answers.readline())

    def counters(self):
        """Commits: LMDB numbers its transactions."""
        told = subprocess.run(
            [find("mdb_stat"), "-n", "-e", self.data / "store.mdb"],
            check=True, capture_output=True, text=True).stdout
        return {"commits": int(re.search(r"Last transaction ID: (\d+)",
                                         told)[1])}


def find(program):
    path = shutil.which(program, path=os.environ["PATH"] +
                        ":/usr/sbin:/usr/lib/postfix/sbin")
    if path is None:
        raise FileNotFoundError(f"{program} is not installed: make deps")
    return path
