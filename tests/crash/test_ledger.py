# SPDX-License-Identifier: MIT
"""The judge of the crash tests is judged: a store that lies is found out."""
import ledger

LINES = """\
ACK\tr.1@load.example\tsupport@example.org\t1.0\t100\t250 2.1.5 ok
ACK\tr.2@load.example\tsupport@example.org\t1.0\t200\t250 2.1.5 ok
NAK\tr.3@load.example\tsupport@example.org\t1.0\t300\t452 4.3.1 full
UNK\tr.4@load.example\tsupport@example.org\t1.0\t400\t
UNK\tr.2@load.example\tsupport@example.org\t1.0\t50\t
ACK\tr.5@load.exa"""


def rows(tmp_path):
    path = tmp_path / "ledger"
    path.write_text(LINES)
    return ledger.read(path)


def test_a_ledger_is_read_up_to_its_last_whole_line(tmp_path):
    got = rows(tmp_path)
    assert len(got) == 5
    assert ledger.acked(got) == {"r.1@load.example", "r.2@load.example"}
    assert ledger.acked(got, 150) == {"r.1@load.example"}
    assert ledger.unknown(got) == {"r.4@load.example"}


def test_an_honest_store_is_not_blamed():
    assert not ledger.judge({"a", "b"}, ["a", "b", "not promised"])


def test_a_lost_mail_is_named():
    assert ledger.judge({"a", "b"}, ["a"]) == ["lost: b"]


def test_a_mail_that_is_there_twice_is_named_promised_or_not():
    assert ledger.judge({"a"}, ["a", "a", "c", "c", "c"]) == \
        ["2 times: a", "3 times: c"]
