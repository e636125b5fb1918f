# SPDX-License-Identifier: MIT
"""The routing of mails from the outside: real mails through the real parser,
what people do with held ones, settings, explain, and where a mail is."""
import json

import pytest
from conftest import MAILBOX
from letters import Session, deliver, id_of, letter, place, send
from test_cli import cli

TRUSTED = "mx.example.net"
RECEIVED = (f"Received: from relay.other.example by {TRUSTED} (Postfix) with"
            " ESMTP; Mon, 2 Feb 2026 10:00:01 +0100\n")
FOREIGN = ("Received: from pc.other.example by relay.other.example with ESMTP"
           " id 1; Mon, 2 Feb 2026 10:00:00 +0100\n")


def result(words, server=TRUSTED):
    """What the site's own filter writes above its Received line."""
    return f"Authentication-Results: {server}; {words}\n" + RECEIVED


PASS = result("dmarc=pass header.from=customer.example")
AGENT_PASS = result("dmarc=pass header.from=team.example")
FAIL = result("dmarc=fail header.from=customer.example")


@pytest.fixture
def checked(desk):
    """A desk whose store is sound after the test."""
    yield desk
    code, out, errors = cli(desk, "check")
    assert code == 0, out.decode() + errors


def set_to(desk, **settings):
    for key, value in settings.items():
        desk.run("settings", "set", key.replace("__", "."), value)


def held(desk, *filters):
    return [row["id"] for row in desk.list("mail", *filters)]


def do(desk, *words):
    return json.loads(desk.run("do", *map(str, words), "--json"))


def add(desk, *words):
    """The new one's id."""
    return json.loads(desk.run("add", *words, "--json"))["id"]


def refused(desk, *words):
    """Exit code and words of what must not work."""
    code, out, errors = cli(desk, *map(str, words))
    assert code != 0 and out == b"", (words, out)
    assert errors.startswith("maildesk: ") and errors.count("\n") == 1
    return code, errors


def hold_one(desk, **fields):
    """A held mail of somebody unknown."""
    set_to(desk, intake__unknown_sender="hold")
    mail = letter(**{"sender": "new@other.example", **fields})
    row = send(desk, mail)
    assert (row["action"], row["held"]) == ("hold", "unknown_sender")
    return mail, row["id"]


# ---- held mails (IN-13, IN-33) ---------------------------------------------

def test_a_held_mail_is_attached_to_a_ticket(checked):
    desk = checked
    ticket = send(desk, letter())["ticket"]
    mail, number = hold_one(desk)
    assert do(desk, "attach", "mail", number, f"ticket={ticket}") == {
        "id": number, "action": "append", "ticket": ticket, "held": None}
    row = place(desk, mail)
    assert row["ticket"] == ticket and held(desk) == []
    assert row["codes"] == ["unknown_sender", "by_hand"]
    assert [e["id"] for e in desk.show("ticket", ticket)["entries"]
            if e["kind"] == "mail_in"][-1] == number


def test_a_held_mail_opens_a_ticket_of_its_sender_or_of_who_is_named(checked):
    desk = checked
    mail, number = hold_one(desk)
    opened = do(desk, "open", "mail", number)
    assert opened["action"] == "create"
    assert desk.show("ticket", opened["ticket"])["customer_address"] == (
        "new@other.example")
    berta = add(desk, "customer", "name=Berta", "addresses=b@berta.example")
    mail, number = hold_one(desk, sender="third@other.example")
    ticket = do(desk, "open", "mail", number, f"customer={berta}")["ticket"]
    assert desk.show("ticket", ticket)["customer_name"] == "Berta"
    assert place(desk, mail)["codes"] == ["unknown_sender", "by_hand"]


def test_a_held_mail_is_decided_again_by_the_rules_of_now(checked):
    desk = checked
    mail, number = hold_one(desk)
    assert do(desk, "decide", "mail", number)["held"] == "unknown_sender"
    set_to(desk, intake__unknown_sender="ticket")
    assert do(desk, "decide", "mail", number)["action"] == "create"
    row = place(desk, mail)
    assert row["codes"][-1] == "decided_again" and row["ticket"]
    assert held(desk) == []


