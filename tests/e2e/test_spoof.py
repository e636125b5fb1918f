# SPDX-License-Identifier: MIT
"""Attacks on the routing: who knows a number or an id gets into no ticket and
learns nothing; who floods is held and delays nobody."""
import re
import subprocess
import time

import pytest
from conftest import MAILBOX
from desk import BUILD
from letters import Session, deliver, id_of, letter, place, send
from test_cli import cli
from test_routing import FAIL, PASS, TRUSTED, set_to

ABSENT = 4711  # a number that no ticket has
LOCAL, DOMAIN = MAILBOX.split("@")
FLOOD = 10000


class Target:
    """A ticket that an attacker knows all about, but is not in."""

    def __init__(self, desk, hand):
        self.desk = desk
        self.mail = letter(cc="Kim <kim@colleague.example>")
        self.ticket = send(desk, self.mail)["ticket"]
        self.token = hand(desk, "token", self.ticket)
        self.mac = self.token.split(".")[2]

    def entries(self):
        return len(self.desk.show("ticket", self.ticket)["entries"])


@pytest.fixture
def target(desk, hand):
    set_to(desk, intake__trusted_authserv=TRUSTED)
    yield Target(desk, hand)
    code, out, errors = cli(desk, "check")
    assert code == 0, out.decode() + errors


def at(detail):
    return f"{LOCAL}+{detail}@{DOMAIN}"


def changed(mac):
    return mac[:-1] + ("a" if mac[-1] != "a" else "b")


def told(desk, mail, to=MAILBOX):
    """All that the server says to a mail, numbers taken out."""
    with Session(desk) as session:
        lines = [session.say(line) for line in (
            "MAIL FROM:<mallory@evil.example>", f"RCPT TO:<{to}>", "DATA")]
        session.socket.sendall(mail + b".\r\n")
        lines.append(session.reply())
    assert lines[-1].startswith("250"), lines
    return re.sub(r"\d+", "N", "".join(lines).replace("250 ", "ok "))


# What is tried, for a number: the fields of a letter, and its recipient.
TRIES = {
    "a tag": lambda t, n: ({"subject": f"Re: [#{n}] hello"}, MAILBOX),
    "In-Reply-To": lambda t, n: ({"in_reply_to": known(t, n)}, MAILBOX),
    "References": lambda t, n: (
        {"references": f"<0@x.example> {known(t, n)}"}, MAILBOX),
    "a forged token": lambda t, n: (
        {}, at(f"t{n}.1.{changed(t.mac)}")),
    "a token of another ticket": lambda t, n: (
        {}, at(f"t{n + 1}.1.{t.mac}")),
    "a token of another key": lambda t, n: ({}, at(f"t{n}.2.{t.mac}")),
    "a token of an agent": lambda t, n: ({}, at(f"a{n}.1.{t.mac}")),
    "all but a token": lambda t, n: (
        {"subject": f"[#{n}]", "in_reply_to": known(t, n),
         "references": known(t, n)}, at(f"t{n}.1.{changed(t.mac)}")),
}


def known(target, number):
    """The Message-ID of its mail; of no ticket, one that nobody knows."""
    if number == target.ticket:
        return id_of(target.mail)
    return f"<{number}@letters.example>"


def attack(target, kind, number, who):
    fields, to = TRIES[kind](target, number)
    fields = {"subject": "Where is my money?", **fields}
    return letter(sender=f"mallory@{who}.example", **fields), to


@pytest.mark.parametrize("mismatch", ["route", "hold"])
@pytest.mark.parametrize("kind", TRIES)
def test_R53_a_stranger_is_never_let_in_nor_told_whether_it_exists(
        target, kind, mismatch):
    desk = target.desk
    set_to(desk, intake__customer_mismatch=mismatch)
    before = target.entries()
    mails = [attack(target, kind, number, who) for number, who in
             ((target.ticket, "evil"), (ABSENT, "vile"))]
    real, absent = (told(desk, mail, to) for mail, to in mails)
    assert real == absent
    assert target.entries() == before
    assert place(desk, mails[0][0])["ticket"] != target.ticket


def test_R53_a_token_of_a_forgotten_key_leads_nowhere(target, hand):
    desk = target.desk
    desk.run("keys", "rotate")
    mail = letter(sender="new@other.example", subject="Before")
    assert send(desk, mail, to=at(target.token))["ticket"] == target.ticket
    hand(desk, "forget_key", 1)
    before = target.entries()
    row = send(desk, letter(sender="new@else.example", subject="After"),
               to=at(target.token))
    assert row["ticket"] != target.ticket and "token_wrong" in row["codes"]
    assert target.entries() == before
    token = hand(desk, "token", target.ticket)
    row = send(desk, letter(sender="new@third.example", subject="Later"),
               to=at(token))
    assert row["ticket"] == target.ticket


def test_R55_a_valid_token_lets_in_but_marks_who_is_new(target):
    desk, to = target.desk, at(target.token)
    row = send(desk, letter(sender="new@other.example", subject="A"), to=to)
    assert row["ticket"] == target.ticket and "sender_new" in row["codes"]
    row = send(desk, letter(sender="new@other.example", subject="B",
                            in_reply_to=id_of(target.mail)))
    assert row["ticket"] != target.ticket and "key_refused" in row["codes"]
    row = send(desk, letter(top=FAIL, subject="C"), to=to)
    assert row["held"] == "authentication_failed" and row["ticket"] is None
    assert f"ticket {target.ticket}" in row["because"][1]["text"]


