# SPDX-License-Identifier: MIT
"""A file as a power cut leaves it, from the log of tests/tools/preload/
recordio.c. What a sync that had ended covers is there; of what was written
since, each page may be there or not, in any order; a synced write that had
not ended may be there as a whole or not at all."""
import struct
from collections import namedtuple

ENTRY = struct.Struct("<IBBHQQqq")
MAGIC = 0x4F494345
WRITE, TRUNCATE, SYNC = 1, 2, 3
PAGE = 4096

Op = namedtuple("Op", "kind is_synced offset data begun_us ended_us")


def read(path):
    """The operations of a log, in the order in which they ended."""
    ops = []
    with open(path, "rb") as file:
        while len(head := file.read(ENTRY.size)) == ENTRY.size:
            magic, kind, synced, _, offset, length, begun, ended = \
                ENTRY.unpack(head)
            assert magic == MAGIC
            data = file.read(length) if kind == WRITE else b""
            ops.append(Op(kind, bool(synced), offset, data, begun // 1000,
                          ended // 1000))
    return ops


def without_syncs(ops):
    """What a store that forgets to sync would have done."""
    return [op._replace(is_synced=False) for op in ops if op.kind != SYNC]


def put(image, offset, data):
    if len(image) < offset + len(data):
        image.extend(bytes(offset + len(data) - len(image)))
    image[offset:offset + len(data)] = data


def apply(image, op):
    if op.kind == WRITE:
        put(image, op.offset, op.data)
    elif op.offset < len(image):
        del image[op.offset:]
    else:
        image.extend(bytes(op.offset - len(image)))


class Disk:
    """Goes forward in time, cut by cut."""

    def __init__(self, base, ops):
        self.durable = bytearray(base)
        self.ops = ops
        self.next = 0
        self.pending = []

    def _sync(self, began_us):
        """Covers what had been written when the sync began."""
        for op in [op for op in self.pending if op.ended_us <= began_us]:
            apply(self.durable, op)
        self.pending = [op for op in self.pending if op.ended_us > began_us]

    def forward(self, at_us):
        while self.next < len(self.ops) and \
                self.ops[self.next].ended_us <= at_us:
            op = self.ops[self.next]
            self.next += 1
            if op.kind == SYNC:
                self._sync(op.begun_us)
            elif op.is_synced:
                apply(self.durable, op)
            else:
                self.pending.append(op)

    def begun(self, at_us):
        """Operations on their way at that time."""
        return [op for op in self.ops[self.next:self.next + 8]
                if op.begun_us <= at_us and op.kind != SYNC]

    def cut(self, at_us, rand):
        """The file after a cut at that time; times must not fall."""
        self.forward(at_us)
        image = bytearray(self.durable)
        keep = rand.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        lost = self.pending + self.begun(at_us)
        rand.shuffle(lost)
        for op in lost:
            if op.kind != WRITE or op.is_synced:
                if rand.random() < keep:
                    apply(image, op)
                continue
            for at in range(0, len(op.data), PAGE):
                if rand.random() < keep:
                    put(image, op.offset + at, op.data[at:at + PAGE])
        return bytes(image)


def cut_times(ops, acks_us, count, rand):
    """Half of them at answers, where an early one shows; rising."""
    times = [rand.choice(acks_us) for _ in range(count // 2)] if acks_us \
        else []
    span = (ops[0].begun_us, ops[-1].ended_us + 1)
    times += [rand.randint(*span) for _ in range(count - len(times))]
    return sorted(times)
