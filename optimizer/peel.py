"""Loop peeling: a trace that jumps back to its start becomes one iteration, a label, and the same iteration once more.

    [inputs] iteration; jump(values)     =>     [inputs] iteration; label(values) phis[...]; copy of iteration; jump(copied values)

By itself this gains nothing.  It gives the forward walk a place to do work once: what the first iteration has proved,
computed or loaded, the copy finds ready, and what the first iteration made without letting it escape, the copy takes apart
into plain numbers.  The idea is Ardö, Bolz and Fijałkowski's ("Loop-aware optimizations in PyPy's tracing JIT").
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Op
from .codes import C


def peel(trace: ir.Trace, off: frozenset[str] = frozenset()) -> ir.Trace:
    """The trace with a label: after a first iteration, or at its start where "peel" is off."""
    ops = trace.ops
    if trace.kind != "loop" or ops[-1].code != C.JUMP or any(op.code == C.LABEL for op in ops):
        return trace
    jump = ops[-1]
    unrolled = "peel" not in off
    phis = [Op(C.PHI, (), value.type) for value in trace.inputs]
    copier = Copier(dict(zip(trace.inputs, phis)))
    body = [copier.op(op) for op in ops]
    label = Op(C.LABEL, jump.args if unrolled else tuple(trace.inputs), ir.VOID, phis)
    first = ops[:-1] if unrolled else []
    return ir.Trace(
        trace.kind, trace.inputs, [*first, label, *body], trace.owned_inputs,
        trace.code, trace.header, trace.name, trace.flag, trace.info,
    )  # fmt: skip


class Copier:
    """Copies operations under a substitution; frames that snapshots share stay shared."""

    __slots__ = ("frames", "snaps", "values")

    def __init__(self, values: dict) -> None:
        self.values = values
        self.frames: dict = {}
        self.snaps: dict = {}

    def op(self, op: Op) -> Op:
        get = self.values.get
        snap = op.snap
        if snap is not None:
            snap = self.snaps.get(snap) or self.snapshot(snap)
        new = Op(op.code, tuple([get(a, a) for a in op.args]), op.type, op.desc, snap)
        self.values[op] = new
        return new

    def snapshot(self, snap: ir.Snapshot) -> ir.Snapshot:
        value = self.value
        frames = tuple([self.frames.get(f) or self.frame(f) for f in snap.frames])
        new = ir.Snapshot(frames, tuple([(d, k, value(v)) for d, k, v in snap.names]))
        self.snaps[snap] = new
        return new

    def frame(self, f: ir.FrameState) -> ir.FrameState:
        value = self.value
        slots = tuple([(k, value(v)) for k, v in f.slots])
        stack = tuple([value(v) for v in f.stack])
        new = ir.FrameState(f.func, f.code, f.offset, f.call_offset, f.drop_result, slots, stack)
        self.frames[f] = new
        return new

    def value(self, v: Any) -> Any:
        """What stands for v in the copy; an allocation that lives in snapshots only is copied on first sight."""
        new = self.values.get(v)
        if new is not None:
            return new
        if type(v) is ir.Const or not ir.OPS[v.code].alloc:
            return v
        new = Op(v.code, (), v.type, v.desc)
        self.values[v] = new
        new.args = tuple([self.value(a) for a in v.args])
        return new
