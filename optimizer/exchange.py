"""Exchanges: items of one list that change places.

    incref(r5)                                     guard_type(r5, $int)     (with the snapshot of the guard before)
    store_at(p3, i1, r5)                           put_at(p3, i1, r5)
    own(r4)                              =>        put_at(p3, i2, r4)
    guard_type(r5, $int)
    store_at(p3, i2, r4)
    own(r5)
    decref(r5)

Each store steals a reference and takes one out. When what a group of stores puts in is what it takes out, nothing has to be counted: the array
holds afterwards what it held before. In between it holds something twice, and something not at all, so nothing that counts, leaves or runs
may stand in the group. A guard on the type of a value that is known before the group moves in front of it; it leaves then with the state of
the last guard before, which is what the program's state still is. A `decref` that runs no code moves behind it.

The references that were taken for the stores are given up behind them; memory holds their objects all the time, so the second
walk of refcounts.py cancels that.
"""

from __future__ import annotations

from ..tracer import ir
from ..tracer.ir import BY_NAME, OPS, Const, Op, Trace, Value
from ..tracer.ownership import is_immortal
from .forward import FAILS_WITH, is_stable
from .refcounts import eliminate_refcounts

_C = {name: row.code for name, row in BY_NAME.items()}
_STORE_AT, _PUT_AT, _OWN, _INCREF, _DECREF, _GUARD_TYPE = (_C[name] for name in ("store_at", "put_at", "own", "incref", "decref", "guard_type"))
# what may stand in a group besides, or between a guard and a place that can use its snapshot
_QUIET = [r.pure and not r.guard or r.code in (_INCREF, _C["load"], _C["load_at"]) for r in OPS]
_GIVES_UP = frozenset((_C["guard_shared"], _C["guard_harmless"]))


def exchange_items(trace: Trace, off: frozenset[str] = frozenset()) -> Trace:
    """Turns stores that only permute the items of a list into `put_at`.  The trace is changed in place, and returned."""
    ops = trace.ops
    out: list[Op] = []
    done = 0
    for k in range(len(ops)):
        if k < done or not _takes_out(ops, k):
            continue
        group = _group(ops, k)
        if group is None:
            continue
        end, guards, late = group
        if guards:
            anchor = _anchor(ops, k)
            if anchor is None:
                continue
            for guard in guards:
                guard.snap = anchor.snap
        out += ops[done:k]
        out += guards
        for old in ops[k:end]:
            if old.code == _STORE_AT:
                old = Op(_PUT_AT, old.args, ir.VOID, old.desc)
            elif old.code == _OWN or old in guards or old in late:
                continue
            out.append(old)
        out += late
        done = end
    if not done:
        return trace
    trace.ops = out + ops[done:]
    return trace if "refcounts" in off else eliminate_refcounts(trace, off)


def _takes_out(ops: list[Op], k: int) -> bool:
    op = ops[k]
    return op.code == _STORE_AT and op.args[2].type == ir.REF and ops[k + 1].code == _OWN


def _group(ops: list[Op], k: int) -> tuple[int, list[Op], list[Op]] | None:
    """Where the group that begins with the store at k ends, the guards in it, and the decrefs."""
    base, desc = ops[k].args[0], ops[k].desc
    balance: dict[object, int] = {}
    inside: set[object] = set()
    guards: list[Op] = []
    late: list[Op] = []
    while True:
        op = ops[k]
        if op.code == _STORE_AT:
            if not _takes_out(ops, k) or op.args[0] is not base or op.desc != desc:
                return None
            for value, n in ((op.args[2], 1), (ops[k + 1].args[0], -1)):
                if is_immortal(value):
                    return None
                key = _key(value)
                balance[key] = balance.get(key, 0) + n
            k += 2
            if not any(balance.values()):
                return k, guards, late
            continue
        if op.code == _GUARD_TYPE:
            if op.args[0] in inside or not is_stable(op.args[1].value):  # pyright: ignore[reportAttributeAccessIssue]
                return None
            guards.append(op)
        elif op.code == _DECREF and op.snap is None:
            late.append(op)
        elif _QUIET[op.code]:
            inside.add(op)
        else:
            return None
        k += 1


def _key(value: Value) -> object:
    return id(value.value) if type(value) is Const else value


def _anchor(ops: list[Op], k: int) -> Op | None:
    """A guard before k with a snapshot that any other guard at k may have."""
    for op in reversed(ops[:k]):
        if op.snap is not None and op.row.guard:
            if op.code in _GIVES_UP:
                return None
            if op.code not in FAILS_WITH:
                return op
        elif not _QUIET[op.code]:
            return None
    return None
