"""Instances made in the memory of those that they replace.

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
"""

from __future__ import annotations

from typing import NamedTuple

from ..tracer import ir
from ..tracer.ir import Op
from . import objects
from .text import Writer, address

_C = {name: row.code for name, row in ir.BY_NAME.items()}
_NEW, _STORE, _STORE_AT, _OWN, _GUARD, _DECREF = (_C[name] for name in ("new_instance", "store", "store_at", "own", "guard_harmless", "decref"))
_RAW = {_C["box_float"]: 1, _C["box_int"]: 2}
MOST = 30  # attributes: two bits of a word for each


class Renewal(NamedTuple):
    store: Op
    guard: Op
    raw: frozenset[Op]  # boxes that are not made for themselves


def find(w: Writer) -> tuple[dict[Op, Renewal], set[Op]]:
    """The allocations that are compiled as renewals, and the operations that go with them."""
    ops = w.trace.ops
    found: dict[Op, Renewal] = {}
    together: set[Op] = set()
    for k, op in enumerate(ops):
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
    uses = _uses(w)
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
    maker = w.env.new_maker(op.args[0].value, op.desc)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    w.keep.append(maker)
    kinds, values, types = 0, [], []
    for k, v in enumerate(op.args[1:]):
        if v in renewal.raw:
            kinds |= _RAW[v.code] << 2 * k  # pyright: ignore[reportAttributeAccessIssue]
            v = v.args[0]  # pyright: ignore[reportAttributeAccessIssue]
        values.append(w.value(v))
        types.append({ir.FLOAT: "double", ir.INT: "i64", ir.REF: "ptr"}[v.type])
    array = objects.array(w, values, types)
    store = renewal.store
    place = objects.place_of(w, store, [w.value(v) for v in store.args[:-1]])
    both, word, bit, failed, clean = (w.fresh() for _ in range(5))
    w.lines.append(f"{both} = call ptr {w.symbol('pt_renew')}(ptr {address(maker.address)}, ptr {place}, ptr {array}, i64 {kinds}) nounwind")
    w.lines.append(f"{word} = ptrtoint ptr {both} to i64")
    w.lines.append(f"{bit} = and i64 {word}, 1")
    w.lines.append(f"{clean} = and i64 {word}, -2")
    w.lines.append(f"{w.define(op)} = inttoptr i64 {clean} to ptr")
    w.lines.append(f"{failed} = icmp ne i64 {bit}, 0")
    w.position = w.trace.ops.index(renewal.guard, w.position)
    w.leave_if(failed, w.exit(renewal.guard))


__all__ = ["emit", "find"]
