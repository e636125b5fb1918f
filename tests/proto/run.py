#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs LMTP scripts against tests/proto/lmtp_server and prints TAP.

    run.py [--server PROGRAM] [SCRIPT...]

A script is a file *.lmtp of these lines:

    # comment
    !options KEY=VALUE ...   the server's limits; before all else
    !tcp                     talk over TCP instead of the Unix socket
    C: text                  we say the line, with CRLF
    C< text                  we say the bytes; \\r \\n \\0 \\xNN \\\\ are escapes
    C* N text                we say the escaped text N times
    S: regex                 the next line we hear begins so
    !mute MS                 nothing is heard for MS (only as a dialogue)
    !eof                     the server closes the connection
    !kill                    we close it at once
    !wait MS                 time passes
    !connect                 a new connection; !connect NAME keeps the old one
    !term                    the server is told to end

Each script runs as a dialogue (each answer is awaited), whole (all that is
said between two directives in one write), byte by byte, and in random pieces:
the replies must be the same.
"""
import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 10.0
ROUNDS = 3


class Failed(Exception):
    pass


def unescape(text):
    def one(match):
        word = match.group(1)
        if word[0] == "x":
            return bytes([int(word[1:], 16)]).decode("latin-1")
        return {"r": "\r", "n": "\n", "0": "\0", "t": "\t", "\\": "\\"}[word]
    raw = re.sub(r"\\(x[0-9a-fA-F]{2}|.)", one, text)
    return raw.encode("utf-8" if raw.isascii() else "latin-1")


def parse(path):
    """The steps of a script: (line number, kind, value)."""
    options, tcp, steps = [], False, []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            if line.startswith("!options "):
                options += line.split()[1:]
            elif line == "!tcp":
                tcp = True
            elif line.startswith("!"):
                word, _, value = line[1:].partition(" ")
                steps.append((number, word, value))
            elif line.startswith("C: ") or line == "C:":
                steps.append((number, "say", line[3:].encode() + b"\r\n"))
            elif line.startswith("C< "):
                steps.append((number, "say", unescape(line[3:])))
            elif line.startswith("C* "):
                _, times, text = line.split(" ", 2)
                steps.append((number, "say", unescape(text) * int(times)))
            elif line.startswith("S: "):
                steps.append((number, "hear", line[3:]))
            else:
                raise Failed(f"line {number}: not understood: {line}")
    return options, tcp, steps


class Server:
    def __init__(self, program, options, tcp):
        self.directory = tempfile.TemporaryDirectory(prefix="proto-")
        place = self.directory.name
        listen = "127.0.0.1:0" if tcp else f"unix:{place}/door"
        self.log = open(os.path.join(place, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, f"listen={listen}", f"spool_dir={place}/spool",
             *options], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.address = self.process.stdout.readline().strip()
        self.told = False

    def connect(self):
        if self.address.startswith("unix:"):
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(TIMEOUT)
            sock.connect(self.address[5:])
        else:
            host, _, port = self.address.rpartition(":")
            sock = socket.create_connection((host, int(port)), TIMEOUT)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def term(self):
        if not self.told and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.told = True

    def stop(self):
        """Ends the server; what it had to say, if it did not end well."""
        self.term()
        try:
            code = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        self.log.seek(0)
        text = self.log.read()
        self.log.close()
        self.directory.cleanup()
        return f"the server ended with {code}\n{text}" if code else ""


class Client:
    """One run of one script."""

    def __init__(self, server, mode, seed):
        self.server, self.mode = server, mode
        self.random = random.Random(seed)
        self.kept = []
        self.open()

    def open(self):
        self.sock = self.server.connect()
        self.buffer = b""
        self.queue = b""

    def pieces(self, data):
        at = 0
        while at < len(data):
            size = {"bytes": 1, "random": self.random.randint(1, 40)}.get(
                self.mode, len(data))
            if len(data) > 20000:
                size = max(size, self.random.randint(1, 3000))
            yield data[at:at + size]
            at += size

    def send(self, data):
        """Writes all; reads meanwhile, so that nobody waits for ever."""
        for piece in self.pieces(data):
            try:
                self.sock.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                return  # said after the server had closed

    def flush(self):
        data, self.queue = self.queue, b""
        self.send(data)

    def read(self):
        try:
            more = self.sock.recv(65536)
        except ConnectionResetError:
            more = b""
        self.buffer += more
        return more

    def line(self):
        while b"\n" not in self.buffer:
            if not self.read():
                raise Failed(f"closed, after {self.buffer!r}")
        line, _, self.buffer = self.buffer.partition(b"\n")
        if not line.endswith(b"\r"):
            raise Failed(f"reply without CR: {line!r}")
        return line[:-1].decode("utf-8", "backslashreplace")

    def do_say(self, value):
        self.queue += value
        if self.mode == "dialogue":
            self.flush()

    def do_hear(self, value):
        line = self.line()
        if not re.match(value, line):
            raise Failed(f"wanted {value}, heard {line}")

    def do_eof(self, _value):
        while self.read():
            pass
        if self.buffer:
            raise Failed(f"more than wanted: {self.buffer!r}")

    def do_mute(self, value):
        if self.mode != "dialogue":
            return
        self.sock.settimeout(int(value) / 1000)
        try:
            raise Failed(f"heard {self.sock.recv(1000)!r}")
        except socket.timeout:
            self.sock.settimeout(TIMEOUT)

    def do_kill(self, _value):
        self.sock.close()

    def do_wait(self, value):
        time.sleep(int(value) / 1000)

    def do_connect(self, _value):
        self.kept.append(self.sock)
        self.open()

    def do_term(self, _value):
        self.server.term()

    def close(self):
        for sock in [self.sock, *self.kept]:
            sock.close()


def ordered(steps, mode):
    """Not as a dialogue: up to a directive, all is said, then all heard."""
    if mode == "dialogue":
        return steps
    out, said, heard = [], [], []
    for step in [*steps, (0, "end", "")]:
        if step[1] == "say":
            said.append(step)
        elif step[1] == "hear":
            heard.append(step)
        else:
            out += [*said, (0, "flush", ""), *heard, step]
            said, heard = [], []
    return out[:-1]


def run_once(program, script, mode, seed):
    """None, or what went wrong."""
    options, tcp, steps = parse(script)
    server = Server(program, options, tcp)
    wrong = ""
    try:
        client = Client(server, mode, seed)
        number = 0
        try:
            for number, kind, value in ordered(steps, mode):
                if kind == "flush":
                    client.flush()
                else:
                    getattr(client, "do_" + kind)(value)
        except (Failed, OSError) as error:
            wrong = f"line {number}: {error}\n"
        client.close()
    finally:
        wrong += server.stop()
    return wrong or None


def runs():
    seed = int(os.environ.get("SEED", "1"))
    return [("dialogue", 0), ("whole", 0), ("bytes", 0),
            *(("random", seed + i) for i in range(ROUNDS))]


def scripts():
    return sorted(os.path.join(HERE, name) for name in os.listdir(HERE)
                  if name.endswith(".lmtp"))


def default_server():
    build = os.environ.get("BUILD", os.path.join(HERE, "../../build"))
    return os.path.join(build, "asan/tests/proto/lmtp_server")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--server", default=default_server())
    arguments.add_argument("script", nargs="*")
    given = arguments.parse_args()
    cases = [(script, mode, seed) for script in given.script or scripts()
             for mode, seed in runs()]
    failures = 0
    print(f"1..{len(cases)}")
    for count, (script, mode, seed) in enumerate(cases, 1):
        wrong = run_once(given.server, script, mode, seed)
        name = os.path.basename(script).removesuffix(".lmtp")
        print("not ok" if wrong else "ok", count, f"- {name} {mode} {seed}",
              flush=True)
        if wrong:
            failures += 1
            print("".join(f"# {line}\n" for line in wrong.splitlines()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
