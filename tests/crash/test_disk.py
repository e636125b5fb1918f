# SPDX-License-Identifier: MIT
"""Full disks, full maps, failing syncs, stopped readers, flipped bytes and
backups: R06 to R13. What was answered stays; what cannot be kept is refused
for now (452); nothing needs more than a restart."""
import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import ledger
import pytest
from desk import (Desk, MAILDESK, ROUNDS, SEED, crash_points, needs_program,
                  preload)

MIB = 1 << 20
FLIPS = max(20, min(200, ROUNDS * 2))
BALLAST = 2 * MIB
P99_MS = 1000  # of deliveries beside somebody who stands in the way

pytestmark = needs_program


def replies(rows, state):
    return {row.reply[:9] for row in rows if row.state == state}


def judge(desk):
    """Stop, check, and hold the ledger against the store."""
    assert desk.stop() == 0, desk.log_tail()
    assert desk.check() is None
    rows = ledger.read(desk.ledger)
    assert ledger.judge(ledger.acked(rows), desk.message_ids()) == []


# ---- no room -----------------------------------------------------------------

def mounted(command, at):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("needs permission to mount")
    return at


@contextlib.contextmanager
def small_disk(kind, tmp_path):
    """A file system of 8 MiB."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    at = tmp_path / "disk"
    at.mkdir()
    if kind == "tmpfs":
        mounted(["mount", "-t", "tmpfs", "-o", "size=8m", "none", at], at)
    else:
        image = tmp_path / "image"
        image.write_bytes(bytes(8 * MIB))
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        mounted(["mount", "-o", "loop", image, at], at)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def fill(desk, tag):
    """Delivers until the first refusal; rows of this load."""
    before = len(ledger.read(desk.ledger)) if desk.ledger.exists() else 0
    for n in range(60):
        result = desk.load(f"{tag}-{n}", "--count", 200, "--size", 20000, "--noise",
                           "--seconds", 20)
        if result["nak"] > 0:
            break
        assert result["unk"] == 0, desk.log_tail()
    rows = ledger.read(desk.ledger)[before:]
    assert replies(rows, "NAK") == {"452 4.3.1"}
    return rows


def wait_taken(desk, tag):
    """A mail is taken again within a few seconds, by the same daemon."""
    for n in range(50):
        if desk.load(f"{tag}-{n}", "--count", 1, sessions=1)["acked"] == 1:
            return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("kind", ["ext4", "tmpfs"])
def test_R06_disk_full(tmp_path, kind):
    with small_disk(kind, tmp_path) as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(os.urandom(BALLAST))
        desk = Desk(disk / "data", "store.reserve=0")
        desk.ledger = tmp_path / "ledger"
        desk.log_path = tmp_path / "log"
        try:
            desk.init()
            assert desk.start(), desk.log_tail()
            fill(desk, "full")
            desk.must("list", "ticket")  # reading goes on
            ballast.unlink()
            assert wait_taken(desk, "again"), desk.log_tail()
            judge(desk)
        finally:
            desk.kill()


def test_R09_a_reserve_is_kept_free(tmp_path):
    desk = Desk(tmp_path / "data", "store.reserve=1000G").init()
    try:
        assert desk.start(), desk.log_tail()
        fill(desk, "reserve")
        judge(desk)
    finally:
        desk.kill()


def test_R09_map_full(tmp_path):
    desk = Desk(tmp_path / "data", "store.map_size=8M").init()
    try:
        assert desk.start(), desk.log_tail()
        fill(desk, "map")
        desk.must("list", "ticket")
        assert desk.stop() == 0
        desk.settings = ["--set", "store.map_size=64M"]
        assert desk.start(), desk.log_tail()
        assert wait_taken(desk, "again")
        judge(desk)
    finally:
        desk.kill()


# ---- syncs that fail ---------------------------------------------------------

@pytest.mark.parametrize("call", ["fdatasync", "pwrite"])
def test_R07_a_failing_sync_ends_the_daemon(desk, call):
    flag = desk.data.parent / "fail-now"
    env = preload("failcall", FAIL_CALL=call, FAIL_ERRNO=errno.EIO,
                  FAIL_TIMES=0, FAIL_FILE=flag, FAIL_PATH="store.mdb")
    assert desk.start(env), desk.log_tail()
    load = desk.load_begin("sync", "--count", 100000, "--seconds", 20)
    time.sleep(0.7)
    flag.touch()
    status = desk.wait_dead(5)
    load.communicate()
    assert status is not None, "it lives on"
    assert status > 0, (status, desk.log_tail())
    flag.unlink()
    assert desk.check() is None
    assert desk.start(), desk.log_tail()
    assert wait_taken(desk, "again")
    judge(desk)


# ---- others on the same directory --------------------------------------------

def test_R11_a_second_daemon_is_refused(desk):
    assert desk.start(), desk.log_tail()
    second = Desk(desk.data)
    second.log_path = desk.data.parent / "second.log"
    second.start(wait=False)
    assert second.wait_dead(5) == 75
    assert desk.load("one", "--count", 10)["acked"] == 10
    judge(desk)


@pytest.mark.parametrize("command", [["list", "ticket"], ["export"]])
def test_R09_a_stopped_reader_delays_nothing(desk, command):
    assert desk.start(), desk.log_tail()
    desk.load("first", "--count", 2000)
    reader = subprocess.Popen(
        [MAILDESK, *command, "--data", str(desk.data)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    time.sleep(0.02)
    reader.send_signal(signal.SIGSTOP)
    try:
        result = desk.load("beside", "--count", 2000, "--seconds", 20)
        assert result["acked"] == 2000, (result, desk.log_tail())
        assert result["p99_ms"] < P99_MS
    finally:
        reader.kill()
        reader.communicate()
    judge(desk)


def children(pid):
    """Of all its threads: the kernel keeps them by thread."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children")
            for child in path.read_text().split()]


