# SPDX-License-Identifier: MIT
"""One LMTP session, byte for byte: what it is given is what it sends."""
import re
import socket

from desk import ADDRESS

TIMEOUT_S = 60


class Session:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(path)
        self.rest = b""
        self.greeting = self.reply()

    def reply(self):
        """The last line of the next reply; empty at the end."""
        while True:
            line, found, rest = self.rest.partition(b"\r\n")
            if not found:
                more = self.sock.recv(65536)
                if not more:
                    return ""
                self.rest += more
                continue
            self.rest = rest
            if line[3:4] != b"-":
                return line.decode()

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")
        return self.reply()

    def hello(self):
        assert self.say("LHLO client.example").startswith("250"), "LHLO"
        return self

    def deliver(self, mail, to=ADDRESS, sender="bounces@sender.example"):
        """The reply to one mail, or to the command that was refused."""
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"):
            answer = self.say(line)
            if not answer.startswith("250"):
                return answer
        answer = self.say("DATA")
        if not answer.startswith("354"):
            return answer
        self.sock.sendall(on_the_wire(mail))
        return self.reply()

    def close(self):
        self.sock.close()


def on_the_wire(mail):
    """Dots stuffed, ended; only a dot behind CRLF begins a line."""
    stuffed = mail.replace(b"\r\n.", b"\r\n..")
    if mail.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b"" if ends(mail) else b"\r\n") + b".\r\n"


def as_received(mail):
    return mail if ends(mail) else mail + b"\r\n"


def ends(mail):
    return mail == b"" or mail.endswith(b"\r\n")


def entry_of(answer):
    """The number of the entry that a 250 names."""
    found = re.search(r"\bentry (\d+)", answer)
    assert found, answer
    return found[1]
