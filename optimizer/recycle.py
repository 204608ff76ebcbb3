"""Box recycling: a float stored over a float that nobody else holds is written in place.

    r = box_float(x)                               store_float_at(p, i, x)
    store_at(p, i, r)               =>
    own(o)
    decref(o)        (harmless: o is a number, say)

At run time the new operation looks at what the place holds: an exact float with a single reference takes the new value; otherwise a new
float is stored and the old object released.  The single reference is memory's own.  Whoever else could still want the
old value, a name of the trace included, holds a reference of its own or is not allowed to look after the store, which would
have freed the object.  So nobody can tell.

The box must not be known to anything but the store; the old object must be of a harmless type (its `decref` carries no snapshot: see
refcounts.py, which runs before), since the operation has no state to show to a finalizer.
"""

from __future__ import annotations

from ..tracer import ir
from ..tracer.ir import BY_NAME, Op, Trace

_C = {name: row.code for name, row in BY_NAME.items()}
_BOX_FLOAT, _STORE, _STORE_AT, _OWN, _DECREF = _C["box_float"], _C["store"], _C["store_at"], _C["own"], _C["decref"]
_RECYCLE = {_STORE: _C["store_float"], _STORE_AT: _C["store_float_at"]}


def recycle_boxes(trace: Trace, off: frozenset[str] = frozenset()) -> Trace:
    """Turns stores of fresh floats over dying numbers into `store_float` and `store_float_at`.  The trace is changed in place, and returned."""
    ops = trace.ops
    found = [k for k, op in enumerate(ops) if op.code in _RECYCLE and _recyclable(ops, k)]
    if not found:
        return trace
    uses = _uses(trace, {ops[k].args[-1] for k in found})
    dead: set[Op] = set()
    for k in found:
        op = ops[k]
        box = op.args[-1]
        if uses[box] == 1:
            ops[k] = Op(_RECYCLE[op.code], (*op.args[:-1], box.args[0]), ir.VOID, op.desc)
            dead.update((box, ops[k + 1], ops[k + 2]))
    trace.ops = [op for op in ops if op not in dead]
    return trace


def _recyclable(ops: list[Op], k: int) -> bool:
    box = ops[k].args[-1]
    if type(box) is not Op or box.code != _BOX_FLOAT or k + 2 >= len(ops):
        return False
    own, decref = ops[k + 1], ops[k + 2]
    return own.code == _OWN and decref.code == _DECREF and decref.snap is None and own.args[0] is decref.args[0] is not box


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
