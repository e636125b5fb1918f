# SPDX-License-Identifier: MIT
"""Fixtures: a desk, a private Postfix in front of it, and where the copies
of a parallel run go. All of it lives in one folder under /tmp that Postfix
may enter, and ends with its test."""
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from desk import BUILD, PROGRAM, Desk  # noqa: E402
from oldmx import OldDesk  # noqa: E402
from postfix import Postfix, may_run  # noqa: E402

MAILBOX = "support@desk.example.org"


@pytest.fixture
def place():
    """A folder of this test; the desk's socket in `run` gets the group of
    Postfix by the set-group-id bit, as contrib/systemd does it."""
    folder = Path(tempfile.mkdtemp(prefix="maildesk-e2e-"))
    folder.chmod(0o755)
    (folder / "run").mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder / "run", group="postfix")
    (folder / "run").chmod(0o2750)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def desk(place):
    assert os.access(PROGRAM, os.X_OK), f"{PROGRAM} is missing: make"
    desk = Desk(place / "desk", place / "run" / "lmtp.sock").init()
    desk.run("add", "mailbox", "name=Support",
             f"addresses={MAILBOX},support@example.org")
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def hand():
    """hand(desk, act, number): desk_hand.c in the store, between two runs of
    the daemon; what it printed."""
    def act(desk, *words):
        desk.stop()
        done = subprocess.run(
            [BUILD / "tools" / "desk_hand", desk.data, *map(str, words)],
            capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        desk.start()
        return done.stdout.strip()
    return act


@pytest.fixture
def make_postfix(place, desk):
    """make_postfix(way, ..., main=, maps=) starts one set up in these ways."""
    reason = may_run()
    if reason:
        pytest.skip(reason)
    made = []

    def make(*ways, main="", maps=None):
        postfix = Postfix(place / f"postfix{len(made)}", desk.socket)
        postfix.root.mkdir()
        made.append(postfix)
        return postfix.prepare(ways, main, maps).start()
    yield make
    for postfix in made:
        postfix.stop()


@pytest.fixture
def postfix(make_postfix):
    """Postfix with a domain whose mail is all the desk's."""
    return make_postfix("domain.cf")


@pytest.fixture
def old_desk():
    """Another desk, reachable by SMTP, that keeps what it gets."""
    server = OldDesk()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def send():
    """send(postfix, subject, ...) hands a mail in by SMTP; its Message-ID."""
    count = 0

    def send_one(postfix, subject, to=MAILBOX, reply_to=None, text="Hello.",
                 envelope_to=None):
        nonlocal count
        count += 1
        mail = EmailMessage()
        mail["From"] = "Erika Muster <erika@customer.example>"
        mail["To"], mail["Subject"] = to, subject
        mail["Date"] = "Mon, 02 Feb 2026 10:00:00 +0100"
        mail["Message-ID"] = f"<{count}.{os.getpid()}@customer.example>"
        if reply_to:
            mail["In-Reply-To"] = mail["References"] = reply_to
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as smtp:
            smtp.send_message(mail, to_addrs=envelope_to or [to])
        return mail["Message-ID"]
    return send_one
