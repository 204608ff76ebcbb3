"""Where live values lie in the buffer: homes.

The values that exits name are nearly the same from one guard to the next.  Were each exit to store all of its own, the stores would be
two thirds of the code and of LLVM's time.  So a value that several exits name gets a *home*: a word of the buffer, written
once, where the first of these exits stands, and good until the last; the exits after it store nothing for it.

- An input has its home from the start: the word that it came in.
- Before the loop (in a bridge: everywhere) a store in the straight line runs once, and is cheap.  What the loop's exits name of values
  from before the loop is stored at the loop's door.
- Inside the loop a store in the straight line runs in each iteration, so exits store for themselves (*late* values), except around a
  call that runs Python code, where all have to be in the buffer anyway; these homes hold till the end of the iteration.

Words are reused when the last exit that names their value is past.  An exit's values lie where they lie: words between them that
mean nothing to it are `HOLE`s.  An exit that leaves may write its late values over anything that it does not name itself; one that comes
back (`decref` that deallocates) may not, so its late values are kept off the words in use, and their words reserved.

Why this is sound: a trace is one line, so what was stored at an earlier operation was stored; and the positions that count are those of
operations, the loop's end standing for all that the loop still needs.
"""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

from ..tracer import ir

HOLE = ir.Const(ir.INT, 0)
LEAVES, STAYS, VISITS = range(3)  # guards; calls around which the frame is shown; deallocations
_ALWAYS = 1 << 60


class Named(NamedTuple):
    """What a snapshot names: values that the trace computes, in order, and how often it names each sunk allocation."""

    values: tuple[ir.Op, ...]
    uses: dict[ir.Op, int]


class Arrangement(NamedTuple):
    """An exit's buffer.  `now`: values to be stored at the operation, `late`: in the exit, both with their words."""

    live: tuple[ir.Value, ...]
    index: dict[Any, int]  # pyright: ignore[reportIncompatibleMethodOverride]
    now: list[tuple[ir.Value, int]]
    late: list[tuple[ir.Value, int]]


def key_of(value: ir.Value) -> Any:
    """Two constants of one object are one value."""
    return id(value.value) if type(value) is ir.Const else value


def named_by(snapshot: ir.Snapshot, present: set[ir.Op]) -> Named:
    values: dict[ir.Op, None] = {}
    uses: dict[ir.Op, int] = {}

    def visit(some: Iterable[ir.Value]) -> None:
        for v in some:
            if type(v) is ir.Op:
                if v in present:
                    values[v] = None
                else:
                    n = uses.get(v, 0)
                    uses[v] = n + 1
                    if not n:
                        visit(v.args)  # noqa: F821

    visit(snapshot.values())
    del visit  # it refers to itself: no work for the collector
    return Named(tuple(values), uses)


