"""Dead code: what nobody uses and nobody can see.

What is needed is marked, starting from what a program can see: stores, calls, terminators, guards that check something, and the snapshots
of all of these (through the virtual objects that they name).  The rest goes:

* Operations without effects: pure ones, loads, calls that only read.  Also those which compute and check at once (`int_add_ovf`,
  `unbox_int`): their exit is nothing but a slower way to compute a result that is not wanted, unless something was decided by the fact that
  it fits into 64 bits.
* Boxes and other allocations that hold no references, when only snapshots and reference counting know them.  They become
  virtual: their `incref`s and `decref`s go with them.
* Phis that only keep themselves alive, with their operands.  A ref phi goes only when the jump gives it its own value: the reference that the
  label would have taken then simply stays the trace's.
* A second `guard_not_invalidated`, or `guard_poll`, when no code ran since the first.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import BY_NAME, OPS, Op, Trace, Value

_C = {name: row.code for name, row in BY_NAME.items()}
_DECREF, _CALL = _C["decref"], _C["call"]
_VALID, _POLL = _C["guard_not_invalidated"], _C["guard_poll"]

# When an operation stays: always; when its result is needed; when the box that it counts is needed; when it has effects or its result is needed
_ALWAYS, _USED, _COUNTS, _CALLS = range(4)


def _kind(row: ir.Row) -> int:
    if row.name in ("incref", "decref"):
        return _COUNTS
    if row.code == _CALL:
        return _CALLS
    if row.pure or row.name in ("load", "load_at") or (row.alloc and not row.steals):
        return _USED
    return _ALWAYS


_KINDS = [_kind(row) for row in OPS]
_BOX = [row.alloc and not row.steals for row in OPS]


def remove_dead_code(trace: Trace, off: frozenset[str] = frozenset()) -> Trace:
    """Removes what has no effect and no use.  The trace is changed in place, and returned."""
    ops = _merge_checks(trace.ops)
    marks = _Marks(ops)
    needed = marks.needed
    for op in ops:
        kind = _KINDS[op.code]
        if kind == _ALWAYS:
            marks.operation(op)
        elif kind == _COUNTS:
            value = op.args[0]
            if type(value) is Op and _BOX[value.code]:
                op.snap = None  # a box has no finalizer
            else:
                marks.operation(op)
        elif kind == _CALLS and not _reads_only(op):
            marks.operation(op)
    marks.rely(trace.info.get("relied", ()))
    marks.spread()
    kept = []
    for op in ops:
        kind = _KINDS[op.code]
        if kind == _USED:
            if op not in needed:
                continue
        elif kind == _COUNTS:
            value = op.args[0]
            if type(value) is Op and _BOX[value.code] and value not in needed:
                continue
        elif kind == _CALLS and op not in needed and _reads_only(op):
            continue
        kept.append(op)
    trace.ops = kept
    label, jump = marks.label, ops[-1]
    if label is not None and marks.loops and not all(p in needed for p in label.desc):
        keep = [p in needed for p in label.desc]
        label.desc = [p for p, k in zip(label.desc, keep) if k]
        label.args = tuple([a for a, k in zip(label.args, keep) if k])
        jump.args = tuple([a for a, k in zip(jump.args, keep) if k])
    return trace


def _reads_only(call: Op) -> bool:
    desc = call.desc
    return not (desc.runs or desc.error or desc.writes or desc.steals)


def _merge_checks(ops: list[Op]) -> list[Op]:
    """The operations without checks of what cannot have changed since the last check."""
    out = []
    valid: list = []  # flags that were found to be valid
    polled = False
    for op in ops:
        code = op.code
        if code == _VALID:
            if op.desc in valid:
                continue
            valid.append(op.desc)
        elif code == _POLL:
            if polled:
                continue
            polled = True
        elif code == ir.LABEL or (code == _CALL and op.desc.runs) or (code == _DECREF and op.snap is not None):
            valid.clear()
            polled = False
        out.append(op)
    return out


class _Marks:
    def __init__(self, ops: list[Op]) -> None:
        self.needed: set[Op] = set()
        self.shown: set[Op] = set()  # boxes and virtual objects that a snapshot names
        self.snaps: set[ir.Snapshot] = set()
        self.stack: list[Op] = []
        self.present = set(ops)
        self.label = next((op for op in ops if op.code == ir.LABEL), None)
        self.loops = self.label is not None and ops[-1].code == ir.JUMP
        self.sources: dict[Op, tuple[Value, Value]] = {}  # phi -> its operands at the label and at the jump
        if self.label is not None and self.loops:
            for phi, first, again in zip(self.label.desc, self.label.args, ops[-1].args):
                self.sources[phi] = first, again
                if phi.type == ir.REF and again is not phi:
                    self.need(phi)

    def need(self, value: Value) -> None:
        if type(value) is Op and value not in self.needed:
            self.needed.add(value)
            self.stack.append(value)

    def rely(self, values: Any) -> None:
        """Operations that compute and check, and have to check, whoever wants the result: the given ones, and those that these are computed from."""
        seen: set[Op] = set()
        stack = list(values)
        while stack:
            op = stack.pop()
            if type(op) is not Op or op in seen or op.type != ir.INT:
                continue
            seen.add(op)
            if op.row.guard and op.row.pure:
                if op in self.present:
                    self.need(op)
            elif op.row.pure:
                stack += op.args
            elif op in self.sources:
                stack += self.sources[op]

    def operation(self, op: Op) -> None:
        """What an operation that stays needs."""
        if not (self.loops and (op.code == ir.LABEL or op.code == ir.JUMP)):
            for a in op.args:
                self.need(a)
        snap = op.snap
        if snap is not None and snap not in self.snaps:
            self.snaps.add(snap)
            for value in snap.values():
                self.show(value)

    def show(self, value: Value) -> None:
        """A snapshot names the value: a box need not exist for that, what is in it must."""
        if type(value) is not Op or value in self.needed or value in self.shown:
            return
        if _BOX[value.code] or (value not in self.present and OPS[value.code].alloc):
            self.shown.add(value)
            for a in value.args:
                self.show(a)
        else:
            self.need(value)

    def spread(self) -> None:
        stack = self.stack
        while stack:
            op = stack.pop()
            if op.code == ir.PHI:
                for value in self.sources.get(op, ()):
                    self.need(value)
            elif op.code != ir.INPUT:
                self.operation(op)