def test_spam_is_held_as_spam_and_may_block_its_sender(checked):
    desk = checked
    mail, number = hold_one(desk)
    assert do(desk, "spam", "mail", number, "block=on")["held"] == (
        "marked_spam")
    assert held(desk, "held=marked_spam") == [number]
    assert place(desk, mail)["codes"] == ["unknown_sender", "marked_spam"]
    [block] = desk.list("block")
    assert block["pattern"] == "new@other.example"
    row = send(desk, letter(sender="NEW@other.example"))
    assert row["held"] == "blocked"
    desk.run("rm", "block", str(block["id"]))
    row = send(desk, letter(sender="new@other.example"))
    assert row["held"] == "unknown_sender"


def test_what_is_discarded_is_listed_apart_and_comes_back(checked):
    desk = checked
    mail, number = hold_one(desk)
    assert do(desk, "discard", "mail", number)["action"] == "discard"
    assert held(desk) == [] and held(desk, "discarded=on") == [number]
    assert place(desk, mail)["codes"] == ["unknown_sender", "discarded"]
    set_to(desk, intake__unknown_sender="ticket")
    assert do(desk, "decide", "mail", number)["action"] == "create"
    assert held(desk, "discarded=on") == [] and place(desk, mail)["ticket"]


def test_held_mails_are_listed_by_reason_and_sender(checked):
    desk = checked
    first = hold_one(desk)[1]
    second = hold_one(desk, sender="Other <other@else.example>")[1]
    third = send(desk, letter(sender="undisclosed"))["id"]
    assert held(desk) == [third, second, first]
    assert held(desk, "held=unknown_sender") == [second, first]
    assert held(desk, "held=no_sender") == [third]
    assert held(desk, "from=OTHER@else.example") == [second]
    assert held(desk, "held=no_sender", "from=other@else.example") == []
    assert refused(desk, "list", "mail", "held=mood")[0] == 2


def test_what_cannot_be_done_with_a_mail_is_refused(checked):
    desk = checked
    ticket = send(desk, letter())["ticket"]
    number = hold_one(desk)[1]
    for words, code in [
            (["attach", "mail", number], 2),
            (["attach", "mail", number, "ticket=9999"], 1),
            (["attach", "mail", number, f"tickets={ticket}"], 2),
            (["open", "mail", number, "customer=nobody"], 1),
            (["decide", "mail", number, "now=on"], 2),
            (["spam", "mail", number, "block=maybe"], 2),
            (["discard", "mail", 9999], 1), (["discard", "mail", "x"], 1),
            (["frobnicate", "mail", number], 2)]:
        assert refused(desk, "do", *words)[0] == code, words
    assert held(desk) == [number]
    do(desk, "attach", "mail", number, f"ticket={ticket}")
    for action in ("attach", "open", "decide", "spam", "discard"):
        more = [f"ticket={ticket}"] if action == "attach" else []
        code, errors = refused(desk, "do", action, "mail", number, *more)
        assert code == 1 and f"ticket {ticket}" in errors


def test_a_ticket_is_spam_and_is_none_again(checked):
    desk = checked
    first = letter()
    ticket = send(desk, first)["ticket"]
    do(desk, "spam", "ticket", ticket, "block=on")
    assert desk.list("ticket") == []
    assert [b["pattern"] for b in desk.list("block")] == [
        "erika@customer.example"]
    row = send(desk, letter(in_reply_to=id_of(first)))
    assert row["held"] == "blocked"
    do(desk, "unspam", "ticket", ticket)
    assert [t["id"] for t in desk.list("ticket")] == [ticket]
    desk.run("rm", "block", str(desk.list("block")[0]["id"]))
    row = send(desk, letter(in_reply_to=id_of(first)))
    assert row["ticket"] == ticket


def test_blocks_are_a_resource(checked):
    desk = checked
    block = add(desk, "block", "pattern=*.spam.example", "note=since May")
    row = send(desk, letter(sender="x@a.spam.example"))
    assert row["held"] == "blocked"
    assert "*.spam.example" in row["because"][0]["text"]
    desk.run("set", "block", str(block), "pattern=spam.example")
    assert send(desk, letter(sender="x@b.spam.example"))["action"] == "create"
    assert send(desk, letter(sender="x@spam.example"))["held"] == "blocked"
    for pattern in ("*", "a b@c", "@", "x@", ""):
        assert refused(desk, "add", "block", f"pattern={pattern}")[0] == 2
    assert len(desk.list("block")) == 1


# ---- settings ----------------------------------------------------------------

