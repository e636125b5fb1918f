# SPDX-License-Identifier: MIT
"""Results as a table: value, what it must be, what is wanted, last time."""


class Row:
    """A budget. `want_more`: a higher value is better."""

    def __init__(self, name, unit, must, wanted, want_more):
        self.name, self.unit = name, unit
        self.must, self.wanted, self.want_more = must, wanted, want_more

    def verdict(self, value):
        def reaches(limit):
            return value >= limit if self.want_more else value <= limit
        if self.must is None:
            return ""
        if not reaches(self.must):
            return "MISSED"
        return "wanted" if reaches(self.wanted) else "must"


LESS, MORE = False, True
ROWS = {
    "against_dovecot": Row("deliveries/s against Dovecot", "x", 5, 12, MORE),
    "against_sink": Row("deliveries/s against smtp-sink", "x", .3, .45, MORE),
    "cpu_us": Row("CPU per 2 KiB mail", "us", 250, 150, LESS),
    "p99_against_dovecot": Row("p99 against Dovecot's", "x", .2, .05, LESS),
    "one_session_ms": Row("p50 of one session beyond a bare commit", "ms",
                          0.8, 0.4, LESS),
    "slow_disk": Row("syncs 5 ms slower, against a commit per mail", "x", 20,
                     40, MORE),
    "growth": Row("deliveries/s at {fill} tickets against none", "x", .7,
                  .85, MORE),
    "growth_even": Row("the same, replies to old tickets as well", "x",
                       None, None, MORE),
    "list_p50_ms": Row("list of 50 tickets at {fill}, p50", "ms", 3, 1,
                       LESS),
    "list_p99_ms": Row("list of 50 tickets at {fill}, p99", "ms", 10, 3,
                       LESS),
    "idle_mib": Row("memory, idle", "MiB", 40, 16, LESS),
    "busy_mib": Row("memory, 100 sessions", "MiB", 120, 48, LESS),
    "bytes_kib": Row("store per 10 KiB mail", "KiB", 10, 5, LESS),
    "start_s": Row("start with {fill} tickets", "s", 1, .1, LESS),
    "batch": Row("mails a commit at 100 sessions", "", None, None, MORE),
}


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def print_doors(doors):
    """doors: {server: {"2k/100": result}}."""
    print(f"{'(p: pipelined)':16}{'load':>10}{'mails/s':>10}"
          f"{'p50 ms':>9}{'p99 ms':>9}{'CPU us':>9}")
    for server, cells in doors.items():
        for load, r in cells.items():
            print(f"{server:16}{load:>10}{number(r['per_second']):>10}"
                  f"{number(r['p50_ms']):>9}{number(r['p99_ms']):>9}"
                  f"{number(r['cpu_us']):>9}")


def print_split(title, split):
    print(title + ": " + ", ".join(f"{k} {v:.0f}" for k, v in split.items()))


def print_budgets(values, last, fill):
    print(f"\n{'budget':52}{'now':>8}{'must':>7}{'wanted':>8}{'last':>8}")
    for key, row in ROWS.items():
        if key not in values:
            continue
        name = row.name.format(fill=f"{fill:,}")
        if row.unit:
            name += f" ({row.unit})"
        print(f"{name:52}{number(values[key]):>8}{number(row.must):>7}"
              f"{number(row.wanted):>8}{number(last.get(key)):>8}  "
              f"{row.verdict(values[key])}")


def print_reading(rows):
    """us a mail: ours with its meaning, GMime's tree alone."""
    print(f"{'reading a mail, us':20} {'maildesk':>10} {'GMime':>10}")
    for name, (ours, gmime) in rows.items():
        print(f"{name:20} {ours:10.1f} {gmime:10.1f}")
    print()
