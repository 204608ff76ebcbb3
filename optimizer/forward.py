"""The forward walk: one pass over a trace that carries what is known and writes a shorter trace.

The problem
    A recorded trace says everything again and again: each addition looks at its operands' types, unpacks them, checks for
    overflow and packs the result, which the next instruction unpacks.  Nearly all of that follows from what the trace has
    established before.  A trace is a straight line, so "before" is simply "above": one walk from top to bottom suffices, and
    a fact that was proved once holds for the rest of the walk, unless it is about memory.

The walk
    Operations of the source trace are read in order; operations of the result are written in order.  `op.fwd` of a source
    operation is the value that it became.  For each operation the *hooks* of the mechanisms are asked in the order of
    the table MECHANISMS; the first that knows the value answers with it (or with GONE: nothing needs to be done).  What nobody answers is
    written out, and the mechanisms' `after` hooks note what is known now.  A mechanism is a file with two tables, BEFORE and
    AFTER, from op codes to hooks; it can be switched off by its name, and all others still work.

What is known (the attributes of `Forward`), each a dictionary from result values to facts:
    types      exact type of a ref, for types whose objects can never change their class: true for good
    volatile   the same for all other types: true until Python code runs
    nonnull    refs that are not NULL
    known      ints and bools that turned out constant (a guard passed): replaced at each later use
    same       refs that a guard_is found to be a constant (not replaced: references are counted per value)
    ranges     (low, high) of an int
    unboxed    the number in a number object
    offsets    int = other int + constant
    pure       (code, operands) -> the value computed before; the truth of comparisons that guards imply
    heap       what memory holds: memory class -> {(field, base[, index]): value}
    virtual    allocations not written so far

    A value is an Op of the result or a Const.  Constants are interned (`const`), so identity is equality throughout.

Why it is right
    * SSA: facts about values are true wherever the value exists.  Only `heap`, `volatile` and `flags` speak about memory; each
      effect removes what it may have changed, and what an effect may change is known from its row or descriptor.
    * A guard is removed only when a fact that is true at this point implies it.  An operation is replaced by an earlier value only
      when it is pure, or when it re-reads memory that has provably not changed.  A pure guarded operation (`int_add_ovf`) that
      repeats an earlier one cannot fail, since the earlier one did not.
    * Nothing moves, except allocations, and these have no effect that a program can see.  So "no effect between a guard and its
      snapshot" stays true because it was true.
    * References: what an unwritten allocation would have stolen remains the trace's; when it is written after all, it steals it
      then; when it dies, the trace gives it up then (virtuals.py).

The loop
    Facts that hold on arrival at the label hold in the loop only if they also hold at its end, which is known only after the loop
    was optimized, which needs the facts.  loop.py assumes the best, optimizes, checks, and where the check fails assumes less and
    does it over.  Assumptions only get weaker and are finitely many, so this ends.

The idea of one walk that carries everything is PyPy's `optimizeopt`; virtual states at the label are PyPy's too.
"""

from __future__ import annotations

from struct import pack
from typing import Any, Callable

from ..tracer import ir
from ..tracer.classes import is_class, keeps_class
from ..tracer.ir import Const, Op
from .codes import C

Hook = Callable[..., Any]  # before: (forward, source op, operands) -> value or None; after: (forward, new op)

MIN, MAX = -(1 << 63), (1 << 63) - 1
FULL = (MIN, MAX)

GONE = Const(ir.VOID, None)  # a hook's answer: nothing is left of the operation

#: Attributes of Forward that are plain dictionaries or sets of facts; copied at the label.
FACTS = ("types", "volatile", "nonnull", "known", "same", "ranges", "unboxed", "offsets", "pure", "flags", "pending", "guards", "holders")

FAILS_WITH = {C.GUARD_TRUE: False, C.GUARD_FALSE: True}
NOTHING_FAILS = (None, False, False)  # (bool, its value, was it asked for)

TAKES_REFS = [ir.REF in r.args or ir.PTR in r.args or "?" in r.args for r in ir.OPS]


def is_stable(cls: Any) -> bool:
    """Whether it is a class whose objects are of it for life."""
    return is_class(cls) and keeps_class(cls)


class DeadEnd(Exception):
    """What follows can never be reached; the exit is written."""


