"""Bytecode as the recorder reads it: decoded once for each code object.

`co_code` shows the plain instructions, free of CPython's specializations and
instrumentation; all offsets are byte offsets into it, as `dis` prints them.
"""

from __future__ import annotations

import dis
import opcode
import sys
from _weakref import ref
from types import CodeType
from typing import NamedTuple

CO_GENERATOR_LIKE = 0x20 | 0x80 | 0x200  # generator, coroutine, async generator
CO_VARARGS = 0x04
CO_VARKEYWORDS = 0x08
CO_OPTIMIZED = 0x01

_EXTENDED_ARG = opcode.opmap["EXTENDED_ARG"]
_JREL_BACK = {op for name, op in opcode.opmap.items() if name in ("JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT")}
_JREL = set(dis.hasjrel)
_NO_NEXT = {
    op for name, op in opcode.opmap.items()
    if name in ("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "INTERPRETER_EXIT")
}  # fmt: skip
_STORES = {
    op: kind
    for name, op in opcode.opmap.items()
    if (
        kind := {
            "STORE_FAST": "one", "DELETE_FAST": "one", "LOAD_FAST_AND_CLEAR": "one",
            "STORE_FAST_STORE_FAST": "both", "STORE_FAST_LOAD_FAST": "high",
        }.get(name)
    )
}  # fmt: skip
_CACHES: dict[int, int] = {}
for _name, _fields in getattr(opcode, "_cache_format", {}).items():
    # 3.12 keys the table by opcode number in a list, 3.13 by name
    _CACHES[opcode.opmap[_name]] = sum(_fields.values())
if not _CACHES:
    for _i, _n in enumerate(getattr(opcode, "_inline_cache_entries", ())):
        if _n:
            _CACHES[_i] = _n
if sys.version_info < (3, 13):
    _CACHES = {i: n for i, n in enumerate(opcode._inline_cache_entries) if n}  # type: ignore[attr-defined]


class Instr(NamedTuple):
    """One instruction: number, argument (EXTENDED_ARG folded in), its own offset, the next one's, jump target or -1."""

    op: int
    arg: int
    offset: int
    next: int
    target: int


def _stored_by(ins: Instr) -> tuple[int, ...]:
    match _STORES.get(ins.op):
        case "one":
            return (ins.arg,)
        case "both":
            return (ins.arg >> 4, ins.arg & 15)
        case "high":
            return (ins.arg >> 4,)
    return ()


class CodeInfo:
    """What the recorder needs to know of a code object.

    `at`: instruction by offset (also at the offset of a leading EXTENDED_ARG); `stored`: indices of localsplus that the code
    stores to; `headers`: targets of backward jumps -> offset of the last jump to it; `names_stored(lo, hi)`: see below.
    """

    __slots__ = ("ref", "co_names", "at", "stored", "headers", "order", "has_loop", "simple_args", "names", "nlocalsplus", "ncells_first", "inlinable", "cells")

    def __init__(self, code: CodeType) -> None:
        self.ref = ref(code)  # a cache must not keep the program's code alive
        self.co_names = code.co_names
        self.at: dict[int, Instr] = {}
        self.order: list[Instr] = []
        self.headers: dict[int, int] = {}
        stored: set[int] = set()
        raw = code.co_code
        i, ext, start, n = 0, 0, -1, len(raw)
        while i < n:
            op, arg = raw[i], raw[i + 1] | ext
            if start < 0:
                start = i
            if op == _EXTENDED_ARG:
                ext = arg << 8
                i += 2
                continue
            after = i + 2 + 2 * _CACHES.get(op, 0)
            target = -1
            if op in _JREL:
                target = after - 2 * arg if op in _JREL_BACK else after + 2 * arg
            ins = Instr(op, arg, start, after, target)
            self.at[start] = ins
            if start != i:
                self.at[i] = ins
            self.order.append(ins)
            if op in _JREL_BACK:
                self.headers[target] = max(start, self.headers.get(target, -1))
            stored.update(_stored_by(ins))
            i, ext, start = after, 0, -1
        self.stored = stored
        self.has_loop = bool(self.headers)
        names = list(code.co_varnames)
        for c in code.co_cellvars:
            if c not in names:
                names.append(c)
        names.extend(code.co_freevars)
        self.names = tuple(names)
        self.nlocalsplus = len(names)
        self.cells = {i for i, name in enumerate(names) if name in code.co_cellvars}
        self.inlinable = not code.co_flags & CO_GENERATOR_LIKE and bool(code.co_flags & CO_OPTIMIZED)

    def outermost_loop(self, header: int) -> frozenset[int]:
        """The offsets of the instructions of the outermost loop around a header: those from which control can come to it and come back.

        An exception handler that goes on with the loop belongs to it, wherever it stands, and what stands in between does not.
        """
        code = self.ref()
        if code is None or header not in self.at:
            return frozenset()
        before: dict[int, list[int]] = {}
        after: dict[int, list[int]] = {}
        handlers = [(e.start, e.end, e.target) for e in dis._parse_exception_table(code)]  # type: ignore[attr-defined]
        for ins in self.order:
            k = ins.offset
            to = [] if ins.op in _NO_NEXT else [ins.next]
            if ins.target >= 0:
                to.append(ins.target)
            to += [target for start, end, target in handlers if start <= k < end]
            after[k] = to
            for t in to:
                before.setdefault(t, []).append(k)
        return frozenset(_reach(header, after) & _reach(header, before))

    def names_stored(self, offsets: frozenset[int]) -> set[str]:
        """Names that STORE_NAME and STORE_GLOBAL among these instructions write."""
        table = ("STORE_NAME", "STORE_GLOBAL")
        return {self.co_names[i.arg] for i in self.order if i.offset in offsets and opcode.opname[i.op] in table}


def _reach(start: int, edges: dict[int, list[int]]) -> set[int]:
    found, todo = {start}, [start]
    while todo:
        for k in edges.get(todo.pop(), ()):
            if k not in found:
                found.add(k)
                todo.append(k)
    return found


_infos: dict[int, CodeInfo] = {}
_room = 256  # for infos, until those of dead code are thrown out


def info(code: CodeType) -> CodeInfo:
    """Decoded form of a code object, by identity (code objects compare by value, so the key is their id)."""
    global _room
    key = id(code)
    found = _infos.get(key)
    if found is None or found.ref() is not code:
        if len(_infos) >= _room:
            for dead in [k for k, v in _infos.items() if v.ref() is None]:
                del _infos[dead]
            _room = 2 * len(_infos) + 256
        found = _infos[key] = CodeInfo(code)
    return found
