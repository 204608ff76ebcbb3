"""The trace IR: one table of operations, and the data that a trace is made of.

A trace is a linear list of operations in SSA form.  An operation *is* the
value that it computes; a constant is a `Const`.  Value types:

    int    64-bit signed            float  IEEE double
    bool   one bit                  ref    PyObject *
    ptr    an address inside an object (a list's item array)
    void   no value

Ownership.  Every ref value is either *borrowed* (constants, never-stored
slots of the root frame, values loaded from memory) or *owned by the trace*.
The column `owns` says that an operation's ref result is a new reference of the
trace; `incref` adds one and `decref` gives one up; `steals` names the operands
whose reference moves into memory (a container, a new object); `own` declares, without code, that the
trace has acquired the reference that memory held (the old value of a slot that was just overwritten).
An allocation that was sunk into snapshots (see `Snapshot`) steals nothing.  Hence the references that the trace owns at any
point follow from one forward scan (`tracer/ownership.py`), and an exit gives
exactly these up after it has rebuilt the frames (each slot takes its own reference).

Guards carry a snapshot: the state of the frames at which CPython goes on when the guard fails.
Operations that may run Python code carry one as well: the state that the frames show while that code runs.
"""

from __future__ import annotations

import sys
from typing import Any, Iterator, NamedTuple

PY313 = sys.version_info >= (3, 13)
CREATED, EXECUTING, CLEARED = -3 if PY313 else -2, 0, 4  # states of a generator
INT, FLOAT, BOOL, REF, PTR, VOID = "int", "float", "bool", "ref", "ptr", "void"
_LETTERS = {"i": INT, "f": FLOAT, "b": BOOL, "r": REF, "p": PTR, "v": VOID, "?": "?"}


class Row(NamedTuple):
    """One row of the op table: everything that is known of an operation without looking at its descriptor."""

    code: int
    name: str
    args: tuple[str, ...]  # operand types; ("?", "*") = any number of any type
    result: str
    pure: bool  # the result depends on the operands only; removable, movable
    guard: bool  # may leave the trace; carries a snapshot
    owns: bool  # the ref result is a new reference
    steals: tuple[int, ...]  # operands whose reference moves into memory; (-1,) = all ref operands
    alloc: bool  # allocates; may become virtual
    runs: bool  # may run Python code (anything may change); carries a snapshot
    doc: str


OPS: list[Row] = []
BY_NAME: dict[str, Row] = {}


def _op(name: str, sig: str, doc: str, *flags: str, steals: tuple[int, ...] = ()) -> int:
    args, _, result = sig.partition(">")
    variadic = args.endswith("*")
    types = ("?", "*") if variadic else tuple(_LETTERS[c] for c in args)
    row = Row(
        len(OPS), name, types, _LETTERS[result or "v"], "pure" in flags, "guard" in flags,
        "owns" in flags, steals, "alloc" in flags, "runs" in flags, doc,
    )
    OPS.append(row)
    BY_NAME[name] = row
    return row.code


# fmt: off
# -- structure
INPUT = _op("input", ">?", "a value that the trace is entered with; desc: SlotDescr, PartDescr, NameDescr or None (bridge: exit buffer order)")
FRAME_SLOT = _op("frame_slot", ">r", "content of a slot of the root frame that is stored to nowhere in the code (borrowed); desc: int slot", "pure")
GLOBAL_REF = _op("global_ref", ">r", "what a watched name refers to, borrowed, not kept alive by the trace; desc: int address", "pure")
LABEL = _op("label", "*>v", "the loop header; the operands are the values on first arrival; the loop's phis are its `phis` (desc: list of Op)")
PHI = _op("phi", ">?", "a loop-carried value; defined by the label")
JUMP = _op("jump", "*>v", "back to the trace's own label (or to its start when it has none), one operand for each phi (input)")
JUMP_LOOP = _op("jump_loop", "*>v", "to the entry of another compiled loop; desc: LoopToken; operands: one for each of its inputs")
EXIT = _op("exit", "*>v", "leave to CPython unconditionally", "guard")
RETURN = _op("return", "?>v", "return the operand (owned, or in a compiled function a number) from the root frame; carries the snapshot of the empty frame", "guard")
# -- integers, 64 bits; the wrapping forms appear only where ranges prove that they cannot wrap
for _n in ("add", "sub", "mul"):
    _op(f"int_{_n}", "ii>i", f"wrapping {_n}", "pure")
for _n in ("and", "or", "xor"):
    _op(f"int_{_n}", "ii>i", f"bitwise {_n}", "pure")
