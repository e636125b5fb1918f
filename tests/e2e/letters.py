# SPDX-License-Identifier: MIT
"""Mails as strangers and customers write them, handed in by LMTP byte for
byte, and what the desk says about where they are."""
import itertools
import socket

from conftest import MAILBOX

count = itertools.count(1)


def letter(sender="erika@customer.example", subject="The printer is on fire",
           text="Please help.", top="", to=MAILBOX, **fields):
    """A mail; `top` are raw lines above its header, further fields are named
    as in a header: in_reply_to="<1@x.example>"."""
    fields.setdefault("message_id", f"<{next(count)}@letters.example>")
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    head += [f"{name.replace('_', '-')}: {value}"
             for name, value in fields.items()]
    mail = top + "\n".join(head) + "\n\n" + text + "\n"
    return mail.replace("\n", "\r\n").encode()


def id_of(mail):
    """Its Message-ID, as a header has it."""
    line = mail.lower().split(b"message-id: ", 1)[1]
    return line.split(b"\r\n", 1)[0].decode()


class Session:
    """LMTP; each reply is its bytes up to the last line's end."""

    def __init__(self, desk):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(desk.socket))
        self.lines = self.socket.makefile("rb")
        self.reply()
        assert self.say("LHLO mx.example.net").startswith("250")

    def reply(self):
        while True:
            line = self.lines.readline()
            if line[3:4] != b"-":
                return line.decode()

    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.reply()

    def deliver(self, mail, to=MAILBOX, sender="bounce@mta.example",
                xforward=None):
        """The reply to the mail, or to the command that was refused."""
        lines = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"]
        if xforward:
            lines.insert(0, f"XFORWARD {xforward}")
        for line in lines:
            answer = self.say(line)
            if not answer.startswith("250"):
                return answer
        assert self.say("DATA").startswith("354")
        self.socket.sendall(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return self.reply()

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def deliver(desk, mail, **how):
    with Session(desk) as session:
        answer = session.deliver(mail, **how)
    assert answer.startswith("250 2.0.0 "), answer
    return answer


def place(desk, mail):
    """Where a mail is: the row of `list trace`, with its reasons' codes."""
    [row] = desk.list("trace", f"message_id={id_of(mail)}")
    row["codes"] = [reason["code"] for reason in row["because"]]
    return row


def send(desk, mail, **how):
    deliver(desk, mail, **how)
    return place(desk, mail)
