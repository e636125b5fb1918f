# SPDX-License-Identifier: MIT
"""Floods of sessions: R22. Who is idle, drips or talks nonsense takes no
more than a session; honest mails go on, and room comes back by itself."""
import contextlib
import random
import socket
import threading
import time

import ledger
import pytest
from desk import SEED, Desk, needs_program, say
from lmtp import Session

FLOOD = 300
HONEST = 10
STEP_S = 0.05
MAIL = b"From: erika@customer.example\r\nSubject: %d\r\n\r\nHello.\r\n"
SLOW = (b"LHLO drip.example\r\nMAIL FROM:<a@b.example>\r\n"
        b"RCPT TO:<support@example.org>\r\nDATA\r\n" + b"x" * 4000)

pytestmark = needs_program


class Flood(threading.Thread):
    """A third of the connections each idle, drip, and talk nonsense."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.rand = random.Random(SEED)
        self.over = threading.Event()
        self.socks = [self.connect() for _ in range(FLOOD)]
        self.sent = [0] * FLOOD
        self.again = 0

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(10)
        sock.connect(self.path)
        sock.setblocking(False)
        return sock

    def step(self, n):
        if n % 3 == 1:
            at = self.sent[n] % len(SLOW)
            self.sent[n] += self.socks[n].send(SLOW[at:at + 1])
        elif n % 3 == 2:
            self.socks[n].send(self.rand.randbytes(1000))
        with contextlib.suppress(BlockingIOError):
            if n % 3 > 0 and not self.socks[n].recv(65536):
                raise ConnectionResetError

    def run(self):
        while not self.over.wait(STEP_S):
            for n in range(FLOOD):
                try:
                    self.step(n)
                except BlockingIOError:
                    pass
                except OSError:
                    self.socks[n].close()
                    self.socks[n] = self.connect()
                    self.sent[n] = 0
                    self.again += 1

    def stop(self):
        self.over.set()
        self.join()
        for sock in self.socks:
            sock.close()


def test_R22_honest_mail_flows_in_a_flood(tmp_path):
    # Those that were sent away may still be counted: some room for them.
    desk = Desk(tmp_path / "data", f"limits.sessions={2 * FLOOD}").init()
    try:
        assert desk.start(), desk.log_tail()
        flood = Flood(desk.socket)
        flood.start()
        try:
            time.sleep(0.5)
            result = desk.load("flood", "--count", 1000, sessions=HONEST)
        finally:
            flood.stop()
        say(f"in a flood of {FLOOD}: p99 {result['p99_ms']} ms, "
            f"{flood.again} of them came again")
        assert flood.again > 0, "nobody was sent away for nonsense"
        assert (result["acked"], result["nak"], result["unk"]) == (1000, 0, 0)
        assert desk.stop() == 0, desk.log_tail()
        assert desk.check() is None
        promised = ledger.acked(ledger.read(desk.ledger))
        assert len(promised) == 1000
        assert ledger.judge(promised, desk.message_ids()) == []
    finally:
        desk.kill()


@pytest.fixture
def small(tmp_path):
    """A desk that takes ten sessions."""
    made = Desk(tmp_path / "data", "limits.sessions=10",
                "limits.idle=2s").init()
    assert made.start(), made.log_tail()
    until_empty(made)
    yield made
    made.kill()


def until_empty(desk):
    """The look of wait_ready may still be counted."""
    for _ in range(100):
        every = [Session(desk.socket) for _ in range(10)]
        for session in every:
            session.close()
        if all(s.greeting.startswith("220") for s in every):
            break
    time.sleep(0.2)


def fill(desk):
    every = [Session(desk.socket) for _ in range(10)]
    assert all(s.greeting.startswith("220 ") for s in every)
    return every


def assert_full(desk):
    late = Session(desk.socket)
    assert late.greeting.startswith("421 4.3.2 ")
    assert late.reply() == ""  # closed
    late.close()


def deliver_soon(desk, number, seconds):
    """A new session's reply, once there is room."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        session = Session(desk.socket)
        if session.greeting.startswith("220 "):
            return session.hello().deliver(MAIL % number)
        assert session.greeting.startswith("421 "), session.greeting
        session.close()
        time.sleep(0.1)
    return "no room"


def test_R22_who_is_in_goes_on_when_all_sessions_are_taken(small):
    every = fill(small)
    assert_full(small)
    assert every[3].hello().deliver(MAIL % 1).startswith("250 ")
    assert_full(small)
    every[0].close()
    assert deliver_soon(small, 2, 5).startswith("250 ")


def test_R22_idle_sessions_end_and_give_their_room_back(small):
    every = fill(small)
    assert_full(small)
    assert deliver_soon(small, 1, 20).startswith("250 ")
    assert every[0].reply().startswith("421 4.4.2 ")