_op("int_lshift", "ii>i", "shift left, 0 <= count < 64, wraps", "pure")
_op("int_rshift", "ii>i", "arithmetic shift right, 0 <= count < 64", "pure")
_op("int_neg", "i>i", "wrapping negation", "pure")
_op("int_invert", "i>i", "bitwise not", "pure")
_op("int_floordiv", "ii>i", "Python's //; divisor is not 0, and not -1 with the minimum", "pure")
_op("int_mod", "ii>i", "Python's %; divisor is not 0, and not -1 with the minimum", "pure")
_op("int_min", "ii>i", "signed minimum", "pure")
_op("int_max", "ii>i", "signed maximum", "pure")
for _n in ("add", "sub", "mul"):
    _op(f"int_{_n}_ovf", "ii>i", f"{_n}; leaves when the result does not fit", "pure", "guard")
_op("int_neg_ovf", "i>i", "negation; leaves at the minimum", "pure", "guard")
_op("int_lshift_ovf", "ii>i", "shift left, 0 <= count < 64; leaves when bits are lost", "pure", "guard")
for _n in ("lt", "le", "eq", "ne", "gt", "ge"):
    _op(f"int_{_n}", "ii>b", f"signed {_n}", "pure")
_op("int_ult", "ii>b", "unsigned less-than (a bounds check in one comparison)", "pure")
_op("int_is_true", "i>b", "x != 0", "pure")
_op("int_to_float", "i>f", "nearest double", "pure")
_op("bool_to_int", "b>i", "0 or 1", "pure")
_op("bool_not", "b>b", "not", "pure")
_op("bool_and", "bb>b", "and, both evaluated", "pure")
_op("bool_or", "bb>b", "or, both evaluated", "pure")
_op("bool_eq", "bb>b", "equal", "pure")
# -- floats
for _n in ("add", "sub", "mul", "div"):
    _op(f"float_{_n}", "ff>f", f"{_n} (division: the divisor was guarded to be not 0)", "pure")
_op("float_neg", "f>f", "negation", "pure")
_op("float_abs", "f>f", "absolute value", "pure")
_op("float_sqrt", "f>f", "square root (operand guarded to be >= 0 or nan)", "pure")
_op("float_floor", "f>f", "floor", "pure")
_op("float_floordiv", "ff>f", "Python's //; divisor not 0", "pure")
_op("float_mod", "ff>f", "Python's %; divisor not 0", "pure")
for _n in ("lt", "le", "eq", "ne", "gt", "ge"):
    _op(f"float_{_n}", "ff>b", f"{_n}, ordered (ne: unordered)", "pure")
_op("float_is_true", "f>b", "x != 0.0 (nan is true)", "pure")
_op("float_to_int_ovf", "f>i", "truncation; leaves when it does not fit or is nan", "pure", "guard")
# -- choice
_op("select_int", "bii>i", "b ? x : y", "pure")
_op("select_float", "bff>f", "b ? x : y", "pure")
# -- boxes
_op("box_int", "i>r", "int object with this value", "owns", "alloc")
_op("box_float", "f>r", "float object with this value", "owns", "alloc")
_op("box_bool", "b>r", "True or False (immortal, borrowed)", "pure")
_op("unbox_int", "r>i", "value of an exact int (type guarded before); leaves when it needs more than 64 bits", "pure", "guard")
_op("unbox_float", "r>f", "value of an exact float (type guarded before)", "pure")
_op("unbox_bool", "r>b", "x is True (type guarded before)", "pure")
# -- references
_op("ref_eq", "rr>b", "the same object", "pure")
_op("incref", "r>v", "the trace takes one more reference")
_op("decref", "r>v", "the trace gives up one reference; may run a finalizer unless the type is known to be harmless", "runs")
_op("own", "r>v", "no code: the trace now owns a reference that memory held")
# -- guards
_op("guard_type", "rr>v", "exact type is the (constant) second operand", "guard")
_op("guard_not_type", "rr>v", "exact type is not the (constant) second operand", "guard")
_op("guard_true", "b>v", "operand is true", "guard")
_op("guard_false", "b>v", "operand is false", "guard")
_op("guard_is", "rr>v", "is the (constant) second operand", "guard")
_op("guard_is_not", "rr>v", "is not the second operand", "guard")
_op("guard_nonnull", "r>v", "is not NULL", "guard")
_op("guard_null", "r>v", "is NULL", "guard")
_op("guard_alone", "r>v", "nobody but the trace, and what it holds alone, holds a reference; desc: how many there are, None: one", "guard")
_op("guard_shared", "r>v", "somebody else holds a reference too: giving up the trace's own (the exit does it) frees nothing", "guard")
_op("guard_harmless", "r>v", "giving up the trace's own reference (the decref that follows, or the exit, does it) runs no Python code: somebody else holds the object, or "
    "it dies plainly", "guard")