BAD = [
    ("intake.enabled", "yes", "on or off"),
    ("intake.spam", "delete", "hold, ignore, reject"),
    ("intake.spam_headers", "no colon", "field"),
    ("intake.spam_headers", "X-Spam:", "field"),
    ("intake.trusted_authserv", "two words", "mx.example.org"),
    ("intake.sender_per_hour", "1000001", "from 0 to 1000000"),
    ("intake.sender_per_hour", "many", "from 0 to 1000000"),
    ("intake.sender_per_hour", "", "from 0 to 1000000"),
    ("intake.sender_per_hour", "99999999999999999999", "from 0 to 1000000"),
    ("intake.subject_similarity_percent", "101", "from 0 to 100"),
    ("ticket.reopen_days", "soon", "or empty"),
    ("ticket.reopen_days", "1.5", "or empty"),
    ("intake.auto_customer_patterns", "*", "pattern"),
    ("intake.auto_customer_patterns", "a@b.example, a b", "pattern"),
    ("intake.reply_to_senders", "x@", "pattern"),
    ("intake.default_category", "nowhere", "category"),
    ("desk.time_zone", "Mars/Olympus", "Europe/Berlin"),
    ("desk.name", " two ", "one line"),
    ("desk.name", "x" * 201, "200 bytes"),
    ("ticket.tag", "[#]", "%"), ("ticket.tag", "%%%", "%"),
    ("ticket.tag", "1%2", "digit"), ("ticket.tag_former", "T%, none", "%"),
]


@pytest.mark.parametrize("key, value, allowed", BAD)
def test_a_bad_setting_changes_nothing_and_says_what_is_allowed(
        desk, key, value, allowed):
    before = desk.run("settings", "list", "--json")
    code, errors = refused(desk, "settings", "set", key, value)
    assert code == 2 and key in errors and allowed in errors, errors
    assert desk.run("settings", "list", "--json") == before
    code, _ = refused(desk, "explain", "--last", "5", "--set",
                      f"{key}={value}")
    assert code == 2


def test_each_type_of_setting_is_tried_with_a_bad_value(desk):
    """A new type needs its row above."""
    formats = {s["key"]: s["format"] for s in desk.list("setting")}
    assert {formats[key] for key, _, _ in BAD} == set(formats.values())


@pytest.mark.parametrize("words, allowed", [
    (["settings", "set", "intake.mood", "on"], "settings list"),
    (["set", "mailbox", "Support", "colour=red"], "colour"),
    (["set", "mailbox", "Support", "category=nowhere"], "category"),
    (["add", "mailbox", "name=X", "addresses=no address"], "address"),
    (["add", "mailbox", "name=Support", "addresses=a@b.example"], "Support"),
    (["add", "customer", "name=C", "addresses=x@"], "address"),
    (["add", "block", "pattern=a@b@c"], "pattern"),
    (["list", "ticket", "mood=good"], "status"),
    (["list", "ticket", "status=good"], "status"),
    (["list", "trace"], "message_id"), (["list", "trace", "a=b"], "address"),
])
def test_a_bad_command_says_what_is_wrong_and_changes_nothing(desk, words,
                                                              allowed):
    before = desk.run("export")
    code, errors = refused(desk, *words)
    assert code in (1, 2) and allowed in errors, errors
    assert desk.run("export") == before


@pytest.mark.parametrize("settings, fields, before, after", [
    ({"intake__unknown_sender": "hold"}, {}, "create", "unknown_sender"),
    ({"intake__enabled": "off"}, {}, "create", "processing_off"),
    ({"intake__max_age_days": "5"},
     {"date": "Mon, 2 Feb 2015 10:00:00 +0100"}, "create", "too_old"),
    ({"intake__spam": "ignore"}, {"x_spam_flag": "YES"}, "spam", "create"),
    ({"intake__spam_headers": "X-Junk: y*"}, {"x_junk": "yes, much"},
     "create", "spam"),
    ({"intake__unknown_sender": "reject"}, {}, "create", "unknown_sender"),
])
def test_a_setting_holds_for_the_next_mail(desk, settings, fields, before,
                                           after):
    def next_one(number):
        row = send(desk, letter(sender=f"n{number}@other.example", **fields))
        return row["held"] or row["action"]
    assert next_one(1) == before
    set_to(desk, **settings)
    assert next_one(2) == after
    for key in settings:
        desk.run("settings", "reset", key.replace("__", "."))
    assert next_one(3) == before


# ---- explain (IN-29) ---------------------------------------------------------

def forwarded(text="Where is my parcel?"):
    return ("See below.\n\n-------- Original Message --------\n"
            "From: Carl Client <carl@client.example>\n"
            f"To: joe@team.example\nSubject: Parcel\n\n{text}\n")