@pytest.mark.parametrize("fields", [
    {"subject": "Re: [#%d]"}, {"in_reply_to": "ID"}, {"references": "ID"},
    {}, {"subject": "Re: The printer is on fire"},
], ids=["tag", "In-Reply-To", "References", "the same subject", "Re"])
@pytest.mark.parametrize("sender", ["erika@customer.example",
                                    "kim@colleague.example"])
def test_a_forged_customer_reaches_nothing_and_is_marked(target, fields,
                                                         sender):
    desk = target.desk
    fields = {key: value.replace("ID", id_of(target.mail)).replace(
        "%d", str(target.ticket)) for key, value in fields.items()}
    before = target.entries()
    forged = letter(sender=sender, top=FAIL, cc="mallory@evil.example",
                    **fields)
    row = send(desk, forged)
    assert row["ticket"] != target.ticket
    assert "authentication_failed" in row["codes"]
    assert target.entries() == before
    row = send(desk, letter(sender="mallory@evil.example", subject="So",
                            in_reply_to=id_of(forged)))
    assert "sender_participant" not in row["codes"]
    row = send(desk, letter(sender=sender, top=PASS, subject="True",
                            in_reply_to=id_of(target.mail)))
    assert row["ticket"] == target.ticket


@pytest.mark.parametrize("fields", [
    {"From": "erika@customer.example"},
    {"From": "erika@customer.example", "top": PASS},
    {"reply_to": "erika@customer.example"},
    {"Sender": "erika@customer.example"},
    {"sender": '"erika@customer.example" <mallory@evil.example>'},
    {"sender": "mallory@evil.example, erika@customer.example"},
    {"text": "From: erika@customer.example\nIn-Reply-To: ID\n\nHello"},
], ids=["two From", "two From, verified", "Reply-To", "Sender", "a name",
        "two addresses", "a header in the text"])
def test_R35_R36_only_the_first_plain_From_speaks(target, fields):
    """An attacker may put the customer's address anywhere but into From."""
    desk, before = target.desk, target.entries()
    known_id = id_of(target.mail)
    fields = {key: value.replace("ID", known_id)
              for key, value in fields.items()}
    fields = {"sender": "mallory@evil.example", **fields}
    mail = letter(in_reply_to=known_id, subject="Money", **fields)
    row = send(desk, mail)
    assert row["ticket"] != target.ticket, row["because"]
    assert target.entries() == before


def test_R36_a_mail_inside_a_mail_steers_nothing(target):
    desk = target.desk
    inner = letter(in_reply_to=id_of(target.mail),
                   subject=f"[#{target.ticket}]").decode()
    for kind in ("message/rfc822", "multipart/digest; boundary=x"):
        row = send(desk, letter(sender="mallory@evil.example", subject="Fwd",
                                mime_version="1.0", content_type=kind,
                                text=inner.replace("\r\n", "\n")))
        assert row["ticket"] != target.ticket
        assert not {"key_refused", "key_tag"} & set(row["codes"])


# ---- floods (IN-16) ------------------------------------------------------------

def flood_begin(desk):
    return subprocess.Popen(
        [BUILD / "tools" / "lmtp_load", "--socket", desk.socket, "--sessions",
         "20", "--senders", "1", "--count", str(FLOOD), "--tag", "flood",
         "--size", "400", "--to", MAILBOX], stdout=subprocess.PIPE, text=True)


def honest_mails(desk, flood):
    """Delivered while the flood lasts; seconds that each took."""
    times = []
    with Session(desk) as session:
        while flood.poll() is None:
            mail = letter(sender=f"h{len(times) % 50}@honest.example",
                          subject=f"Honest {len(times)}")
            begin = time.monotonic()
            assert session.deliver(mail).startswith("250 2.0.0")
            if flood.poll() is None:
                times.append(time.monotonic() - begin)
    return times


def test_a_flood_of_one_sender_is_held_and_delays_nobody(desk):
    set_to(desk, intake__sender_per_hour="200")
    flood = flood_begin(desk)
    times = honest_mails(desk, flood)
    assert flood.wait() == 0, flood.stdout.read()
    print(f"{len(times)} honest mails beside the flood, the slowest took "
          f"{max(times):.3f} s")
    assert len(times) >= 20
    counted = {"held": 0, "routed": 0}
    for row in desk.list("trace", f"address={MAILBOX}"):
        if row["from"] == "c0@customers.example":
            counted["held" if row["held"] == "rate_sender"
                    else "routed"] += 1
        else:
            assert row["ticket"], row
    assert counted == {"held": FLOOD - 200, "routed": 200}
    # Who is over his limit is held, not lost, and others are let in still.
    row = send(desk, letter(sender="late@honest.example"))
    assert row["action"] == "create"
    deliver(desk, letter(sender="c0@customers.example"))
    assert len(desk.list("mail", "held=rate_sender", "limit=20")) == 20