class Homes:
    """The buffer of one trace, as emission goes along."""

    __slots__ = ("trace", "present", "named", "last", "last_of", "count", "label", "word", "until", "in_loop")

    def __init__(self, trace: ir.Trace, owned: dict[ir.Op, tuple[ir.Value, ...]], native: bool = False) -> None:
        """`native`: a compiled function's trace; its inputs come from elsewhere."""
        self.trace = trace
        self.present: set[ir.Op] = {*trace.inputs, *trace.ops}
        self.named: dict[int, Named] = {}  # by id of the snapshot
        self.last_of: dict[int, int] = {}  # the same -> position of the last operation that has it
        self.last: dict[ir.Op, int] = {}  # value -> position of the last operation whose exit names it
        self.count: dict[ir.Op, int] = {}  # value -> number of snapshots that do
        self.label = -1
        for k, op in enumerate(trace.ops):
            if op.code == ir.LABEL:
                self.label = k
                self.present.update(op.desc)
        self._scan(owned)
        # does what is stored in the straight line run in every iteration?
        self.in_loop = self.label < 0 and bool(trace.ops) and trace.ops[-1].code == ir.JUMP
        self.word: dict[ir.Op, int] = {}
        self.until: list[int] = []  # position up to which each word is taken
        if not self.in_loop and not native:
            for k, op in enumerate(trace.inputs):
                self.word[op] = k
                self.until.append(self._end(op))

    def _scan(self, owned: dict[ir.Op, tuple[ir.Value, ...]]) -> None:
        last, count, named = self.last, self.count, self.named
        for k, op in enumerate(self.trace.ops):
            snap = op.snap
            if snap is None:
                continue
            one = named.get(id(snap))
            new = one is None
            if one is None:
                one = named[id(snap)] = named_by(snap, self.present)
            self.last_of[id(snap)] = k
            for v in one.values:
                last[v] = k
            for v in owned.get(op, ()):
                if type(v) is ir.Op:
                    last[v] = k
            if new:
                for v in {*one.values, *owned.get(op, ())}:
                    count[v] = count.get(v, 0) + 1  # type: ignore[index]

    def _end(self, value: ir.Op) -> int:
        """Position up to which a value from before the loop needs its home."""
        last = self.last.get(value, -1)
        return _ALWAYS if last > self.label >= 0 else last

    def _free_word(self, position: int, end: int, avoid: Any = ()) -> int:
        until = self.until
        for word, busy in enumerate(until):
            if busy < position and word not in avoid:
                until[word] = end
                return word
        until.append(end)
        return len(until) - 1

    def enter_loop(self) -> list[tuple[ir.Op, int]]:
        """At the label: what has to be stored before it for the exits inside."""
        position, stores = self.label, []
        for v in self.trace.ops[:position]:
            if self.last.get(v, -1) > position and v not in self.word:
                word = self.word[v] = self._free_word(position, _ALWAYS)
                stores.append((v, word))
        self.in_loop = True
        return stores

    def arrange(self, position: int, snapshot: ir.Snapshot, values: Iterable[ir.Value], mode: int) -> Arrangement:
        """Words for the values of the exit that the operation at this position has."""
        index: dict[Any, int] = {}
        now: list[tuple[ir.Value, int]] = []
        late: list[tuple[ir.Value, int]] = []
        homeless: list[tuple[Any, ir.Value]] = []
        for v in values:
            key = key_of(v)
            if key not in index:
                home = self.word.get(key, -1)
                index[key] = home
                if home < 0:
                    homeless.append((key, v))
        for key, v in homeless:
            if mode == STAYS or (not self.in_loop and self.count.get(key, 0) > 1):
                end = self.last_of[id(snapshot)] if type(v) is ir.Const else self.last[key] if self.in_loop else self._end(key)
                word = self._free_word(position, end)
                if type(v) is ir.Op:
                    self.word[v] = word
                now.append((v, word))
            elif mode == VISITS:
                word = self._free_word(position, self.last_of[id(snapshot)])
                late.append((v, word))
            else:
                continue
            index[key] = word
        if mode == LEAVES:
            taken = set(index.values())
            word = 0
            for key, v in homeless:
                if index[key] < 0:
                    while word in taken:
                        word += 1
                    index[key] = word
                    late.append((v, word))
                    word += 1
        return Arrangement(_in_order(index, values), index, now, late)


def _in_order(index: dict[Any, int], values: Iterable[ir.Value]) -> tuple[ir.Value, ...]:
    live: list[ir.Value] = [HOLE] * (max(index.values(), default=-1) + 1)
    for v in values:
        live[index[key_of(v)]] = v
    return tuple(live)


def in_sequence(values: Iterable[ir.Value]) -> Arrangement:
    """An exit on its own: its values one after the other, all stored by it."""
    index: dict[Any, int] = {}
    late: list[tuple[ir.Value, int]] = []
    for v in values:
        if key_of(v) not in index:
            index[key_of(v)] = len(late)
            late.append((v, len(late)))
    return Arrangement(tuple(v for v, _ in late), index, [], late)