TAG = "[#%d]" % 1000  # of the first ticket


def dozen():
    """Mails of all kinds, in an order; each finds what those before left."""
    first = letter()
    return [
        first, first, letter(subject="Re: The printer is on fire"),
        letter(subject="Something else entirely"),
        letter(sender="x@other.example", in_reply_to=id_of(first)),
        letter(sender="y@other.example", subject=f"{TAG} hello"),
        letter(top=PASS, subject=f"Re: {TAG} hello"),
        letter(top=FAIL, in_reply_to=id_of(first)),
        letter(sender="z@other.example", x_spam_flag="YES"),
        letter(sender="Bounce <MAILER-DAEMON@other.example>",
               content_type="multipart/report; report-type=delivery-status"),
        letter(sender="v@other.example", auto_submitted="auto-replied"),
        letter(sender="nobody at all"),
        letter(sender=MAILBOX, reply_to="form@person.example"),
        letter(sender="both@shared.example"),
        letter(sender="joe@team.example", subject="Fwd: Parcel",
               top=AGENT_PASS, text=forwarded()),
        letter(sender="joe@team.example", subject="Fwd: Parcel",
               text=forwarded()),
        letter(sender="bad@blocked.example"),
        letter(to="nobody@desk.example.org", cc=MAILBOX),
    ]


@pytest.fixture
def office(checked):
    """A trusted server, an agent, an address of two customers, a block."""
    set_to(checked, intake__trusted_authserv=TRUSTED)
    checked.run("add", "user", "name=joe", "email=joe@team.example",
                "role=agent")
    for name in ("One", "Two"):
        checked.run("add", "customer", f"name={name}",
                    f"addresses={name}@shared.example,both@shared.example")
    checked.run("add", "block", "pattern=blocked.example")
    return checked


def test_explain_says_what_deliver_then_does(office):
    actions = set()
    for number, mail in enumerate(dozen()):
        said = json.loads(cli(office, "explain", "--to", MAILBOX, "--from",
                              "bounce@mta.example", stdin=mail)[1])
        before = place(office, mail) if number == 1 else None
        row = send(office, mail)
        actions.add(said["action"])
        if said["action"] == "duplicate":
            assert row["came_again"] == before["came_again"] + 1
            continue
        assert said["action"] == row["action"], mail
        assert said["held"] == row["held"], mail
        assert said["because"] == row["because"], mail
        assert said["ticket"] == (row["ticket"] if row["action"] == "append"
                                  else None), mail
    assert actions >= {"create", "append", "hold", "duplicate"}


def test_explain_last_lists_those_that_go_elsewhere_and_no_others(office):
    mails = dozen()
    for mail in mails:
        deliver(office, mail)
    before = office.run("export")
    for change, wanted in [
            ("intake.spam=ignore", [8]), ("intake.unknown_sender=ticket", []),
            ("intake.append_requires_customer_match=off", [4, 5]),
            ("intake.append_to_open_ticket=off", [2, 17]),
            ("intake.unwrap_forwards=off", [14])]:
        moved = [json.loads(line) for line in office.run(
            "explain", "--last", "100", "--set", change).splitlines()]
        assert sorted(row["mail"] for row in moved) == sorted(
            place(office, mails[n])["id"] for n in wanted), change
        assert all(row["now"] != row["then"] for row in moved)
    assert office.run("explain", "--last", "1", "--set",
                      "intake.spam=ignore") == ""
    assert office.run("export") == before


# ---- where is my mail (IN-30) --------------------------------------------------

@pytest.mark.parametrize("kind", ["entry", "held", "duplicate", "discarded"])
def test_a_mail_is_found_by_its_id_queue_id_and_addresses(desk, kind):
    sender = "undisclosed" if kind == "held" else "erika@customer.example"
    mail = letter(sender=sender)
    times = 2 if kind == "duplicate" else 1
    for _ in range(times):
        deliver(desk, mail, sender="path@mta.example",
                xforward="IDENT=4XyZ1234")
    deliver(desk, letter(sender="other@else.example", subject="Else"),
            xforward="IDENT=4XyZ1235")
    if kind == "discarded":
        number = hold_one(desk, message_id="<gone@x.example>",
                          sender="gone@x.example")[1]
        do(desk, "discard", "mail", number)
        [row] = desk.list("trace", "message_id=<gone@x.example>")
        assert row["action"] == "discard" and row["ticket"] is None
        assert desk.list("trace", "address=gone@x.example") == [row]
        return
    [row] = desk.list("trace", f"message_id={id_of(mail)}")
    bare = id_of(mail).strip("<>")
    for question in (f"message_id={bare}", "queue_id=4XyZ1234",
                     "address=PATH@mta.example"):
        assert desk.list("trace", question) == [row], question
    assert row["recipients"] == [MAILBOX]
    assert row["queue_id"] == "4XyZ1234" and row["came_again"] == times - 1
    assert len(desk.list("trace", f"address={MAILBOX}")) == 2
    assert (row["action"], row["status"]) == (
        ("hold", None) if kind == "held" else ("create", "new"))
    assert desk.list("trace", "queue_id=4XyZ") == []


