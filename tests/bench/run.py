# SPDX-License-Identifier: MIT
"""`make bench`: measures maildesk, Dovecot and smtp-sink in one run, on one
machine, and prints the budgets as ratios. Times are printed, never asserted;
with BENCH_CHECK=1 the counts are: each acknowledged mail is there once.

    make bench                                    all of it, 20,000 tickets
    make bench BENCH="--only growth,list,start --fill 1000000"

Results: build/bench/results/, the last one also as last.json.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

import load
import mails
import table
from load import BUILD, Load
from servers import Dovecot, Maildesk, Sink

PARTS = ["reading", "doors", "commit", "bytes", "slow", "growth", "list", "start"]
PROGRAM = Path(os.environ.get("MAILDESK", BUILD / "plain/maildesk")).resolve()
FOLDER = BUILD / "bench"
FILL = BUILD / "plain/tests/bench/fill"
READING = BUILD / "plain/tests/bench/reading"
SESSIONS = (1, 20, 100)
MAIN = "2k/100"
EMPTY = 1000       # "an empty store": one to reply to
SLOW_US = "5000"
COUNTED = 20000    # mails of BENCH_CHECK


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS),
                        help="some of " + ",".join(PARTS))
    parser.add_argument("--fill", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=4,
                        help="about that long for each load")
    parser.add_argument("--rounds", type=int, default=3,
                        help="of the main load; the median counts")
    return parser.parse_args()


class Bench:
    def __init__(self, options):
        self.options = options
        self.parts = options.only.split(",")
        self.work = FOLDER / f"run-{os.getpid()}"
        self.work.mkdir(parents=True)
        self.values, self.detail = {}, {}
        self.tags = 0

    def tag(self):
        """A mail's id is never used twice, not even in a kept store."""
        self.tags += 1
        return f"b{int(time.time())}x{self.tags}"

    def measure(self, server, one, **kind):
        return load.measure(server, one, self.tag(), **kind)

    def desk(self, name, data=None, env=None):
        return Maildesk(self.work / name, PROGRAM, data, env)

    # ---- reading a mail, beside GMime alone --------------------------------

    def reading(self):
        sizes = {"2k": (200, 2048), "10k": (200, None), "1M": (5, 1 << 20)}
        folders = [self.mails(f"reading-{name}", count,
                              mails.Mails(seed=4, size=size)
                              if size else mails.Mails(seed=4))
                   for name, (count, size) in sizes.items()]
        told = subprocess.run([READING, *folders], check=True,
                              capture_output=True, text=True).stdout
        self.detail["reading"] = {
            name: [float(us) for us in line.split()[1:]]
            for name, line in zip(sizes, told.splitlines())}

    # ---- the three doors ---------------------------------------------------

    def loads(self):
        folder = self.mails("10k", 1000, mails.Mails(seed=3))
        seconds = self.options.seconds
        for sessions in SESSIONS:
            yield f"2k/{sessions}", Load(sessions, 2048, seconds=seconds)
            yield f"10k/{sessions}", Load(sessions, mails=folder,
                                          seconds=seconds)
            yield f"1M/{sessions}", Load(sessions, 1 << 20, seconds=seconds)
        pipelined = Load(100, seconds=seconds)
        pipelined.pipelined = True
        yield "2k/100p", pipelined

    def mails(self, name, count, generator, **kind):
        folder = self.work / f"mails-{name}"
        mean = mails.write(folder, count, generator, **kind)
        self.detail[f"mean_bytes_{name}"] = mean
        return folder

    def door(self, server):
        cells, idle = {}, server.memory()
        for name, one in self.loads():
            rounds = self.options.rounds if name == MAIN else 1
            runs = [self.measure(server, one, with_memory=name == MAIN)
                    for _ in range(rounds)]
            runs.sort(key=lambda r: r["per_second"])
            cells[name] = runs[len(runs) // 2]
            print(f"  {server.name} {name}: "
                  f"{cells[name]['per_second']:.0f}/s", file=sys.stderr)
        cells[MAIN]["idle_mib"] = idle
        return cells

    def doors(self):
        doors = {}
        for server in (Sink(self.work / "sink"),
                       Dovecot(self.work / "dovecot"), self.desk("desk")):
            with server:
                doors[server.name] = self.door(server)
        self.detail["doors"] = doors
        sink, dovecot, ours = (d[MAIN] for d in doors.values())
        self.values |= {
            "against_dovecot": ours["per_second"] / dovecot["per_second"],
            "against_sink": ours["per_second"] / sink["per_second"],
            "p99_against_dovecot": ours["p99_ms"] / dovecot["p99_ms"],
            "cpu_us": ours["cpu_us"],
            "idle_mib": ours["idle_mib"],
            "busy_mib": ours["memory_mib"],
        }
        self.values["batch"] = load.batches(ours)

    # ---- one session against a bare commit ---------------------------------

    def commit(self):
        """The disk changes from second to second: both in turns."""
        bare, ours = [], []
        folder = self.work / "bare"
        folder.mkdir()
        with self.desk("commit") as desk:
            for _ in range(5):
                bare.append(bare_commit_ms(folder))
                ours.append(self.measure(desk, Load(1, seconds=1))["p50_ms"])
        self.detail["commit"] = {"bare_ms": bare, "one_session_ms": ours}
        self.values["one_session_ms"] = median(ours) - median(bare)

    # ---- bytes -------------------------------------------------------------

    def bytes(self):
        count = 4000
        folder = self.mails("bytes", count, mails.Mails(seed=5))
        mean = self.detail["mean_bytes_bytes"]
        with self.desk("bytes") as desk:
            load.deliver(desk, Load(20, mails=folder), count, self.tag())
            before = desk.bytes_used()
            load.deliver(desk, Load(20, mails=folder), count, self.tag())
            grown = desk.bytes_used() - before
        self.detail["store_bytes_per_mail"] = grown / count
        self.values["bytes_kib"] = grown / count / mean * 10

    # ---- a slow disk -------------------------------------------------------

    def slow(self):
        slow = {"LD_PRELOAD": str(FOLDER / "slowsync.so"),
                "SLOWSYNC_US": SLOW_US}
        with self.desk("slow", env=slow) as desk:
            many = self.measure(desk, Load(100, seconds=4))
            one = self.measure(desk, Load(1, seconds=2))
        self.detail["slow"] = {"100": many, "1": one}
        self.values["slow_disk"] = many["per_second"] / one["per_second"]

    # ---- a large store -----------------------------------------------------

    def filled(self, tickets):
        """A store of that many tickets, made once."""
        folder = BUILD / f"fill-{tickets}"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            self.desk("init", folder).prepare()
            subprocess.run([FILL, str(tickets), folder], check=True)
            (folder / "done").touch()
        return folder

    def growth(self):
        for spread, value in (("young", "growth"), ("even", "growth_even")):
            rates = {tickets: self.growth_rate(tickets, spread)
                     for tickets in (EMPTY, self.options.fill)}
            self.detail[value] = rates
            self.values[value] = (rates[self.options.fill]["per_second"] /
                                  rates[EMPTY]["per_second"])

    def growth_rate(self, tickets, spread):
        folder = self.mails(f"replies-{spread}-{tickets}", 20000,
                            mails.Mails(seed=9, size=2048, html=False),
                            tickets=tickets, spread=spread)
        with self.desk(f"growth-{spread}-{tickets}",
                       self.copy(tickets)) as desk:
            runs = [self.measure(desk, Load(100, mails=folder, seconds=4))
                    for _ in range(self.options.rounds)]
        runs.sort(key=lambda r: r["per_second"])
        middle = runs[len(runs) // 2]
        print(f"  {tickets} tickets, {spread} replies: "
              f"{middle['per_second']:.0f}/s", file=sys.stderr)
        return middle

    def copy(self, tickets):
        """Small ones are copied, large ones used (and grow a little)."""
        folder = self.filled(tickets)
        if tickets > 100000:
            return folder
        return shutil.copytree(folder, self.work / f"data-{self.tag()}")

    def list(self):
        request = {"verb": "list", "resource": "ticket", "limit": 50}
        took = []
        with self.desk("list", self.copy(self.options.fill)) as desk:
            for _ in range(1000):
                begun = time.perf_counter()
                answer = desk.ask(request)
                took.append((time.perf_counter() - begun) * 1000)
                if "error" in answer:
                    raise RuntimeError(answer)
        took.sort()
        self.values["list_p50_ms"] = took[len(took) // 2]
        self.values["list_p99_ms"] = took[len(took) * 99 // 100]

    def start(self):
        folder, took = self.copy(self.options.fill), []
        for i in range(5):
            with self.desk(f"start-{i}", folder) as desk:
                took.append(desk.ready_ms / 1000)
        self.detail["start_s"] = took
        self.values["start_s"] = median(took)

    # ---- counts ------------------------------------------------------------

    def check_counts(self):
        """Each acknowledged mail is in the export, once."""
        ledger = self.work / "ledger"
        with self.desk("counts", self.copy(self.options.fill)) as desk:
            load.deliver(desk, Load(100), COUNTED, self.tag(), ledger=ledger)
            stored = Counter(message_ids(desk.lines("export")))
        wrong = {}
        acked = [line.split("\t")[1].strip("<>")
                 for line in ledger.read_text().splitlines()
                 if line.startswith("ACK")]
        for one in acked:
            if stored[one] != 1:
                wrong[one] = stored[one]
        print(f"{len(acked)} acknowledged, {len(wrong)} not there once")
        return len(acked) == COUNTED and not wrong

    def run(self):
        for part in PARTS:
            if part in self.parts:
                print(f"-- {part}", file=sys.stderr)
                getattr(self, part)()


def message_ids(lines):
    """Of entries and of held mails."""
    for line in lines:
        one = json.loads(line)
        for entry in [one, *one.get("entries", [])]:
            if entry.get("message_id"):
                yield entry["message_id"].strip("<>")


def bare_commit_ms(folder):
    done = subprocess.run([FOLDER / "lmdb_commit", folder, "1000"],
                          check=True, capture_output=True, text=True).stdout
    fields = dict(p.split("=") for p in done.split()[1:])
    return int(fields["p50_us"]) / 1000


def show(bench, last):
    if "reading" in bench.detail:
        table.print_reading(bench.detail["reading"])
    if "doors" in bench.detail:
        doors = bench.detail["doors"]
        table.print_doors(doors)
        table.print_split("\nmaildesk's CPU by thread, us a mail",
                          doors["maildesk"][MAIN]["cpu_by"])
    table.print_budgets(bench.values, last, bench.options.fill)


def save(bench):
    results = FOLDER / "results"
    results.mkdir(exist_ok=True)
    last = results / "last.json"
    before = json.loads(last.read_text()) if last.exists() else {}
    kept = before.get("values", {})
    text = json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S"),
                       "options": vars(bench.options),
                       "values": {**kept, **bench.values},
                       "detail": bench.detail}, indent=1)
    (results / time.strftime("%Y%m%d-%H%M%S.json")).write_text(text)
    last.write_text(text)
    return kept


def main():
    options = arguments()
    bench = Bench(options)
    try:
        bench.run()
        counted = "BENCH_CHECK" not in os.environ or bench.check_counts()
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    show(bench, save(bench))
    return 0 if counted else 1


if __name__ == "__main__":
    sys.exit(main())
