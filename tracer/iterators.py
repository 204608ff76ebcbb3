"""Iterators that a trace takes apart: a loop is entered with their parts instead of the objects (see `ir.PartDescr`).

A range's, a list's or a tuple's iterator has two parts; `enumerate` has those of what it counts and its count, `zip` those of all that
it walks over.  This needs to know that nobody else holds any of these objects.
"""

from __future__ import annotations

import sys
from types import GeneratorType
from typing import Any, Iterator

from ..interp.bytecode import info
from . import ir
from .classes import ByType
from .ir import FLOAT, INT, REF, Const, Op

RANGE_ITER, LIST_ITER, TUPLE_ITER = (type(iter(x)) for x in (range(0), [], ()))
_SIMPLE: dict[type, str] = {RANGE_ITER: "new_range_iter", LIST_ITER: "new_list_iter", TUPLE_ITER: "new_tuple_iter"}
NAMES: dict[type, str] = {**_SIMPLE, enumerate: "new_enumerate", zip: "new_zip", GeneratorType: "new_generator"}
SIMPLE, OUTER = ByType(_SIMPLE), ByType(NAMES)
FIELDS = {
    "new_range_iter": (ir.RANGE_ITER_START, ir.RANGE_ITER_LEN),
    "new_list_iter": (ir.LIST_ITER_SEQ, ir.LIST_ITER_INDEX),
    "new_tuple_iter": (ir.TUPLE_ITER_SEQ, ir.TUPLE_ITER_INDEX),
}


def _generator_apart(it: Any, bridge: Any) -> tuple[str, tuple] | None:
    """The same of a suspended generator, which nobody has looked at."""
    plain = bridge.generator_plain(it)
    found = plain and bridge.generator_state(it)
    if not found:
        return None
    code, offset, state = found
    globals_, builtins = bridge.generator_names(it)
    desc = ir.GeneratorDescr(code, globals_, builtins, bridge.instruction_word(code, 0))
    locs, stack = bridge.generator_slots(it)
    n = len(locs)
    same: dict[int, int] = {}  # locals that are iterators on the stack, as `.0` of a generator expression is
    inners = []
    for k in range(len(stack)):  # enumerate() would hold what it gave
        obj, found = stack[k], None
        if type(obj) in OUTER:
            twins = [i for i in range(n) if locs[i] is obj]
            for i in twins:
                locs[i] = bridge.NULL
            found = apart(obj, 3 + len(twins), bridge)
            for i in twins:
                same[i] = n + k
                locs[i] = obj
        inners.append(found)
    slots: list[str | None] = []
    names, shapes, values = [], [], [plain]
    for k, obj in enumerate(locs):
        t = type(obj)
        kind = None if obj is bridge.NULL else INT if t is int and -(1 << 63) <= obj < 1 << 63 else FLOAT if t is float else REF
        if inners and k in same and inners[same[k] - n]:
            slots.append(f"={same[k]}")
            continue
        slots.append(kind)
        if kind is not None:
            values.append(obj)
    for obj, inner in zip(stack, inners):
        slots.append(ir.ITERATOR if inner else None if obj is bridge.NULL else REF)
        if inner:
            names.append(inner[0])
            shapes += getattr(inner[0], "shapes", ())
            values += inner[1]
        elif obj is not bridge.NULL:
            values.append(obj)
    shape = ir.GeneratorShape(desc, state, bridge.instruction_word(code, offset), tuple(slots))
    text = ir.GeneratorText("/".join([str(shape), *names]))
    text.shapes = (shape, *shapes)
    return text, tuple(values)


def apart(it: Any, others: int, bridge: Any = None) -> tuple[str, tuple] | None:
    """(what puts it together, its parts) of an iterator to which nobody refers but its one place and `others`, or None."""
    if sys.getrefcount(it) != others + 2:
        return None
    t = type(it)
    if t is GeneratorType:
        return _generator_apart(it, bridge) if bridge is not None else None
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


def _make_generator(m: Any, tree: ir.IteratorTree, parts: Iterator[Op]) -> Op:
    shape = tree.shape
    assert shape is not None
    func, inner = next(parts), iter(tree.inner)
    slots: list[ir.Value] = []
    for kind in shape.slots:
        if kind is None or kind[0] == "=":
            slots.append(ir.NULL)
        elif kind == ir.ITERATOR:
            slots.append(_make(m, next(inner), parts))
        else:
            v = next(parts)
            slots.append(v if kind == REF else m.emit("box_int" if kind == INT else "box_float", v))
    for k, kind in enumerate(shape.slots):
        if kind is not None and kind[0] == "=":
            slots[k] = slots[int(kind[1:])]
            m.emit("incref", slots[k])
    size = info(shape.desc.code).nlocalsplus + shape.desc.code.co_stacksize
    words = [Const(INT, x) for x in (shape.state, shape.instruction, ir.generator_top(len(slots)))]
    return m.emit("new_generator", func, *words, *slots, *[ir.NULL] * (size - len(slots)), desc=shape.desc)


def _make(m: Any, tree: ir.IteratorTree, parts: Iterator[Op]) -> Op:
    if tree.shape is not None:
        return _make_generator(m, tree, parts)
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


def close(m: Any, it: Any, of: str) -> None:
    """What was taken apart is about to die: no generator in it is to be closed."""
    _close(m, it, ir.iterator_tree(of))


def _close(m: Any, it: Any, tree: ir.IteratorTree) -> None:
    if tree.shape is not None:
        inner = iter(tree.inner)
        for k, kind in enumerate(tree.shape.slots):
            if kind == ir.ITERATOR:
                _close(m, m.emit("load", it, desc=ir.gen_slot(k)), next(inner))
        m.emit("store", it, Const(INT, ir.CREATED), desc=ir.GEN_STATE)


def _take_generator(m: Any, it: Any, tree: ir.IteratorTree) -> list[Op]:
    shape = tree.shape
    assert shape is not None
    for desc, value in ((ir.GEN_STATE, shape.state), (ir.GEN_INSTRUCTION, shape.instruction)):
        m.guard("guard_true", m.emit("int_eq", m.emit("load", it, desc=desc), Const(INT, value)))
    for desc in (ir.GEN_HANDLED, ir.GEN_FRAME_OBJECT, ir.GEN_LOCALS):
        m.guard("guard_null", m.emit("load", it, desc=desc))
    found, inner = [m.emit("load", it, desc=ir.GEN_FUNCTION)], iter(tree.inner)
    ops = [m.emit("load", it, desc=ir.gen_slot(k)) for k in range(len(shape.slots))]
    for k, (kind, op) in enumerate(zip(shape.slots, ops)):
        m.guard("guard_null" if kind is None else "guard_nonnull", op)
        if kind == ir.ITERATOR:
            found += _take(m, op, next(inner), 1 + shape.slots.count(f"={k}"))
        elif kind is not None and kind[0] == "=":
            m.guard("guard_true", m.emit("ref_eq", op, ops[int(kind[1:])]))
        elif kind == REF:
            found.append(op)
        elif kind is not None:
            m.guard("guard_type", op, Const(REF, int if kind == INT else float))
            found.append(m.guard("unbox_int", op) if kind == INT else m.emit("unbox_float", op))
    return found


def _take(m: Any, it: Any, tree: ir.IteratorTree, holders: int = 1) -> list[Op]:
    m.guard("guard_alone", it, desc=None if holders == 1 else holders)
    if tree.shape is not None:
        return _take_generator(m, it, tree)
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