# ---- what the site's servers say (IN-21, IN-33) --------------------------------

@pytest.mark.parametrize("top, code", [
    (PASS, "authenticated"), (FAIL, "authentication_failed"),
    (result("dkim=pass header.d=customer.example"), "authenticated"),
    (result("spf=pass smtp.mailfrom=x@customer.example"), "authenticated"),
    (result("dkim=pass header.d=evil.example"), "unauthenticated"),
    (result("spf=fail smtp.mailfrom=x@customer.example"),
     "authentication_failed"),
    (result("none"), None), (result("dkim=none"), "unauthenticated"),
    (result("dmarc=pass header.from=customer.example", "evil.example"), None),
    (RECEIVED + FOREIGN +
     PASS.replace(RECEIVED, ""), None),
    (FAIL + FOREIGN + PASS.replace(RECEIVED, ""), "authentication_failed"),
    (PASS + "From: other@customer.example\n", "untrusted_header"),
], ids=["pass", "fail", "dkim", "spf", "foreign dkim", "spf fails", "none",
        "dkim none", "not trusted", "below a foreign Received", "forged below", "two From"])
def test_only_the_trusted_servers_word_counts(desk, top, code):
    set_to(desk, intake__trusted_authserv=TRUSTED)
    row = send(desk, letter(top=top))
    heard = {"authenticated", "unauthenticated", "authentication_failed",
             "untrusted_header"} & set(row["codes"])
    assert code in heard if code else not heard, row["because"]


@pytest.mark.parametrize("top, is_spam", [
    ("X-Spam-Flag: YES\n" + RECEIVED, True),
    ("X-Spam-Status: Yes, score=9.1\n" + RECEIVED, True),
    ("X-Spam-Status: No, score=0.1\n" + RECEIVED, False),
    ("X-Spam-Flag: NO\n" + RECEIVED, False),
    (RECEIVED + FOREIGN + "X-Spam-Flag: YES\n", False),
])
def test_only_the_sites_own_filter_marks_spam(desk, top, is_spam):
    row = send(desk, letter(top=top))
    assert (row["held"] == "spam") == is_spam, row["because"]


# ---- whose mail it is ----------------------------------------------------------

def test_a_contact_form_speaks_for_who_filled_it_in(desk):
    """IN-34: a mailbox of ours, or a listed address, names Reply-To."""
    form = "forms@shop.example"
    row = send(desk, letter(sender=MAILBOX, reply_to="carl@client.example"))
    assert "sender_reply_to" in row["codes"]
    ticket = desk.show("ticket", row["ticket"])
    assert ticket["customer_address"] == "carl@client.example"
    mail = letter(sender=form, reply_to="dora@client.example", subject="A")
    row = send(desk, mail)
    assert desk.show("ticket", row["ticket"])["customer_address"] == form
    set_to(desk, intake__reply_to_senders=form)
    row = send(desk, letter(sender=form, reply_to="emil@client.example",
                            subject="B"))
    assert desk.show("ticket", row["ticket"])["customer_address"] == (
        "emil@client.example")


def test_a_forward_of_a_verified_agent_is_its_authors(office):
    """IN-24; of one who is not verified it is his own."""
    mail = letter(sender="joe@team.example", subject="Fwd: Parcel",
                  top=AGENT_PASS, text=forwarded())
    row = send(office, mail)
    assert "sender_forwarded" in row["codes"]
    ticket = office.show("ticket", row["ticket"])
    assert ticket["customer_address"] == "carl@client.example"
    assert ticket["title"] == "Parcel"
    raw = cli(office, "show", "mail", str(row["id"]), "--raw")[1]
    assert raw == mail
    row = send(office, letter(sender="joe@team.example", subject="Fwd: Parcel",
                              text=forwarded("Or mine?")))
    assert "sender_forwarded" not in row["codes"]


