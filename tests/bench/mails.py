# SPDX-License-Identifier: MIT
"""Mails as a help desk gets them, the same for the same seed.

German and English, text and HTML beside each other, a signature, a quoted
history under replies, customers by Zipf's law. `write` makes files that the
loader sends; it adds the Message-ID itself. `python3 mails.py DIR COUNT`.
"""
import bisect
import itertools
import quopri
import random
import sys
from pathlib import Path

CUSTOMERS = 200000
TICKET_ID = "t{}.k{}@fill.example"  # the ids of fill.c

GERMAN = {
    "opening": ["Guten Tag,", "Hallo zusammen,",
                "Sehr geehrte Damen und Herren,", "Liebes Team,"],
    "subject": ["Anmeldung nicht möglich", "Rückfrage zur Bestellung",
                "Rechnung falsch", "Lieferung unvollständig",
                "Änderung der Anschrift", "Störung seit dem Update"],
    "who": ["die Bestellung", "unsere Rechnung", "der Drucker", "das Portal",
            "die neue Fassung", "Ihre Mahnung", "mein Zugang",
            "die Lieferung", "der Vertrag", "das Gerät im dritten Stock"],
    "what": ["ist seit gestern nicht mehr zu erreichen",
             "kam beschädigt und viel zu spät an",
             "stimmt nicht mit dem Angebot überein",
             "zeigt nur noch eine Fehlermeldung",
             "wurde trotz Kündigung verlängert",
             "fehlt bis heute, obwohl wir bezahlt haben",
             "druckt Umlaute und Größen falsch"],
    "wish": ["Bitte prüfen Sie das bis {}.", "Rufen Sie mich unter {} an?",
             "Die Nummer dazu lautet {}.", "Wir brauchen es am {} wieder.",
             "Im Anhang {} steht, was wir schon versucht haben."],
    "closing": "Mit freundlichen Grüßen",
    "wrote": "Am {} schrieb Support:",
}
ENGLISH = {
    "opening": ["Hello,", "Hi all,", "Dear team,", "Good morning,"],
    "subject": ["Cannot log in", "Question about my order", "Wrong invoice",
                "Parts are missing", "Change of address",
                "Trouble since the update"],
    "who": ["the order", "our invoice", "the printer", "the customer portal",
            "the new release", "your reminder", "my account", "the delivery",
            "the contract", "the device on the third floor"],
    "what": ["has been out of reach since yesterday",
             "arrived broken and far too late",
             "does not agree with your offer",
             "shows nothing but an error message",
             "was extended although we cancelled it",
             "has not turned up, and we did pay for it",
             "prints odd characters on every page"],
    "wish": ["Please look into it before {}.", "Could you call me at {}?",
             "Its number is {}.", "We need it back on {}.",
             "The paper {} says what we tried so far."],
    "closing": "Kind regards",
    "wrote": "On {} Support wrote:",
}
FIRST = ["Anna", "Jürgen", "Mary", "Thomas", "Zoë", "Peter", "Sabine", "Jörg"]
LAST = ["Müller", "Smith", "Weiß", "Jones", "Schröder", "Taylor", "Koch"]
SYLLABLES = ("ab auf be con da der ein en er ge gen ha in ing kon lau le lich "
             "man mer mit nen on pro re rung sch sen ser ster ta te ten ter "
             "tion tra un ver vor wei wer zu").split()
STYLE = ("p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; "
         "font-family:\"Calibri\",sans-serif;} a:link {color:#0563C1; "
         "text-decoration:underline;} span.Text {color:windowtext;}")


def zipf(count=CUSTOMERS, shift=7):
    """The shares of the customers, summed up."""
    sums = list(itertools.accumulate(1 / (i + shift) for i in range(count)))
    return [s / sums[-1] for s in sums]


def vocabulary(count=4000):
    """Words that carry about as much as real ones do."""
    mine = random.Random(7)
    return ["".join(mine.choices(SYLLABLES, k=mine.choice((1, 2, 2, 3))))
            for _ in range(count)]


def mix(x):
    """The hash of fill.c."""
    whole = (1 << 64) - 1
    x = (x + 0x9e3779b97f4a7c15) & whole
    x = ((x ^ (x >> 30)) * 0xbf58476d1ce4e5b9) & whole
    x = ((x ^ (x >> 27)) * 0x94d049bb133111eb) & whole
    return x ^ (x >> 31)


