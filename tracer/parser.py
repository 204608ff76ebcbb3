"""Reads the text form of a trace: exactly what `ir.format_trace` prints, plus a few abbreviations for tests.

    [r0:ref+ #slot:0, i1:int]           inputs; one `+` for each reference that the trace owns on entry
    virtual r2 = box_int(i1)            an allocation that only snapshots name
    i3 = unbox_int(r0) @{root+4[0=r0 | r2]}
    label(i3) phis[i4:int]
    i5 = int_add_ovf(i4, 1) @s1         the snapshot that `@s1{...}` named earlier; else an empty root frame at offset 1
    guard_true(b6) @s2[i4, r0]          short for an otherwise empty root frame at offset 2 with this value stack
    jump(i5)

A value's first letter is its type (i f b r p); the rest of the name is free (digits become its number).  `$name` is an object: looked up in the
caller's names, then among the builtins (dotted names by attribute); `$int:5`, `$str:'x'`, … are literals.  A descriptor
is found by its name in the caller's table, then among those of `ir`.  Blank lines and lines that start with `#` do
not count.  Equal snapshots of neighbouring operations become one object.
"""

from __future__ import annotations

import ast
import builtins
import re
import types
from typing import Any

from . import ir
from .ir import BY_NAME, Const, FrameState, Op, Snapshot, Trace, Value

_TYPE_OF = {"i": ir.INT, "f": ir.FLOAT, "b": ir.BOOL, "r": ir.REF, "p": ir.PTR, "x": "?"}
_DESCRS = {d.name: d for d in vars(ir).values() if isinstance(d, (ir.FieldDescr, ir.ArrayDescr))}
_TYPES = {
    t.__qualname__: t
    for t in (
        *(type(iter(c)) for c in (range(0), [], (), {}, "", b"", set(), {}.items(), {}.values(), range(2**70))),
        *(t for t in vars(types).values() if isinstance(t, type)),
    )
}

_DEFINITION = re.compile(r"(?:virtual )?([ifbrpx]\w*) = (\w+)\(")
_OPERATION = re.compile(r"(virtual )?(?:([ifbrpx]\w*) = )?(\w+)\(")
_PHI = re.compile(r"([ifbrp]\w*):(\w+)")
_INPUT = re.compile(r"([ifbrp]\w*):(\w+)(\+*)(?: #([^,\]]+))?")
_NUMBER = re.compile(r"-?(?:inf|nan|\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?![\w.])")
_NAME = re.compile(r"[ifbrpx]\w*")
_OBJECT = re.compile(r"\$(str:(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|complex:\([^)]*\)|[^\s,)\]|}]+)")
_FRAME = re.compile(r"([^\s+{]+)\+(-?\d+)(?:\((-?\d+)\))?\[")
_SLOT = re.compile(r"([^=,\s|\]]+)=")
_SHORT = re.compile(r"s(\d+)")


class ParseError(ValueError):
    """The text is no trace; the message quotes the line."""


def parse(text: str, names: dict[str, Any] | None = None, descrs: dict[str, Any] | None = None, kind: str = "loop", code: Any = None) -> Trace:
    """The trace that the text describes.

    `names` gives objects for `$name`, functions for frames (under `frame:name` or the plain name; a frame of an unknown name
    has that name for its function and code), `flag` for the trace's Flag and `globals` for the dict of `#name:key`.
    `descrs` gives call descriptors by symbol, and further field, array and loop descriptors by name.
    """
    return _Parser(names or {}, descrs or {}, kind, code).trace(text)