def open_files(pid):
    folder = f"/proc/{pid}/fd"
    return [os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)]


def test_R32_mail_processes_hold_nothing_of_the_store(desk):
    assert desk.start(), desk.log_tail()
    desk.load("some", "--count", 200)
    found = children(desk.daemon.pid)
    assert found
    for child in found:
        assert not [path for path in open_files(child)
                    if path.startswith(f"{desk.data}/")]
    judge(desk)


# ---- damage ------------------------------------------------------------------

def flip(path, rand):
    """Where a bit was flipped."""
    at = rand.randrange(path.stat().st_size)
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << rand.randrange(8))]))
    return at


def test_R12_a_flipped_bit_is_named_or_does_no_harm(desk, tmp_path):
    rand = random.Random(SEED)
    assert desk.start(), desk.log_tail()
    desk.load("flip", "--count", 150, "--size", 4000)
    judge(desk)
    before = desk.export()
    wrong = []
    named = 0
    for n in range(FLIPS):
        copy = Desk(tmp_path / f"flip{n}")
        shutil.copytree(desk.data, copy.data,
                        ignore=shutil.ignore_patterns("*.sock", "*-lock"))
        at = flip(copy.data / "store.mdb", rand)
        done = copy.run("check")
        if done.returncode < 0:
            wrong.append(f"byte {at}: check died: {done.returncode}")
        elif done.returncode > 0:
            named += 1
            if not (done.stdout + done.stderr).strip():
                wrong.append(f"byte {at}: check says nothing")
        elif copy.export() != before:
            wrong.append(f"byte {at}: check is content, but it changed")
        shutil.rmtree(copy.data)
    assert wrong == []
    assert named > 0


# ---- backups -----------------------------------------------------------------

def restored(path, tmp_path, name):
    copy = Desk(tmp_path / name)
    copy.must("restore", str(path))
    return copy


def test_R13_backup_while_mails_come(desk, tmp_path):
    assert desk.start(), desk.log_tail()
    load = desk.load_begin("backup", "--count", 100000, "--seconds", 6)
    time.sleep(1)
    for n in range(3):
        path = tmp_path / f"copy{n}"
        began_us = time.monotonic_ns() // 1000
        desk.must("backup", str(path))
        copy = restored(path, tmp_path, f"restored{n}")
        assert copy.check() is None
        promised = ledger.acked(ledger.read(desk.ledger), began_us)
        assert ledger.judge(promised, copy.message_ids()) == []
    load.communicate()
    judge(desk)


def is_whole(path, tmp_path, name):
    if not path.exists():
        return True
    return restored(path, tmp_path, name).check() is None


@pytest.mark.parametrize("whom", ["command", "daemon",
                                  *crash_points("backup")])
def test_R13_backup_killed(desk, tmp_path, whom):
    rand = random.Random(SEED)
    env = {"MAILDESK_CRASH": whom} if whom in crash_points("backup") else {}
    assert desk.start(), desk.log_tail()
    desk.load("some", "--count", 2000)
    for n in range(3):
        desk.kill()
        assert desk.start(env), desk.log_tail()
        path = tmp_path / f"copy{n}"
        command = subprocess.Popen(
            [MAILDESK, "backup", str(path), "--data", str(desk.data)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **env})
        if env:
            command.wait(30)
        else:
            time.sleep(rand.uniform(0, 0.1))
        if whom == "command":
            command.kill()
        else:
            desk.kill()
        command.wait(30)
        time.sleep(0.1)
        assert is_whole(path, tmp_path, f"restored{n}")
    desk.kill()
    assert desk.start(), desk.log_tail()
    judge(desk)
