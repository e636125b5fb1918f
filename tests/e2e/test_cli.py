# SPDX-License-Identifier: MIT
"""The command line beside a running daemon, and without one."""
import json
import os
import signal
import socket
import subprocess
import time

import pytest
from conftest import MAILBOX
from desk import PROGRAM, Desk, mails_in

MAIL = (b"From: Erika Muster <erika@customer.example>\nTo: " +
        MAILBOX.encode() + b"\nMessage-ID: <%d@customer.example>\n"
        b"Subject: The printer is on fire\n\nHello,\n.a dotted line\n")


def cli(desk, *args, stdin=b""):
    """Any outcome: exit code, standard output, standard error."""
    done = subprocess.run([PROGRAM, *args, "--data", str(desk.data)],
                          input=stdin, capture_output=True, check=False,
                          timeout=60)
    return done.returncode, done.stdout, done.stderr.decode()


def deliver(desk, number=1, to=MAILBOX, mail=None):
    return cli(desk, "deliver", "--to", to, stdin=mail or MAIL % number)


@pytest.fixture
def cold(place):
    """A desk that does not run."""
    return Desk(place / "cold", place / "run" / "cold.sock").init()


@pytest.mark.parametrize("args, code", [
    (["list", "mailbox"], 0), (["show", "mailbox", "none"], 1),
    (["list"], 2), (["list", "dragon"], 2), (["list", "mailbox", "x"], 2),
    (["set", "mailbox", "1"], 2), (["frobnicate"], 2), (["list", "--x"], 2),
])
def test_exit_codes(cold, args, code):
    got, _, errors = cli(cold, *args)
    assert got == code, errors
    assert (code == 0) == (errors == "")
    assert code == 0 or errors.startswith("maildesk: ")


def test_commands_work_without_a_daemon_and_beside_one(cold):
    cold.run("add", "category", "name=Orders", "priority=3")
    cold.run("add", "mailbox", "name=Support", f"addresses={MAILBOX}",
             "category=orders")
    cold.start()
    try:
        [mailbox] = cold.list("mailbox")
        assert mailbox["addresses"] == [MAILBOX]
        assert mailbox["category_name"] == "Orders"
        cold.run("set", "mailbox", "support", "active=off")
        assert cold.show("mailbox", "Support")["active"] is False
        assert deliver(cold)[0] == 1
    finally:
        cold.stop()
    cold.run("rm", "mailbox", "Support")
    assert cold.list("mailbox") == []


def test_a_delivered_mail_is_shown_with_its_entries(desk):
    assert deliver(desk)[0] == 0
    [ticket] = desk.tickets()
    [entry] = mails_in(ticket)
    assert ticket["title"] == "The printer is on fire"
    assert entry["message_id"] == "1@customer.example"
    assert entry["from"]["address"] == "erika@customer.example"
    assert ".a dotted line" in entry["text"]
    assert entry["because"] and entry["because"][0]["code"]
    text = desk.run("show", "ticket", str(ticket["id"]))
    assert "The printer is on fire" in text and "\033" not in text


def test_a_raw_mail_comes_back_byte_for_byte(desk):
    mail = (MAIL % 1 + b"x" * 900000 + b"\n").replace(b"\n", b"\r\n")
    assert deliver(desk, mail=mail)[0] == 0
    [ticket] = desk.tickets()
    entry = str(ticket["entries"][0]["id"])
    assert cli(desk, "show", "entry", entry, "--raw")[1] == mail


def test_deliver_says_what_a_mail_server_needs(desk):
    assert deliver(desk, to="nobody@example.org")[0] == 1
    assert deliver(desk, to="two words")[0] == 2
    desk.stop()
    assert deliver(desk)[0] == 75


def test_a_held_mail_says_why(desk):
    assert deliver(desk, mail=b"Subject: nobody\n\nHi\n")[0] == 0
    [held] = desk.list("mail")
    assert held["held"] == "no_sender"
    shown = desk.show("mail", held["id"])
    assert [r["code"] for r in shown["because"]] == ["no_sender"]
    assert desk.tickets() == []


def test_explain_tells_and_changes_nothing(desk):
    code, out, _ = cli(desk, "explain", stdin=MAIL % 1)
    assert code == 0 and json.loads(out)["action"] == "create"
    assert desk.tickets() == []
    deliver(desk)
    out = cli(desk, "explain", stdin=MAIL % 1)[1]
    assert json.loads(out)["action"] == "duplicate"
    out = cli(desk, "explain", "--to", "x@y.example", stdin=MAIL % 1)[1]
    assert json.loads(out)["action"] == "reject"
    assert json.loads(out)["reply"].startswith("550 5.1.1")