def names_of(trace: Trace) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two tables with which `parse` reads the text of this trace again (objects of equal names fall together)."""
    names: dict[str, Any] = {}
    descrs: dict[str, Any] = {}
    seen: set[Op] = set()

    def visit(value: Value) -> None:
        if isinstance(value, Const):
            if value.type == ir.REF and value.value is not ir.NULL_VALUE:
                names[ir.const_name(value.value)] = value.value
        elif value not in seen:
            seen.add(value)
            for arg in value.args:
                visit(arg)
            if isinstance(value.desc, ir.NameDescr):
                names["globals"] = value.desc.dict
            elif isinstance(value.desc, ir.Flag):
                names["flag"] = value.desc
            elif value.desc is not None and value.code != ir.LABEL:
                descrs[ir.format_desc(value.desc)] = value.desc
            if value.snap is not None:
                for frame in value.snap.frames:
                    if frame.func is not None:
                        names[f"frame:{getattr(frame.code, 'co_name', frame.code)}"] = frame.func
                for d, _, _ in value.snap.names:
                    names["globals"] = d
                for v in value.snap.values():
                    visit(v)

    for op in (*trace.inputs, *trace.ops):
        visit(op)
    return names, descrs


class _Parser:
    def __init__(self, names: dict[str, Any], descrs: dict[str, Any], kind: str, code: Any) -> None:
        self.names = names
        self.descrs = descrs
        self.kind = kind
        self.code = code
        self.globals = names.get("globals", {})
        self.flag = names.get("flag") or ir.Flag()
        self.flag_used = False
        self.values: dict[str, Op] = {}
        self.consts: dict[tuple[str, str], Const] = {}
        self.objects: dict[str, Const] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.last: tuple[str, Snapshot | None] = ("", None)
        self.line = ""
        self.pos = 0

    # -- the cursor

    def fail(self, what: str) -> ParseError:
        return ParseError(f"{what}, in the line {self.line!r} at column {self.pos}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        m = pattern.match(self.line, self.pos)
        if m is not None:
            self.pos = m.end()
        return m

    def take(self, text: str) -> bool:
        if self.line.startswith(text, self.pos):
            self.pos += len(text)
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.fail(f"expected {text!r}")

    # -- the trace

    def trace(self, text: str) -> Trace:
        lines = [s for s in (line.strip() for line in text.splitlines()) if s and not s.startswith("#")]
        if not lines or not lines[0].startswith("["):
            self.line = lines[0] if lines else ""
            raise self.fail("a trace starts with its inputs in brackets")
        trace = Trace(self.kind, [], code=self.code)
        self.inputs(lines[0], trace)
        for self.line in lines[1:]:
            self.declare()
        for self.line in lines[1:]:
            self.pos = 0
            op, virtual = self.operation()
            if not virtual:
                trace.ops.append(op)
        if self.flag_used:
            trace.flag = self.flag
        return trace

    def inputs(self, line: str, trace: Trace) -> None:
        self.line, self.pos = line, 1
        while not self.take("]"):
            m = self.match(_INPUT)
            if m is None:
                raise self.fail("expected an input such as 'r0:ref #slot:1'")
            name, kind, owned, desc = m.groups()
            self.check_letter(name, kind)
            op = ir.make("input", type=kind, desc=self.desc(desc.strip(), ir.INPUT) if desc else None)
            self.define(name, op)
            trace.inputs.append(op)
            trace.owned_inputs += [op] * len(owned)
            self.take(", ")
        if self.pos != len(self.line):
            raise self.fail("nothing may follow the inputs")

    def define(self, name: str, op: Op) -> None:
        if name in self.values:
            raise self.fail(f"{name} is defined twice")
        self.values[name] = op
        if name[1:].isdigit():
            op.num = int(name[1:])

    def check_letter(self, name: str, kind: str) -> None:
        if _TYPE_OF.get(name[0]) != kind:
            raise self.fail(f"the first letter of {name} does not stand for the type {kind}")

    def declare(self) -> None:
        """Makes the operations (and phis) that a line defines, without operands: a virtual object may be part of a cycle."""
        self.pos = 0
        m = _DEFINITION.match(self.line)
        if m is not None:
            name, opname = m.groups()
            row = BY_NAME.get(opname)
            if row is None:
                raise self.fail(f"there is no operation {opname!r}")
            kind = _TYPE_OF[name[0]]
            if row.result not in ("?", kind):
                raise self.fail(f"{opname} gives {row.result}, which {name} is no name for")
            self.define(name, Op(row.code, (), kind))
        elif self.line.startswith("label("):
            at = self.line.find(" phis[")
            if at < 0:
                raise self.fail("a label lists its phis")
            self.pos = at + len(" phis[")
            while (m := self.match(_PHI)) is not None:
                name, kind = m.groups()
                self.check_letter(name, kind)
                self.define(name, ir.make("phi", type=kind))
                self.take(", ")

    def operation(self) -> tuple[Op, bool]:
        m = self.match(_OPERATION)
        if m is None:
            raise self.fail("expected an operation")
        virtual, name, opname = m.groups()
        row = BY_NAME.get(opname)
        if row is None:
            raise self.fail(f"there is no operation {opname!r}")
        args: list[Value] = []
        while not self.take(")"):
            kind = row.args[len(args)] if len(args) < len(row.args) else "?"
            args.append(self.value(kind))
            self.take(", ")
        if row.args[-1:] != ("*",) and len(args) != len(row.args):
            raise self.fail(f"{opname} takes {len(row.args)} operands")
        desc = None
        if self.take(" #"):
            end = self.line.find(" @", self.pos)
            end = len(self.line) if end < 0 else end
            desc = self.desc(self.line[self.pos : end], row.code)
            self.pos = end
        if row.code == ir.LABEL:
            self.expect(" phis[")
            desc = []
            while (m := self.match(_PHI)) is not None:
                desc.append(self.values[m.group(1)])
                self.take(", ")
            self.expect("]")
        snap = self.snapshot() if self.take(" @") else None
        if self.pos != len(self.line):
            raise self.fail("the line goes on after the operation")
        if name is not None:
            op = self.values[name]
        elif row.result == "?":
            result = getattr(desc, "result", None) or getattr(desc, "type", None)
            if result is None:
                raise self.fail(f"{opname} needs a descriptor")
            op = Op(row.code, (), result)
        else:
            op = Op(row.code, (), row.result)
        op.args, op.desc, op.snap = tuple(args), desc, snap
        return op, virtual is not None

    # -- operands

    def const(self, kind: str, value: Any) -> Const:
        key = kind, repr(value)
        c = self.consts.get(key)
        if c is None:
            c = self.consts[key] = Const(kind, value)
        return c

    def value(self, kind: str = "?") -> Value:
        """An operand; `kind` decides how a bare number is meant."""
        if self.take("NULL"):
            return ir.NULL
        if self.take("True"):
            return ir.TRUE
        if self.take("False"):
            return ir.FALSE
        if (m := self.match(_OBJECT)) is not None:
            c = self.objects.get(m.group())
            if c is None:
                c = self.objects[m.group()] = Const(ir.REF, self.object(m.group(1)))
            return c
        if (m := self.match(_NUMBER)) is not None:
            number = m.group()
            if kind == ir.FLOAT or not number.lstrip("-").isdigit():
                return self.const(ir.FLOAT, float(number))
            return self.const(ir.PTR if kind == ir.PTR else ir.INT, int(number))
        if (m := self.match(_NAME)) is not None:
            op = self.values.get(m.group())
            if op is None:
                raise self.fail(f"{m.group()} is defined nowhere")
            return op
        raise self.fail("expected a value")

    def object(self, name: str) -> Any:
        for table in (self.names, vars(builtins), _TYPES):
            if name in table:
                return table[name]
        kind, colon, literal = name.partition(":")
        if colon:
            if kind == "int":
                return int(literal)
            if kind == "float":
                return float(literal)
            if kind == "complex":
                return complex(literal)
            if kind == "str":
                return ast.literal_eval(literal)
        first, *rest = name.split(".")
        if rest and (first in self.names or hasattr(builtins, first)):
            obj = self.object(first)
            for part in rest:
                obj = getattr(obj, part, None)
            if obj is not None:
                return obj
        raise self.fail(f"the names do not say which object ${name} is")

    def desc(self, text: str, code: int) -> Any:
        if text in self.descrs:
            return self.descrs[text]
        if text in _DESCRS:
            return _DESCRS[text]
        if text == "flag":
            self.flag_used = True
            return self.flag
        kind, _, rest = text.partition(":")
        if kind == "slot":
            place, _, part = rest.partition(":")
            depth, _, slot = place.rpartition(".")
            of, _, name = part.partition(":")
            return ir.PartDescr(int(slot), of, name, int(depth or 0)) if part else ir.SlotDescr(int(slot), int(depth or 0))
        if kind == "name":
            return ir.NameDescr(self.globals, rest)
        if text.lstrip("-").isdigit():
            return int(text)
        if text.startswith("("):
            return ast.literal_eval(text)
        raise self.fail(f"no descriptor is known for #{text}")

    # -- snapshots

    def snapshot(self) -> Snapshot:
        start = self.pos
        short = self.match(_SHORT)
        if short is None:
            snap = self.frames()
            text = self.line[start : self.pos]
            if text == self.last[0] and self.last[1] is not None:
                return self.last[1]
            self.last = (text, snap)
            return snap
        name, offset = short.group(), int(short.group(1))
        if self.line.startswith("{", self.pos):
            snap = self.frames()
        elif self.line.startswith("[", self.pos):
            self.pos += 1
            stack = self.sequence("]")
            snap = Snapshot((FrameState(None, self.code, offset, -1, False, (), stack),))
        else:
            if name not in self.snapshots:
                self.snapshots[name] = Snapshot((FrameState(None, self.code, offset, -1, False, (), ()),))
            return self.snapshots[name]
        self.snapshots[name] = snap
        return snap

    def sequence(self, end: str) -> tuple[Value, ...]:
        values: list[Value] = []
        while not self.take(end):
            values.append(self.value())
            self.take(", ")
        return tuple(values)

    def frames(self) -> Snapshot:
        self.expect("{")
        frames: list[FrameState] = []
        while True:
            m = self.match(_FRAME)
            if m is None:
                raise self.fail("expected a frame such as 'root+4[0=r1 | r2]'")
            name, offset, call_offset = m.groups()
            slots: list[tuple[int, Value]] = []
            while (s := self.match(_SLOT)) is not None:
                slots.append((int(s.group(1)), self.value()))
                self.take(", ")
            self.take(" ")
            self.expect("|")
            self.take(" ")
            stack = self.sequence("]")
            drop = self.take("!")
            func, code = None, self.code
            if frames or f"frame:{name}" in self.names:  # a compiled function has no root frame
                func = self.names.get(f"frame:{name}", self.names.get(name, name))
                code = getattr(func, "__code__", func)
            at = -1 if call_offset is None else int(call_offset)
            frames.append(FrameState(func, code, int(offset), at, drop, tuple(slots), stack))
            if not self.take(" > "):
                break
        held: list[tuple[Any, str, Value]] = []
        if self.take(" names["):
            while (s := self.match(_SLOT)) is not None:
                held.append((self.globals, s.group(1), self.value()))
                self.take(", ")
            self.expect("]")
        self.expect("}")
        return Snapshot(tuple(frames), tuple(held))