class Forward:
    """The state of the walk: what is known, and what has been written."""

    __slots__ = (
        *FACTS, "heap", "virtual", "nested", "out", "consts", "by_id", "before", "after", "snaps", "frames", "snap", "off",
        "pinned", "kept", "wrote", "ran", "hits", "info", "base", "failing", "gives_up",
    )  # fmt: skip

    def __init__(self, before: list[tuple[Hook, ...]], after: list[tuple[Hook, ...]], off: frozenset[str] = frozenset()) -> None:
        self.types: dict[Any, type] = {}
        self.volatile: dict[Any, type] = {}
        self.nonnull: set[Any] = set()
        self.known: dict[Any, Const] = {}
        self.same: dict[Any, Const] = {}
        self.ranges: dict[Any, tuple[int, int]] = {}
        self.unboxed: dict[Any, ir.Value] = {}
        self.offsets: dict[Any, tuple[Op, int]] = {}
        self.pure: dict[tuple, ir.Value] = {}
        self.flags: set = set()  # guard_not_invalidated that hold
        self.holders: dict[Any, Any] = {}  # where a ref was last seen: (memory class, place), or the immutable object that holds it
        self.guards: dict[Any, Op] = {}  # the first guard on a ref
        self.pending: dict[Any, int] = {}  # references that left a virtual container and wait for their `own`
        self.heap: dict[str, dict[tuple, ir.Value]] = {}
        self.virtual: dict[Any, Any] = {}  # -> virtuals.Virtual
        self.nested: dict[Any, Any] = {}  # the part of `virtual` whose images can change
        self.out: list[Op] = []
        self.consts: dict[tuple, Const] = {(ir.REF, id(ir.NULL_VALUE)): ir.NULL, (ir.BOOL, True): ir.TRUE, (ir.BOOL, False): ir.FALSE}
        self.by_id: dict[int, Const] = {}
        self.before = before
        self.after = after
        self.snaps: dict[ir.Snapshot, ir.Snapshot] = {}
        self.frames: dict[ir.FrameState, ir.FrameState] = {}
        self.snap: ir.Snapshot | None = None  # of the source, the last one seen
        self.off = off
        self.pinned: set[Any] = set()  # refs of which the trace keeps a reference to its end
        self.kept: dict[tuple, Any] = {}  # fields of such refs in which the trace keeps a number: (memory class, place) -> descriptor
        self.wrote: set[str] = set()  # memory classes written so far
        self.ran = False  # whether Python code ran for sure
        self.hits: set = set()  # facts about memory that were used: values found there, objects of a class, flags
        self.info: dict = {}
        self.failing: tuple[Any, bool, bool] = NOTHING_FAILS  # while the snapshot of a guard on a bool is made
        self.gives_up: Any = None  # a virtual object that is about to die, and the snapshot of its guard_harmless, of the source
        self.base = 0  # where the part begins that may still be changed

    # -- the walk

    def walk(self, ops: list[Op]) -> None:
        known = self.known
        for op in ops:
            args = []
            for a in op.args:
                if type(a) is Const:
                    a = self.by_id.get(id(a)) or self.intern(a)
                else:
                    a = a.fwd
                    if a in known:
                        a = known[a]
                args.append(a)
            if op.snap is not None:
                self.snap = op.snap
            op.fwd = self.step(op, tuple(args))

    def step(self, op: Op, args: tuple) -> Any:
        """The value of one operation with these operands; `op` lends its code, type, descriptor and snapshot."""
        for hook in self.before[op.code]:
            value = hook(self, op, args)
            if value is not None:
                return value
        new = self.emit(op, args)
        for hook in self.after[op.code]:
            hook(self, new)
        return new

    def again(self, code: int, args: tuple, snap: ir.Snapshot | None = None, desc: Any = None) -> Any:
        """The value of another operation that takes the place of the present one."""
        row = ir.OPS[code]
        op = Op(code, args, desc.type if row.result == "?" else row.result, desc, snap)
        return self.step(op, args)

    def emit(self, op: Op, args: tuple) -> Op:
        """Writes an operation; virtual operands are allocated first."""
        if TAKES_REFS[op.code] and self.virtual:
            for a in args:
                if a in self.virtual:
                    self.virtual[a].force(self, a)
        new = Op(op.code, args, op.type, op.desc)
        if op.snap is not None:
            if op.code in FAILS_WITH:
                new.snap = self.failing_snapshot(op, args[0])
            else:
                new.snap = self.snapshot(op.snap)
        return self.write(new)

    def put(self, new: Op) -> None:
        """Writes an operation that waited until now."""
        self.write(new)
        for hook in self.after[new.code]:
            hook(self, new)

    def write(self, new: Op) -> Op:
        new.num = len(self.out)
        self.out.append(new)
        return new

    # -- values

    def intern(self, c: Const) -> Const:
        """The one constant that stands for all equal ones."""
        value = c.value
        if c.type == ir.REF:
            key = (ir.REF, id(value))
        elif c.type == ir.FLOAT:
            key = (ir.FLOAT, pack("d", value))
        else:
            key = (c.type, value)
        self.by_id[id(c)] = one = self.consts.setdefault(key, c)
        return one

    def const(self, type: str, value: Any) -> Const:
        c = Const(type, value)
        one = self.intern(c)
        if one is not c:
            del self.by_id[id(c)]  # c goes away, its address may serve another
        return one

    def value(self, v: Any) -> Any:
        """The value of the result that a source value became."""
        if type(v) is Const:
            return self.by_id.get(id(v)) or self.intern(v)
        return v.fwd

    def range(self, v: ir.Value) -> tuple[int, int]:
        if type(v) is Const:
            return (v.value, v.value)
        return self.ranges.get(v, FULL)

    def type_of(self, v: ir.Value) -> type | None:
        """The exact type of a ref, as far as it is known here and now."""
        if type(v) is Const:
            cls = type(v.value)
            if v is not ir.NULL and is_stable(cls):
                return cls
        elif v in self.types:
            return self.types[v]
        cls = self.volatile.get(v)
        if cls is not None:
            self.hits.add(v)
        return cls

    def set_type(self, v: ir.Value, cls: type) -> None:
        if not is_stable(cls):
            self.volatile[v] = cls
        elif type(v) is Op:
            self.types[v] = cls

    def constant(self, v: ir.Value) -> ir.Value:
        """The constant that v is known to be, or v."""
        return self.same.get(v, v)

    # -- snapshots

    def snapshot(self, snap: ir.Snapshot) -> ir.Snapshot:
        """The snapshot in terms of result values; virtual ones are named by their images."""
        new = self.snaps.get(snap)
        if new is None:
            names = snap.names
            if names:
                held = self.held
                names = tuple([(d, k, held(v)) for d, k, v in names])
            frames = self.frames
            new = self.snaps[snap] = ir.Snapshot(tuple([frames.get(f) or self.frame(f) for f in snap.frames]), names)
        return new

    def failing_snapshot(self, op: Op, truth: ir.Value) -> ir.Snapshot:
        """The snapshot of a guard on a bool: whoever leaves there knows the bool."""
        assert op.snap is not None
        self.failing = (truth, FAILS_WITH[op.code], False)
        snap = self.snapshot(op.snap)
        if self.failing[2]:  # it was named: no other guard may use these frames
            self.touch()
        self.failing = NOTHING_FAILS
        return snap

    def frame(self, f: ir.FrameState) -> ir.FrameState:
        virtual = self.virtual
        slots = []
        for k, v in f.slots:
            if type(v) is Op:
                v = v.fwd
                if v in virtual:
                    v = virtual[v].picture(self, v)
            slots.append((k, v))
        stack = tuple([self.held(v) for v in f.stack]) if f.stack else ()
        new = ir.FrameState(f.func, f.code, f.offset, f.call_offset, f.drop_result, tuple(slots), stack)
        self.frames[f] = new
        return new

    def held(self, v: ir.Value) -> ir.Value:
        if type(v) is Op:
            v = v.fwd
            if v in self.virtual:
                return self.virtual[v].picture(self, v)
        return v

    def touch(self) -> None:
        """A virtual object has changed: pictures of it are out of date."""
        for virtual in self.nested.values():
            virtual.image = None
        if self.snaps:
            self.snaps.clear()
            self.frames.clear()

    # -- effects

    def python_ran(self) -> None:
        """Anything may have changed, except what is true of values by themselves."""
        self.heap.clear()
        self.volatile.clear()
        self.flags.clear()

    # -- the label

    def save(self) -> tuple:
        """Everything known, so that `restore` brings it back any number of times."""
        facts = [getattr(self, name).copy() for name in FACTS]
        heap = {memory: cells.copy() for memory, cells in self.heap.items()}
        virtual = {op: v.copy() for op, v in self.virtual.items() if v.count > 0 or not v.base_count}
        return facts, heap, virtual, len(self.out)

    def restore(self, saved: tuple) -> None:
        facts, heap, virtual, length = saved
        for name, fact in zip(FACTS, facts):
            setattr(self, name, fact.copy())
        self.heap = {memory: cells.copy() for memory, cells in heap.items()}
        self.virtual = {op: v.copy() for op, v in virtual.items()}
        self.nested = {op: v for op, v in self.virtual.items() if v.nests}
        self.snaps.clear()
        self.frames.clear()
        self.hits.clear()
        del self.out[length:]
