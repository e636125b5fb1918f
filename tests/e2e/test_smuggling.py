# SPDX-License-Identifier: MIT
"""R18: one SMTP transaction is one mail, whatever line ends an attacker
mixes, with the set-up of contrib/postfix/common.cf."""
import socket

import pytest

ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r",
        b"\n.\r", b"\r.\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\n\n.\n\n"]

SMUGGLED = (b"MAIL FROM:<boss@desk.example.org>\r\n"
            b"RCPT TO:<support@desk.example.org>\r\nDATA\r\n"
            b"From: boss@desk.example.org\r\nSubject: smuggled\r\n"
            b"Message-ID: <2@evil.example>\r\n\r\nPay.")
HONEST = (b"From: mallory@evil.example\r\nTo: support@desk.example.org\r\n"
          b"Subject: honest\r\nMessage-ID: <1@evil.example>\r\n\r\nHello.")


class Smtp:
    """A client that sends the bytes it is given, and no others."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.lines = self.socket.makefile("rb")
        self.reply()

    def reply(self):
        while True:
            line = self.lines.readline()
            if line[3:4] != b"-":
                return line

    def say(self, data):
        self.socket.sendall(data)
        return self.reply()

    def close(self):
        self.lines.close()
        self.socket.close()


def smuggle(port, end):
    """One mail with a false end in it; what the server said at its end."""
    client = Smtp(port)
    for line in (b"EHLO evil.example", b"MAIL FROM:<mallory@evil.example>",
                 b"RCPT TO:<support@desk.example.org>", b"DATA"):
        client.say(line + b"\r\n")
    answer = client.say(HONEST + end + SMUGGLED + b"\r\n.\r\n")
    client.say(b"QUIT\r\n")
    client.close()
    return answer


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_R18_a_false_end_of_data_makes_no_second_mail(desk, postfix, end):
    answer = smuggle(postfix.port, end)
    postfix.wait_empty()

    assert answer.startswith((b"250", b"5")), answer
    titles = [t["title"] for t in desk.tickets()]
    assert titles == (["honest"] if answer.startswith(b"250") else [])
    assert len(desk.mails()) == len(titles)


def test_R18_without_our_settings_the_attack_works(desk, make_postfix):
    """That the test above can fail: stock settings make two mails of one."""
    postfix = make_postfix("domain.cf", main=(
        "smtpd_forbid_bare_newline = no\n"
        "smtpd_forbid_unauth_pipelining = no\n"))
    smuggle(postfix.port, b"\n.\n")
    postfix.wait_empty()
    assert len(desk.mails()) == 2
