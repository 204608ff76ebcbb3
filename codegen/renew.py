"""Instances and copies of lists, made in the memory of those that they replace.

    r7 = box_float(f1)
    r8 = box_float(f2)
    r9 = new_instance($Vector, r7, r8)
    store(r3, r9) #inst.velocity
    own(r4)
    guard_harmless(r4)
    decref(r4)

When these operations stand one behind the other, they are compiled as one: where the place holds the last reference to an instance of the
same class with the same attributes, all of them numbers, strings and the like, it gets the new attributes (numbers are written into their
boxes, see `recycle` in the optimizer); otherwise a new instance is made, stored, and the old one given up.  Nobody can tell: nothing but
the place knows the old instance, and what is left of the trace does not name it.  The boxes are made only where they are needed, if nothing
else asks for them.

    r7 = call(r2, i3, i4) #pt_list_slice
    guard_harmless(r5)
    decref(r5)

Here it is the trace that lets go of what may be a list that nobody else has, and as long as the new one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..tracer import ir
from ..tracer.classes import basic_size, dict_offset, weakref_offset
from ..tracer.ir import Op
from . import objects
from .exits import RAISE
from .text import LIKELY, Writer, address

_C = {name: row.code for name, row in ir.BY_NAME.items()}
_NEW, _STORE, _STORE_AT, _OWN, _GUARD, _DECREF = (_C[name] for name in ("new_instance", "store", "store_at", "own", "guard_harmless", "decref"))
_CALL = _C["call"]
_RAW = {_C["box_float"]: 1, _C["box_int"]: 2}
MOST = 30  # attributes: two bits of a word for each
_ORDERED = 8  # attributes whose order is one word
_ALL_FLOATS = sum(_RAW[_C["box_float"]] << 2 * k for k in range(MOST))


class Renewal(NamedTuple):
    store: Op | None
    guard: Op
    raw: frozenset[Op]  # boxes that are not made for themselves


def find(w: Writer) -> tuple[dict[Op, Renewal], set[Op]]:
    """The allocations that are compiled as renewals, and the operations that go with them."""
    ops = w.trace.ops
    found: dict[Op, Renewal] = {}
    together: set[Op] = set()
    for k, op in enumerate(ops):
        if op.code == _CALL and op.desc.symbol == "pt_list_slice" and k + 2 < len(ops):  # pyright: ignore[reportOptionalMemberAccess]
            guard, decref = ops[k + 1 : k + 3]
            if guard.code == _GUARD and decref.code == _DECREF and decref.snap is None and guard.args[0] is decref.args[0] is not op:
                found[op] = Renewal(None, guard, frozenset())
                together.update((guard, decref))
        if op.code != _NEW or not 0 < len(op.desc) <= MOST or ir.NULL in op.args or k + 4 >= len(ops):
            continue
        store, own, guard, decref = ops[k + 1 : k + 5]
        codes = own.code, guard.code, decref.code
        if store.code not in (_STORE, _STORE_AT) or store.args[-1] is not op or codes != (_OWN, _GUARD, _DECREF) or decref.snap is not None:
            continue
        if own.args[0] is guard.args[0] is decref.args[0]:
            found[op] = Renewal(store, guard, frozenset([v for v in op.args[1:] if type(v) is Op and v.code in _RAW]))
            together.update((store, own, guard, decref))
    if not found:
        return found, together
    uses = _uses(w) if any(renewal.raw for renewal in found.values()) else {}
    for op, renewal in found.items():
        raw = frozenset([v for v in renewal.raw if uses[v] == 1])
        found[op] = renewal._replace(raw=raw)
        together |= raw
    return found, together


def _uses(w: Writer) -> dict[Op, int]:
    """How often each value is named: by operations, snapshots, and exits that give it up."""
    uses = dict.fromkeys(w.trace.ops, 0)

    def count(values: object) -> None:
        for v in values:  # type: ignore[attr-defined]
            if v in uses:
                uses[v] += 1

    for op in w.trace.ops:
        count(op.args)
        if op.snap is not None:
            count(w.homes.named[id(op.snap)].values)
            count(w.owned.get(op, ()))
    return uses


def emit(w: Writer, op: Op, renewal: Renewal) -> None:
    if renewal.store is None:
        _slice(w, op, renewal.guard)
    else:
        _instance(w, op, renewal, renewal.store)


def _slice(w: Writer, op: Op, guard: Op) -> None:
    failed = w.exit(op, RAISE)
    both, bad = w.fresh(), w.fresh()
    source, low, high, old = (w.value(v) for v in (*op.args, guard.args[0]))
    w.lines.append(f"{both} = call ptr {w.symbol('pt_slice_over')}(ptr {source}, i64 {low}, i64 {high}, ptr {old}) nounwind")
    w.lines.append(f"{bad} = icmp eq ptr {both}, null")
    w.leave_if(bad, failed)
    word, bit, clean, left = (w.fresh() for _ in range(4))
    w.lines.append(f"{word} = ptrtoint ptr {both} to i64")
    w.lines.append(f"{bit} = and i64 {word}, 1")
    w.lines.append(f"{clean} = and i64 {word}, -2")
    w.lines.append(f"{w.define(op)} = inttoptr i64 {clean} to ptr")
    w.lines.append(f"{left} = icmp ne i64 {bit}, 0")
    w.position = w.trace.ops.index(guard, w.position)
    w.leave_if(left, w.exit(guard))


def _instance(w: Writer, op: Op, renewal: Renewal, store: Op) -> None:
    maker = w.env.new_maker(op.args[0].value, op.desc)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    w.keep.append(maker)
    kinds, values, types = 0, [], []
    for k, v in enumerate(op.args[1:]):
        if v in renewal.raw:
            kinds |= _RAW[v.code] << 2 * k  # pyright: ignore[reportAttributeAccessIssue]
            v = v.args[0]  # pyright: ignore[reportAttributeAccessIssue]
        values.append(w.value(v))
        types.append({ir.FLOAT: "double", ir.INT: "i64", ir.REF: "ptr"}[v.type])
    place = objects.place_of(w, store, [w.value(v) for v in store.args[:-1]])
    if kinds == _ALL_FLOATS >> 2 * (MOST - len(values)) and len(values) <= _ORDERED and maker.keys:
        old, done = _write_in_place(w, op, maker, place, store.desc.memory, values)
    else:
        old = done = ""
    array = objects.array(w, values, types)
    both, word, bit, failed, clean = (w.fresh() for _ in range(5))
    w.lines.append(f"{both} = call ptr {w.symbol('pt_renew')}(ptr {address(maker.address)}, ptr {place}, ptr {array}, i64 {kinds}) nounwind")
    w.lines.append(f"{word} = ptrtoint ptr {both} to i64")
    w.lines.append(f"{bit} = and i64 {word}, 1")
    w.lines.append(f"{clean} = and i64 {word}, -2")
    new, bad = (w.fresh(), w.fresh()) if done else (w.define(op), failed)
    w.lines.append(f"{new} = inttoptr i64 {clean} to ptr")
    w.lines.append(f"{bad} = icmp ne i64 {bit}, 0")
    if done:
        slow = w.block
        w.lines.append(f"br label %{done}")
        w.begin(done)
        w.lines.append(f"{w.define(op)} = phi ptr [ {old}, %{done}w ], [ {new}, %{slow} ]")
        w.lines.append(f"{failed} = phi i1 [ false, %{done}w ], [ {bad}, %{slow} ]")
    w.position = w.trace.ops.index(renewal.guard, w.position)
    w.leave_if(failed, w.exit(renewal.guard))


def _write_in_place(w: Writer, op: Op, maker: Any, place: str, memory: str, values: list[str]) -> tuple[str, str]:
    """What pt_renew does, in line, where all attributes are floats that nobody else holds: (the instance, the label behind both ways).

    It goes on in the block in which the instance has to be replaced; the block that writes is called like that label, with a w."""
    cls = op.args[0].value  # pyright: ignore[reportAttributeAccessIssue]
    slow, done = w.label("b"), w.label("b")

    def need(*conditions: str) -> None:
        c = ""
        for condition in conditions:
            one, both = w.fresh(), w.fresh()
            w.lines.append(f"{one} = {condition}")
            if c:
                w.lines.append(f"{both} = and i1 {c}, {one}")
            c = both if c else one
        go_on = w.label("b")
        w.lines.append(f"br i1 {c}, label %{go_on}, label %{slow}, {LIKELY}")
        w.begin(go_on)

    def field(type: str, base: str, offset: int, memory: str) -> str:
        v = w.fresh()
        w.load(v, type, base, offset, memory)
        return v

    old = field("ptr", place, 0, memory)
    need(f"icmp ne ptr {old}, null")
    need(f"icmp eq ptr {field('ptr', old, w.offset('ob_type'), 'ob_type')}, {w.object(cls)}")
    first = basic_size(cls)
    header = field("i64", old, first, "inst.values_header")
    shape, capacity = w.fresh(), w.fresh()
    w.lines.append(f"{shape} = and i64 {header}, {0xFF00FF00}")
    w.lines.append(f"{capacity} = and i64 {header}, 255")
    order = w.fresh()
    behind = w.field(old, first + w.offset("values.values0"))
    w.lines.append(f"{order} = getelementptr i64, ptr {behind}, i64 {capacity}")
    n = len(values)
    places = maker.places
    number = w.fresh()
    w.lines.append(f"{number} = load i{8 * n}, ptr {order}, align 1, {w.tbaa('inst.order')}")
    conditions = [
        f"icmp eq i32 {field('i32', old, w.offset('ob_refcnt'), 'refcount')}, 1",
        f"icmp eq i64 {shape}, {1 << 24 | n << 8}",
        f"icmp eq i{8 * n} {number}, {sum(p << 8 * k for k, p in enumerate(places))}",
        f"icmp eq ptr {field('ptr', w.object(cls), w.offset('type.ht_cached_keys'), 'type')}, {address(maker.keys)}",
        f"icmp eq ptr {field('ptr', w.symbol('reference_tracer'), 0, 'reference_tracer')}, null",
    ]
    if dict_offset(cls):  # a dict that was asked for has the values, too
        conditions.append(f"icmp eq ptr {field('ptr', old, w.offset('inst.dict_or_values'), 'inst.values_header')}, null")
    if weakref_offset(cls):
        conditions.append(f"icmp eq ptr {field('ptr', old, weakref_offset(cls), 'weakrefs')}, null")
    need(*conditions)
    boxes = [field("ptr", old, first + w.offset("values.values0") + 8 * p, f"inst.{name}") for p, name in zip(places, op.desc)]  # pyright: ignore[reportArgumentType]
    need(
        *[f"icmp eq ptr {field('ptr', box, w.offset('ob_type'), 'ob_type')}, {w.object(float)}" for box in boxes],
        *[f"icmp eq i32 {field('i32', box, w.offset('ob_refcnt'), 'refcount')}, 1" for box in boxes],
    )
    w.lines.append(f"br label %{done}w")
    w.begin(done + "w")
    for box, value in zip(boxes, values):
        w.store("double", value, box, w.offset("float.ob_fval"), "float")
    w.lines.append(f"br label %{done}")
    w.begin(slow)
    return old, done


__all__ = ["emit", "find"]
