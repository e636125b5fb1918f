# SPDX-License-Identifier: MIT
"""R02: the store's writes are recorded under load, and the file is rebuilt as
a power cut at any time would have left it. Each image must open, pass `check`
and hold every mail that had been answered by then, once."""
import random
import shutil

import ledger
import power
import pytest
from desk import (Desk, ROUNDS, SEED, needs_program, preload, store_acks,
                  store_holds, store_work)

IMAGES = max(20, min(200, ROUNDS * 2))
LOAD_S = 1.5


def image_directory(tmp_path, n, image):
    data = tmp_path / f"image{n}"
    data.mkdir()
    (data / "store.mdb").write_bytes(image)
    return data


def recording(log):
    return preload("recordio", RECORD_FILE="/store.mdb", RECORD_LOG=log)


def judge_store(data, promised):
    kept = store_work("read", data)
    if kept.returncode != 0:
        return [kept.stderr]
    return ledger.judge(promised, store_holds(kept.stdout))


@pytest.mark.parametrize("how", ["write", "lie", "no sync"])
def test_the_store_alone_survives_power_cuts(tmp_path, how):
    """Answers before the commit, or no syncs: that must be noticed."""
    rand = random.Random(SEED)
    log = tmp_path / "log"
    data = tmp_path / "data"
    done = store_work("write", data, 1)
    base = (data / "store.mdb").read_bytes()
    done = store_work("lie" if how == "lie" else "write", data, 1500,
                      env=recording(log))
    assert done.returncode == 0, done.stderr
    acks = [(n, at) for n, at in store_acks(done.stdout)]
    ops = power.read(log)
    assert sum(op.kind == power.SYNC for op in ops) > 5
    if how == "no sync":
        ops = power.without_syncs(ops)
    disk = power.Disk(base, ops)
    wrong = []
    for n, at in enumerate(power.cut_times(ops, [a for _, a in acks],
                                           IMAGES, rand)):
        image = image_directory(tmp_path, n, disk.cut(at, rand))
        found = judge_store(image, {k for k, a in acks if a <= at})
        wrong += [f"image {n} at {at}: {text}" for text in found[:3]]
        shutil.rmtree(image)
    assert (wrong != []) == (how != "write"), wrong[:10]


def judge_desk(data, settings, promised):
    desk = Desk(data, *settings)
    wrong = desk.check()
    if wrong is not None:
        return [wrong]
    return ledger.judge(promised, desk.message_ids())


@needs_program
def test_R02_power_cuts(tmp_path):
    rand = random.Random(SEED)
    log = tmp_path / "log"
    desk = Desk(tmp_path / "data").init()
    base = (desk.data / "store.mdb").read_bytes()
    try:
        assert desk.start(recording(log)), desk.log_tail()
        desk.load("power", "--count", 100000, "--seconds", LOAD_S)
        assert desk.stop() == 0
    finally:
        desk.kill()
    rows = ledger.read(desk.ledger)
    acks = [row.at_us for row in rows if row.state == "ACK"]
    assert len(acks) > 100
    ops = power.read(log)
    disk = power.Disk(base, ops)
    wrong = []
    for n, at in enumerate(power.cut_times(ops, acks, IMAGES, rand)):
        image = image_directory(tmp_path, n, disk.cut(at, rand))
        found = judge_desk(image, (), ledger.acked(rows, at))
        wrong += [f"image {n} at {at}: {text}" for text in found[:3]]
        shutil.rmtree(image)
    assert wrong == []
