# SPDX-License-Identifier: MIT
"""Hostile mails beside honest ones: R31, R33. Storing never depends on
understanding: each is answered 250 and kept byte for byte, none for its
content deferred or refused; what no parser may see, or what ends a mail
process twice, is held with what the header scan read."""
import json
import os
import random
import statistics
import subprocess
import threading
import time
from pathlib import Path

import bombs
import ledger
import pytest
from desk import MAILDESK, SEED, Desk, needs_program, say
from lmtp import Session, as_received, entry_of

BOMBS = 100
TWICE = "the mail ended a mail process twice"

pytestmark = needs_program


def show(desk, entry):
    return json.loads(desk.must("show", "mail", entry, "--json"))


def raw(desk, entry):
    return subprocess.run(
        [MAILDESK, "show", "mail", entry, "--raw", "--data", str(desk.data)],
        capture_output=True, timeout=60, check=True).stdout


def assert_held(shown, why):
    assert shown["held"] == "unreadable", shown
    assert shown["unreadable"] == why


def assert_scanned(shown, bomb, number):
    assert shown["subject"] == bomb.subject(number)
    assert shown["from"] == {"name": "Mallory",
                             "address": f"mallory@{number}.example"}


class Honest(threading.Thread):
    """Honest mails in sessions of their own, until told to stop."""

    def __init__(self, desk):
        super().__init__()
        self.desk, self.results = desk, []
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            self.results.append(self.desk.load(
                f"honest{len(self.results)}", "--count", 100, sessions=4))

    def stop(self):
        self.over.set()
        self.join()
        sums = {key: sum(r[key] for r in self.results)
                for key in ("acked", "nak", "unk")}
        assert sums == {"acked": 100 * len(self.results), "nak": 0, "unk": 0}


def p99_ms(path):
    took = [row.ms for row in ledger.read(path)]
    return statistics.quantiles(took, n=100)[98]


def deliver_all(desk, mails):
    """[(reply, seconds)] over one session."""
    session = Session(desk.socket).hello()
    out = []
    for mail in mails:
        began = time.monotonic()
        out.append((session.deliver(mail), time.monotonic() - began))
    session.close()
    return out


def deliver_from_afar(desk, mails):
    """deliver_all by a sender that leaves us the CPU, as another machine's
    does."""
    out = []

    def run():
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        out.extend(deliver_all(desk, mails))

    sender = threading.Thread(target=run)
    sender.start()
    sender.join()
    return out


def assert_kept(desk, mails, answers):
    for n, (mail, (answer, _)) in enumerate(zip(mails, answers)):
        assert answer.startswith("250 "), (n, mail[:200], answer)
        assert raw(desk, entry_of(answer)) == as_received(mail), n


def say_slowest(series, answers):
    slow = sorted(((took, bomb.name) for bomb, (_, took) in
                   zip(series, answers)), reverse=True)
    say("slowest bombs: " + ", ".join(
        f"{name} {took:.2f} s" for took, name in slow[:5]))


def test_R31_R33_honest_mail_flows_beside_bombs(desk):
    series = bombs.series(BOMBS)
    mails = [bomb.mail(n) for n, bomb in enumerate(series)]
    assert desk.start(), desk.log_tail()
    for _ in range(10):
        desk.load("alone", "--count", 100, sessions=4,
                  ledger=desk.data.parent / "alone")
    honest = Honest(desk)
    honest.start()
    try:
        answers = deliver_from_afar(desk, mails)
    finally:
        honest.stop()
    say(f"honest p99: {p99_ms(desk.data.parent / 'alone')} ms alone, "
        f"{p99_ms(desk.ledger)} ms beside bombs")
    say_slowest(series, answers)
    assert_kept(desk, mails, answers)
    for n, (bomb, (answer, _)) in enumerate(zip(series, answers)):
        shown = show(desk, entry_of(answer))
        assert_scanned(shown, bomb, n)
        if bomb.refused:
            assert_held(shown, bomb.refused)
        else:
            assert shown.get("unreadable") in (None, TWICE), bomb.name
    assert desk.stop() == 0, desk.log_tail()
    assert desk.check() is None


def test_R31_a_mail_that_overruns_twice_is_held(tmp_path):
    desk = Desk(tmp_path / "data", "limits.parse_wall=100ms",
                "limits.parse_cpu=1").init()
    bomb = bombs.Bomb(
        "much to read", b"Content-Transfer-Encoding: base64\r\n",
        bombs.fill(b"QUJD\r\n", 40 * bombs.MIB))
    mails = [bomb.mail(n) for n in range(3)]
    try:
        assert desk.start(), desk.log_tail()
        honest = Honest(desk)
        honest.start()
        try:
            answers = deliver_all(desk, mails)
        finally:
            honest.stop()
        assert_kept(desk, mails, answers)
        for n, (answer, _) in enumerate(answers):
            shown = show(desk, entry_of(answer))
            assert_held(shown, TWICE)
            assert_scanned(shown, bomb, n)
        ended = [line for line in desk.log_path.read_text().splitlines()
                 if "mail-process ended=" in line and
                 f"bytes={len(mails[0])}" in line]
        assert len(ended) == 2 * len(mails)
        assert desk.stop() == 0, desk.log_tail()
        assert desk.check() is None
    finally:
        desk.kill()


