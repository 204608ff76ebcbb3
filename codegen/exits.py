"""Exit descriptions: what an exit leaves in the value buffer, and the blob from which the bridge rebuilds the frames.

The blob is a list of little-endian int64 words, decoded once by the bridge (`new_exit`).  An operand is one word, tag << 32 | index:
NULL, a live value (index into the buffer), a constant (index into the exit's constants) or a virtual object.  Where in the buffer the
values lie is the business of `homes`; words that mean nothing to an exit are declared as ints.

What is *live* at an exit: every value that the snapshot names, the values inside virtual objects, and the references that the
trace owns there, which the exit gives up when all is rebuilt.  A box that the snapshot names once needs no virtual object: the
bridge boxes a live number wherever a reference is wanted.  One named twice does, or one object would become two.
"""

from __future__ import annotations

import struct
from typing import Any

from ..tracer import ir
from .homes import Arrangement, Named, in_sequence, key_of

RAISE, PLAIN, RETURN = 1, 2, 4
TAG_LIVE, TAG_CONST, TAG_VIRTUAL = 1 << 32, 2 << 32, 3 << 32
TYPE_CODES = {ir.REF: 0, ir.INT: 1, ir.FLOAT: 2, ir.BOOL: 3}
VIRTUAL_KINDS = {
    ir.BY_NAME[name].code: kind
    for name, kind in (
        ("box_int", 0), ("box_float", 1), ("box_bool", 2), ("new_tuple", 3), ("new_list", 4), ("new_method", 5), ("new_instance", 6),
        ("new_range_iter", 7), ("new_cell", 8), ("new_list_iter", 9), ("new_slice", 10), ("new_tuple_iter", 11), ("new_function", 12),
        ("new_complex", 13), ("new_range", 14), ("new_enumerate", 15), ("new_zip", 16), ("new_generator", 17),
    )
}  # fmt: skip
_BOX_BOOL = ir.BY_NAME["box_bool"].code
_BOXES = frozenset((ir.BY_NAME["box_int"].code, ir.BY_NAME["box_float"].code))
_NEW_INSTANCE = ir.BY_NAME["new_instance"].code


class ExitError(Exception):
    """A snapshot names a value that is neither computed by the trace nor an allocation."""


class ExitPlan:
    """An exit as data.  `live`: the SSA values in buffer order (their types: `value.type`); it is the `tag` of the bridge's Exit, so that
    a trace recorded from this exit finds the parent's values behind its inputs.  `origin`: the first operation that leaves here."""

    __slots__ = ("blob", "consts", "live", "flags", "snapshot", "owned", "origin", "exit", "token", "start", "early", "since", "bridge")

    def __init__(
        self, blob: bytes, consts: tuple, live: tuple[ir.Value, ...], flags: int, snapshot: ir.Snapshot | None, owned: tuple[ir.Value, ...] = (),
        origin: ir.Op | None = None,
    ) -> None:  # fmt: skip
        self.blob = blob
        self.consts = consts
        self.live = live
        self.flags = flags
        self.snapshot = snapshot
        self.owned = owned
        self.origin = origin
        self.exit: Any = None  # the bridge's Exit
        self.token: Any = None  # the loop to whose tree it belongs
        self.start: tuple = ()  # the point (`guards.shapes`) at which its trace begins
        self.early = False  # does it leave the loop's first, peeled iteration?
        self.bridge: tuple[Any, tuple] | None = None  # where it leads: the compiled bridge, and the words that change places on the way
        self.since: tuple[int, int] | None = None  # its bridge goes around its loop: the counts of the exit and of jumps to the loop when that began

    @property
    def kind(self) -> str:
        return {0: "guard", RAISE: "raise", PLAIN: "plain", RETURN: "return"}[self.flags]

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(v.type for v in self.live)


