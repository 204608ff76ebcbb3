"""The shape of the state at an exit: what a bridge must find, and where.

Two exits have the same shape when CPython would go on at the same instruction, in the same frames, with the same kinds of values in the same
places: numbers unboxed or not, the same constants, virtual objects of the same build, the same references to give up.  What
is recorded from one of them serves the other as well; only the words of the buffer may be in another order.  Branchy loops have many
such exits: every path that reaches an `if` has one for the side that it did not take.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Const, Op


def point(snapshot: ir.Snapshot) -> tuple:
    """Where in the program a snapshot stands."""
    return tuple([(id(f.code), f.offset, f.call_offset) for f in snapshot.frames])


def shape(plan: Any) -> tuple[tuple, tuple[int, ...]]:
    """(key, words): exits with equal keys have the same shape, and the k-th value of the one plays the part of the k-th value of the
    other; `words[k]` is its word in the buffer.  The key names objects by address: whoever keeps it keeps the plan."""
    snapshot: ir.Snapshot = plan.snapshot
    index: dict[Any, int] = {}
    for k, v in enumerate(plan.live):
        index[id(v.value) if type(v) is Const else v] = k
    numbers: dict[Any, int] = {}
    virtuals: dict[Op, int] = {}
    words: list[int] = []

    def live(key: Any, type: str) -> tuple:
        n = numbers.get(key)
        if n is None:
            n = numbers[key] = len(words)
            words.append(index[key])
        return ("live", n, type)

    def visit(v: Any) -> tuple:
        if type(v) is Const:
            return ("const", v.type, id(v.value) if v.type == ir.REF else repr(v.value))
        if v in index:
            return live(v, v.type)
        n = virtuals.get(v)
        if n is not None:
            return ("again", n)
        virtuals[v] = len(virtuals)
        return ("virtual", v.code, v.desc if isinstance(v.desc, (tuple, ir.GeneratorDescr)) else id(v.desc), *[visit(a) for a in v.args])  # noqa: F821

    frames = tuple([
        (id(f.func), id(f.code), f.offset, f.call_offset, f.drop_result, *[(k, visit(v)) for k, v in f.slots], *[visit(v) for v in f.stack])
        for f in snapshot.frames
    ])  # fmt: skip
    names = tuple([(id(d), key, visit(v)) for d, key, v in snapshot.names])
    owned = tuple(sorted([live(id(v.value) if type(v) is Const else v, v.type) for v in plan.owned]))
    del visit  # it refers to itself: no work for the collector
    return (frames, names, owned), tuple(words)
