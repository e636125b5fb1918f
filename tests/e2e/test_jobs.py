# SPDX-License-Identifier: MIT
"""Long jobs at the command line: merges and tables of customers, with and
without the daemon, and with the daemon killed in the middle."""
import json
import signal
import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import MAILBOX
from desk import Desk
from postfix import wait_for
from test_cli import cli, deliver

MAIL = """From: Sender {0} <s{0}@many.example>
To: {1}
Message-ID: <{0}@many.example>
Subject: Matter {0}

Hello.
"""
MANY = 1500
ROWS = 20000


@pytest.fixture
def cold(place):
    """A desk that does not run, with a mailbox."""
    desk = Desk(place / "cold", place / "run" / "cold.sock").init()
    desk.run("add", "mailbox", "name=Support", f"addresses={MAILBOX}")
    return desk


def add_customer(desk, number, address):
    desk.run("add", "customer", f"number={number}", f"name=Customer {number}",
             f"addresses={address}")
    return desk.show("customer", number)["id"]


def job_of(said):
    """The job that a command has named: "job 12: ..."."""
    [line] = [line for line in said.splitlines() if line.startswith("job ")]
    return line.split()[1].rstrip(":")


def ended(desk, job):
    return desk.show("job", job)["state"] != "running"


def clean(desk):
    assert "all is well" in desk.run("check")


def send_many(desk, numbers):
    with smtplib.LMTP(str(desk.socket)) as lmtp:
        for number in numbers:
            lmtp.sendmail(f"s{number}@many.example", [MAILBOX],
                          MAIL.format(number, MAILBOX))


def ask_all(desk, requests):
    """Over one control connection; all must do."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(str(desk.data / "control.sock"))
        lines = door.makefile("rw")
        for request in requests:
            lines.write(json.dumps(request) + "\n")
            lines.flush()
            answer = json.loads(lines.readline())
            assert "ok" in answer, answer


def many_tickets(desk, customer):
    """MANY tickets of strangers, given to the customer."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: send_many(desk, range(n, MANY, 8)), range(8)))
    ask_all(desk, [{"verb": "set", "resource": "ticket", "id": t["id"],
                    "fields": {"customer": customer}}
                   for t in desk.list("ticket")])


def count_tickets(desk, customer):
    return len(desk.list("ticket", f"customer={customer}"))


def end_within(desk, job, how=signal.SIGKILL):
    """Ends the daemon when the job has begun; true if it had not ended."""
    wait_for(lambda: desk.show("job", job)["done"] > 0, "a piece", desk.log)
    assert desk.stop(how) == (-how if how == signal.SIGKILL else 0)
    clean(desk)
    return not ended(desk, job)


def test_customers_are_merged_and_parted_without_a_daemon(cold):
    erika = add_customer(cold, "K1", "erika@customer.example")
    jon = add_customer(cold, "K2", "jon@customer.example")
    said = cold.run("do", "merge", "customer", "K1", "into=K2")
    assert cold.show("job", job_of(said))["state"] == "finished"
    assert cold.show("customer", "K1")["merged_into"] == jon
    assert cold.show("customer", "erika@customer.example")["id"] == jon
    assert cli(cold, "do", "merge", "customer", "K2", "into=K1")[0] == 1
    assert cli(cold, "do", "merge", "customer", "K2")[0] == 2
    cold.run("do", "unmerge", "customer", "K1")
    assert cold.show("customer", "erika@customer.example")["id"] == erika
    clean(cold)


def test_mail_of_a_merged_customer_is_the_others(desk):
    assert deliver(desk)[0] == 0
    [ticket] = desk.tickets()
    jon = add_customer(desk, "K2", "jon@customer.example")
    desk.run("do", "merge", "customer", "erika@customer.example", "into=K2")
    assert desk.show("ticket", ticket["id"])["customer"] == jon
    assert deliver(desk, mail=(
        b"From: jon@customer.example\nSubject: Re: fire\n"
        b"In-Reply-To: <1@customer.example>\n\nMore.\n"))[0] == 0
    assert len(desk.tickets()) == 1
    wait_for(lambda: count_tickets(desk, "K2") == 1, "the job", desk.log)
    clean(desk)


def test_tickets_are_merged(desk):
    for number in (1, 2):
        mail = MAIL.format(number, MAILBOX).encode()
        assert deliver(desk, mail=mail)[0] == 0
    first, second = (t["id"] for t in desk.tickets())
    said = desk.run("do", "merge", "ticket", str(first), f"into={second}")
    wait_for(lambda: ended(desk, job_of(said)), "the job", desk.log)
    assert desk.show("ticket", first)["merged_into"] == second
    kinds = [e["kind"] for e in desk.show("ticket", second)["entries"]]
    assert sorted(kinds) == ["change", "mail_in", "mail_in"]
    assert [t["id"] for t in desk.list("ticket")] == [second]
    assert cli(desk, "do", "cancel", "job", job_of(said))[0] == 1
    clean(desk)