_op("guard_not_invalidated", ">v", "no watched thing changed; desc: Flag", "guard")
_op("guard_room", ">v", "at a compiled function's entry: frames and C stack enough, no watched thing changed, the eval breaker is clear; desc: Flag", "guard")
_op("native_object", "?>r", "what the native call that is the operand gave instead of a number (borrowed); NULL where it gave the number")
_op("guard_poll", ">v", "the eval breaker is clear; one on each back edge", "guard")
# -- memory; desc: FieldDescr / ArrayDescr
_op("load", "?>?", "a field of an object or struct (base: ref or ptr; a ref result is borrowed, may be NULL where the descriptor says so); desc: FieldDescr")
_op("store", "??>v", "set a field (base as for load; a ref operand is stolen; the old value is not released); desc: FieldDescr", steals=(1,))
_op("load_at", "?i>?", "an element; desc: ArrayDescr; base: ptr, or ref for inline arrays")
_op("store_at", "?i?>v", "set an element (a ref operand is stolen; the old one is not released); desc: ArrayDescr", steals=(2,))
_op("put_at", "?ir>v", "set an item, without counting; stands in a group that puts in again what it takes out of the same array, with nothing in between that can tell; "
    "desc: ArrayDescr (ref)")
# -- allocations
_op("new_tuple", "*>r", "tuple of the operands", "owns", "alloc", steals=(-1,))
_op("new_list", "*>r", "list of the operands", "owns", "alloc", steals=(-1,))
_op("new_method", "rr>r", "bound method (function, self)", "owns", "alloc", steals=(-1,))
_op("new_cell", "r>r", "cell with this content (const NULL: empty)", "owns", "alloc", steals=(-1,))
_op("new_slice", "rrr>r", "slice(a, b, c)", "owns", "alloc", steals=(-1,))
_op("new_range_iter", "iii>r", "range_iterator(start, step, len)", "owns", "alloc")
_op("new_range", "iii>r", "range(start, stop, step); step is not 0", "owns", "alloc")
_op("new_list_iter", "ri>r", "list_iterator(list, index)", "owns", "alloc", steals=(0,))
_op("new_tuple_iter", "ri>r", "tuple_iterator(tuple, index)", "owns", "alloc", steals=(0,))
_op("new_enumerate", "ri>r", "enumerate(iterator of a builtin, start)", "owns", "alloc", steals=(0,))
_op("new_zip", "r>r", "zip(*tuple of iterators of builtins)", "owns", "alloc", steals=(0,))
_op("new_complex", "ff>r", "complex object", "owns", "alloc")
_op("new_instance", "r*>r", "instance of the constant type (operand 0) with inline attributes; desc: tuple of attribute names, operands 1.. their values", "owns", "alloc", steals=(-1,))
_op("new_function", "rrrr>r", "function of a (constant) code and globals, with this closure and these defaults (NULL: none)", "owns", "alloc", steals=(2, 3))
_op("new_generator", "*>r", "generator; desc: GeneratorDescr; operands: its function, its state, the instruction where it waits, its `stacktop` word, its slots",
    "owns", "alloc", steals=(-1,))
# -- calls; desc: CallDescr
_op("call", "*>?", "call of a C function, or of a compiled one; everything else is in the descriptor; a failing call leaves by raising at the snapshot's innermost frame")
# -- recycled boxes: the old object, of a harmless type, is given up; an exact number that nobody else holds takes the new value instead
_op("store_float", "?f>v", "store(x, box_float(y)), written into the old object where possible; desc: FieldDescr (ref)")
_op("store_float_at", "?if>v", "store_at(base, index, box_float(y)), written into the old object where possible; desc: ArrayDescr (ref)")
_op("store_int", "?i>v", "store(x, box_int(y)), written into the old object where possible; desc: FieldDescr (ref)")
_op("store_int_at", "?ii>v", "store_at(base, index, box_int(y)), written into the old object where possible; desc: ArrayDescr (ref)")
# fmt: on

_BY_CODE = OPS


class _Descr:
    """Equal where all that is said of it is.  (A frozen data class; to import `dataclasses` takes a third of loading all of ours.)"""

    __slots__ = ("_hash", "_key")

    def __init__(self, *key: Any) -> None:
        self._key = key
        self._hash = hash(key)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is type(self) and self._key == other._key)  # pyright: ignore[reportAttributeAccessIssue]

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._key}"


class FieldDescr(_Descr):
    """A field of a C struct.  `name`: of its offset in the bridge's layout(), or several, to be added up, with a number of words to come behind;
    `memory`: the alias class that it reads and writes; `offset`: in bytes, where it is not in layout()."""

    __slots__ = ("name", "type", "memory", "immutable", "offset")

    def __init__(self, name: str, type: str, memory: str, immutable: bool = False, offset: int = -1) -> None:
        super().__init__(name, type, memory, immutable, offset)
        self.name = name
        self.type = type
        self.memory = memory
        self.immutable = immutable
        self.offset = offset


