"""Box recycling: a number stored over a number of its type that nobody else holds is written in place.

    r = box_float(x)                               store_float_at(p, i, x)
    store_at(p, i, r)               =>
    own(o)
    decref(o)        (harmless: o is a number, say; other counting may stand before it)

(and the same with box_int and `store_int`).

At run time the new operation looks at what the place holds: an exact float with a single reference takes the new value; otherwise a new
float is stored and the old object released.  Ints are treated alike where both values have one or two digits and the new one is none of
CPython's small ints, which are objects that everybody shares.  The single reference is memory's own.  Whoever else could still want the
old value, a name of the trace included, holds a reference of its own or is not allowed to look after the store, which would
have freed the object.  So nobody can tell.

The box must not be known to anything but the store; the old object must be of a harmless type (its `decref` carries no snapshot: see
refcounts.py, which runs before), since the operation has no state to show to a finalizer.
"""

from __future__ import annotations

from ..tracer import ir
from ..tracer.ir import BY_NAME, Op, Trace, Value

_C = {name: row.code for name, row in BY_NAME.items()}
_STORE, _STORE_AT, _OWN, _DECREF = _C["store"], _C["store_at"], _C["own"], _C["decref"]
_COUNTING = frozenset({_C["incref"], _DECREF})
_RECYCLE = {
    _C["box_float"]: {_STORE: _C["store_float"], _STORE_AT: _C["store_float_at"]},
    _C["box_int"]: {_STORE: _C["store_int"], _STORE_AT: _C["store_int_at"]},
}


def recycle_boxes(trace: Trace, off: frozenset[str] = frozenset()) -> Trace:
    """Turns stores of fresh numbers over dying ones into `store_float`, `store_float_at`, `store_int` and `store_int_at`.  The trace is changed in place, and returned."""
    ops = trace.ops
    found = [(k, op) for k, op in enumerate(ops) if op.code in (_STORE, _STORE_AT) and _fresh(op.args[-1])]
    if not found:
        return trace
    uses = _uses(trace, {op.args[-1] for _, op in found})
    dead: set[Op] = set()
    for k, op in found:
        box = op.args[-1]
        if uses[box] != 1:
            continue
        decref = _release(ops, k)
        if decref is not None:
            ops[k] = Op(_RECYCLE[box.code][op.code], (*op.args[:-1], box.args[0]), ir.VOID, op.desc)
            dead.update((box, ops[k + 1], decref))
    trace.ops = [op for op in ops if op not in dead]
    return trace


def _fresh(value: Value) -> bool:
    return type(value) is Op and value.code in _RECYCLE


def _release(ops: list[Op], k: int) -> Op | None:
    """The harmless decref of what the store at k overwrites, if only counting of other values lies between."""
    own = ops[k + 1]
    if own.code != _OWN:
        return None
    old = own.args[0]
    for j in range(k + 2, len(ops)):
        op = ops[j]
        if op.code not in _COUNTING or op.snap is not None:
            return None
        if op.args[0] is old:
            return op if op.code == _DECREF else None
    return None


def _uses(trace: Trace, boxes: set[Op]) -> dict[Op, int]:
    """How often each of the boxes is named anywhere."""
    uses = dict.fromkeys(boxes, 0)
    seen: set[object] = set()

    def count(values: object) -> None:
        for v in values:  # type: ignore[attr-defined]
            if v in uses:
                uses[v] += 1
            elif type(v) is Op and ir.OPS[v.code].alloc and v not in seen:  # perhaps a virtual object
                seen.add(v)
                if v not in present:
                    count(v.args)

    present = set(trace.ops)
    for op in trace.ops:
        count(op.args)
        if op.snap is not None and op.snap not in seen:
            seen.add(op.snap)
            count(op.snap.values())
    return uses