def test_a_merge_that_is_killed_goes_on(desk):
    add_customer(desk, "K1", "erika@customer.example")
    add_customer(desk, "K2", "jon@customer.example")
    many_tickets(desk, "K1")
    for verb, args, owner in (("merge", ["into=K2"], "K2"),
                              ("unmerge", [], "K1")):
        said = desk.run("do", verb, "customer", "K1", *args)
        assert end_within(desk, job_of(said))
        desk.start()
        wait_for(lambda job=job_of(said): ended(desk, job), "the job",
                 desk.log)
        job = desk.show("job", job_of(said))
        assert (job["state"], job["done"]) == ("finished", MANY)
        assert count_tickets(desk, owner) == MANY
        clean(desk)


def write_table(path, rows, codec="utf-8", newline="\r\n"):
    lines = ["number;name;group;addresses;language", *rows]
    path.write_bytes(newline.join([*lines, ""]).encode(codec))
    return str(path)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_comes_back_as_it_left(cold, place, codec):
    table = write_table(place / "in.csv", [
        "K1;Müller & Söhne;A;a@x.example,b@x.example;de",
        'K2;"Quote "";"" GmbH";;c@x.example d@x.example;',
        "K3;=1+1;+49;e@x.example;", ";No Number;;f@x.example;"], codec)
    dry = cold.run("import", "customers", table, "--dry-run")
    assert "would be: 4 new, 0 changed, 0 unchanged" in dry
    assert ("Windows-1252" in dry) == (codec == "cp1252")
    assert cold.list("customer") == []
    said = cold.run("import", "customers", table)
    assert cold.show("job", job_of(said))["progress"] == "finished, 4 of 4"
    assert cold.show("customer", "K1")["name"] == "Müller & Söhne"
    assert cold.show("customer", "10000")["name"] == "No Number"
    out = cold.run("export", "customers")
    assert "K3;=1+1;+49;e@x.example;" in out.splitlines()
    assert 'K2;"Quote "";"" GmbH";;c@x.example,d@x.example;' in (
        out.splitlines())
    again = cold.run("import", "customers", stdin=out)
    assert again == "0 new, 0 changed, 4 unchanged\n"
    assert cold.run("export", "customers") == out
    clean(cold)


def test_a_table_updates_what_it_gives(cold, place):
    add_customer(cold, "K1", "a@x.example")
    (place / "t.csv").write_text("name,number\nNew Name,k1\n")
    said = cold.run("import", "customers", str(place / "t.csv"))
    assert "0 new, 1 changed" in said
    customer = cold.show("customer", "k1")
    assert customer["name"] == "New Name"
    assert customer["addresses"] == ["a@x.example"]


@pytest.mark.parametrize("text, words", [
    ("", "the table is empty"),
    ("name;nummer\n", 'no column "nummer"'),
    ("name;name\n", "there twice"),
    ("name;number\na;1;2\n", "line 2: it has 3 cells"),
    ("name;number\na;1\nb;1\n", "line 3: it has the number of line 2"),
    ("name;addresses\na;a@x.example\nb;c@x A@X.example\n",
     "line 3: it has no number, and its address stands in line 2"),
    ("name;addresses\na;nonsense\n", "line 2: nonsense is no address"),
    ("name;number\na;1\n" + "x;\n" * 10 + '"a"b;1\n', "line 13: text"),
    ("number;name\n;\n" + ";x" * 30 + "\n", "line 2: "),
    ("number;group\n" + ";x\n" * 30, "… and 10 more"),
])
def test_a_bad_table_changes_nothing(cold, text, words):
    code, _, errors = cli(cold, "import", "customers", stdin=text.encode())
    assert code == 2 and words in errors
    assert cold.list("customer") == [] and cold.list("job") == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_an_import_that_is_ended_goes_on(desk, place, how):
    table = write_table(place / "in.csv", [
        f"{50000 + n};Customer {n};;c{n}@x.example;de" for n in range(ROWS)])
    said = desk.run("import", "customers", table)
    assert end_within(desk, job_of(said), how)
    desk.start()
    wait_for(lambda: ended(desk, job_of(said)), "the import", desk.log)
    job = desk.show("job", job_of(said))
    assert (job["state"], job["done"]) == ("finished", ROWS)
    out = desk.run("export", "customers").splitlines()
    assert len(out) == ROWS + 1 == len(set(out))
    assert "0 new, 0 changed" in desk.run("import", "customers", table)
    clean(desk)


def test_a_cancelled_import_stops(desk, place):
    table = write_table(place / "in.csv", [
        f"{50000 + n};Customer {n};;c{n}@x.example;de" for n in range(ROWS)])
    job = job_of(desk.run("import", "customers", table))
    desk.run("do", "cancel", "job", job)
    assert desk.show("job", job)["state"] == "cancelled"
    desk.stop()
    count = len(desk.run("export", "customers").splitlines()) - 1
    assert 0 <= count < ROWS
    clean(desk)