def test_explain_last_lists_what_would_go_elsewhere(desk):
    deliver(desk, 1)
    deliver(desk, mail=b"From: Jon <jon@other.example>\nSubject: Re: x\n"
            b"In-Reply-To: <1@customer.example>\n\nMe too.\n")
    assert len(desk.tickets()) == 2
    change = ["--set", "intake.append_requires_customer_match=off"]
    lines = desk.run("explain", "--last", "10", *change).splitlines()
    [moved] = [json.loads(line) for line in lines]
    assert moved["sender"] == "jon@other.example"
    assert moved["then"]["action"] == "append"
    assert desk.run("explain", "--last", "1000", "--set",
                    "intake.append_requires_customer_match=on") == ""


def test_an_export_has_everything(desk, place):
    desk.run("settings", "set", "intake.append_to_open_ticket", "off")
    for number in range(3):
        deliver(desk, number)
    deliver(desk, mail=b"Subject: nobody\n\nHi\n")
    lines = [json.loads(line) for line in desk.run(
        "export", "--eml", str(place / "eml")).splitlines()]
    types = [line["type"] for line in lines]
    assert types.count("ticket") == 3 and types.count("mail") == 1
    assert {"mailbox", "customer", "setting"} <= set(types)
    ids = {entry["message_id"] for line in lines if line["type"] == "ticket"
           for entry in line["entries"]}
    assert ids == {f"{n}@customer.example" for n in range(3)}
    assert len(list((place / "eml").iterdir())) == 4


def test_a_backup_of_the_running_desk_restores(desk, place):
    deliver(desk)
    desk.run("backup", str(place / "copy"))
    other = Desk(place / "other", place / "run" / "other.sock")
    other.run("restore", str(place / "copy"))
    assert [t["title"] for t in other.tickets()] == [
        "The printer is on fire"]
    other.run("check")
    desk.run("check")


def test_settings(cold):
    cold.run("settings", "set", "ticket.tag", "(#%)")
    assert cold.run("settings", "get", "ticket.tag") == "(#%)\n"
    assert cli(cold, "settings", "set", "ticket.tag", "x")[0] == 2
    cold.run("settings", "reset", "ticket.tag")
    assert cold.run("settings", "get", "ticket.tag") == "[#%]\n"


def test_the_first_password_is_printed_and_not_stored(place):
    desk = Desk(place / "new", place / "run" / "new.sock")
    made = json.loads(desk.run("init", "--admin", "anna", "--json"))
    [user] = desk.list("user")
    assert user["name"] == "anna" and user["role"] == "admin"
    assert len(made["password"]) >= 16
    assert made["password"] not in desk.run("export")
    for path in desk.data.iterdir():
        assert made["password"].encode() not in path.read_bytes()
    assert cli(desk, "init")[0] == 1


def control(desk):
    door = socket.socket(socket.AF_UNIX)
    door.settimeout(20)
    door.connect(str(desk.data / "control.sock"))
    return door


def answer(door):
    return json.loads(door.makefile().readline())


@pytest.mark.parametrize("line, kind", [
    (b"nonsense\n", "usage"), (b"[]\n", "usage"), (b"{}\n", "usage"),
    (b'{"verb":"list","verb":"rm"}\n', "usage"),
    (b'{"verb":"show","resource":"ticket","id":"1"}\n', "not_found"),
    (b"x" * (1024 * 1024 + 1), "too_big"),
], ids=["words", "list", "empty", "twice", "absent", "large"])
def test_the_control_socket_answers_nonsense(desk, line, kind):
    with control(desk) as door:
        door.sendall(line)
        assert answer(door)["error"]["kind"] == kind
    assert len(desk.list("mailbox")) == 1


def test_requests_sent_at_once_are_answered_in_order(desk):
    with control(desk) as door:
        door.sendall(b"".join(
            b'{"verb":"show","resource":"mailbox","id":"%d"}\n' % n
            for n in (999, 1, 998, 1)))
        lines = door.makefile()
        kinds = [list(json.loads(lines.readline())) for _ in range(4)]
    assert kinds == [["error"], ["ok"], ["error"], ["ok"]]


def test_a_client_that_does_not_read_delays_nobody(desk):
    desk.run("settings", "set", "intake.append_to_open_ticket", "off")
    for number in range(20):
        deliver(desk, number)
    doors = [control(desk) for _ in range(20)]
    for door in doors:
        door.settimeout(0.2)
        try:
            door.sendall(b'{"verb":"export"}\n' * 5000)
        except TimeoutError:
            pass  # the daemon stopped reading: as it should
    begin = time.monotonic()
    assert deliver(desk, 77)[0] == 0
    assert len(desk.list("ticket")) == 21
    assert time.monotonic() - begin < 10
    for door in doors:
        door.close()


def test_a_stopped_client_delays_nobody(desk):
    deliver(desk)
    export = subprocess.Popen(
        [PROGRAM, "export", "--data", str(desk.data)],
        stdout=subprocess.PIPE)
    os.kill(export.pid, signal.SIGSTOP)
    try:
        assert deliver(desk, 2)[0] == 0
    finally:
        os.kill(export.pid, signal.SIGCONT)
        export.communicate(timeout=20)
    assert export.returncode == 0
