#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fuzzes each target for a while: fuzz.py OUT SECONDS TARGET...

Prints TAP: two tests a target, the committed corpus (tests/fuzz/corpus/NAME)
replayed, then new inputs. Findings stay in OUT/NAME; commit the file that
made a target fail to the corpus, with the fix.
"""
import subprocess
import sys
from pathlib import Path

NO_SEEDS = (".want", ".c")  # beside the mails of tests/mail
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=0",
          "-verbosity=0"]


def run(args):
    done = subprocess.run(args, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def report(number, good, name, output):
    print(f'{"ok" if good else "not ok"} {number} {name}', flush=True)
    if not good:
        for line in output.splitlines()[-60:]:
            print(f"# {line}")


def fuzz(number, target, out, seconds):
    name = target.stem.removeprefix("fuzz_")
    corpus = Path("tests/fuzz/corpus") / name
    found = out / name
    found.mkdir(parents=True, exist_ok=True)
    # A folder of that name in tests/ has good inputs (tests/mail).
    folders = [f for f in (corpus, Path("tests") / name) if f.is_dir()]
    seeds = sorted(str(p) for f in folders for p in f.rglob("*")
                   if p.is_file() and p.suffix not in NO_SEEDS)
    if not seeds:
        report(number, False, f"{name}: {corpus} has no seeds", "")
        return False
    good, output = run([str(target), *LIMITS, *seeds])
    report(number, good, f"{name}: {len(seeds)} seeds replayed", output)
    args = [str(target), *LIMITS, f"-max_total_time={seconds}",
            f"-artifact_prefix={found}/", str(found)]
    dictionary = Path("tests/fuzz") / f"{name}.dict"
    if dictionary.exists():
        args.append(f"-dict={dictionary}")
    args += [str(f) for f in folders]
    explored, output = run(args)
    report(number + 1, explored, f"{name}: {seconds} s of new inputs", output)
    return good and explored


def main():
    out, seconds, targets = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    print(f"1..{2 * len(targets)}")
    good = [fuzz(2 * i + 1, Path(t).resolve(), out, seconds)
            for i, t in enumerate(targets)]
    sys.exit(0 if all(good) else 1)


main()
