# SPDX-License-Identifier: MIT
"""Real mails through a real Postfix, set up as docs/postfix.md says."""
import re
import signal
import smtplib
import subprocess

import pytest
from desk import mails_in
from postfix import CONTRIB, wait_for


def test_a_mail_by_smtp_becomes_a_ticket(desk, postfix, send):
    send(postfix, "The printer is on fire")
    postfix.wait_empty()

    [ticket] = desk.tickets()
    assert ticket["title"] == "The printer is on fire"
    assert ticket["status"] == "new"
    assert len(mails_in(ticket)) == 1


def test_a_reply_lands_in_the_same_ticket(desk, postfix, send):
    first = send(postfix, "The printer is on fire")
    postfix.wait_empty()
    send(postfix, "Re: The printer is on fire", reply_to=first,
         text="It is out now.")
    postfix.wait_empty()

    [ticket] = desk.tickets()
    assert len(mails_in(ticket)) == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_mails_wait_in_the_queue_while_the_desk_is_down(
        desk, postfix, send, how):
    desk.stop(how)
    for number in range(3):
        send(postfix, f"While you were out {1000 + number}")
    wait_for(lambda: postfix.queued() == 3, "three queued mails", postfix.log)

    desk.start()
    postfix.flush()
    postfix.wait_empty()
    assert sorted(t["title"] for t in desk.tickets()) == [
        f"While you were out {1000 + n}" for n in range(3)]
    assert len(desk.mails()) == 3


def test_two_of_our_addresses_are_one_entry(desk, make_postfix, send):
    postfix = make_postfix("domain.cf", "transport.cf", main=(
        "virtual_mailbox_domains = desk.example.org, example.org\n"),
        maps={"maildesk_recipients": (
            "support@desk.example.org x\nsupport@example.org x\n")})
    both = ["support@desk.example.org", "support@example.org"]
    send(postfix, "To both", envelope_to=both)
    postfix.wait_empty()

    [ticket] = desk.tickets()
    assert len(mails_in(ticket)) == 1


def test_an_address_with_a_detail_belongs_to_its_mailbox(
        desk, postfix, send):
    send(postfix, "With a detail", to="support+x17@desk.example.org")
    postfix.wait_empty()
    assert len(desk.tickets()) == 1


def test_an_unknown_address_of_the_domain_is_refused_by_postfix(
        desk, postfix, send):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(postfix, "Nobody", to="nobody@desk.example.org")
    [(code, text)] = refusal.value.recipients.values()
    assert code == 550 and b"5.1.1" in text
    assert desk.tickets() == []


def test_the_desk_is_told_who_the_client_was(postfix, send):
    send(postfix, "XFORWARD")
    postfix.wait_empty()
    log = postfix.log()
    assert "postfix/maildesk/lmtp" in log, log
    assert re.search(r"status=sent \(250 2\.\d\.\d ", log), log


def test_internationalised_mail_arrives(desk, postfix):
    mail = ("From: erika@customer.example\r\nTo: support@desk.example.org\r\n"
            "Subject: Größe\r\nMessage-ID: <u@customer.example>\r\n\r\nÄ\r\n")
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as smtp:
        smtp.ehlo()
        smtp.sendmail("erika@customer.example", "support@desk.example.org",
                      mail.encode(), mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    postfix.wait_empty()
    [ticket] = desk.tickets()
    assert ticket["title"] == "Größe"


def test_single_addresses_by_transport_map(
        desk, make_postfix, old_desk, send):
    postfix = make_postfix("transport.cf", main=(
        "virtual_mailbox_domains = example.org\n"
        "virtual_mailbox_maps = hash:/etc/postfix/all\n"
        f"virtual_transport = smtp:[127.0.0.1]:{old_desk.port}\n"),
        maps={"all": "support@example.org x\nboss@example.org x\n"})
    send(postfix, "For the desk", to="support@example.org")
    send(postfix, "Reply by token", to="support+t1.1.x@example.org")
    send(postfix, "For the boss", to="boss@example.org")
    postfix.wait_empty()

    titles = sorted(t["title"] for t in desk.tickets())
    assert titles == ["For the desk", "Reply by token"]
    [(to, mail)] = old_desk.mails
    assert to == ["boss@example.org"] and b"For the boss" in mail


@pytest.mark.parametrize("way", ["parallel-bcc.cf", "parallel-alias.cf"])
def test_a_parallel_run_copies_to_both_desks(
        desk, make_postfix, old_desk, send, way):
    old = f"smtp:[127.0.0.1]:{old_desk.port}"
    postfix = make_postfix("domain.cf", way, main=(
        "relay_domains = old.example.org, example.org\n"
        "transport_maps = hash:/etc/postfix/old\n"),
        maps={"old": f"old.example.org {old}\nexample.org {old}\n"})
    send(postfix, "For both desks", to="support@example.org")
    postfix.wait_empty()

    [ticket] = desk.tickets()
    assert ticket["title"] == "For both desks"
    assert len(mails_in(ticket)) == 1
    assert len(old_desk.mails) == 1
    assert b"For both desks" in old_desk.mails[0][1]


def test_a_parallel_run_survives_a_stopped_desk(
        desk, make_postfix, old_desk, send):
    old = f"smtp:[127.0.0.1]:{old_desk.port}"
    postfix = make_postfix("domain.cf", "parallel-bcc.cf", main=(
        "relay_domains = example.org\n"
        "transport_maps = hash:/etc/postfix/old\n"),
        maps={"old": f"example.org {old}\n"})
    desk.stop()
    send(postfix, "The old desk works on", to="support@example.org")
    wait_for(lambda: len(old_desk.mails) == 1, "the old desk's mail",
             postfix.log)
    assert postfix.queued() == 1

    desk.start()
    postfix.flush()
    postfix.wait_empty()
    assert len(desk.tickets()) == 1 and len(old_desk.mails) == 1


def test_postfix_knows_every_line_of_the_snippets(postfix):
    """A parameter that Postfix does not use would be reported here."""
    done = subprocess.run(["postconf", "-c", postfix.config],
                          capture_output=True, text=True, check=True)
    assert "unused parameter" not in done.stderr, done.stderr
    effective = postfix.run("postconf", "-n")
    for line in (CONTRIB / "common.cf").read_text().splitlines():
        if line and not line.startswith("#") and "maildesk_" not in line:
            assert line.rstrip() in [x.rstrip() for x in
                                     effective.splitlines()], line
    assert postfix.warnings() == []
