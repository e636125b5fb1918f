# SPDX-License-Identifier: MIT
"""R15: each call of the C library that may fail is made to fail, once, at
each of its places: nothing crashes and no answered mail is lost. A failed
small allocation may end the process (GLib aborts); then R01 holds."""
import errno
import random
import shutil
import signal
import time

import ledger
import pytest
from desk import (CRASHES, ROUNDS, SEED, needs_program, preload,
                  store_acks, store_holds, store_work, time_is_up)

JOBS = 60
MAILS = 60
CALLS = [
    ("open", errno.EMFILE), ("open", errno.EIO), ("read", errno.EIO),
    ("pwrite", errno.EIO), ("pwrite", errno.ENOSPC), ("writev", errno.EIO),
    ("writev", errno.ENOSPC), ("fdatasync", errno.EIO),
    ("fdatasync", errno.ENOSPC), ("fsync", errno.EIO),
    ("socket", errno.ENFILE), ("malloc", errno.ENOMEM),
]
ENDS = {-signal.SIGABRT, -signal.SIGTRAP}  # how GLib says "out of memory"


def places(rand):
    """1, 2, 3, then ever wider steps; ROUNDS says how far apart."""
    n = 1
    while True:
        yield n
        n += 1 if n < ROUNDS else 1 + rand.randrange(max(1, n // 5))


def failing(call, number, nth, log, **more):
    log.unlink(missing_ok=True)
    return preload("failcall", FAIL_CALL=call, FAIL_ERRNO=number,
                   FAIL_NTH=nth, FAIL_LOG=log, **more)


def is_allowed(call, status):
    if status in CRASHES:
        return False
    return status >= 0 or (call == "malloc" and status in ENDS)


@pytest.mark.parametrize("call, number", CALLS)
def test_R15_the_store_alone(tmp_path, call, number):
    rand = random.Random(SEED)
    since = time.monotonic()
    log = tmp_path / "failures"
    wrong = []
    for nth in places(rand):
        data = tmp_path / f"d{nth}"
        done = store_work("write", data, JOBS, timeout=30,
                          env=failing(call, number, nth, log))
        if not log.exists() or time_is_up(since) or len(wrong) > 5:
            break
        kept = store_work("write", data, 1)
        if not is_allowed(call, done.returncode):
            wrong.append(f"{nth}: status {done.returncode}")
        if kept.returncode != 0:
            wrong.append(f"{nth}: does not open again: {kept.stderr}")
        kept = store_work("read", data)
        if kept.returncode != 0:
            wrong.append(f"{nth}: damaged: {kept.stderr}")
        promised = {n for n, _ in store_acks(done.stdout)}
        wrong += [f"{nth}: {text}" for text in
                  ledger.judge(promised, store_holds(kept.stdout))]
        shutil.rmtree(data)
    assert wrong == []


def fail_once(desk, env, tag):
    """Start, load, stop under failure; the daemon's exit status."""
    if not desk.start(env):
        status = desk.wait_dead(5)
        desk.kill()
        return status
    desk.load(tag, "--count", MAILS, "--seconds", 5, "--keep", sessions=4)
    status = desk.stop() if desk.daemon.poll() is None else desk.wait_dead(1)
    desk.kill()
    return status


@needs_program
@pytest.mark.parametrize("call, number", CALLS)
def test_R15_the_daemon(desk, call, number):
    rand = random.Random(SEED)
    since = time.monotonic()
    log = desk.data.parent / "failures"
    wrong = []
    for nth in places(rand):
        tag = f"fail{nth}"
        env = failing(call, number, nth, log, FAIL_ARG="serve")
        status = fail_once(desk, env, tag)
        if not log.exists() or time_is_up(since) or len(wrong) > 5:
            break
        if status is None or not is_allowed(call, status):
            wrong.append(f"{nth}: status {status}: {desk.log_tail()[-300:]}")
        damage = desk.check()
        if damage:
            wrong.append(f"{nth}: {damage}")
            break
        rows = ledger.read(desk.ledger)
        wrong += [f"{nth}: {text}" for text in
                  ledger.judge(ledger.acked(rows), desk.message_ids())]
    assert wrong == []
