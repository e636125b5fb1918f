# SPDX-License-Identifier: MIT
"""Mails made to hurt a parser: over each cap of the look before it, and just
under. The caps are those of src/mail/prescan.h."""
import base64
from typing import NamedTuple

MIB = 1 << 20
HEADER_BYTES = MIB
HEADERS = 2000
BOUNDARIES = 5000
DEPTH = 50
MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"


class Bomb(NamedTuple):
    name: str
    header: bytes
    body: bytes
    refused: str = ""  # why no parser sees it, or empty: one does

    def mail(self, number):
        """Subject first: the header scan reads only so far."""
        return (b"From: Mallory <mallory@%d.example>\r\nSubject: %s\r\n"
                b"Message-ID: <%d@bomb.example>\r\n" %
                (number, self.subject(number).encode(), number) +
                self.header + b"\r\n" + self.body)

    def subject(self, number):
        return f"{self.name} {number}"


OWN_FIELDS = 3


def fill(piece, size):
    return piece * (size // len(piece) + 1)


def nested(depth):
    inner = b"".join(b"--n%d\r\nContent-Type: multipart/mixed; boundary=n%d"
                     b"\r\n\r\n" % (n - 1, n) for n in range(1, depth))
    return b"Content-Type: multipart/mixed; boundary=n0\r\n", inner


def messages(depth):
    return (b"Content-Type: message/rfc822\r\n",
            b"Content-Type: message/rfc822\r\n\r\n" * (depth - 1) +
            b"Subject: the innermost\r\n\r\nx\r\n")


def part_fields(count):
    return b"--b\r\n" + b"a:\r\n" * count + b"\r\nx\r\n--b--\r\n"


def over():
    """No parser may see one of these."""
    few = "too many boundaries"
    return [
        Bomb("10 MB of empty parts", MULTIPART, fill(b"--b\r\n\r\n", 10 * MIB),
             few),
        Bomb("one boundary too many", MULTIPART,
             b"--b\r\n\r\n" * (BOUNDARIES + 1), few),
        Bomb("boundaries of no multipart's", MULTIPART,
             b"--x\r\n" * (BOUNDARIES + 1), few),
        Bomb("10 MB of tiny fields", fill(b"a:\r\n", 10 * MIB), b"x\r\n",
             "too many header fields"),
        Bomb("one field too many", b"a:\r\n" * (HEADERS + 1 - OWN_FIELDS),
             b"x\r\n", "too many header fields"),
        Bomb("a field of 2 MB", b"X: " + fill(b"y" * 900 + b"\r\n ", 2 * MIB) +
             b"\r\n", b"x\r\n", "header too long"),
        Bomb("one level too deep", *nested(DEPTH + 1), "nested too deeply"),
        Bomb("10,000 levels", *nested(4000), "nested too deeply"),
        Bomb("messages in messages", *messages(DEPTH + 1),
             "nested too deeply"),
        Bomb("fields of a part", MULTIPART, part_fields(20001),
             "too many header fields in its parts"),
    ]


def under():
    """A parser sees these; all of them within its limits, or held."""
    plain = b"Content-Type: text/plain; charset=utf-8\r\n"
    coded = plain + b"Content-Transfer-Encoding: "
    return [
        Bomb("as many parts as may be", MULTIPART,
             b"--b\r\n\r\n" * (BOUNDARIES - 1) + b"--b--\r\n"),
        Bomb("as many fields as may be", b"a:\r\n" * (HEADERS - OWN_FIELDS),
             b"x\r\n"),
        Bomb("as long a header as may be",
             b"X: " + b"y" * (HEADER_BYTES - 500) + b"\r\n", b"x\r\n"),
        Bomb("as deep as may be", *nested(DEPTH)),
        Bomb("as many messages as may be", *messages(DEPTH - 1)),
        Bomb("fields of a part, allowed", MULTIPART, part_fields(19000)),
        Bomb("boundaries nobody declared", b"", fill(b"--x\r\n", 5 * MIB)),
        Bomb("quoted lines", plain, fill(b"> > > >\r\n", 5 * MIB)),
        Bomb("quotes in one line", plain, b">" * 5 * MIB + b"\r\n"),
        Bomb("signatures", plain, fill(b"-- \r\n", 20000)),
        Bomb("open elements", HTML, fill(b"<div><b><a href=x>", 2 * MIB)),
        Bomb("an open comment", HTML, fill(b"<!-- <", 5 * MIB)),
        Bomb("entities", HTML, fill(b"&amp;&#x41;&nosuch;", 3 * MIB)),
        Bomb("one large attribute", HTML,
             b"<a href='" + b"y" * 5 * MIB + b"'>z</a>"),
        Bomb("tables in tables", HTML, fill(b"<table><tr><td>", MIB)),
        Bomb("base64 lines", coded + b"base64\r\n",
             fill(base64.b64encode(b"z" * 57) + b"\r\n", 10 * MIB)),
        Bomb("broken base64", coded + b"base64\r\n", fill(b"=A\r\n", 2 * MIB)),
        Bomb("quoted-printable", coded + b"quoted-printable\r\n",
             fill(b"=3D" * 24 + b"=\r\n", 5 * MIB)),
        Bomb("uuencode", plain, b"begin 644 x\r\n" +
             fill(b"M" + b"#" * 60 + b"\r\n", 2 * MIB)),
        Bomb("encoded words", b"X-Y: " + fill(b"=?utf-8?q?=C3=BC?=\r\n ",
                                              500000) + b"x\r\n", b"x\r\n"),
        Bomb("recipients", b"To: " + fill(b"a@b.example,\r\n ", 900000) +
             b"a@b.example\r\n", b"x\r\n"),
        Bomb("groups in groups", b"To: " + b"a:" * 200000 + b"\r\n", b"x\r\n"),
        Bomb("comments", b"To: " + b"(" * 400000 + b"\r\n", b"x\r\n"),
        Bomb("references", b"References: " +
             fill(b"<a@b.example>\r\n ", 900000) + b"<c@d>\r\n", b"x\r\n"),
        Bomb("pieces of a parameter", b"Content-Type: text/plain" +
             b"".join(b";\r\n n*%d*=a%%41" % n for n in range(40000)) +
             b"\r\n", b"x\r\n"),
        Bomb("UTF-7", b"Content-Type: text/plain; charset=utf-7\r\n",
             fill(b"+AGE-", 3 * MIB)),
        Bomb("shifts", b"Content-Type: text/plain; charset=iso-2022-jp\r\n",
             fill(b"\x1b$B\x1b(B", 3 * MIB)),
        Bomb("one line", plain, b"x" * 10 * MIB),
        Bomb("empty lines", plain, b"\r\n" * 3 * MIB),
        Bomb("links", plain, fill(b"https://a.example/?", 3 * MIB)),
    ]


def series(count):
    """`count` of them, over and under by turns."""
    kinds = [over(), under()]
    return [kinds[n % 2][n // 2 % len(kinds[n % 2])] for n in range(count)]
