# SPDX-License-Identifier: MIT
"""The desk one comes from: an SMTP server that keeps what it gets."""
import socketserver


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 old.example.org ESMTP")
        to = []
        for line in self.rfile:
            verb = line.strip().upper()
            if verb.startswith(b"RCPT TO:"):
                to.append(line.strip()[8:].split(b">")[0].strip(b"<").decode())
            if verb == b"DATA":
                self.say("354 go on")
                self.server.mails.append((to, self.body()))
                to = []
            self.say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def body(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)


class OldDesk(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        self.mails = []
