"""The state of one emission: lines of LLVM text, names of values, constants, memory classes, exits.

Everything is a string from the start; nothing is built that has to be printed later.  An LLVM operand is written without its
type, since each op knows the types of its operands.
"""

from __future__ import annotations

import struct
import sys
from typing import Any, Iterable, Protocol

from ..tracer import ir
from ..tracer.ownership import owned_before
from .exits import ExitPlan, plain_exit, plan_exit
from .homes import HOLE, LEAVES, STAYS, Homes

LLVM_TYPE = {ir.INT: "i64", ir.FLOAT: "double", ir.BOOL: "i1", ir.REF: "ptr", ir.PTR: "ptr", ir.VOID: "void"}
UNLIKELY, LIKELY, INVARIANT = "!prof !0", "!prof !1", "!invariant.load !2"
_FIRST_CLASS = 4  # metadata numbers below are fixed, see Writer.metadata
_IMMORTAL = 0x80000000


_ALONE = frozenset((ir.BY_NAME["guard_poll"].code, ir.BY_NAME["guard_room"].code))


class EmitError(Exception):
    """The trace cannot be compiled; the message is a sentence about why."""


class Env(Protocol):
    """What emission must know of the process: see `compile.ProcessEnv`, and the tests for a made-up one."""

    layout: dict[str, int]
    symbols: dict[str, int]
    has_floor: bool  # has the CPU an instruction that rounds down?

    def new_exit(self, plan: ExitPlan) -> int: ...  # address of the exit
    def flag_address(self, flag: ir.Flag) -> int: ...
    def jump_exit_address(self, token: Any) -> int: ...
    def new_maker(self, cls: type, names: tuple[str, ...]) -> Any: ...  # for pt_make_instance


class ExitBlock:
    """An exit of the trace: its block's label, its plan, and the address that native code returns."""

    __slots__ = ("label", "plan", "address", "used", "late")

    def __init__(self, label: str, plan: ExitPlan, address: int, late: list[tuple[ir.Value, int]]) -> None:
        self.label = label
        self.plan = plan
        self.address = address
        self.used = False
        self.late = late  # the values that the exit stores itself, with their words


