"""Frames shown for the time of a call: the code around a call that may run Python code (interp/shown.c says what is shown, and why so).

What the C functions pt_sync and pt_unsync do from an exit's description, native code does by itself where it can: where the locals hold
references, or numbers, and nobody but f_locals and its kind can look at the frames. The values are in the buffer all the same (see `homes`), for the
exits behind the call.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from .homes import key_of
from .text import ExitBlock, Writer, _counted, address

_BOXES = {ir.BY_NAME["box_int"].code: "int", ir.BY_NAME["box_float"].code: "float", ir.BY_NAME["box_bool"].code: "bool"}
_FRAME_SLOT = ir.BY_NAME["frame_slot"].code
_GENERATOR_LIKE = 0x20 | 0x80 | 0x200  # the collector looks at their stacks


def can_show(w: Writer, op: ir.Op) -> bool:
    """Is everything that can be seen a reference or a number?"""
    snap = op.snap
    assert snap is not None
    if snap.names or not w.has_symbol("pt_show"):
        return False
    present, numbers = w.homes.present, 0
    for f in snap.frames:
        if f.code.co_flags & _GENERATOR_LIKE:
            return False
        for _, v in f.slots:
            if type(v) is ir.Op and v not in present:
                a = v.args[0] if v.code in _BOXES else None
                if a is None or type(a) is ir.Op and a not in present:
                    return False
                numbers += 1
    return numbers <= w.layout["ctx.n_scratch"]


class Shown:
    """Around one call."""

    __slots__ = ("w", "op", "exit", "pushed", "numbers", "more")

    def __init__(self, w: Writer, op: ir.Op, exit: ExitBlock) -> None:
        self.w = w
        self.op = op
        self.exit = exit
        frames = op.snap.frames  # pyright: ignore[reportOptionalMemberAccess]
        self.pushed = [f for f in frames if f.func is not None]
        self.numbers: dict[ir.Op, str] = {}
        self.more: list[tuple[ir.Value, int]] = []  # references that native code takes for the time of the call, since frames have more of them than the trace

    def begin(self) -> None:
        w, frames = self.w, self.op.snap.frames  # pyright: ignore[reportOptionalMemberAccess]
        values = [(f, [(slot, self._object(v)) for slot, v in f.slots]) for f in frames]
        self._take()
        if self.pushed:
            base = w.fresh()
            w.lines.append(f"{base} = call ptr {w.symbol('pt_show')}(ptr %ctx, ptr {address(self.exit.address)}) nounwind")
            offset = 0
            for f, locals in values:
                if f.func is None:
                    self._root(f, locals)
                    continue
                for slot, text in locals:
                    if text != "null":
                        w.store("ptr", text, base, offset + w.offset("frame.localsplus") + 8 * slot, "shown")
                offset += 8 * (_slots(f.code) + f.code.co_stacksize + w.offset("frame.specials"))
        else:
            self._root(*values[0])
            self._count(1)

    def end(self) -> None:
        w = self.w
        if self.pushed:
            w.lines.append(f"call void {w.symbol('pt_hide')}(ptr %ctx, ptr {address(self.exit.address)}) nounwind")
        else:
            self._count(-1)
            noted, seen = w.fresh(), w.fresh()
            w.load(noted, "ptr", w.symbol("pt_noted"), 0, "shown")
            w.lines.append(f"{seen} = icmp eq ptr {noted}, null")
            look, done = w.label("d"), w.label("b")
            w.lines.append(f"br i1 {seen}, label %{done}, label %{look}, !prof !1")
            w.begin(look)
            w.lines.append(f"call void {w.symbol('pt_hide_seen')}(ptr %ctx, ptr {address(self.exit.address)}) nounwind")
            w.lines.append(f"br label %{done}")
            w.begin(done)
        self._give_back()

    # -- references

    def _take(self) -> None:
        w = self.w
        holders: dict[Any, list] = {}
        for v in self.op.snap.values():  # pyright: ignore[reportOptionalMemberAccess]
            if (type(v) is ir.Const or v in w.homes.present) and v.type == ir.REF and _counted(v):  # pyright: ignore[reportUnhashable]
                holders.setdefault(key_of(v), [v, 0])[1] += 1
        for v in w.owned[self.op]:
            if key_of(v) in holders:
                holders[key_of(v)][1] -= 1
        self.more = [(v, n) for v, n in holders.values() if n > 0]
        for v, n in self.more:
            self._change(v, n)

    def _give_back(self) -> None:
        w = self.w
        owned = {key_of(v) for v in w.owned[self.op]}
        for v, n in self.more:
            if type(v) is ir.Const or key_of(v) in owned or v.code == _FRAME_SLOT:  # pyright: ignore[reportAttributeAccessIssue]
                self._change(v, -n)
                continue
            if n > 1:
                self._change(v, 1 - n)
            w.lines.append(f"call void {w.symbol('pt_drop')}(ptr {w.value(v)}) nounwind")

    def _change(self, v: ir.Value, n: int) -> None:
        w, text = self.w, self.w.value(v)
        old, mortal, change, new = (w.fresh() for _ in range(4))
        w.load(old, "i32", text, w.offset("ob_refcnt"), "refcount")
        w.lines.append(f"{mortal} = icmp sgt i32 {old}, -1")
        w.lines.append(f"{change} = select i1 {mortal}, i32 {n}, i32 0")
        w.lines.append(f"{new} = add i32 {old}, {change}")
        w.store("i32", new, text, w.offset("ob_refcnt"), "refcount")

    # -- slots

    def _object(self, v: ir.Value) -> str:
        w = self.w
        if type(v) is ir.Const or v in w.homes.present:  # pyright: ignore[reportUnhashable]
            return w.value(v)
        assert type(v) is ir.Op
        text = self.numbers.get(v)
        if text is None:
            kind, number = _BOXES[v.code], w.value(v.args[0])
            text = self.numbers[v] = w.fresh()
            if kind == "bool":
                w.lines.append(f"{text} = select i1 {number}, ptr {w.object(True)}, ptr {w.object(False)}")
            else:
                place = len(self.numbers) - 1
                t = "i64" if kind == "int" else "double"
                w.lines.append(f"{text} = call ptr {w.symbol('pt_show_' + kind)}(ptr %ctx, i64 {place}, {t} {number}) nounwind")
        return text

    def _root(self, f: ir.FrameState, locals: list[tuple[int, str]]) -> None:
        w = self.w
        slots = w.ctx_field("slots")
        depth = _slots(f.code)
        at = f.call_offset if f.call_offset >= 0 else f.offset
        up = w.offset("frame.localsplus")
        w.keep.append(f.code)
        self._put("i64", str(id(f.code) + w.offset("code.units") + at), slots, w.offset("frame.instr_ptr") - up)
        self._put("i32", str(depth + len(f.stack)), slots, w.offset("frame.stacktop") - up)
        for slot, text in locals:
            self._put("ptr", text, slots, 8 * slot)
        for k in range(len(f.stack)):
            self._put("ptr", "null", slots, 8 * (depth + k))

    def _put(self, type: str, text: str, base: str, offset: int) -> None:
        """Stores it, unless an earlier call has."""
        w = self.w
        if w.shown.get(offset) != text:
            w.store(type, text, base, offset, "shown")
            w.shown[offset] = text

    def _count(self, by: int) -> None:
        w = self.w
        old, new = w.fresh(), w.fresh()
        w.load(old, "i32", w.symbol("pt_called_out"), 0, "shown")
        w.lines.append(f"{new} = add i32 {old}, {by}")
        w.store("i32", new, w.symbol("pt_called_out"), 0, "shown")


def _slots(code: Any) -> int:
    return len({*code.co_varnames, *code.co_cellvars}) + len(code.co_freevars)


__all__ = ["Shown", "can_show"]