def limit_of(pid, name):
    """The soft limit, as the kernel has it."""
    for line in Path(f"/proc/{pid}/limits").read_text().splitlines():
        if line.startswith(name):
            return int(line.removeprefix(name).split()[0])
    raise AssertionError(f"no limit {name}")


def mail_processes(desk):
    tasks = Path(f"/proc/{desk.daemon.pid}/task")
    return [pid for path in tasks.glob("*/children")
            for pid in path.read_text().split()]


def test_R34_a_mail_process_has_its_limits(desk):
    assert desk.start(), desk.log_tail()
    assert desk.load("some", "--count", 50)["acked"] == 50
    found = mail_processes(desk)
    assert found
    for pid in found:
        assert limit_of(pid, "Max address space") == 256 * bombs.MIB
        # What it used before, a second of rounding, and 5 for a mail.
        assert limit_of(pid, "Max cpu time") <= 10


def test_R31_large_mails_are_read_in_the_background(desk):
    """By processes that get the CPU when nobody else wants it; those of small
    mails stay as they are."""
    assert desk.start(), desk.log_tail()
    assert desk.load("small", "--count", 20)["acked"] == 20
    small = {os.sched_getscheduler(int(pid)) for pid in mail_processes(desk)}
    assert desk.load("large", "--count", 2, "--size", 70000)["acked"] == 2
    both = {os.sched_getscheduler(int(pid)) for pid in mail_processes(desk)}
    assert small == {os.SCHED_OTHER}
    assert both == {os.SCHED_OTHER, os.SCHED_IDLE}
    assert desk.stop() == 0, desk.log_tail()


ODD = {
    "nothing": b"",
    "an empty line": b"\r\n",
    "dots": b".\r\n..\r\n...\r\n",
    "no header": b"just words\r\n",
    "no body": b"From: a@b.example\r\n",
    "NUL": b"From: a@b.example\r\n\r\nx\0y\0\r\n",
    "NUL in a field": b"From: a\0@b.example\r\nSubject: \0\r\n\r\nx\r\n",
    "bare CR": b"From: a@b.example\r\n\r\nx\ry\r\r\n",
    "bare LF": b"From: a@b.example\nSubject: x\n\nx\n.\ny\r\n",
    "two senders": b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nx\r\n",
    "8 bits": b"From: \xff\xfe@\x80\r\nSubject: \xc3\r\n\r\n\xf0\x9f\r\n",
    "unknown charset": b"From: a@b.example\r\n"
    b"Content-Type: text/plain; charset=\"../no/such\"\r\n\r\n\xe4\r\n",
    "unknown encoding": b"From: a@b.example\r\n"
    b"Content-Transfer-Encoding: rot26\r\n\r\nx\r\n",
    "no boundary": b"From: a@b.example\r\n"
    b"Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n",
    "empty boundary": b"From: a@b.example\r\n"
    b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n",
    "odd dates": b"From: a@b.example\r\nDate: 99 Foo 99999 99:99\r\n\r\nx\r\n",
    "a name of controls": b"From: a@b.example\r\nContent-Disposition: "
    b"attachment; filename=\"../../\x01\x1b[2J\"\r\n\r\nx\r\n",
    "a field of colons": b":" * 5000 + b"\r\n\r\nx\r\n",
}


@pytest.mark.parametrize("source", ["odd", "random"])
def test_no_content_is_refused_or_deferred(desk, source):
    rand = random.Random(SEED)
    noise = [rand.randbytes(rand.randrange(1, 30000)) for _ in range(100)]
    head = b"From: a@b.example\r\nContent-Type: "
    kinds = [b"multipart/mixed; boundary=\r\n\r\n", b"text/html\r\n\r\n",
             b"text/plain; charset=gb18030\r\n\r\n", b""]
    mails = list(ODD.values()) if source == "odd" else [
        (head + kinds[n % len(kinds)] if n % 2 else b"") + bytes_of
        for n, bytes_of in enumerate(noise)]
    assert desk.start(), desk.log_tail()
    assert_kept(desk, mails, deliver_all(desk, mails))
    assert desk.stop() == 0, desk.log_tail()
    assert desk.check() is None