class ArrayDescr(_Descr):
    """Items of 8 bytes.  `offset_key` names the offset of item 0 from the base ("" = 0)."""

    __slots__ = ("name", "type", "memory", "offset_key", "immutable")

    def __init__(self, name: str, type: str, memory: str, offset_key: str = "", immutable: bool = False) -> None:
        super().__init__(name, type, memory, offset_key, immutable)
        self.name = name
        self.type = type
        self.memory = memory
        self.offset_key = offset_key
        self.immutable = immutable


class CallDescr(_Descr):
    """A C function: symbol, types and effects.

    `error`: "null" (ref result NULL: an exception is set), "neg" (int result < 0 and an exception is set), "" (cannot fail).
    `runs`: may run Python code, i.e. anything may change (needs a snapshot); a function that does not run Python reads and writes only the
    memory classes named ("*" = all).  `pure`: result depends on the operands only (and never fails).
    `args`: letters, as in the op table; `result`: int, float, bool, ref or void; `owns`: a ref result is a new reference.
    `ctx`: the first C argument is the context; `vector`: operands after the first are passed as (PyObject **args, int64 n).
    `target`: the FunctionToken of a compiled function, which is called without a frame (error "status").
    """

    __slots__ = ("symbol", "args", "result", "error", "pure", "runs", "reads", "writes", "owns", "steals", "ctx", "vector", "target")

    def __init__(
        self, symbol: str, args: str, result: str, error: str = "", pure: bool = False, runs: bool = False, reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (), owns: bool = True, steals: tuple[int, ...] = (), ctx: bool = False, vector: bool = False,
        target: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(symbol, args, result, error, pure, runs, reads, writes, owns, steals, ctx, vector, target)
        self.symbol = symbol
        self.args = args
        self.result = result
        self.error = error
        self.pure = pure
        self.runs = runs
        self.reads = reads
        self.writes = writes
        self.owns = owns
        self.steals = steals
        self.ctx = ctx
        self.vector = vector
        self.target = target


class GeneratorDescr(_Descr):
    """What is the same for all generators of a function: its code, its globals and builtins; `base`: the address of the first instruction."""

    __slots__ = ("code", "globals", "builtins", "base")

    def __init__(self, code: Any, globals: Any, builtins: Any, base: int) -> None:
        super().__init__(id(code), id(globals), id(builtins))
        self.code = code
        self.globals = globals
        self.builtins = builtins
        self.base = base

    def offset(self, instruction: int) -> int:
        """The offset of an instruction that a generator waits at."""
        return instruction - self.base

    def closes_plainly(self, state: int, instruction: int) -> bool:
        """Whether a generator in this state that dies runs none of its code, so that nothing happens but that its slots are given up."""
        if state in (CREATED, CLEARED):
            return True
        arg = self.code.co_code[self.offset(instruction) + 1]
        if PY313:
            return state != EXECUTING and arg & 7 == 5
        return state != EXECUTING and arg & 3 == 1 and self.code.co_code[self.offset(instruction) - 1] == 1


class SlotDescr(NamedTuple):
    """Where an input of a loop comes from: a taken slot of the root frame (index into localsplus; the value stack follows the locals),
    or, with a depth, of the frame that is inlined so deep.  `taken` slots are owned by the trace from entry to exit."""

    slot: int
    depth: int = 0


class PartDescr(NamedTuple):
    """A part of the iterator in a taken slot, which nobody else refers to: it is taken apart on entry, and exits make a new one.

    `of`: the allocations that put it together (`iterator_tree` reads it), `part`: which operand of them ("start" and "len" of a range iterator
    with the step 1, "seq" and "index" of a list's or tuple's, "count" of an enumerate; those of inner iterators behind their number and a dot).
    The parts of one iterator follow one another.
    """

    slot: int
    of: str
    part: str
    depth: int = 0


class IteratorTree(NamedTuple):
    """An iterator and those in it.  `parts`: all their parts, in order, with their types; `shape`: of a generator."""

    name: str
    inner: tuple[IteratorTree, ...]
    parts: tuple[tuple[str, str], ...]
    shape: GeneratorShape | None = None


class GeneratorShape(NamedTuple):
    """A suspended generator that is taken apart: `slots`: of each place in its frame, bottom first: None (empty), the type of its value, ITERATOR,
    or "=k" (the same object as in place k, an iterator)."""

    desc: GeneratorDescr
    state: int
    instruction: int
    slots: tuple[str | None, ...]

    def __str__(self) -> str:
        kinds = "".join(["-" if s is None else s if s[0] == "=" else s[0] for s in self.slots])
        return f"new_generator:{self.desc.code.co_name}:{id(self.desc.code):x}:{self.desc.offset(self.instruction)}:{self.state}:{kinds}"


ITERATOR = "*"


class GeneratorText(str):
    """The text of a tree with generators in it (see `iterator_tree`), whose `shapes` come with it, in order."""

    shapes: tuple[GeneratorShape, ...]


_SIMPLE_PARTS = {
    "new_range_iter": (("start", INT), ("len", INT)),
    "new_list_iter": (("seq", REF), ("index", INT)),
    "new_tuple_iter": (("seq", REF), ("index", INT)),
}
_trees: dict[str, IteratorTree] = {}


def iterator_tree(of: str) -> IteratorTree:
    """The tree that a text stands for: each allocation before the inner ones, with slashes between; a zip has their number behind its name."""
    if type(of) is GeneratorText:
        return _read_tree(iter(of.split("/")), iter(of.shapes))
    tree = _trees.get(of)
    if tree is None:
        tree = _trees[of] = _read_tree(iter(of.split("/")), iter(()))
    return tree


def _read_generator(names: Iterator[str], shape: GeneratorShape, shapes: Iterator[GeneratorShape]) -> IteratorTree:
    inner, parts = [], [("func", REF)]
    for k, kind in enumerate(shape.slots):
        if kind == ITERATOR:
            tree = _read_tree(names, shapes)
            inner.append(tree)
            parts += [(f"{k}.{part}", t) for part, t in tree.parts]
        elif kind is not None and kind[0] != "=":
            parts.append((str(k), kind))
    return IteratorTree("new_generator", tuple(inner), tuple(parts), shape)


def _read_tree(names: Iterator[str], shapes: Iterator[GeneratorShape]) -> IteratorTree:
    name = next(names)
    if name.startswith("new_generator"):
        return _read_generator(names, next(shapes), shapes)
    if name in _SIMPLE_PARTS:
        return IteratorTree(name, (), _SIMPLE_PARTS[name])
    n = 1 if name == "new_enumerate" else int(name.removeprefix("new_zip"))
    inner = tuple([_read_tree(names, shapes) for _ in range(n)])
    parts = [(f"{k}.{part}", t) for k, tree in enumerate(inner) for part, t in tree.parts]
    if name == "new_enumerate":
        return IteratorTree(name, inner, (*parts, ("count", INT)))
    return IteratorTree("new_zip", inner, tuple(parts))


class NameDescr(NamedTuple):
    """A name of a module's dict that the trace holds like a local."""

    dict: Any
    key: str


class Const:
    """A constant operand.  A ref constant is kept alive by the trace and is a symbol in compiled code."""

    __slots__ = ("type", "value")

    def __init__(self, type: str, value: Any) -> None:
        self.type = type
        self.value = value

    def __repr__(self) -> str:
        return format_const(self)


class _Null:
    def __repr__(self) -> str:
        return "NULL"


NULL_VALUE = _Null()
NULL = Const(REF, NULL_VALUE)
TRUE = Const(BOOL, True)
FALSE = Const(BOOL, False)


class Op:
    """An operation and the value that it computes.  `num` is for printing and dense tables; passes may use `fwd` as scratch."""

    __slots__ = ("code", "args", "type", "desc", "snap", "num", "fwd")

    def __init__(self, code: int, args: tuple, type: str, desc: Any = None, snap: Snapshot | None = None) -> None:
        self.code = code
        self.args = args
        self.type = type
        self.desc = desc
        self.snap = snap
        self.num = -1
        self.fwd: Any = None

    @property
    def name(self) -> str:
        return OPS[self.code].name

    @property
    def row(self) -> Row:
        return OPS[self.code]

    def __repr__(self) -> str:
        return format_op(self)


Value = Op | Const


def make(name: str, *args: Value, desc: Any = None, snap: Snapshot | None = None, type: str | None = None) -> Op:
    """A new operation by name; `type` only where the table says "?" and the descriptor does not tell."""
    row = BY_NAME[name]
    result = row.result
    if type is not None:
        result = type
    elif result == "?":
        result = desc.result if isinstance(desc, CallDescr) else desc.type
    return Op(row.code, args, result, desc, snap)


OPERATOR = 16  # as PT_FRAME_OPERATOR in interp/bridge.h


class FrameState:
    """One frame of a snapshot.

    `func`: the function object (None for the real root frame), `offset`: byte offset of the instruction to go on at (for all but the innermost frame:
    the one after the call, whose result is pushed first), `call_offset`: of the call in progress (-1 for the innermost;
    for a decref that may run a finalizer: of the instruction that gives the object up).
    `drop_result`: 1: the result is not pushed; what waits for a generator's next value (`generators`); OPERATOR: the caller waits with its operands on the stack.
    `slots`: tuple of (index into localsplus, value), for the root only the taken slots; `stack`: the whole value stack, bottom first.
    Values are Op, Const or NULL.
    """

    __slots__ = ("func", "code", "offset", "call_offset", "drop_result", "slots", "stack")

    def __init__(self, func: Any, code: Any, offset: int, call_offset: int, drop_result: int, slots: tuple, stack: tuple) -> None:
        self.func = func
        self.code = code
        self.offset = offset
        self.call_offset = call_offset
        self.drop_result = drop_result
        self.slots = slots
        self.stack = stack


class Snapshot:
    """The frames, outermost first, and the names of module dicts that are held back: tuple of (dict, key, value).

    A snapshot may name allocations that no longer stand in the trace: these are virtual, and the exit builds them.
    """

    __slots__ = ("frames", "names", "exit")

    def __init__(self, frames: tuple[FrameState, ...], names: tuple = ()) -> None:
        self.frames = frames
        self.names = names
        self.exit: Any = None  # codegen's and guards' record of it

    def values(self) -> Iterator[Value]:
        for frame in self.frames:
            for _, value in frame.slots:
                yield value
            yield from frame.stack
        for _, _, value in self.names:
            yield value

    def map(self, fn: Any) -> Snapshot:
        """A snapshot with fn(value) for each value; self when nothing changed."""
        changed = False
        frames = []
        for f in self.frames:
            slots = tuple((k, fn(v)) for k, v in f.slots)
            stack = tuple(fn(v) for v in f.stack)
            if all(a[1] is b[1] for a, b in zip(slots, f.slots)) and all(a is b for a, b in zip(stack, f.stack)):
                frames.append(f)
            else:
                changed = True
                frames.append(FrameState(f.func, f.code, f.offset, f.call_offset, f.drop_result, slots, stack))
        names = tuple((d, k, fn(v)) for d, k, v in self.names)
        if any(a[2] is not b[2] for a, b in zip(names, self.names)):
            changed = True
        return Snapshot(tuple(frames), names) if changed else self


class Flag:
    """What guard_not_invalidated tests; the bridge's Flag object is in `handle` once there is one."""

    __slots__ = ("handle", "seen")

    def __init__(self) -> None:
        self.handle: Any = None
        self.seen: dict = {}  # what is watched, by its number, and the dict's key or None


class Trace:
    """kind: "loop", "bridge" or "function".  `inputs`: `input` ops.  `ops` ends with exactly one of jump, jump_loop, exit, return.

    `owned_inputs`: ref inputs of which the trace owns references on entry, one entry for each reference.
    """

    __slots__ = ("kind", "inputs", "ops", "owned_inputs", "code", "header", "name", "flag", "info")

    def __init__(
        self, kind: str, inputs: list[Op], ops: list[Op] | None = None, owned_inputs: list[Op] | None = None, code: Any = None, header: int = -1,
        name: str = "", flag: Flag | None = None, info: dict | None = None,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.inputs = inputs
        self.ops: list[Op] = [] if ops is None else ops
        self.owned_inputs: list[Op] = [] if owned_inputs is None else owned_inputs
        self.code = code
        self.header = header
        self.name = name
        self.flag = flag
        self.info: dict = {} if info is None else info


# -- text -------------------------------------------------------------------------------------------------------------

_PREFIX = {INT: "i", FLOAT: "f", BOOL: "b", REF: "r", PTR: "p", VOID: "v", "?": "x"}


def const_name(obj: Any) -> str:
    """The name that stands for an object in text (the parser looks it up in the names that it is given)."""
    if obj is None or obj is True or obj is False or obj is Ellipsis:
        return repr(obj)
    if isinstance(obj, type):
        return obj.__qualname__
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    if isinstance(name, str):
        return name
    if type(obj) in (int, float, str, complex) and len(repr(obj)) < 20:
        return f"{type(obj).__name__}:{obj!r}"
    return f"{type(obj).__name__}@{id(obj):x}"


def format_const(c: Const) -> str:
    if c.type == REF:
        return "NULL" if c.value is NULL_VALUE else f"${const_name(c.value)}"
    return repr(c.value)


def format_value(v: Value) -> str:
    if type(v) is Const:
        return format_const(v)
    if v.num < 0:  # pyright: ignore[reportAttributeAccessIssue]
        return f"{_PREFIX[v.type]}?{id(v) & 0xFFFF:x}"
    return f"{_PREFIX[v.type]}{v.num}"  # pyright: ignore[reportAttributeAccessIssue]


def format_desc(d: Any) -> str:
    if isinstance(d, (FieldDescr, ArrayDescr)):
        return d.name
    if isinstance(d, CallDescr):
        return d.symbol
    if isinstance(d, NameDescr):
        return f"name:{d.key}"
    if isinstance(d, SlotDescr):
        return f"slot:{_place(d)}"
    if isinstance(d, PartDescr):
        return f"slot:{_place(d)}:{d.of}:{d.part}"
    if isinstance(d, Flag):
        return "flag"
    if isinstance(d, GeneratorDescr):
        return f"generator:{d.code.co_name}"
    return str(d)


def _place(d: SlotDescr | PartDescr) -> str:
    return f"{d.depth}.{d.slot}" if d.depth else str(d.slot)


def format_op(op: Op) -> str:
    text = f"{op.name}({', '.join(format_value(a) for a in op.args)})"
    if op.desc is not None and op.code not in (LABEL, PHI):
        text += f" #{format_desc(op.desc)}"
    if op.code == LABEL:
        text += " phis[" + ", ".join(f"{format_value(p)}:{p.type}" for p in op.desc) + "]"  # pyright: ignore[reportOptionalIterable]
    if op.type != VOID:
        text = f"{format_value(op)} = {text}"
    if op.snap is not None:
        text += f" @{format_snapshot(op.snap)}"
    return text


def format_snapshot(s: Snapshot) -> str:
    parts = []
    for f in s.frames:
        name = "root" if f.func is None else getattr(f.code, "co_name", str(f.code))
        at = f"{f.offset}" if f.call_offset < 0 else f"{f.offset}({f.call_offset})"
        slots = ", ".join(f"{k}={format_value(v)}" for k, v in f.slots)
        stack = ", ".join(format_value(v) for v in f.stack)
        parts.append(f"{name}+{at}[{slots} | {stack}]{'!' if f.drop_result else ''}")
    text = " > ".join(parts)
    if s.names:
        text += " names[" + ", ".join(f"{k}={format_value(v)}" for _, k, v in s.names) + "]"
    return "{" + text + "}"


def number(trace: Trace) -> None:
    """Numbers all values of a trace densely, those that live on only in snapshots included."""
    n = 0
    for op in trace.inputs:
        op.num = n
        n += 1

    seen: set[Op] = set(trace.inputs)

    def visit(v: Value) -> None:
        nonlocal n
        if type(v) is Op and v not in seen:
            seen.add(v)
            for a in v.args:
                visit(a)
            v.num = n
            n += 1

    for op in trace.ops:
        for a in op.args:
            visit(a)
        if op.snap is not None:
            for v in op.snap.values():
                visit(v)
        if op.code == LABEL:
            for p in op.desc:
                if p not in seen:
                    seen.add(p)
                    p.num = n
                    n += 1
        if op not in seen:
            seen.add(op)
            op.num = n
            n += 1


def format_trace(trace: Trace) -> str:
    """The trace as text, one operation a line; virtual values that only snapshots name are printed as `virtual` lines before their first use."""
    number(trace)
    inputs = []
    for i in trace.inputs:  # one + for each reference that the trace owns on entry
        desc = f" #{format_desc(i.desc)}" if i.desc is not None else ""
        inputs.append(f"{format_value(i)}:{i.type}{'+' * trace.owned_inputs.count(i)}{desc}")
    lines = ["[" + ", ".join(inputs) + "]"]
    present = set(trace.ops) | set(trace.inputs)
    shown: set[Op] = set()

    def show_virtual(v: Value) -> None:
        if type(v) is Op and v not in present and v not in shown and v.code != PHI:
            shown.add(v)
            for a in v.args:
                show_virtual(a)
            lines.append("virtual " + format_op(v))

    for op in trace.ops:
        if op.snap is not None:
            for v in op.snap.values():
                show_virtual(v)
        lines.append(format_op(op))
    return "\n".join(lines)


# -- descriptors of CPython's structs -----------------------------------------------------------------------------------

LIST_ITEMS = FieldDescr("list.ob_item", PTR, "list.ob_item")
LIST_SIZE = FieldDescr("list.ob_size", INT, "list.ob_size")
LIST_ITEM = ArrayDescr("list.items", REF, "list.items")
TUPLE_SIZE = FieldDescr("tuple.ob_size", INT, "tuple", immutable=True)
TUPLE_ITEM = ArrayDescr("tuple.items", REF, "tuple", offset_key="tuple.ob_item", immutable=True)
RANGE_ITER_START = FieldDescr("rangeiter.start", INT, "rangeiter.start")
RANGE_ITER_STEP = FieldDescr("rangeiter.step", INT, "rangeiter.step", immutable=True)
RANGE_ITER_LEN = FieldDescr("rangeiter.len", INT, "rangeiter.len")
LIST_ITER_INDEX = FieldDescr("listiter.it_index", INT, "listiter.it_index")
LIST_ITER_SEQ = FieldDescr("listiter.it_seq", REF, "listiter.it_seq")
TUPLE_ITER_INDEX = FieldDescr("tupleiter.it_index", INT, "tupleiter.it_index")
TUPLE_ITER_SEQ = FieldDescr("tupleiter.it_seq", REF, "tupleiter.it_seq")
ENUM_INDEX = FieldDescr("enumerate.en_index", INT, "enumerate.en_index", offset=16)
ENUM_ITER = FieldDescr("enumerate.en_sit", REF, "enumerate.en_sit", immutable=True, offset=24)
ZIP_ITERS = FieldDescr("zip.ittuple", REF, "zip.ittuple", immutable=True, offset=24)
STR_ITER_INDEX = FieldDescr("striter.it_index", INT, "striter.it_index")
STR_ITER_SEQ = FieldDescr("striter.it_seq", REF, "striter.it_seq")
STR_LENGTH = FieldDescr("str.length", INT, "str.length", immutable=True)
#: What the items of an array.array may be, by typecode, where they are ints; what is read as an int value is never more than one holds.
ARRAY_RANGES = {
    "b": (-(1 << 7), (1 << 7) - 1), "B": (0, (1 << 8) - 1), "h": (-(1 << 15), (1 << 15) - 1), "H": (0, (1 << 16) - 1),
    "i": (-(1 << 31), (1 << 31) - 1), "I": (0, (1 << 32) - 1), "l": (-(1 << 63), (1 << 63) - 1), "q": (-(1 << 63), (1 << 63) - 1),
    "L": (0, (1 << 63) - 1), "Q": (0, (1 << 63) - 1),
}  # fmt: skip
CELL_REF = FieldDescr("cell.ob_ref", REF, "cell.ob_ref")
METHOD_FUNC = FieldDescr("method.im_func", REF, "method", immutable=True)
METHOD_SELF = FieldDescr("method.im_self", REF, "method", immutable=True)
COMPLEX_REAL = FieldDescr("complex.real", FLOAT, "complex", immutable=True)
COMPLEX_IMAG = FieldDescr("complex.imag", FLOAT, "complex", immutable=True)
WRAPPED = FieldDescr("descriptor.callable", REF, "descriptor", offset=16)  # of a staticmethod, a classmethod; a property's getter
CFUNCTION_DEF = FieldDescr("cfunction.m_ml", INT, "cfunction", immutable=True, offset=16)
CFUNCTION_SELF = FieldDescr("cfunction.m_self", REF, "cfunction", immutable=True, offset=24)
FUNC_CODE = FieldDescr("function.func_code", REF, "function")
TYPE_VERSION = FieldDescr("type.tp_version_tag", INT, "type")
FUNC_CLOSURE = FieldDescr("function.func_closure", REF, "function")
FUNC_DEFAULTS = FieldDescr("function.func_defaults", REF, "function")
FUNC_GLOBALS = FieldDescr("function.func_globals", REF, "function.globals", immutable=True)
GEN_STATE = FieldDescr("generator.state", INT, "generator.state")
GEN_HANDLED = FieldDescr("generator.exc_value", REF, "generator.exc_value")
GEN_INSTRUCTION = FieldDescr("generator.frame:frame.instruction", INT, "generator.instruction")
GEN_TOP = FieldDescr("generator.frame:frame.stacktop", INT, "generator.stacktop")
GEN_GLOBALS = FieldDescr("generator.frame:frame.f_globals", REF, "generator.globals", immutable=True)
GEN_BUILTINS = FieldDescr("generator.frame:frame.f_builtins", REF, "generator.builtins", immutable=True)
GEN_FRAME_OBJECT = FieldDescr("generator.frame:frame.frame_obj", REF, "generator.frame_obj")
GEN_LOCALS = FieldDescr("generator.frame:frame.f_locals", REF, "generator.f_locals")
GEN_FUNCTION = FieldDescr("generator.frame:frame.f_funcobj", REF, "generator.function")
def generator_top(top: int) -> int:
    """stacktop, return_offset and owner (a generator's) of a generator's frame, as one word."""
    return (top & 0xFFFFFFFF) | 1 << 48


GEN_SLOTS = 48  # a generator with more is not made by a trace
_gen_slots: list[FieldDescr] = []


def gen_slot(k: int) -> FieldDescr:
    """Place k of localsplus in a generator's frame; each place is an alias class of its own."""
    while len(_gen_slots) <= k:
        n = len(_gen_slots)
        _gen_slots.append(FieldDescr(f"generator.frame:frame.localsplus:{n}", REF, f"generator.slot{n}"))
    return _gen_slots[k]


INST_ATTR = ArrayDescr("inst.values", REF, "inst.values")  # base: the values pointer
INST_VALUES = FieldDescr("inst.values_ptr", PTR, "inst.values_ptr")  # NULL when the instance has a real dict
