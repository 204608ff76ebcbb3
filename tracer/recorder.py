"""The recorder: a machine that runs the program and writes down what it did.

The opcodes' meanings stand in `opcodes.py`, written over this machine.  The
machine runs every primitive for real, once, on the objects at hand, and notes
an IR operation for it.  A value is a pair: the object (`Val.obj`) and the IR
value that stands for it in the trace (`Val.ir`).

Holders.  The abstract frames hold values in locals and stacks.  Copying a value between
them costs nothing: a `Val` counts its holders, and the trace owns exactly one reference
of the object as long as there is at least one.  When the last holder goes, the
reference is given up (`decref`) at the end of the instruction, which is where CPython
would give it up.  Constants and slots that the code never stores to are borrowed.

Guards re-execute.  A guard's snapshot is the state at the start of the current instruction.
The semantics therefore guard first, then run the primitive,
then change the abstract frame.  A decref's snapshot is the state after the instruction.

Taken slots.  From entry to exit the trace owns what stands in the slots that the code stores to,
and the value stack; the real frame's content of these is meaningless meanwhile.  While something
is called that may look at the frame, the state is put there (`pt_sync` in native code,
`RootFrame.call` here).
"""

from __future__ import annotations

import opcode
import sys
from types import FunctionType, GeneratorType
from typing import Any, Callable

from ..interp.bytecode import CodeInfo, info
from . import functions, generators, ir, iterators
from .aborts import Abort, Raised
from .classes import HARMLESS, NUMBERS, SEQUENCES, keeps_class
from .ir import BOOL, FLOAT, INT, OPERATOR, REF, Const, FrameState, Op, Snapshot, Trace

_MISSING = object()
ENTRY = -1  # in the place of a loop's header: a function's start
_FAR = 1 << 30
_UNBOX = {int: ("unbox_int", INT), float: ("unbox_float", FLOAT), bool: ("unbox_bool", BOOL)}
_BOX = {INT: "box_int", FLOAT: "box_float", BOOL: "box_bool"}
_FOR_ITER = opcode.opmap["FOR_ITER"]
_GUARD_NULL, _NATIVE_OBJECT = ir.BY_NAME["guard_null"].code, ir.BY_NAME["native_object"].code
_GUARD_TYPE = ir.BY_NAME["guard_type"].code
MIN_INT, MAX_INT = -(1 << 63), (1 << 63) - 1
UNCOUNTED = {"new_instance": 1, "new_function": 2}
UNROLL = 8  # a loop of an inlined function that has no more iterations is unrolled


class Val:
    """A reference on the abstract machine.

    `known`: the exact type that the trace has established; `prim`: the unboxed IR value if there is one.
    """

    __slots__ = ("ir", "obj", "holders", "owned", "known", "prim", "facts")

    def __init__(self, value: Any, obj: Any, owned: bool, known: type | None = None, prim: Any = None) -> None:
        self.ir = value
        self.obj = obj
        self.holders = 0
        self.owned = owned
        self.known = known
        self.prim = prim
        self.facts: Any = None


class Frame:
    """An abstract frame; the root one stands for the real frame."""

    __slots__ = ("func", "code", "info", "pc", "next", "locals", "stack", "root", "globals", "builtins", "call_offset", "drop_result", "state", "module", "arrivals")

    def __init__(self, func: Any, code: Any, globals: dict, builtins: Any, root: bool) -> None:
        self.func = func
        self.code = code
        self.info: CodeInfo = info(code)
        self.pc = 0
        self.next = 0
        self.locals: list[Val | None] = [None] * self.info.nlocalsplus
        self.stack: list[Val] = []
        self.root = root
        self.globals = globals
        self.builtins = builtins
        self.call_offset = -1
        self.drop_result: int = False  # 1: yes; of a generator: what waits for its next value (`generators`); OPERATOR
        self.state: FrameState | None = None  # of an outer frame, while a callee runs
        self.module = False
        self.arrivals: dict[int, tuple[int, int]] = {}  # at headers, of an inlined frame

    def arrived(self, at: int) -> tuple[int, int]:
        """Counts arrivals at a header: since its loop was last entered, and all."""
        n, total = self.arrivals.get(at, (0, 0))
        end = self.info.headers[at]
        for inner in self.arrivals:
            if at < inner <= end:
                self.arrivals[inner] = 0, self.arrivals[inner][1]
        self.arrivals[at] = found = n + 1, total + 1
        return found


class LoopToken:
    """A compiled loop as a target for other traces.

    `key`: (id of the code, header) of a loop of the root frame; of one in an inlined frame, see `Recorder.inner_key`.
    """

    __slots__ = ("key", "code", "header", "namespace", "inputs", "nulls", "types", "compiled", "trace", "flag", "alive")

    def __init__(self, trace: Trace) -> None:
        self.key = trace.info.get("key") or (id(trace.code), trace.header)
        self.code = trace.code
        self.header = trace.header
        self.namespace = trace.info.get("namespace", ())
        self.inputs = [i.desc for i in trace.inputs]
        self.types = [i.type for i in trace.inputs]
        self.nulls = empty_slots(trace)
        self.compiled: Any = None
        self.trace = trace
        self.flag = trace.flag
        self.alive = True

    def __str__(self) -> str:
        return f"loop:{getattr(self.code, 'co_name', '?')}+{self.header}"


def namespace_of(real: Any) -> tuple[int, ...]:
    """Where a real frame's names are, which its code does not say.  The trace hears of it when what it relies on there is gone."""
    return tuple([id(d) for d in (real.globals, real.builtins, real.f_locals) if d is not None])


def empty_slots(trace: Trace) -> frozenset[ir.SlotDescr]:
    """The slots that are empty at a loop's header."""
    return frozenset([ir.SlotDescr(k) if type(k) is int else k for k in trace.info.get("nulls", ())])


class NoInnerLoops:
    """Which loops of inlined frames are compiled: none, and none is wanted."""

    def tokens(self, key: tuple) -> list[LoopToken]:
        return []

    def function(self, func: Any) -> Any:
        """The token of a compiled function."""
        return None

    def begin(self, recorder: Recorder, key: tuple) -> frozenset | None:
        """A loop of an inlined frame is about to be recorded: its generic slots; None: not now."""
        return None


class Limits:
    """Budgets of one recording."""

    __slots__ = ("ops", "depth", "unroll", "recursion")

    def __init__(self, ops: int = 6000, depth: int = 12, unroll: int = 6, recursion: int = 1) -> None:
        self.ops = ops
        self.depth = depth
        self.unroll = unroll
        self.recursion = recursion


