# SPDX-License-Identifier: MIT
"""R01, R03: the daemon is killed under load, at random and at each named
crash point. Each mail that was answered with 250 is there once; what was not
answered is sent again, and then is there once, too."""
import random
import time

import ledger
import pytest
from desk import (Desk, ROUNDS, SEED, crash_points, needs_program, store_acks,
                  store_holds, store_work, time_is_up)

MAILS = 20000      # more than a round delivers
ALIVE_S = 8        # a crash point is passed long before
AGAIN = 50         # answered mails that are sent again
STORE_ROUNDS = 10  # then a new store, so that checks stay quick



def send_again(desk, tag, rand):
    """Unanswered mails and some answered ones; all must be taken now."""
    rows = ledger.read(desk.ledger)
    mine = [row for row in rows if row.id.startswith(tag + ".")]
    again = sorted(ledger.unknown(mine))
    known = sorted(ledger.acked(mine))
    again += rand.sample(known, min(AGAIN, len(known)))
    if not again:
        return
    path = desk.data.parent / "again"
    path.write_text("".join(id + "\n" for id in again))
    result = desk.load(tag, "--only", path, "--seconds", 60)
    assert result["acked"] == len(again), (result, desk.log_tail())


def kill_once(desk, tag, crash, rand):
    """One round; True if the crash point was passed (or none is asked)."""
    env = {"MAILDESK_CRASH": crash} if crash else {}
    assert desk.start(env), desk.log_tail()
    load = desk.load_begin(tag, "--count", MAILS, "--seconds", 30)
    passed = True
    if crash:
        passed = desk.wait_dead(ALIVE_S) is not None
    else:
        time.sleep(rand.uniform(0.01, 0.6))
    desk.kill()
    load.communicate()
    return passed


def judge(desk, tag, rand):
    assert desk.start(), desk.log_tail()
    send_again(desk, tag, rand)
    assert desk.stop() == 0, desk.log_tail()
    assert desk.check() is None
    rows = ledger.read(desk.ledger)
    assert ledger.judge(ledger.acked(rows), desk.message_ids()) == []


def rounds(tmp_path, name, count, crash):
    since = time.monotonic()
    desk = None
    rand = random.Random(f"{SEED} {name}")
    for n in range(count):
        if time_is_up(since):
            break
        if n % STORE_ROUNDS == 0:
            desk = Desk(tmp_path / f"data{n}").init()
        point = f"{crash}:{rand.randint(1, 40)}" if crash else None
        try:
            passed = kill_once(desk, f"{name}-{n}", point, rand)
            judge(desk, f"{name}-{n}", rand)
        finally:
            desk.kill()
        assert passed, f"{point} was never passed"


@needs_program
def test_R01_killed_at_random(tmp_path):
    rounds(tmp_path, "random", ROUNDS, None)


@needs_program
@pytest.mark.parametrize("point", crash_points("delivery"))
def test_R01_killed_at(tmp_path, point):
    rounds(tmp_path, point, max(2, ROUNDS // 5), point)


@pytest.mark.parametrize("lies", [False, True])
def test_the_store_alone_keeps_what_it_answered(tmp_path, lies):
    """With `lies` the answers come before the commits: some must be lost."""
    rand = random.Random(SEED)
    missing = 0
    for n in range(max(3, ROUNDS)):
        data = tmp_path / f"d{n}"
        point = rand.choice(["writer_before_commit", "writer_after_commit"])
        done = store_work("lie" if lies else "write", data, 400, env={
            "MAILDESK_CRASH": f"{point}:{rand.randint(1, 5)}"})
        assert done.returncode == -9, done.stderr
        kept = store_work("read", data)
        assert kept.returncode == 0, kept.stderr
        promised = {number for number, _ in store_acks(done.stdout)}
        missing += len(ledger.judge(promised, store_holds(kept.stdout)))
    assert (missing > 0) == lies


def test_an_unknown_crash_point_ends_the_program(tmp_path):
    done = store_work("write", tmp_path / "d", 1,
                      env={"MAILDESK_CRASH": "nowhere"})
    assert done.returncode < 0 and "no such crash point" in done.stderr