class _Builder:
    """The tables of one blob while it is being made."""

    __slots__ = ("named", "index", "consts", "const_index", "virtuals", "virtual_index")

    def __init__(self, named: Named, index: dict[Any, int]) -> None:
        self.named = named
        self.index = index
        self.consts: list = []
        self.const_index: dict[int, int] = {}
        self.virtuals: list[list[int]] = []
        self.virtual_index: dict[ir.Op, int] = {}

    def const(self, value: Any) -> int:
        index = self.const_index.get(id(value))
        if index is None:
            index = self.const_index[id(value)] = len(self.consts)
            self.consts.append(value)
        return index

    def operand(self, v: ir.Value) -> int:
        if type(v) is ir.Const:
            return 0 if v.value is ir.NULL_VALUE else TAG_CONST | self.const(v.value)
        index = self.index.get(v)
        if index is not None:
            return TAG_LIVE | index
        if v.code == _BOX_BOOL or v.code in _BOXES and self.named.uses[v] == 1:  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
            return self.operand(v.args[0])  # pyright: ignore[reportAttributeAccessIssue]
        return self.virtual(v)  # pyright: ignore[reportArgumentType]

    def virtual(self, v: ir.Op) -> int:
        index = self.virtual_index.get(v)
        if index is not None:
            return TAG_VIRTUAL | index
        kind = VIRTUAL_KINDS.get(v.code)
        if kind is None:
            raise ExitError(f"A snapshot names {ir.format_op(v)}, which the trace does not compute.")
        index = self.virtual_index[v] = len(self.virtuals)
        words: list[int] = []
        self.virtuals.append(words)
        args = [self.operand(a) for a in v.args]
        if v.code == _NEW_INSTANCE:
            pairs = [w for name, a in zip(v.desc, args[1:]) for w in (TAG_CONST | self.const(name), a)]
            args = [args[0], *pairs]
        words += (kind, len(args), *args)
        return TAG_VIRTUAL | index

    def frame(self, f: ir.FrameState) -> list[int]:
        words = [
            -1 if f.func is None else self.const(f.func),
            self.const(f.code), f.offset, f.call_offset, int(f.drop_result), len(f.slots),
        ]  # fmt: skip
        operand = self.operand
        for slot, v in f.slots:
            words += (slot, operand(v))
        words.append(len(f.stack))
        words += [operand(v) for v in f.stack]
        return words

    def finish(self, flags: int, live: tuple[ir.Value, ...], frames: list[int], names: list[int], owned: tuple[ir.Value, ...]) -> bytes:
        words = [flags, len(live)]
        words += [TYPE_CODES[v.type] for v in live]
        words.append(len(self.virtuals))
        for virtual in self.virtuals:
            words += virtual
        words += frames
        words += names
        words.append(len(owned))
        words += [self.index[key_of(v)] for v in owned]
        return struct.pack(f"<{len(words)}q", *words)


def plan_exit(
    snapshot: ir.Snapshot,
    named: Named,
    where: Arrangement | None = None,
    owned: tuple[ir.Value, ...] = (),
    flags: int = 0,
    origin: ir.Op | None = None,
    result: ir.Value | None = None,
) -> ExitPlan:
    """The exit at a snapshot.  `named`: what it names; `where`: the places of live values (by default one after the other); `owned`: the
    references that the exit gives up, with repetitions; `result`: what a RETURN exit returns (it becomes the root frame's whole stack)."""
    if where is None:
        where = in_sequence((*named.values, *owned))
    b = _Builder(named, where.index)
    if result is not None:
        root = snapshot.frames[0]
        frames = [1, *b.frame(ir.FrameState(root.func, root.code, root.offset, root.call_offset, root.drop_result, root.slots, (result,)))]
    else:
        frames = [len(snapshot.frames)]
        for f in snapshot.frames:
            frames += b.frame(f)
    names = [len(snapshot.names)]
    for d, key, v in snapshot.names:
        names += (b.const(d), b.const(key), b.operand(v))
    blob = b.finish(flags, where.live, frames, names, owned)
    return ExitPlan(blob, tuple(b.consts), where.live, flags, snapshot, owned, origin)


def plain_exit() -> ExitPlan:
    """Entry failed before anything was taken."""
    return ExitPlan(struct.pack("<6q", PLAIN, 0, 0, 0, 0, 0), (), (), PLAIN, None)