class Writer:
    __slots__ = (
        "trace", "env", "layout", "name", "lines", "names", "n", "block", "classes", "exits", "exit_list", "keep", "homes",
        "position", "inputs", "prologue", "_buffer",
        "owned", "together", "stack_words", "out_word", "arrivals", "intrinsics", "phi_lines", "const_cache", "_symbols", "function", "calls", "dirty",
        "others", "shown", "region", "prefix", "words",
    )  # fmt: skip

    def __init__(self, trace: ir.Trace, env: Env, name: str) -> None:
        self.trace = trace
        self.env = env
        self.layout = env.layout
        self._symbols = env.symbols
        self.name = name
        self.arrivals = 0
        self.lines: list[str] = []
        self.names: dict[Any, str] = {}
        self.n = 0
        self.block = "entry"
        self.classes: dict[str, int] = {}
        self.exits: dict[Any, ExitBlock] = {}
        self.exit_list: list[ExitBlock] = []
        self.keep: list[Any] = []
        self.const_cache: dict[int, str] = {}
        self.owned = owned_before(trace)
        self.function: Any = trace.info.get("function")  # the token of the compiled function that the trace is of
        self.homes = Homes(trace, self.owned, self.function is not None)
        self.calls = False  # of compiled functions
        self.dirty = ""  # after such a call: whether something changed meanwhile
        self.others: dict[Any, tuple[str, str]] = {}  # such a call -> (was the result something else?, the word)
        self.shown: dict[int, str] = {}  # what is in the root frame, by offsets from its first slot
        self.position = -1  # of the operation being emitted
        self.inputs = {op: k for k, op in enumerate(trace.inputs)}
        self.together: set[ir.Op] = set()  # operations that are done with one before them
        self.prologue: list[str] = []  # the head of the body
        self._buffer = ""
        self.stack_words = 0
        self.out_word = False
        self.intrinsics: dict[str, str] = {}
        self.phi_lines: list[tuple[int, ir.Op]] = []
        self.region: Any = None  # the region that the trace is a member of
        self.words: dict[int, str] = {}  # addresses of words of the buffer
        self.prefix = ""  # of the names of its blocks

    # -- names

    def fresh(self) -> str:
        self.n += 1
        return f"%t{self.n}"

    def define(self, op: ir.Op) -> str:
        """A new LLVM value for the result of an operation."""
        self.n += 1
        name = self.names[op] = f"%v{self.n}"
        return name

    def value(self, v: ir.Value) -> str:
        """The LLVM operand for a value."""
        name = self.names.get(v)
        if name is not None:
            return name
        if type(v) is ir.Const:
            return self.const(v)
        if v in self.inputs:
            return self.load_input(v)
        raise EmitError(f"{ir.format_value(v)} is used before it is computed: {ir.format_op(v)}")  # pyright: ignore[reportArgumentType]

    def const(self, c: ir.Const) -> str:
        t, value = c.type, c.value
        if t == ir.INT:
            return str(int(value))
        if t == ir.REF:
            return "null" if value is ir.NULL_VALUE else self.object(value)
        if t == ir.FLOAT:
            return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
        if t == ir.BOOL:
            return "true" if value else "false"
        return address(value) if value else "null"

    def object(self, obj: Any) -> str:
        """The address of an object, which the compiled trace keeps alive."""
        text = self.const_cache.get(id(obj))
        if text is None:
            text = self.const_cache[id(obj)] = address(id(obj))
            self.keep.append(obj)
        return text

    def symbol(self, name: str) -> str:
        """The address of a C function or object."""
        try:
            value = self._symbols[name]
        except KeyError:
            value = 0
        if not value:
            raise EmitError(f"Neither the bridge nor the process has a C function {name}.")
        return address(value)

    def has_symbol(self, name: str) -> bool:
        return bool(self._symbols.get(name))

    def load_input(self, op: ir.Op) -> str:
        """An input, from its word of the buffer, at the head of the body: on first use, since many are only passed on to exits."""
        if op in self.names:
            return self.names[op]
        lines, self.lines = self.lines, self.prologue
        words = self.buffer() if self.function is None else "%parent"
        if op.type == ir.BOOL:
            wide = self.fresh()
            self.load(wide, "i64", words, 8 * self.inputs[op], "buf")
            self.lines.append(f"{self.define(op)} = icmp ne i64 {wide}, 0")
        else:
            self.load(self.define(op), LLVM_TYPE[op.type], words, 8 * self.inputs[op], "buf")
        self.lines = lines
        return self.names[op]

    def buffer(self) -> str:
        """The value buffer's address, loaded once."""
        if self.function is not None:
            return "%buf"
        if not self._buffer:
            lines, self.lines = self.lines, self.prologue
            self._buffer = self.ctx_field("buf")
            self.lines = lines
        return self._buffer

    # -- lines

    def line(self, text: str) -> None:
        self.lines.append(text)

    def begin(self, label: str) -> None:
        self.lines.append(label + ":")
        self.block = label

    def label(self, prefix: str) -> str:
        self.n += 1
        return f"{prefix}{self.n}"

    def intrinsic(self, name: str, declaration: str) -> str:
        """Declares an LLVM intrinsic on first use."""
        self.intrinsics[name] = declaration
        return "@" + name

    def tbaa(self, memory: str) -> str:
        """The tag of a memory class: different classes never overlap."""
        number = self.classes.get(memory)
        if number is None:
            number = self.classes[memory] = _FIRST_CLASS + 2 * len(self.classes)
        return f"!tbaa !{number + 1}"

    def field(self, base: str, offset: int) -> str:
        if not offset:
            return base
        p = self.fresh()
        self.lines.append(f"{p} = getelementptr i8, ptr {base}, i64 {offset}")
        return p

    def load(self, result: str, type: str, base: str, offset: int, memory: str, more: str = "") -> None:
        p = self.field(base, offset)
        self.lines.append(f"{result} = load {type}, ptr {p}, {self.tbaa(memory)}{more}")

    def store(self, type: str, value: str, base: str, offset: int, memory: str) -> None:
        p = self.field(base, offset)
        self.lines.append(f"store {type} {value}, ptr {p}, {self.tbaa(memory)}")

    def offset(self, key: str) -> int:
        """Of a field by its name in the layout, or of one behind another: names, and a number of words, with colons between them."""
        if ":" in key:
            return sum(8 * int(part) if part.isdigit() else self.offset(part) for part in key.split(":"))
        try:
            return self.layout[key]
        except KeyError:
            raise EmitError(f"The bridge's layout has no {key}.") from None

    def ctx_field(self, key: str) -> str:
        """A pointer out of the context; these never change while a trace runs."""
        r = self.fresh()
        self.load(r, "ptr", "%ctx", self.offset("ctx." + key), "ctx", ", " + INVARIANT)
        return r

    def scratch(self, words: int) -> str:
        """Words of C stack for arguments and arrays; all users share them (nobody keeps them across a call)."""
        self.stack_words = max(self.stack_words, words)
        return "%stack"

    # -- exits

    def exit(self, op: ir.Op, flags: int = 0, result: ir.Value | None = None, mode: int = LEAVES) -> ExitBlock:
        """The exit at an operation's snapshot; operations with the same snapshot and the same references to release share it.

        Emits the stores that its values need here (see `homes` for them and for `mode`).
        """
        snap = op.snap
        if snap is None:
            raise EmitError(f"{op.name} has no snapshot: {ir.format_op(op)}")
        owned = self.owned[op]
        # nobody shares the exit of a poll: it must lead to CPython, never to a bridge
        key = (id(snap), flags, mode, owned, op if op.code in _ALONE else None)
        block = self.exits.get(key)
        if block is None:
            if result is not None and _counted(result):
                owned = (*owned, result)
            named = self.homes.named[id(snap)]
            values = [*named.values, *owned] if result is None or type(result) is ir.Const else [*named.values, *owned, result]
            where = self.homes.arrange(self.position, snap, values, mode)
            if self.region is None:
                self.put(where.now)
            block = self._add_exit(plan_exit(snap, named, where, owned, flags, op, result), where.late)
            self.exits[key] = block
        if self.region is not None and mode == STAYS:
            self.put(block.late)
        return block

    def plain_exit(self) -> ExitBlock:
        block = self.exits.get("plain")
        if block is None:
            block = self.exits["plain"] = self._add_exit(plain_exit(), [])
        return block

    def _add_exit(self, plan: ExitPlan, late: list[tuple[ir.Value, int]]) -> ExitBlock:
        """A new exit, or the one that is the same down to the last word though its snapshot is another object."""
        poll = plan.origin if plan.origin is not None and plan.origin.code in _ALONE else None
        content = (plan.blob, plan.live, tuple(late), poll, *map(id, plan.consts))
        block = self.exits.get(content)
        if block is None:
            block = self.exits[content] = self._new_exit(plan, late)
        return block

    def _new_exit(self, plan: ExitPlan, late: list[tuple[ir.Value, int]]) -> ExitBlock:
        block = ExitBlock(f"{self.prefix}x{len(self.exit_list)}", plan, self.env.new_exit(plan), late)
        if self.region is not None:
            block.late = [(v, word) for word, v in enumerate(plan.live) if v is not HOLE]
        self.exit_list.append(block)
        return block

    def leave_if(self, condition: str, exit: ExitBlock) -> None:
        exit.used = True
        ok = self.label("b")
        self.lines.append(f"br i1 {condition}, label %{exit.label}, label %{ok}, {UNLIKELY}")
        self.begin(ok)

    def leave_unless(self, condition: str, exit: ExitBlock) -> None:
        exit.used = True
        ok = self.label("b")
        self.lines.append(f"br i1 {condition}, label %{ok}, label %{exit.label}, {LIKELY}")
        self.begin(ok)

    def put(self, values: Iterable[tuple[ir.Value, int]]) -> None:
        """Stores values into words of the buffer."""
        for v, word in values:
            t, text = LLVM_TYPE[v.type], self.value(v)
            if t == "i1":
                wide = self.fresh()
                self.lines.append(f"{wide} = zext i1 {text} to i64")
                t, text = "i64", wide
            self.lines.append(f"store {t} {text}, ptr {self.words.get(word) or self.word(word)}, {self.tbaa('buf')}")

    def word(self, word: int) -> str:
        """The address of a word of the buffer, computed once for all exits."""
        words = self.buffer()
        lines, self.lines = self.lines, self.prologue
        name = self.words[word] = self.field(words, 8 * word)
        self.lines = lines
        return name

    def exit_blocks(self) -> None:
        for block in self.exit_list:
            if block.used:
                self.begin(block.label)
                if self.region is not None and self.region.after_exit(self, block):
                    continue
                self.put(block.late)
                self.lines.append(f"ret ptr {address(block.address)}")

    def metadata(self) -> list[str]:
        out = [
            '!0 = !{!"branch_weights", i32 1, i32 4000}',
            '!1 = !{!"branch_weights", i32 4000, i32 1}',
            "!2 = !{}",
            '!3 = !{!"memory"}',
        ]
        for memory, number in self.classes.items():
            out.append(f'!{number} = !{{!"{memory}", !3, i64 0}}')
            out.append(f"!{number + 1} = !{{!{number}, !{number}, i64 0}}")
        return out


def address(value: int) -> str:
    """An address as an LLVM constant.

    It is an immediate, not an external symbol: in the large code model a symbol costs the same movabs plus a relocation and a
    look-up for each in the linker; in the small one a load from the GOT.  `compile` keeps the map from addresses to
    names that a relocatable form needs.
    """
    return f"inttoptr (i64 {value} to ptr)"


def is_immortal(obj: Any) -> bool:
    """Is this object's reference count never written?  (3.12 and 3.13: bit 31 of the count.)"""
    return bool(sys.getrefcount(obj) & _IMMORTAL)


def _counted(v: ir.Value) -> bool:
    return not (type(v) is ir.Const and (v.value is ir.NULL_VALUE or is_immortal(v.value)))
