# SPDX-License-Identifier: MIT
"""The configuration is strict (R89): what is unknown or out of its range is
refused by name, before anything is opened; a file and --set take the same."""
import subprocess

import pytest
from desk import PROGRAM

USAGE = 2
NOT_THERE = "no store"  # the configuration was fine, the directory is not


def serve(tmp_path, *args):
    done = subprocess.run(
        [PROGRAM, "serve", "--data", str(tmp_path / "none"), *args],
        capture_output=True, text=True, check=False, timeout=20)
    return done.returncode, done.stderr


def by_set(tmp_path, group, key, value):
    return serve(tmp_path, "--set", f"{group}.{key}={value}")


def by_file(tmp_path, group, key, value):
    path = tmp_path / "maildesk.conf"
    path.write_text(f"[{group}]\n{key} = {value}\n")
    return serve(tmp_path, "--config", str(path))


WRONG = [
    # group, key, value
    ("limits", "sesions", "5"),
    ("limit", "sessions", "5"),
    ("limits", "sessions", "0"),
    ("limits", "sessions", "60001"),
    ("limits", "sessions", "-5"),
    ("limits", "sessions", "many"),
    ("limits", "sessions", ""),
    ("limits", "sessions", "5k"),
    ("limits", "sessions", "99999999999999999999999999"),
    ("limits", "message", "50 MB"),
    ("limits", "message", "1k"),
    ("limits", "message", "99999999999G"),
    ("limits", "message", "0x10000"),
    ("limits", "idle", "5h"),
    ("limits", "idle", "1"),
    ("limits", "mail_processes", "2"),
    ("log", "level", "loud"),
]
RIGHT = [
    ("limits", "sessions", "60000"),
    ("limits", "message", "64k"),
    ("limits", "message", "1G"),
    ("limits", "idle", "1s"),
    ("limits", "idle", "5min"),
    ("limits", "parse_wall", "100"),
    ("lmtp", "hostname", ""),
    ("log", "level", "debug"),
]


@pytest.mark.parametrize("way", [by_set, by_file])
@pytest.mark.parametrize("group, key, value", WRONG)
def test_R89_a_wrong_option_is_refused_by_name(tmp_path, way, group, key,
                                               value):
    code, words = way(tmp_path, group, key, value)
    assert code == USAGE, words
    assert NOT_THERE not in words
    assert key in words, words


@pytest.mark.parametrize("way", [by_set, by_file])
@pytest.mark.parametrize("group, key, value", RIGHT)
def test_R89_a_right_option_is_taken(tmp_path, way, group, key, value):
    (tmp_path / "none").mkdir()
    code, words = way(tmp_path, group, key, value)
    assert code != USAGE and NOT_THERE in words, (code, words)


@pytest.mark.parametrize("text", ["sessions = 5\n", "[limits\nsessions = 5\n",
                                  "[limits]\nsessions\n"])
def test_R89_a_file_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "maildesk.conf"
    path.write_text(text)
    code, words = serve(tmp_path, "--config", str(path))
    assert code == USAGE and str(path) in words


def test_R89_what_is_shown_as_example_is_taken(tmp_path):
    (tmp_path / "none").mkdir()
    path = tmp_path / "maildesk.conf"
    path.write_text(subprocess.run(
        [PROGRAM, "help", "config"], capture_output=True, text=True,
        check=True, timeout=20).stdout)
    code, words = serve(tmp_path, "--config", str(path))
    assert code != USAGE and NOT_THERE in words, (code, words)