class Mails:
    """`size` is about what a mail with HTML comes to, in bytes."""

    def __init__(self, seed=1, size=10240, html=True):
        self.random = random.Random(seed)
        self.size, self.html = size, html
        self.shares = zipf()
        self.words = vocabulary()
        self.weights = zipf(len(self.words), 20)

    def sentence(self, words):
        pick = self.random.choice
        more = " ".join(self.random.choices(
            self.words, cum_weights=self.weights,
            k=self.random.randrange(4, 14)))
        first = f"{pick(words['who'])} {pick(words['what'])}, {more}."
        number = self.random.randrange(10 ** self.random.randrange(2, 9))
        return f"{first[0].upper()}{first[1:]} " + pick(words["wish"]).format(
            number)

    def paragraphs(self, words, length):
        """Lines of text, `length` characters in all."""
        lines, have = [], 0
        while have < length:
            line = " ".join(self.sentence(words)
                            for _ in range(self.random.randrange(1, 4)))
            lines += [line, ""]
            have += len(line) + 2
        return lines

    def customer(self, ticket=None):
        """Of a ticket of fill.c, or any."""
        share = (self.random.random() if ticket is None
                 else (mix(ticket) >> 11) / (1 << 53))
        n = bisect.bisect_left(self.shares, share)
        mine = random.Random(n)
        return n, f"{mine.choice(FIRST)} {mine.choice(LAST)}"

    def body(self, words, name, is_reply):
        # The same text in HTML is longer than itself.
        length = self.size / (3.2 if self.html else 1.25) - 300
        own = length * (0.4 if is_reply else 1)
        lines = [self.random.choice(words["opening"]), ""]
        lines += self.paragraphs(words, max(60, own))
        lines += [words["closing"], name, "-- ", f"{name}, Example Ltd.", ""]
        if is_reply:
            lines.append(words["wrote"].format("2. 1. 2023"))
            lines += ["> " + line
                      for line in self.paragraphs(words, length - own)]
        return lines

    def as_html(self, lines):
        text = "".join(
            f'<p class="MsoNormal"><span class="Text">{line or "&nbsp;"}'
            "<o:p></o:p></span></p>\n" for line in lines)
        return (f"<html><head><style>{STYLE}</style></head><body "
                f'lang="DE" link="#0563C1">\n{text}</body></html>\n')

    def parts(self, lines):
        """Content-Type and body of the whole."""
        text = quopri.encodestring("\n".join(lines).encode()).decode()
        plain = ("Content-Type: text/plain; charset=utf-8\n"
                 f"Content-Transfer-Encoding: quoted-printable\n\n{text}\n")
        if not self.html:
            return plain
        page = quopri.encodestring(self.as_html(lines).encode()).decode()
        mark = f"=_{self.random.getrandbits(96):024x}"
        return (f"Content-Type: multipart/alternative; boundary=\"{mark}\"\n\n"
                f"--{mark}\n{plain}--{mark}\n"
                "Content-Type: text/html; charset=utf-8\n"
                f"Content-Transfer-Encoding: quoted-printable\n\n{page}\n"
                f"--{mark}--\n")

    def mail(self, ticket=None):
        """A reply to that ticket of fill.c, or a new mail."""
        references = [] if ticket is None else [
            TICKET_ID.format(ticket, k) for k in range(2)]
        number, name = self.customer(ticket)
        address = f"c{number}@customers{number % 997}.example"
        words = GERMAN if number % 5 < 3 else ENGLISH
        subject = self.random.choice(words["subject"])
        if references:
            subject = "Re: " + subject
        subject = quopri.encodestring(subject.encode(), header=True).decode()
        head = [f"Received: from mail.customers.example by mx.example.org "
                f"with ESMTPS id {self.random.getrandbits(48):012X}",
                f"From: =?utf-8?q?{quote(name)}?= <{address}>",
                "To: Support <support@example.org>",
                f"Subject: =?utf-8?q?{subject}?=",
                "Date: Mon, 02 Jan 2023 10:00:00 +0100",
                "User-Agent: Mail 1.0", "MIME-Version: 1.0"]
        if references:
            head += [f"In-Reply-To: <{references[-1]}>",
                     "References: " + "\n ".join(f"<{r}>"
                                                 for r in references)]
        lines = self.body(words, name, bool(references))
        return "\n".join(head) + "\n" + self.parts(lines)


def quote(text):
    return quopri.encodestring(text.encode(), header=True).decode()


OPEN = 50000  # the newest tickets, which are the ones that get replies


def pick(random, tickets, spread):
    """A ticket to reply to: a young one rather than an old one, as customers
    do, or any of all."""
    if spread == "even":
        return random.randrange(tickets)
    age = int(min(OPEN, tickets) * random.random() ** 2)
    return tickets - 1 - age


def write(folder, count, mails, tickets=0, replies=0.6, spread="young"):
    """`count` files; with `tickets`, that share of them are replies to the
    tickets that fill.c made, each naming two of its mails."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for i in range(count):
        ticket = None
        if tickets and mails.random.random() < replies:
            ticket = pick(mails.random, tickets, spread)
        raw = mails.mail(ticket).encode()
        total += len(raw) + raw.count(b"\n")
        (folder / f"{i:06}.eml").write_bytes(raw)
    return total / count


if __name__ == "__main__":
    print("mean bytes", write(sys.argv[1], int(sys.argv[2]), Mails()))
