"""Iterators that a trace takes apart: a loop is entered with their parts instead of the objects (see `ir.PartDescr`).

A range's, a list's or a tuple's iterator has two parts; `enumerate` has those of what it counts and its count, `zip` those of all that
it walks over.  This needs to know that nobody else holds any of these objects.
"""

from __future__ import annotations

import sys
from typing import Any, Iterator

from . import ir
from .ir import INT, REF, Const, Op

RANGE_ITER, LIST_ITER, TUPLE_ITER = (type(iter(x)) for x in (range(0), [], ()))
SIMPLE = {RANGE_ITER: "new_range_iter", LIST_ITER: "new_list_iter", TUPLE_ITER: "new_tuple_iter"}
OUTER = {**SIMPLE, enumerate: "new_enumerate", zip: "new_zip"}
FIELDS = {
    "new_range_iter": (ir.RANGE_ITER_START, ir.RANGE_ITER_LEN),
    "new_list_iter": (ir.LIST_ITER_SEQ, ir.LIST_ITER_INDEX),
    "new_tuple_iter": (ir.TUPLE_ITER_SEQ, ir.TUPLE_ITER_INDEX),
}


def apart(it: Any, others: int) -> tuple[str, tuple] | None:
    """(what puts it together, its parts) of an iterator to which nobody refers but its one place and `others`, or None."""
    if sys.getrefcount(it) != others + 2:
        return None
    t = type(it)
    state = it.__reduce__()
    if t is RANGE_ITER:
        rest = state[1][0]
        return ("new_range_iter", (rest.start, len(rest))) if rest.step == 1 else None
    if t in SIMPLE:
        return (SIMPLE[t], (state[1][0], state[2])) if len(state) > 2 else None
    if t is enumerate:
        inner, count = state[1][:2]
        found = apart(inner, 3) if type(inner) in OUTER and count < 1 << 62 else None
        return found and (f"new_enumerate/{found[0]}", (*found[1], count))
    walked = state[1] if t is zip and len(state) == 2 else ()
    if not walked or sys.getrefcount(walked) != 4:
        return None
    names, values = [f"new_zip{len(walked)}"], []
    for inner in walked:
        found = apart(inner, 2) if type(inner) in OUTER else None
        if found is None:
            return None
        names.append(found[0])
        values += found[1]
    return "/".join(names), tuple(values)


def put_together(m: Any, of: str, ops: list[Op]) -> Op:
    """The operation whose parts are these; it takes over their references."""
    return _make(m, ir.iterator_tree(of), iter(ops))


def _make(m: Any, tree: ir.IteratorTree, parts: Iterator[Op]) -> Op:
    inner = [_make(m, t, parts) for t in tree.inner]
    if tree.name == "new_zip":
        return m.emit("new_zip", m.emit("new_tuple", *inner))
    if tree.name == "new_enumerate":
        return m.emit("new_enumerate", *inner, next(parts))
    first, second = next(parts), next(parts)
    return m.emit(tree.name, first, Const(INT, 1), second) if tree.name == "new_range_iter" else m.emit(tree.name, first, second)


def take_apart(m: Any, it: Any, of: str) -> list[Op]:
    """The parts of the iterator that is the value of an operation; guards that nobody else holds it.  References among them are borrowed."""
    return _take(m, it, ir.iterator_tree(of))


def _take(m: Any, it: Any, tree: ir.IteratorTree) -> list[Op]:
    m.guard("guard_alone", it)
    if tree.name == "new_zip":
        walked = m.emit("load", it, desc=ir.ZIP_ITERS)
        m.guard("guard_alone", walked)
        found: list[Op] = []
        for k, inner in enumerate(tree.inner):
            found += _take(m, m.emit("load_at", walked, Const(INT, k), desc=ir.TUPLE_ITEM), inner)
        return found
    if tree.name == "new_enumerate":
        found = _take(m, m.emit("load", it, desc=ir.ENUM_ITER), tree.inner[0])
        return [*found, m.emit("load", it, desc=ir.ENUM_INDEX)]
    fields = FIELDS[tree.name]
    if tree.name == "new_range_iter":
        m.guard("guard_true", m.emit("int_eq", m.emit("load", it, desc=ir.RANGE_ITER_STEP), Const(INT, 1)))
    first = m.emit("load", it, desc=fields[0])
    if first.type == REF:
        m.guard("guard_nonnull", first)
    return [first, m.emit("load", it, desc=fields[1])]