def _items_left(f: Frame, at: int) -> int | None:
    """How many iterations a `for` loop at its header still has, where that is known."""
    return _left(f.stack[-1].obj) if f.info.at[at].op == _FOR_ITER and f.stack else None


def _left(it: Any) -> int | None:
    """How often an iterator can be asked."""
    t = type(it)
    if t in iterators.SIMPLE:
        return it.__length_hint__()
    if t is enumerate:
        return _left(it.__reduce__()[1][0])
    if t is zip:
        found = [_left(x) for x in it.__reduce__()[1]]
        return None if not found or None in found else min(found)  # pyright: ignore[reportArgumentType]
    return None


class Recorder:
    """Records one loop (from its header to its header) or one bridge (from an exit to a compiled loop's header).

    Loops of inlined frames.  When the recording comes to the header of a loop in an inlined frame, and the loop is not one that ends
    after a few iterations (these are unrolled), what was recorded so far is dropped, and a trace of that loop begins with the frames as they
    are: its inputs are the slots of all frames, its snapshots have all frames.  It is entered from other traces only (`jump_loop`), those that come to
    that header with the same frames around it: the same functions at the same calls (`inner_key`).  The outer loop is recorded when it is hot the next time.

    `find_loop(code, header) -> LoopToken | None`; `generic(slot)`: slots that must enter as references.
    """

    def __init__(self, bridge: Any, root: Any, find_loop: Callable[[Any, int], LoopToken | None], watcher: Any, limits: Limits, semantics: Any) -> None:
        self.bridge = bridge
        self.NULLOBJ = bridge.NULL
        self.real: Any = root
        self.find_loop = find_loop
        self.watcher = watcher
        self.limits = limits
        self.table = semantics.table
        self.sem = semantics
        self.ops: list[Op] = []
        self.flag = ir.Flag()
        self.null = Val(ir.NULL, bridge.NULL, False)
        self.frames: list[Frame] = []
        self.names: dict[tuple[int, str], list] = {}  # held names: (id of dict, key) -> [dict, key, Val]
        self.held: dict[str, list] = {}
        self.released: list[Val] = []
        self.start_stack: list[Val] = []
        self.snapshot: Snapshot | None = None
        self.check_invalidated = True  # each trace checks its flag on entry, and after whatever may run Python code
        self.trace: Trace | None = None
        self.consts: dict[int, Val] = {}
        self.loop_counts: dict[tuple[int, int, int], int] = {}
        self.header = -1
        self.done = False
        self.result_frames: list | None = None
        self.kind = "loop"
        self.start_pc = -1
        self.steps = 0
        self.untaken: dict[int, Val] = {}
        self.temporaries: list[Val] = []
        self.extra: list[Op] = []
        self.blank_at = 0
        self.stop = ""  # why to stop at the end of the instruction: somebody began to trace or profile, or wrote our variables
        self.inner: Any = NoInnerLoops()
        self.fn: functions.FunctionToken | None = None  # the function that is recorded, or that the bridge belongs to
        self.home: Frame | None = None  # the inlined frame whose loop is recorded
        self.blamed: Any = None  # the code that is not inlined any more if that fails
        self.begun_with: dict[Frame, int] = {}  # a bridge's first frames, and where each goes on
        self.closed = False  # the state is that at the start of the current instruction, or, when closed, f.stack's
        self.place: Any = None
        self.parent: Any = None
        self.body_end = -1  # where it matters whether the recording leaves the loop: offset of the loop's last instruction
        self.around: tuple[int, int] = (0, _FAR)  # of a bridge: the first and last instruction of its loop
        self.left = False  # a bridge left its loop
        self.wanted: list[Any] = []  # descriptors of inputs that have to be the objects that they are
        self.belongs: LoopToken | None = None  # the loop to whose tree a bridge belongs

    # -- values -------------------------------------------------------------------------------------------------------

    def const(self, obj: Any) -> Val:
        """The constant for an object (one for each object, by identity)."""
        v = self.consts.get(id(obj))
        if v is None:
            t = type(obj)
            v = Val(Const(REF, obj), obj, False, t if keeps_class(t) else None)
            if t is int:
                if MIN_INT <= obj <= MAX_INT:
                    v.prim = Const(INT, obj)
            elif t is float:
                v.prim = Const(FLOAT, obj)
            elif t is bool:
                v.prim = ir.TRUE if obj else ir.FALSE
            self.consts[id(obj)] = v
        return v

    def emit(self, name: str, *args: Any, desc: Any = None, snap: Snapshot | None = None, type: str | None = None) -> Op:
        op = ir.make(name, *args, desc=desc, snap=snap, type=type)
        self.ops.append(op)
        return op

    def guard(self, name: str, *args: Any, desc: Any = None) -> Op:
        """A guard (or guarded operation) that re-executes the current instruction."""
        op = ir.make(name, *args, desc=desc, snap=self.snap())
        self.ops.append(op)
        return op

    def from_prim(self, prim: Any, obj: Any) -> Val:
        """A Python number from an unboxed value."""
        if type(prim) is Const:
            return self.const(obj)
        kind = prim.type
        op = self.emit(_BOX[kind], prim)
        return Val(op, obj, kind != BOOL, type(obj), prim)

    def new_value(self, op: Op, obj: Any, known: type | None = None) -> Val:
        """A new reference that an operation gave."""
        return Val(op, obj, True, known)

    def loaded(self, op: Op, obj: Any, known: type | None = None) -> Val:
        """A borrowed reference that was loaded from memory: the trace takes its own."""
        self.emit("incref", op)
        return Val(op, obj, True, known)

    def guard_type(self, v: Val, t: type | None = None) -> type:
        """Establishes the exact type of a value; returns it."""
        t = type(v.obj) if t is None else t
        if v.known is not t:
            stable = keeps_class(t)
            if type(v.ir) is not Const or not stable:
                self.guard("guard_type", v.ir, self.const(t).ir)
            if stable:
                v.known = t
        return t

    def unbox(self, v: Val) -> Any:
        """The unboxed IR value of an int, float or bool (type guarded here)."""
        if v.prim is None:
            t = self.guard_type(v)
            name, _ = _UNBOX[t]
            if t is int:
                if not MIN_INT <= v.obj <= MAX_INT:
                    raise AssertionError("unbox of a big int")
                v.prim = self.guard(name, v.ir)
            else:
                v.prim = self.emit(name, v.ir)
        return v.prim

    def is_small(self, v: Val) -> bool:
        """Whether v is an exact int of 64 bits at recording time."""
        return type(v.obj) is int and MIN_INT <= v.obj <= MAX_INT

    def guard_is(self, v: Val, obj: Any) -> None:
        """Makes v a constant."""
        if type(v.ir) is not Const:
            self.guard("guard_is", v.ir, self.const(obj).ir)

    def guard_is_not(self, v: Val, obj: Any) -> None:
        if type(v.ir) is not Const and v.known is None:
            self.guard("guard_is_not", v.ir, self.const(obj).ir)

    # -- the abstract frame ---------------------------------------------------------------------------------------------

    def hold(self, v: Val) -> Val:
        v.holders += 1
        return v

    def keep(self, v: Val) -> Val:
        """Holds v until the end of the current instruction."""
        v.holders += 1
        self.temporaries.append(v)
        return v

    def release(self, v: Val) -> None:
        v.holders -= 1
        if v.holders == 0 and v.owned:
            self.released.append(v)

    def push(self, f: Frame, v: Val) -> None:
        v.holders += 1
        f.stack.append(v)

    def drop(self, f: Frame, n: int = 1) -> None:
        """Pops n values and releases them, topmost last in stack order as CPython's DECREF_INPUTS does."""
        if n:
            gone = f.stack[-n:]
            del f.stack[-n:]
            for v in gone:
                self.release(v)

    def set_local(self, f: Frame, k: int, v: Val | None) -> None:
        """Moves v (already counted for the new holder) into a local, releasing the old content."""
        old = f.locals[k]
        f.locals[k] = v
        if old is not None:
            self.release(old)

    # -- snapshots ------------------------------------------------------------------------------------------------------

    def _slots(self, f: Frame) -> tuple:
        if f.root and self.fn is None:
            loc = f.locals
            return tuple([(k, ir.NULL if (v := loc[k]) is None else v.ir) for k in self.taken])
        return tuple([(k, v.ir) for k, v in enumerate(f.locals) if v is not None])

    def _state(self, f: Frame, offset: int, call_offset: int, stack: list[Val]) -> FrameState:
        return FrameState(None if f.root and self.fn is None else f.func, f.code, offset, call_offset, f.drop_result, self._slots(f), tuple([v.ir for v in stack]))

    def _names(self) -> tuple:
        return tuple([(d, k, v.ir) for d, k, v in self.names.values()])

    def snap(self) -> Snapshot:
        """The state at the start of the current instruction."""
        s = self.snapshot
        if s is None:
            f = self.frames[-1]
            inner = self._state(f, f.pc, -1, self.start_stack)
            s = self.snapshot = Snapshot((*[g.state for g in self.frames[:-1]], inner), self._names())  # type: ignore[misc]
        return s

    def snap_at(self, offset: int, stack: list[Val]) -> Snapshot:
        """The state with the innermost frame at `offset` and with this stack."""
        f = self.frames[-1]
        return Snapshot((*[g.state for g in self.frames[:-1]], self._state(f, offset, -1, stack)), self._names())  # type: ignore[misc]

    # -- running things for real -----------------------------------------------------------------------------------------

    def _concrete(self, f: Frame, offset: int, stack: list[Val]) -> tuple[list, list]:
        null = self.NULLOBJ
        return [null if v is None else v.obj for v in f.locals], [v.obj for v in stack]

    def concrete_frames(self, during: bool = False) -> list:
        """The frames as the bridge wants them; `during`: the innermost is in the middle of the current instruction."""
        out = []
        last = len(self.frames) - 1
        for i, f in enumerate(self.frames):
            if i < last:
                loc, stack = self._concrete(f, 0, f.stack)
                offset = f.call_offset if during else f.next
                item = (f.func if not f.root else None, offset, loc, stack, f.call_offset, f.drop_result)
            else:
                loc, stack = self._concrete(f, 0, self.start_stack)
                item = (f.func if not f.root else None, f.pc, loc, stack, -1, f.drop_result)
            out.append(item[:4] if during else item)
        return out

    def run(self, fn: Callable, args: tuple | list, kwargs: dict | tuple | None = None) -> Any:
        """Calls fn as if from the recorded frame; its exception becomes `Raised`.  args as a list, kwargs as names: the callee takes the arguments over."""
        ok, value, *writes = self.real.call(self.concrete_frames(True), fn, args, kwargs)
        if writes:
            self._written(writes[0])
        self.blank()
        self._look_at_names()
        self.check_invalidated = True
        if self.real.watched or len(self.frames) > 1 and any(self.bridge.is_monitored(f.code) for f in self.frames[1:]):
            self.stop = "watched"
        if not ok:
            raise Raised(value)
        return value

    def _look_at_names(self) -> None:
        """Where the program has given a name that the trace holds another value, the trace ends."""
        for d, key, v in self.names.values():
            now = dict.get(d, key)
            if type(now) is not type(v.obj) or now != v.obj:
                self.stop = self.stop or "frame-changed"

    def _written(self, writes: list) -> None:
        """Variables were written from outside (frame.f_locals): the frames have the new values, the trace has not, and ends."""
        for index, slot, obj in writes:
            f = self.frames[index]
            self.set_local(f, slot, None if obj is self.NULLOBJ else self.hold(Val(ir.NULL, obj, False)))
        self.stop = self.stop or "frame-changed"

    def pure(self, fn: Callable, *args: Any, **names: Any) -> Any:
        """Calls fn directly: only for what cannot run the user's code."""
        try:
            return fn(*args, **names)
        except Exception as e:
            e.__traceback__ = None
            exc = e
        raise Raised(exc)

    def residual(self, symbol: str, args: list[Val], fn: Callable, cargs: tuple | None = None, *, runs: bool = True, error: str = "null", extra: tuple = (),
                 writes: tuple = (), known: type | None = None, vector: bool = False, result: str = REF, ctx: bool = False) -> Any:  # fmt: skip
        """A recorded call of a C function: runs `fn(*objects)` for real and notes the call.  Returns a Val, or for an int result (op, object)."""
        snap = self.snap()
        cargs = tuple(v.obj for v in args) if cargs is None else cargs
        value = self.run(fn, cargs) if runs else self.pure(fn, *cargs)
        operands = tuple(v.ir for v in args) + extra
        if vector:
            operands = (Const(INT, len(args)), *operands)
        sig = "".join({REF: "r", INT: "i", FLOAT: "f", BOOL: "b"}[o.type] for o in operands)
        desc = ir.CallDescr(symbol, sig, result, error, runs=runs, writes=writes, vector=vector, ctx=ctx, owns=result == REF)
        op = ir.make("call", *operands, desc=desc, snap=snap)
        self.ops.append(op)
        if result == REF:
            return Val(op, value, True, known)
        return op, value

    def call_object(self, fn: Val, args: list[Val], kwnames: tuple | None = None, *, runs: bool = True, known: type | None = None, writes: tuple = ("*",)) -> Val:
        """A residual call of any callable."""
        callee = fn.obj
        if kwnames:
            n = len(args) - len(kwnames)

            snap = self.snap()
            value_args = tuple(v.obj for v in args[:n])
            kwargs = {k: v.obj for k, v in zip(kwnames, args[n:])}
            value = self.run(callee, value_args, kwargs)
            names = self.const(kwnames)
            operands = (fn.ir, names.ir, *[v.ir for v in args])
            desc = ir.CallDescr("pt_callkw", "r" * len(operands), REF, "null", runs=True, vector=True)
            op = ir.make("call", *operands, desc=desc, snap=snap)
            self.ops.append(op)
            return Val(op, value, True)
        snap = self.snap()
        objs = tuple(v.obj for v in args)
        value = self.run(callee, objs) if runs else self.pure(callee, *objs)
        operands = (fn.ir, *[v.ir for v in args])
        desc = ir.CallDescr("pt_callv", "r" * len(operands), REF, "null", runs=runs, writes=() if runs else writes, vector=True)
        op = ir.make("call", *operands, desc=desc, snap=snap)
        self.ops.append(op)
        return Val(op, value, True, known)

    def give(self, f: Frame, args: list[Val], total: int) -> list:
        """Takes a call's operands off the stack, and the trace's references to `args` from it: the callee owns one for each.  Returns the objects."""
        gone = f.stack[-total:]
        del f.stack[-total:]
        for v in gone:
            v.holders -= 1
        moved = []
        for v in args:
            if v.owned and not v.holders and v in gone and v not in moved:
                moved.append(v)
            else:
                self.emit("incref", v.ir)
        self.released += [v for v in dict.fromkeys(gone) if v.owned and not v.holders and v not in moved]
        self.start_stack = f.stack[:]
        objs = [v.obj for v in args]
        for v in moved:
            v.obj = None
        return objs

    def call_function(self, f: Frame, fn: Val, args: list[Val], kwnames: tuple | None, total: int) -> Val:
        """A call of a Python function that is not traced into: its frame takes the arguments over.  `total` operands are taken off the stack."""
        operands = [fn.ir, *[v.ir for v in args]]
        if kwnames:
            operands.insert(1, self.const(kwnames).ir)
        callee = fn.obj
        objs = self.give(f, args, total)
        snap = self.snap_at(f.pc, f.stack)
        value = self.run(callee, objs, kwnames)
        steals = tuple(range(len(operands) - len(args), len(operands)))
        desc = ir.CallDescr("pt_givekw" if kwnames else "pt_givev", "r" * len(operands), REF, "null", runs=True, vector=True, steals=steals)
        op = ir.make("call", *operands, desc=desc, snap=snap)
        self.ops.append(op)
        return Val(op, value, True)

    def forget(self) -> None:
        """Drops the objects at hand, so that nothing of ours keeps them alive while the program runs on."""
        for f in self.frames:
            f.locals, f.stack = [], []
        self.start_stack = []

    def close(self) -> None:
        """Lets go of everything that was recorded from."""
        self.forget()
        self.frames = []
        self.names, self.consts, self.untaken = {}, {}, {}
        self.released, self.temporaries, self.extra = [], [], []
        self.ops, self.snapshot, self.real, self.parent = [], None, None, None

    def blank(self) -> None:
        """Empties what the trace has taken of the real frame, so that an object dies when its last abstract holder goes."""
        f = self.frames[0]
        null = self.NULLOBJ
        stored = f.info.stored if self.fn is None else range(len(f.locals))
        self.real.write(self.blank_at, [null if v is None or k in stored else v.obj for k, v in enumerate(f.locals)], [])

    # -- starting -------------------------------------------------------------------------------------------------------

    def start_loop(self, header: int, generic: frozenset = frozenset(), whole: bool = True) -> None:
        """Sets up the root frame's state at a loop header.  `whole`: give up when the iteration leaves the loop.
        ENTRY: the frame is at its start, and the trace is to lead to a loop that is compiled."""
        real = self.real
        code = real.code
        f = Frame(real.func, code, real.globals, real.builtins, True)
        start = real.offset if header == ENTRY else header
        f.pc = f.next = start
        self.header = header
        self.start_pc = start
        if whole:
            self.body_end = f.info.headers[header]
        if real.f_locals is not None:
            if real.f_locals is not real.globals:
                raise Abort("class-body")
            f.module = True
        if not self.watcher.watch_code(self.flag, code):
            raise Abort("watched")
        locs, stack = real.locals(), real.stack()
        self.taken = tuple(sorted(f.info.stored))
        self.nlocals = len(locs)
        trace = self.trace = Trace("loop", [], code=code, header=header, name=f"{code.co_name}:{header}", flag=self.flag)
        trace.info["namespace"] = namespace_of(real)
        nulls = set()
        self.frames.append(f)
        null = self.NULLOBJ
        stored = f.info.stored
        for k, obj in enumerate(locs):
            if k not in stored:
                if obj is not null:
                    op = self.emit("frame_slot", desc=k)
                    v = f.locals[k] = self.hold(Val(op, obj, False))
                continue
            if obj is null:
                nulls.add(k)
                continue
            f.locals[k] = self.hold(self._input(k, obj, generic))
        for j, obj in enumerate(stack):
            k = self.nlocals + j
            if obj is null:
                nulls.add(k)
                f.stack.append(self.hold(self.null))
            else:
                f.stack.append(self.hold(self._input(k, obj, generic)))
        if f.module and type(f.globals) is dict:
            for name in sorted(f.info.names_stored(f.info.outermost_loop(start))):
                obj = f.globals.get(name, _MISSING)
                if type(obj) not in NUMBERS or name in generic or obj != obj:
                    continue
                v = self._input(name, obj, generic)
                entry = [f.globals, name, self.hold(v)]
                self.names[id(f.globals), name] = entry
        trace.info["nulls"] = frozenset(nulls)
        self.blank_at = start
        self.blank()

    def start_function(self, token: functions.FunctionToken, generic: frozenset) -> None:
        """Sets up the root frame's state at a function's entry."""
        real = self.real
        self.kind, self.fn, self.flag = "function", token, token.flag
        f = Frame(real.func, real.code, real.globals, real.builtins, True)
        f.pc = f.next = self.blank_at = real.offset
        if not self.watcher.watch_code(self.flag, f.code):
            raise Abort("watched")
        locs = real.locals()
        self.nlocals = len(locs)
        self.taken = tuple(range(self.nlocals))
        self.frames.append(f)
        self.start_stack = []
        functions.start(self, f, locs, generic)
        self.blank()

    def is_entry(self) -> bool:
        return self.kind == "loop" and self.header == ENTRY

    def borrowed(self, op: Op, obj: Any) -> Val:
        return Val(op, obj, False)

    def new_reference(self, op: Op, obj: Any) -> Val:
        return Val(op, obj, True)

    def give_up_released(self, at: int) -> None:
        if self.released:
            self._release_all(at)

    def finish(self, op: Op) -> None:
        """Ends the trace with a return; CPython executes it, too."""
        self._end(op)
        self.closed = self.done = True
        f = self.frames[-1]
        f.next = f.pc

    def _input(self, where: Any, obj: Any, generic: frozenset, others: int = 5) -> Val:
        """An input of the trace: unboxed where the object at hand is a number; `others`: references to the object that are ours."""
        desc = ir.NameDescr(self.real.globals, where) if isinstance(where, str) else ir.SlotDescr(where) if type(where) is int else where
        t = type(obj)
        trace = self.trace
        assert trace is not None
        if where not in generic and t in iterators.OUTER and (found := iterators.apart(obj, others, self.bridge)) is not None:
            slot, depth = (desc.slot, desc.depth) if type(desc) is ir.SlotDescr else (-1, 0)
            ops = []
            for part, part_type in ir.iterator_tree(found[0]).parts:
                op = ir.make("input", desc=ir.PartDescr(slot, found[0], part, depth), type=part_type)
                trace.inputs.append(op)
                ops.append(op)
                if op.type == REF:
                    trace.owned_inputs.append(op)
            return Val(iterators.put_together(self, found[0], ops), obj, True, t)
        if where not in generic:
            # a nan enters as the object that it is: `in` finds it by identity alone
            kind = FLOAT if t is float and obj == obj else INT if t is int and MIN_INT <= obj <= MAX_INT else None
            if kind is not None:
                op = ir.make("input", desc=desc, type=kind)
                trace.inputs.append(op)
                return self.from_prim(op, obj)
        op = ir.make("input", desc=desc, type=REF)
        trace.inputs.append(op)
        trace.owned_inputs.append(op)
        return Val(op, obj, True)

    def start_bridge(self, plan: Any, frames: list, values: list, release: list[int]) -> None:
        """Sets up the frames at an exit.

        `plan.snapshot`: the parent's snapshot; `plan.live`: its SSA values in buffer order; `values`: their objects; `release`: buffer
        indices of refs that the trace owns, with repetitions.
        """
        self.kind = "bridge"
        real = self.real
        snapshot: Snapshot = plan.snapshot
        trace = self.trace = Trace("bridge", [], code=real.code, name=f"bridge {real.code.co_name}", flag=self.flag)
        mapping: dict[Any, Any] = {}
        for op in plan.live:
            new = ir.make("input", type=op.type)
            trace.inputs.append(new)
            mapping[op] = new
        trace.owned_inputs = [trace.inputs[i] for i in release]
        counts: dict[int, int] = {}
        for i in release:
            counts[i] = counts.get(i, 0) + 1
        built: dict[Any, Val] = {}
        index = {op: i for i, op in enumerate(plan.live)}
        self.nlocals = info(real.code).nlocalsplus
        stored = info(real.code).stored if self.fn is None else set(range(self.nlocals))
        self.taken = tuple(sorted(stored))
        if self.fn is not None:
            trace.info["function"] = self.fn

        def value(v: Any, obj: Any) -> Val:
            """The Val of a snapshot's value: an input, a constant, or a virtual object, which the bridge builds anew."""
            if type(v) is Const:
                return self.null if v is ir.NULL or v.value is ir.NULL_VALUE else self.const(v.value)
            found = built.get(v)
            if found is not None:
                return found
            if v in mapping:
                new = mapping[v]
                if v.type != REF:
                    val = self.from_prim(new, obj)
                elif v in index:
                    val = Val(new, obj, True)
                else:  # it was built as a part of another virtual object, which owns it
                    if v.name != "box_bool":
                        self.emit("incref", new)
                    val = described(new, obj)
            else:
                val = described(build_op(v), obj)
            built[v] = val
            return val

        def operand(a: Any) -> Any:
            """IR operand of a virtual object, owned by it when it is a ref."""
            if type(a) is Const:
                if a.type == REF and a.value is not ir.NULL_VALUE:
                    self.emit("incref", a)
                return a
            if a.type != REF:
                return mapping.get(a) or rebuild_prim(a)
            if a in built:
                r = built[a].ir
            elif a in mapping:
                r = mapping[a]
            else:
                return build_op(a)
            self.emit("incref", r)
            return r

        def rebuild_prim(a: Any) -> Any:
            new = ir.make(a.name, *[operand(x) for x in a.args], desc=a.desc, type=a.type)
            self.ops.append(new)
            mapping[a] = new
            return new

        def build_op(v: Any) -> Op:
            if v.name in UNCOUNTED:  # its class, or code and globals, are not given away
                n = UNCOUNTED[v.name]
                args = [*v.args[:n], *[operand(a) for a in v.args[n:]]]
            else:
                args = [operand(a) for a in v.args]
            new = ir.make(v.name, *args, desc=v.desc, type=v.type)
            self.ops.append(new)
            mapping[v] = new
            return new

        def described(new: Any, obj: Any) -> Val:
            """The Val of an object that the bridge has built."""
            prim = new.args[0] if new.name in ("box_int", "box_float", "box_bool") else None
            known = type(obj) if type(obj) in HARMLESS or type(obj) in SEQUENCES or type(obj) is GeneratorType else None
            return Val(new, obj, new.name != "box_bool", known, prim)

        def concrete(v: Any) -> Any:
            """The object of a held name's value: a number, unboxed or not."""
            if type(v) is Const:
                return v.value
            return values[index[v]] if v in index else concrete(v.args[0])

        outer = None
        for depth, (fs, fr) in enumerate(zip(snapshot.frames, frames)):
            if not self.watcher.watch_code(self.flag, fs.code):
                self.stop = "watched"
            locs, stack = fr[2:4]
            if depth == 0:
                f = Frame(real.func, real.code, real.globals, real.builtins, True)
                f.module = real.f_locals is not None
            elif fs.func is fs.code:  # of a generator, which is on top of its caller's stack
                names, builtins = self.bridge.generator_names(frames[depth - 1][3][-1])
                f = Frame(fs.func, fs.code, names, builtins, False)
            else:
                f = Frame(fs.func, fs.code, fs.func.__globals__, fs.func.__builtins__, False)
            f.pc = f.next = fs.offset
            f.call_offset = fs.call_offset
            f.drop_result = fs.drop_result
            if depth == 0:
                given = dict(fs.slots)
                for k, obj in enumerate(locs):
                    if k in stored:
                        v = given.get(k, ir.NULL)
                        if obj is self.NULLOBJ:
                            continue
                        f.locals[k] = self.hold(value(v, obj))
                    elif obj is not self.NULLOBJ:
                        f.locals[k] = self.hold(Val(self.emit("frame_slot", desc=k), obj, False))
            else:
                for k, v in fs.slots:
                    if locs[k] is not self.NULLOBJ:
                        f.locals[k] = self.hold(value(v, locs[k]))
            for v, obj in zip(fs.stack, stack):
                f.stack.append(self.hold(value(v, obj)))
            self.frames.append(f)
            outer = f
        assert outer is not None
        for d, key, v in snapshot.names:
            val = self.hold(value(v, concrete(v)))
            self.names[id(d), key] = [d, key, val]
        # one reference for each value that is held, none for what is not
        excess: dict[int, int] = {}
        for op, i in index.items():
            if op.type != REF:
                continue
            new = trace.inputs[i]
            have = counts.get(i, 0)
            val = built.get(op)
            want = 1 if val is not None and val.holders else 0
            for _ in range(want - have):
                self.emit("incref", new)
            excess[i] = have - want
        for i in dict.fromkeys(release):  # in the order in which the exit would give them up
            self.extra += [trace.inputs[i]] * excess.get(i, 0)
        first = dict.fromkeys(release)
        values[:] = [obj for i, obj in enumerate(values) if i not in first] + [values[i] for i in reversed(first)]  # a list drops its last item first
        for f in self.frames[:-1]:
            f.state = self._state(f, f.next, f.call_offset, f.stack)
        origin = plan.origin
        if origin is not None and origin.code == _GUARD_NULL and origin.args[0].code == _NATIVE_OBJECT:
            functions.drop_result(self)
        self.begun_with = {f: f.pc for f in self.frames}
        value = operand = rebuild_prim = build_op = described = concrete = None  # type: ignore[assignment]  # noqa: F811 - no cycles for the collector
        self.start_stack = self.frames[-1].stack[:]
        self.start_pc = -1
        self.blank_at = snapshot.frames[0].offset
        self.blank()

    # -- the main loop ---------------------------------------------------------------------------------------------------

    def record(self) -> str:
        """Runs until the trace closes, ends or is given up.  Returns "closed", "left" (trace ends in an exit) or raises Abort/Raised.

        The program's state afterwards stands in self.frames.
        """
        frames = self.frames
        table = self.table
        limit = self.limits.ops
        extra = self.extra
        first = True
        end = self.body_end
        low, high = self.around
        while True:
            f = frames[-1]
            at = f.pc
            self.start_stack = f.stack[:]
            self.snapshot = None
            if not first:
                if at in f.info.headers and (self._at_header(f, at) if f.root else self._at_inner_header(f, at)):
                    return "closed"
                if end >= 0 and f.root and not self.header <= at <= end:
                    raise Abort("loop-left")
                if f.root and not low <= at <= high:
                    self.left = True
            if extra:
                for op in extra:
                    self.emit("decref", op, snap=self.snap())
                extra = []
                self.snapshot = None  # what follows is after these
            first = False
            if self.check_invalidated:
                self.check_invalidated = False
                self.ops.append(ir.make("guard_not_invalidated", desc=self.flag, snap=self.snap()))
            if self.stop:
                raise Abort(self.stop)
            if len(self.ops) > limit:
                self._blame_long()
                raise Abort("too-long")
            ins = f.info.at[at]
            f.next = ins.next
            self.steps += 1
            table[ins.op](self, f, ins.arg, ins)
            if self.done:
                return "left"
            f.pc = f.next
            if self.temporaries:
                for v in self.temporaries:
                    self.release(v)
                self.temporaries.clear()
            if self.released:
                g = frames[-1]
                self._release_all(at if g is f else g.pc if g.call_offset < 0 else g.call_offset)

    def let_go(self, given: list) -> None:
        """Empties a list of the program's objects; what dies with that sees the program's frames."""
        f = self.frames[-1]
        self._free(given, f, f.pc)

    def _free(self, box: list, f: Frame, at: int) -> None:
        """Lets an object die as CPython would at the instruction `at`: its finalizer sees the program's frames."""
        pc, f.pc, self.start_stack = f.pc, at, f.stack[:]
        _, _, *writes = self.real.call(self.concrete_frames(True), box.clear, ())
        f.pc = pc
        if writes:
            self._written(writes[0])
        self.blank()
        self._look_at_names()

    def _release_all(self, at: int) -> None:
        frames = self.frames
        f = frames[-1]
        snap = None
        i = 0
        released = self.released
        while i < len(released):
            v = released[i]
            i += 1
            if v.holders:  # was taken up again within the instruction
                continue
            obj = v.obj
            if (v.known or type(obj)) not in HARMLESS:
                if sys.getrefcount(obj) > 3:
                    # somebody else holds it: it does not die here, and the trace relies on that
                    v.obj = None
                    if snap is None:
                        snap = Snapshot((*[g.state for g in frames[:-1]], self._state(f, f.pc, -1, f.stack)), self._names())  # type: ignore[misc]
                    self.ops.append(ir.make("guard_shared", v.ir, snap=snap))
                    self.ops.append(ir.make("decref", v.ir))
                    continue
                if snap is None:
                    snap = Snapshot((*[g.state for g in frames[:-1]], self._state(f, f.pc, -1, f.stack)), self._names())  # type: ignore[misc]
                if self.bridge.dies_plainly(obj):
                    v.obj = None
                    self.ops.append(ir.make("guard_harmless", v.ir, snap=snap))
                    self.ops.append(ir.make("decref", v.ir))
                    continue
                during = Snapshot((*[g.state for g in frames[:-1]], self._state(f, f.pc, at, f.stack)), self._names())  # type: ignore[misc]
                self.ops.append(ir.make("decref", v.ir, snap=during))
                self.check_invalidated = True
                v.obj = None
                box = [obj]
                del obj
                self._free(box, f, at)
            else:
                if v.known is None:
                    if snap is None:
                        snap = Snapshot((*[g.state for g in frames[:-1]], self._state(f, f.pc, -1, f.stack)), self._names())  # type: ignore[misc]
                    self.ops.append(ir.make("guard_harmless", v.ir, snap=snap))
                self.ops.append(ir.make("decref", v.ir))
            v.obj = None
        released.clear()

    # -- ends -----------------------------------------------------------------------------------------------------------

    def _at_header(self, f: Frame, at: int) -> bool:
        """The root frame is at a loop header: close, jump to a compiled loop, or go on."""
        if self.kind == "loop" and at == self.header and self.home is None:
            self._close()
            return True
        if len(self.frames) == 1:
            token = self.find_loop(f.code, at)
            # a generator that has not begun is not at the place at which the loop was recorded; it is when the first iteration is over
            if token is not None and token.namespace in ((), namespace_of(self.real)) and not generators.begins(self, f) and self._jump_loop(token):
                return True
        key = (id(f), at, 0)
        n = self.loop_counts[key] = self.loop_counts.get(key, 0) + 1
        if n > self.limits.unroll:
            raise Abort("inner-loop")
        return False

    def _blame_long(self) -> None:
        """A recording has become too long: a function with loops that it is in is not inlined again."""
        for g in self.frames[1:]:
            if g.info.has_loop:
                self.watcher.make_opaque(generators.blamed(g))
                return

    # -- loops of inlined frames

    def inner_key(self, at: int) -> tuple:
        """What a loop in an inlined frame is known by: the calls and functions from the root to it, and its header."""
        frames = self.frames
        key: list = [id(frames[0].code), id(frames[0].globals)]
        for outer, g in zip(frames, frames[1:]):  # noqa: RUF007 - itertools is not worth an import
            key += (outer.call_offset, id(g.func), id(g.code), g.drop_result)
        key.append(at)
        return tuple(key)

    def _at_inner_header(self, f: Frame, at: int) -> bool:
        """An inlined frame is at a loop header: close, jump to a compiled loop, begin to record this loop, or go on (unrolling it)."""
        if f is self.home and at == self.header:
            self._close()
            return True
        key = self.inner_key(at)
        tokens = self.inner.tokens(key)
        for token in tokens:
            if self._fits(token) and self._jump_loop(token):
                return True
        n, total = f.arrived(at)
        left = _items_left(f, at) if not generators.waits(f) else generators.left(self, f, _left)
        inside = at <= self.begun_with.get(f, -1) <= f.info.headers[at]
        if left is not None:
            # a loop's first iteration binds its variable, so the loop begins with the second
            begin = (n > 1 or inside) and left > 1 and (left > UNROLL or n > UNROLL or total > 2 * UNROLL)
        else:
            begin = inside or n > UNROLL or total > 2 * UNROLL
        if f.func is f.code:  # of a generator: a loop that yields is part of its caller's
            begin = n > UNROLL
        if begin:
            generic = self.inner.begin(self, key)
            if generic is not None:
                self._begin_inner(f, at, key, generic)
                return False
        if total > 4 * UNROLL:
            self.watcher.make_opaque(generators.blamed(f))
            raise Abort("inner-loop")
        return False

    def _begin_inner(self, f: Frame, at: int, key: tuple, generic: frozenset) -> None:
        """Drops what was recorded; a trace of the loop at this header begins with the frames as they are."""
        flag = ir.Flag()
        if not all(self.watcher.watch_code(flag, g.code) for g in self.frames):
            raise Abort("watched")
        self.kind, self.home, self.header, self.start_pc = "loop", f, at, at
        self.blamed = generators.blamed(f)
        self.flag = flag
        self.ops = []
        self.snapshot = None
        self.check_invalidated = True
        self.begun_with = {}
        trace = self.trace = Trace("loop", [], code=f.code, header=at, name=f"{self.frames[0].code.co_name} > {f.code.co_name}:{at}", flag=self.flag)
        trace.info["key"] = key
        trace.info["frames"] = tuple([g.func for g in self.frames])
        nulls = set()
        for depth, g in enumerate(self.frames):
            n = g.info.nlocalsplus
            for k, v in [*enumerate(g.locals), *[(n + j, v) for j, v in enumerate(g.stack)]]:
                if g.root and k < n and k not in g.info.stored:
                    new = None if v is None else Val(self.emit("frame_slot", desc=k), v.obj, False)
                elif v is None or v is self.null:
                    nulls.add(ir.SlotDescr(k, depth))
                    new = v
                else:
                    d = ir.SlotDescr(k, depth)
                    new = self._input(d, v.obj, generic, 2 if v.holders == 1 else -1)
                if new is not None:
                    self.hold(new)
                if k < n:
                    g.locals[k] = new
                else:
                    g.stack[k - n] = new  # type: ignore[assignment]
        for entry in self.names.values():
            op = self._input(entry[1], entry[2].obj, generic)
            trace.inputs[-1].desc = ir.NameDescr(entry[0], entry[1])
            entry[2] = self.hold(op)
        trace.info["nulls"] = frozenset(nulls)
        for g in self.frames[:-1]:
            g.state = self._state(g, g.next, g.call_offset, g.stack)
        self.start_stack = f.stack[:]

    def _fits(self, token: LoopToken) -> bool:
        names = {(id(d.dict), d.key) for d in token.inputs if isinstance(d, ir.NameDescr)}
        return set(self.names) == names and self._values_for(token.inputs, token.types, token.nulls) is not None

    def _places(self) -> dict[ir.SlotDescr, Val | None]:
        """What stands in the slots that a loop takes over from here."""
        places: dict[ir.SlotDescr, Val | None] = {}
        for depth, f in enumerate(self.frames):
            n = f.info.nlocalsplus
            for k in self.taken if f.root else range(n):
                places[ir.SlotDescr(k, depth)] = f.locals[k]
            for j, v in enumerate(f.stack):
                places[ir.SlotDescr(n + j, depth)] = None if v is self.null else v
        return places

    def _values_for(self, descs: list, types: list, nulls: frozenset) -> list[Val] | None:
        """The values for another trace's inputs (None: this state does not fit)."""
        places = self._places()
        out = []
        for d in descs:
            if isinstance(d, ir.NameDescr):
                entry = self.names.get((id(d.dict), d.key))
                v = None if entry is None else entry[2]
            elif type(d) is ir.SlotDescr:
                v = places.pop(d, None)
            elif d.part != ir.iterator_tree(d.of).parts[0][0]:  # the first part has just been looked at
                v = out[-1]
            else:
                v = places.pop(ir.SlotDescr(d.slot, d.depth), None)
                if v is not None and not self.takes_apart(v, d.of):
                    return None
            if v is None:
                return None
            out.append(v)
        if len(places) != len(nulls) or any(v is not None or d not in nulls for d, v in places.items()):
            return None
        for v, t, d in zip(out, types, descs):
            o = type(v.obj)
            if type(d) is ir.PartDescr:
                continue
            if t == INT and not (o is int and MIN_INT <= v.obj <= MAX_INT):
                return None
            if t == FLOAT and o is not float:
                return None
        return out

    def takes_apart(self, v: Val, of: str) -> bool:
        """Whether v is an iterator of this kind, of this trace's own, that only its slot holds."""
        if v.holders != 1 or type(v.ir) is not Op or v.ir.name != ir.iterator_tree(of).name or type(v.obj) not in iterators.OUTER:
            return False
        found = iterators.apart(v.obj, 1, self.bridge)
        return found is not None and found[0] == of

    def _operands(self, vals: list[Val], types: list, descs: list) -> list:
        """IR operands for a jump: unboxed where wanted, each reference owned once."""
        prims: list = []
        parts: list = []
        apart: list = []
        for v, t, d in zip(vals, types, descs):
            if type(d) is not ir.PartDescr:
                prims.append(self.unbox(v) if t != REF else None)
                continue
            if not parts:
                parts = iterators.take_apart(self, v.ir, d.of)
                apart.append((v.ir, d.of))
            prims.append(parts.pop(0))
        given: set[Val] = set()
        out = []
        for v, t, p in zip(vals, types, prims):
            if p is not None:
                if t == REF:
                    self.emit("incref", p)
                out.append(p)
                continue
            if not v.owned or v in given:
                self.emit("incref", v.ir)
            given.add(v)
            out.append(v.ir)
        for it, of in apart:
            iterators.close(self, it, of)
        # what was held only by slots that enter unboxed is given up
        f0 = self.frames[0]
        held = [v for k, v in enumerate(f0.locals) if v is not None and k in f0.info.stored] + f0.stack + [e[2] for e in self.names.values()]
        for f in self.frames[1:]:
            held += [v for v in f.locals if v is not None] + f.stack
        for v in dict.fromkeys(held):
            if v.owned and v not in given:
                given.add(v)
                self.emit("decref", v.ir)
        return out

    def _end(self, op: Op) -> None:
        trace = self.trace
        assert trace is not None
        trace.ops = self.ops
        self.ops.append(op)

    def _close(self) -> None:
        trace = self.trace
        assert trace is not None
        descs, types = [i.desc for i in trace.inputs], [i.type for i in trace.inputs]
        vals = self._values_for(descs, types, empty_slots(trace))
        if vals is None:
            raise Abort("unstable")
        self.ops.append(ir.make("guard_poll", snap=self.snap()))
        self._end(ir.make("jump", *self._operands(vals, types, descs)))

    def _jump_loop(self, token: LoopToken) -> bool:
        if set(self.names) != {(id(d.dict), d.key) for d in token.inputs if isinstance(d, ir.NameDescr)}:
            return False
        vals = self._values_for(token.inputs, token.types, token.nulls)
        if vals is None:
            return False if self.is_entry() else self._leave()
        assert self.trace is not None
        self.trace.info["stays"] = not self.left and token is self.belongs
        self.ops.append(ir.make("guard_poll", snap=self.snap()))
        self._end(ir.make("jump_loop", *self._operands(vals, token.types, token.inputs), desc=token))
        return True

    def _leave(self) -> bool:
        """Ends the trace here: CPython goes on at the current instruction."""
        self._end(ir.make("exit", snap=self.snap()))
        return True

    def leave(self, f: Frame) -> None:
        """Called by an opcode that a trace cannot contain, before any effect: the trace ends in an exit here, if it is worth it."""
        name = opcode.opname[f.info.at[f.pc].op]
        if not f.root:
            self.watcher.make_opaque(f.code)
            raise Abort("unsupported-inside", f"{name} in {f.code.co_qualname}")
        if self.kind == "loop" and name in ("YIELD_VALUE", "SEND"):
            raise Abort("yield")
        if self.kind != "bridge" or self.steps < 2:
            raise Abort("loop-ended" if name in ("RETURN_VALUE", "RETURN_CONST") else "unsupported-opcode", name)
        f.next = f.pc
        self._leave()
        self.done = True

    # -- calls ----------------------------------------------------------------------------------------------------------

    def enter(self, f: Frame, func: FunctionType, locs: list[Val | None], npop: int, drop_result: int = False) -> None:
        """Inlines a Python function: `locs` = Vals of its arguments, each counted by the callee on entry; npop = operands to pop from the caller."""
        g = Frame(func, func.__code__, func.__globals__, func.__builtins__, False)
        for k, v in enumerate(locs):
            if v is not None:
                g.locals[k] = self.hold(v)
        f.call_offset = f.pc
        self.drop(f, npop)
        g.drop_result = drop_result
        f.state = self._state(f, f.next, f.pc, f.stack)
        self.frames.append(g)
        g.pc = g.next = 0

    def ret(self, f: Frame, v: Val) -> None:
        """Returns v from the innermost (inlined) frame; v is counted as held once by the caller of this function."""
        self.frames.pop()
        for old in f.locals:
            if old is not None:
                self.release(old)
        for old in f.stack:
            self.release(old)
        caller = self.frames[-1]
        caller.state = None
        if f.drop_result == OPERATOR:
            self.drop(caller, 2)
        if f.drop_result == 1:
            self.release(v)
        else:
            caller.stack.append(v)
        caller.pc = caller.next
        f.next = f.pc