def test_the_address_of_two_customers_needs_a_key(office):
    """IN-35."""
    mail = letter(sender="both@shared.example")
    row = send(office, mail)
    assert row["held"] == "address_shared"
    shared = [r["text"] for r in row["because"]
              if r["code"] == "address_shared"]
    assert len(shared) == 2
    [two] = [c["id"] for c in office.list("customer") if c["name"] == "Two"]
    opened = do(office, "open", "mail", row["id"], f"customer={two}")
    row = send(office, letter(sender="both@shared.example",
                              in_reply_to=id_of(mail), subject="And so"))
    assert row["ticket"] == opened["ticket"]


def test_who_was_written_to_takes_part(office):
    """IN-4, IN-19: also of a mail that nobody verified, never of one that
    failed."""
    mail = letter(top=PASS, cc="Kim <kim@colleague.example>")
    ticket = send(office, mail)["ticket"]
    row = send(office, letter(sender="kim@colleague.example", subject="Hm",
                              in_reply_to=id_of(mail)))
    assert row["ticket"] == ticket and "sender_participant" in row["codes"]
    row = send(office, letter(sender="lea@colleague.example", subject="Hm",
                              in_reply_to=id_of(mail)))
    assert row["ticket"] != ticket and "key_refused" in row["codes"]
    failed = letter(top=FAIL, cc="mo@colleague.example", subject="New")
    other = send(office, failed)["ticket"]
    row = send(office, letter(sender="mo@colleague.example", subject="Hm",
                              in_reply_to=id_of(failed)))
    assert row["ticket"] != other and "key_refused" in row["codes"]


def test_people_are_taken_in_and_out_by_hand(office):
    """IN-19: one of us never; who was taken out does not get back by Cc."""
    mail = letter(top=PASS, cc="Kim <kim@colleague.example>")
    ticket = send(office, mail)["ticket"]

    def names():
        return [p["address"] for p in office.show("ticket", ticket)["participants"]]

    def say(action, address):
        do(office, action, "ticket", ticket, f"address={address}")

    assert names() == ["kim@colleague.example"]
    say("include", "Lea@Colleague.example")
    say("exclude", "kim@colleague.example")
    assert names() == ["lea@colleague.example"]
    row = send(office, letter(sender="kim@colleague.example", subject="Hm",
                              in_reply_to=id_of(mail)))
    assert row["ticket"] != ticket and "key_refused" in row["codes"]
    send(office, letter(top=PASS, cc="kim@colleague.example", subject="Re: x",
                        in_reply_to=id_of(mail)))
    assert names() == ["lea@colleague.example"]
    for address in (MAILBOX, "nobody", "joe@team.example"):
        code, text = refused(office, "do", "include", "ticket", ticket,
                             f"address={address}")[:2]
        assert code == 2, (address, text)


# ---- closed tickets (IN-18, TI-14) ---------------------------------------------

def test_mail_to_a_closed_ticket_follows_it_and_thanks_change_nothing(
        checked, hand):
    desk, mail = checked, letter()
    ticket = send(desk, mail)["ticket"]
    set_to(desk, ticket__reopen_days="0")
    hand(desk, "close", ticket)
    row = send(desk, letter(in_reply_to=id_of(mail), text="Thank you!"))
    assert row["ticket"] == ticket and row["status"] == "closed"
    assert "thanks" in row["codes"]
    row = send(desk, letter(in_reply_to=id_of(mail), text="It burns again."))
    assert "follow_up" in row["codes"] and row["ticket"] != ticket
    assert desk.show("ticket", ticket)["status"] == "closed"
    set_to(desk, ticket__reopen_days="30")
    row = send(desk, letter(in_reply_to=id_of(mail), text="And again."))
    assert row["ticket"] == ticket and row["status"] == "open"
    assert "reopened" in row["codes"]


def test_a_reply_address_leads_to_its_ticket(checked, hand):
    desk = checked
    ticket = send(desk, letter())["ticket"]
    local, domain = MAILBOX.split("@")
    desk.run("keys", "rotate")
    reply_to = f"{local}+{hand(desk, 'token', ticket)}@{domain}"
    mail = letter(sender="new@other.example", subject="Hm")
    with Session(desk) as session:
        assert session.deliver(mail, to=reply_to).startswith("250")
    row = place(desk, mail)
    assert row["ticket"] == ticket
    assert row["codes"][:2] == ["key_token", "sender_new"]
