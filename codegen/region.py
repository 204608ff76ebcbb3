"""Regions: traces that hand over to each other all the time, as one function.

A loop with its bridges and the loops around it or inside of it are traces of their own, which meet through the value buffer: whoever leaves stores what
lives, the bridge (interp/_bridge.c) finds the next trace, and that loads its inputs.  Where a loop's iterations are short this is most of the time.  So
when an exit has been taken often, what it leads to, and where that leads, is written once more, as one function: each trace is a *member*, its inputs are
phis at its head, and what was an exit with a bridge, or a jump to a loop, is a branch.  LLVM then keeps values in registers from one to the
other, and takes out of the outer loops what does not change there.

Nothing else is different.  A member's operations are written as they were for itself, with the same exits (the very same structs, so what grows from one of
them later is reached from here as well).  What is not a member is left to exits that lead elsewhere, as before.  Only one thing enters: the head.
Members keep nothing in the buffer: their exits store all that they name (no `homes`), and calls that show frames do before they do.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from .emit import Emitted, write_operations
from .entries import enters_from_frame, frame_entry
from .homes import HOLE
from .text import LLVM_TYPE, EmitError, ExitBlock, Writer

MOST_OPERATIONS = 1500
MOST_MEMBERS = 40
_CALL = ir.BY_NAME["call"].code


class _SameExits:
    """An environment in which a trace's exits are those that it has got already: emission makes them in the same order."""

    def __init__(self, env: Any, plans: list) -> None:
        self.env = env
        self.plans = plans
        self.made = 0
        self.layout, self.symbols, self.has_floor = env.layout, env.symbols, env.has_floor
        self.flag_address, self.jump_exit_address, self.new_maker = env.flag_address, env.jump_exit_address, env.new_maker

    def new_exit(self, plan: Any) -> int:
        old = self.plans[self.made] if self.made < len(self.plans) else None
        self.made += 1
        if old is None or old.blob != plan.blob or old.exit is None:
            raise EmitError("A trace that is written again has other exits.")
        plan.exit, plan.bridge = old.exit, old.bridge
        return old.exit.address


class Member:
    """One trace of a region.  `edges`: (member that comes from, label of the block, operands for the inputs)."""

    __slots__ = ("compiled", "prefix", "edges", "writer")

    def __init__(self, compiled: Any, prefix: str) -> None:
        self.compiled = compiled
        self.prefix = prefix
        self.edges: list[tuple[Any, str, list[str]]] = []
        self.writer: Any = None


class Region:
    """What the writers of the members share."""

    def __init__(self, compiled: list) -> None:
        self.members = {id(c): Member(c, f"m{k}_") for k, c in enumerate(compiled)}

    def after_exit(self, w: Writer, block: ExitBlock) -> bool:
        """Whether an exit leads on inside of the region: then its block is written."""
        found = block.plan.bridge
        member = self.members.get(id(found[0])) if found is not None else None
        if found is None or member is None:
            return False
        source = dict(zip(found[1][::2], found[1][1::2]))
        live, inputs = block.plan.live, member.compiled.trace.inputs
        places = [source.get(k, k) for k in range(len(inputs))]
        # words that mean nothing to the exit from which the bridge was recorded are ints to the bridge, which has no use for them
        values = [live[place] if place < len(live) and live[place].type == op.type else HOLE for place, op in zip(places, inputs)]
        if any(v.type != op.type for v, op in zip(values, inputs)):
            return False
        member.edges.append((self._of(w), block.label, [w.value(v) for v in values]))
        w.lines.append(f"br label %{member.prefix}in")
        return True

    def after_jump(self, w: Writer, op: ir.Op, a: list[str]) -> bool:
        """The same for a jump to a loop."""
        member = self.members.get(id(op.desc.compiled))  # pyright: ignore[reportOptionalMemberAccess]
        if member is None:
            return False
        member.edges.append((self._of(w), w.block, a))
        w.lines.append(f"br label %{member.prefix}in")
        return True

    def _of(self, w: Writer) -> Member:
        return next(m for m in self.members.values() if m.writer is w)


def fits(trace: Any) -> bool:
    """Whether a trace can be a member."""
    return (
        trace is not None and trace.kind in ("loop", "bridge") and "function" not in trace.info and bool(trace.ops)
        and not any(op.code == _CALL and op.desc.target is not None for op in trace.ops)
    )  # fmt: skip


def _writer(member: Member, region: Region, env: Any, name: str, keep: list, before: Writer | None) -> Writer:
    """Writes a member; what is the function's goes on from the member before."""
    w = member.writer = Writer(member.compiled.trace, _SameExits(env, member.compiled.plans), name)  # pyright: ignore[reportArgumentType]
    w.region, w.prefix, w.block, w.keep = region, member.prefix, member.prefix + "in", keep
    if before is not None:
        w.classes, w.intrinsics, w.prologue, w.words, w.n, w._buffer = before.classes, before.intrinsics, before.prologue, before.words, before.n, before._buffer
    for op in w.trace.inputs:
        w.define(op)
    write_operations(w)
    w.exit_blocks()
    return w


def emit_region(compiled: list, env: Any, name: str) -> Emitted:
    """The text of a region of compiled traces, the head first.  Raises EmitError where they do not go together."""
    region = Region(compiled)
    members = list(region.members.values())
    keep: list[Any] = []
    first = last = _writer(members[0], region, env, name, keep, None)
    for member in members[1:]:
        last = _writer(member, region, env, name, keep, last)
    first.n, first._buffer = last.n, last._buffer
    lines, first.lines, first.block = first.lines, [], "entry"
    words = first.buffer()
    inputs = []
    for k, op in enumerate(first.trace.inputs):
        value = first.fresh()
        if op.type == ir.BOOL:
            raise EmitError("A loop is not entered with truth values.")
        first.load(value, LLVM_TYPE[op.type], words, 8 * k, "buf")
        inputs.append(value)
    loads, first.lines = first.lines, lines
    members[0].edges.insert(0, (None, "entry", inputs))
    while unreached := [m for m in members if not m.edges]:
        members = [m for m in members if m.edges]
        for m in members:
            m.edges = [e for e in m.edges if e[0] not in unreached]
    stack = max(m.writer.stack_words for m in members)
    body = [
        f"define ptr @{name}_buf(ptr noalias %ctx) nounwind {{",
        "entry:",
        *(["%out = alloca i64"] if any(m.writer.out_word for m in members) else ()),
        *([f"%stack = alloca [{stack} x i64]"] if stack else ()),
        *first.prologue,
        *loads,
        f"br label %{members[0].prefix}in",
    ]
    for m in members:
        body.append(m.prefix + "in:")
        for k, op in enumerate(m.writer.trace.inputs):
            arms = ", ".join(f"[ {values[k]}, %{block} ]" for _, block, values in m.edges)
            body.append(f"{m.writer.names[op]} = phi {LLVM_TYPE[op.type]} {arms}")
        body += m.writer.lines
    body += ["}", *first.intrinsics.values()]
    entry = [*frame_entry(first), f"declare ptr @{name}_buf(ptr)"] if enters_from_frame(first.trace) else []
    metadata = first.metadata()
    texts = ["\n".join([*part, *metadata, ""]) if part else "" for part in (body, entry)]
    return Emitted(name, *texts, [], keep)  # pyright: ignore[reportCallIssue]
