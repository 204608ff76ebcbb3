"""Random traces, written as the recorder writes them, to try the optimizer on.

`random_case(seed)` makes up some objects, then records made-up instructions over them: arithmetic, comparisons, lists, tuples, cells,
iterators, residual calls that change what they can reach, an inlined function now and then.  As in the real recorder each primitive
runs while it is written down (on the evaluator's heap), so that guards state what was true, and the trace's values have
holders: the trace owns one reference of what at least one holder has, and gives it up at the end of the instruction that dropped the last.

A case builds any number of equal heaps, in variants: variant 0 is what was recorded, the others have other numbers
and lengths, so that they leave at other places.  Everything follows from the seed.
"""

from __future__ import annotations

from random import Random
from types import CellType
from typing import Any, Callable

from . import ir
from .evaluator import FAILED, NULL, Array, EvalError, Heap, Obj, _Leave, _Run
from .ir import BOOL, FLOAT, INT, REF, Const, FrameState, NameDescr, Op, SlotDescr, Snapshot, Trace, Value

_RANGE_ITER = type(iter(range(0)))
_LIST_ITER = type(iter([]))
HARMLESS = {int, float, bool, type(None), _RANGE_ITER}
_PRIM = {int: INT, float: FLOAT, bool: BOOL}
GLOBALS: dict[str, Any] = {}

EFFECT = ir.CallDescr("effect", "rr", REF, error="null", runs=True)
NOISY = ir.CallDescr("noisy", "", REF, error="null", runs=True)
LENGTH = ir.CallDescr("length", "r", INT, reads=("list.items", "list.ob_size", "list.ob_item"))
HASH = ir.CallDescr("hash", "i", INT, pure=True)
APPEND = ir.CallDescr("append", "rr", ir.VOID, writes=("list.items", "list.ob_size", "list.ob_item"), steals=(1,))
CALLS = {d.symbol: d for d in (EFFECT, NOISY, LENGTH, HASH, APPEND)}


class Case:
    """A trace, and the heaps that it runs on."""

    def __init__(self, seed: int, trace: Trace, specs: list) -> None:
        self.seed = seed
        self.trace = trace
        self.specs = specs

    def build(self, variant: int) -> tuple[Heap, list]:
        """A fresh heap and the inputs, the same each time."""
        return _build(self.specs, self.seed, variant)


# -- objects ------------------------------------------------------------------------------------------------------------


def _specs(rng: Random) -> list:
    """What the inputs are: (spec, held from outside?, entered unboxed?) for each."""

    def spec(depth: int) -> tuple:
        kinds = ["int"] * 4 + ["float"] * 4 + ["bool", "none", "noisy", "list", "list", "tuple", "cell", "range"]
        kind = rng.choice(kinds if depth < 2 else kinds[:11])
        if kind == "list":
            if rng.random() < 0.6:
                inner = spec(depth + 1)
                return "list", [inner] * rng.randint(1, 4)
            return "list", [spec(depth + 1) for _ in range(rng.randint(0, 3))]
        if kind == "tuple":
            return "tuple", [spec(depth + 1) for _ in range(rng.randint(1, 3))]
        if kind == "cell":
            return "cell", [spec(depth + 1)]
        return kind, []

    out = []
    for k in range(rng.randint(3, 7)):
        s = spec(0)
        if k and rng.random() < 0.15:
            s = "alias", [rng.randrange(k)]
        out.append((s, rng.random() < 0.4, s[0] in ("int", "float") and rng.random() < 0.4))
    # at least something to count with and something to index
    out.append((("int", []), False, rng.random() < 0.5))
    out.append((("list", [(rng.choice(["int", "float"]), [])] * 3), rng.random() < 0.5, False))
    return out


def _number(rng: Random, kind: str) -> Any:
    if kind == "int":
        return rng.choice(
            [0, 1, 2, 3, -1, -2, rng.randint(-9, 9), rng.randint(-(10**6), 10**6), rng.choice([2**31, 2**62, 2**63 - 1, -(2**63), 2**70])][
                : rng.choice([8, 8, 8, 9])
            ]
        )
    return rng.choice([0.0, -0.0, 1.0, 0.5, -1.5, rng.uniform(-9, 9), 1e300, float("inf"), float("nan")][: rng.choice([6, 6, 6, 9])])


def _build(specs: list, seed: int, variant: int) -> tuple[Heap, list]:
    rng = Random(f"{seed} {variant}")
    heap = Heap()
    heap.functions = dict(_FUNCTIONS)
    inputs: list = []

    def make(spec: tuple) -> Any:
        kind, parts = spec
        if kind in ("int", "float"):
            value = _number(rng, kind)
            return heap.number(value)
        if kind == "bool":
            return heap.const(rng.random() < 0.5)
        if kind == "none":
            return heap.const(None)
        if kind == "noisy":
            return heap.new("Noisy", None, {}, finalizer=True)
        if kind == "list":
            n = len(parts) + (rng.randint(-1, 2) if variant and parts else 0)
            return heap.list([make(parts[k % len(parts)]) for k in range(n)] if parts else [])
        if kind == "tuple":
            return heap.tuple([make(p) for p in parts])
        if kind == "cell":
            return heap.cell(make(parts[0]))
        if kind == "range":
            n = rng.randint(0, 6)
            return heap.new(_RANGE_ITER, None, {"rangeiter.start": rng.randint(-5, 5), "rangeiter.step": rng.randint(1, 3), "rangeiter.len": n})
        return inputs[parts[0]]

    for spec, outside, unboxed in specs:
        obj = make(spec)
        if unboxed:
            value = obj.value
            obj = value if type(value) is float or -(2**63) <= value < 2**63 else 1
        elif not isinstance(obj, Obj):  # the alias of an unboxed input
            obj = heap.number(obj)
        if outside and isinstance(obj, Obj):
            heap.hold(obj)
        inputs.append(obj)
    heap.slots[9] = heap.hold(heap.list([heap.number(2.5)]))
    return heap, inputs


# -- the models of C functions ------------------------------------------------------------------------------------------


def _poke(heap: Heap) -> None:
    """Changes something that is reachable from outside; what, depends on the number of calls so far."""
    world = [o for o in heap.outside if o.type is list or "cell.ob_ref" in o.fields]
    n = heap.calls
    if world:
        target = world[n % len(world)]
        new = world[n // 3 % len(world)] if n % 5 == 0 else heap.const(None) if n % 7 == 0 else heap.number(n * 1.5 if n % 2 else n)
        heap.incref(new)
        if target.type is list:
            items = target.fields["list.ob_item"].items
            if not items:
                heap.decref(new)
                return
            old, items[n % len(items)] = items[n % len(items)], new
        else:
            old, target.fields["cell.ob_ref"] = target.fields["cell.ob_ref"], new
        if old is not NULL:
            heap.decref(old)
    if n % 13 == 12:
        heap.invalid = True


def _effect(heap: Heap, args: list) -> Any:
    if heap.calls % 11 == 10:
        return FAILED
    _poke(heap)
    result = args[heap.calls % 2] if heap.calls % 3 == 0 else heap.number(heap.calls) if heap.calls % 3 == 1 else heap.number(heap.calls + 0.5)
    heap.incref(result)
    return result


def _noisy(heap: Heap, args: list) -> Any:
    obj = heap.new("Noisy", None, {}, finalizer=True)
    heap.incref(obj)
    return obj


def _append(heap: Heap, args: list) -> None:
    target, value = args
    old = target.fields["list.ob_item"]
    target.fields["list.ob_item"] = Array([*old.items, value])
    target.fields["list.ob_size"] += 1
    old.items = []  # moved: the old array is gone


_FUNCTIONS: dict[str, Callable[[Heap, list], Any]] = {
    "effect": _effect,
    "noisy": _noisy,
    "length": lambda heap, args: args[0].fields.get("list.ob_size", 0),
    "hash": lambda heap, args: args[0] * 31 % 101,
    "append": _append,
}


# -- recording ----------------------------------------------------------------------------------------------------------


class Val:
    """A reference on the abstract machine."""

    __slots__ = ("ir", "obj", "holders", "owned", "known", "prim")

    def __init__(self, value: Value, obj: Obj, owned: bool, known: bool = False, prim: Value | None = None) -> None:
        self.ir = value
        self.obj = obj
        self.holders = 0
        self.owned = owned
        self.known = known  # was the type guarded?
        self.prim = prim


class _Frame:
    def __init__(self, name: str | None, locals: list[Val]) -> None:
        self.name = name
        self.locals = locals
        self.stack: list[Val] = []
        self.call_offset = -1


class _Abandon(Exception):
    """The instruction cannot be done with these operands; nothing has happened yet."""


class _Recorder:
    def __init__(self, rng: Random, heap: Heap, inputs: list, labelled: bool, named: bool) -> None:
        self.rng = rng
        self.heap = heap
        self.trace = Trace("loop", [])
        self.ops = self.trace.ops
        self.trace.flag = self.flag = ir.Flag()
        self.run = _Run(self.trace, heap, 1 << 30)
        self.consts: dict[int, Val] = {}
        self.released: list[Val] = []
        self.temporaries: list[Val] = []
        self.offset = 0
        self.snapshot: Snapshot | None = None
        self.check = False
        self.root = _Frame(None, [])
        self.frames = [self.root]
        self.name: Val | None = None
        self.start_stack: list[Val] = []
        values: list[Op] = []
        for k, value in enumerate(inputs):
            desc = NameDescr(GLOBALS, "x") if named and k == 0 else SlotDescr(k)
            op = ir.make("input", desc=desc, type=REF if isinstance(value, Obj) else FLOAT if type(value) is float else INT)
            self.trace.inputs.append(op)
            self.run.values[op] = value
            if isinstance(value, Obj):
                heap.incref(value)
                self.trace.owned_inputs.append(op)
            values.append(op)
        if labelled:
            phis = [ir.make("phi", type=op.type) for op in values]
            self.ops.append(ir.make("label", *values, desc=phis))
            self.run.bind(phis, tuple(values))
            values = phis
        for k, op in enumerate(values):
            v = Val(op, self.run.values[op], True) if op.type == REF else self.box(op)
            v.holders = 1
            if named and k == 0:
                self.name = v
            else:
                self.root.locals.append(v)
        self.fixed = Val(self.emit("frame_slot", desc=9), heap.slots[9], False)

    # -- writing down

    def emit(self, name: str, *args: Value, desc: Any = None, snap: Snapshot | None = None) -> Op:
        op = ir.make(name, *args, desc=desc, snap=snap)
        try:
            self.run.values[op] = self.run.step(op)
        except (_Leave, EvalError):
            if op.row.guard or op.name == "call":
                raise _Abandon from None
            raise
        self.ops.append(op)
        return op

    def value(self, op: Value) -> Any:
        return self.run.get(op)

    def guard(self, name: str, *args: Value, desc: Any = None) -> Op:
        return self.emit(name, *args, desc=desc, snap=self.snap())

    def const(self, value: Any) -> Val:
        obj = self.heap.const(value)
        prim = Const(_PRIM[type(value)], value) if type(value) in _PRIM and (type(value) is not int or -(2**63) <= value < 2**63) else None
        return self.consts.setdefault(id(obj), Val(Const(REF, value), obj, False, True, prim))

    def box(self, prim: Value) -> Val:
        op = self.emit({INT: "box_int", FLOAT: "box_float", BOOL: "box_bool"}[prim.type], prim)
        return Val(op, self.run.values[op], prim.type != BOOL, True, prim)

    def loaded(self, op: Op) -> Val:
        self.emit("incref", op)
        return Val(op, self.run.values[op], True)

    def guard_type(self, v: Val, *expected: Any) -> Any:
        t = v.obj.type
        if (expected and t not in expected) or not isinstance(t, type):
            raise _Abandon
        if not v.known:
            self.guard("guard_type", v.ir, self.const(t).ir)
            v.known = True
        return t

    def unbox(self, v: Val, *expected: type) -> Value:
        t = self.guard_type(v, *expected)
        if v.prim is None:
            v.prim = self.guard("unbox_int", v.ir) if t is int else self.emit("unbox_float" if t is float else "unbox_bool", v.ir)
        return v.prim

    # -- the frames

    def _state(self, f: _Frame, offset: int, stack: list[Val]) -> FrameState:
        skip = 1 if self.name is not None and f is self.root else 0
        slots = tuple((k + skip, v.ir) for k, v in enumerate(f.locals))
        return FrameState(f.name, f.name, offset, f.call_offset, False, slots, tuple(v.ir for v in stack))

    def snap(self, now: bool = False) -> Snapshot:
        """The state at the start of the instruction, or as it is now."""
        if self.snapshot is None or now:
            names = () if self.name is None else ((GLOBALS, "x", self.name.ir),)
            outer = [self._state(f, f.call_offset + 2, f.stack) for f in self.frames[:-1]]
            f = self.frames[-1]
            snap = Snapshot((*outer, self._state(f, self.offset, f.stack if now else self.start_stack)), names)
            if now:
                return snap
            self.snapshot = snap
        return self.snapshot

    def release(self, v: Val) -> None:
        v.holders -= 1
        if v.holders == 0 and v.owned:
            self.released.append(v)

    def set_local(self, k: int, v: Val) -> None:
        f = self.frames[-1]
        v.holders += 1
        old, f.locals[k] = f.locals[k], v
        self.release(old)

    def keep(self, v: Val) -> Val:
        v.holders += 1
        self.temporaries.append(v)
        return v

    # -- one instruction

    def step(self, instruction: Callable[[], None]) -> bool:
        f = self.frames[-1]
        self.offset += 2
        self.start_stack = f.stack[:]
        self.snapshot = None
        mark = len(self.ops)
        if self.check:
            self.check = False
            if self.heap.invalid:
                return False
            self.guard("guard_not_invalidated", desc=self.flag)
        try:
            instruction()
        except _Abandon:
            assert not any(op.row.runs and op.name != "decref" for op in self.ops[mark:])
        self.offset += 1  # decrefs show the state after the instruction
        for v in self.temporaries:
            self.release(v)
        self.temporaries.clear()
        snap = None
        for v in self.released:
            if v.holders:
                continue
            if v.obj.type in HARMLESS and v.known:
                self.emit("decref", v.ir)
            else:
                snap = snap or self.snap(now=True)
                if not self.heap.finalizes(v.obj) and self.rng.random() < 0.7:
                    self.emit("guard_harmless", v.ir, snap=snap)
                    self.emit("decref", v.ir)
                else:
                    self.emit("decref", v.ir, snap=snap)
                    self.check = True
        self.released.clear()
        self.offset -= 1
        return True

    def any(self, *types: Any) -> Val:
        """A local, stack entry, constant, … perhaps of one of the types."""
        f = self.frames[-1]
        vals = [*f.locals, *f.stack[-1:], *([self.name] if self.name else []), self.fixed]
        if int in types:
            vals += [self.const(c) for c in self.rng.sample([0, 1, 2, 7, 70000], 2)]
        if float in types:
            vals.append(self.const(1.5))
        fitting = [v for v in vals if not types or v.obj.type in types]
        if not fitting:
            raise _Abandon
        return self.rng.choice(fitting)

    def put(self, v: Val) -> None:
        """Stores a result: mostly where something of its type is now, sometimes on the stack."""
        f = self.frames[-1]
        if self.rng.random() < 0.15 and len(f.stack) < 3:
            v.holders += 1
            f.stack.append(v)
            return
        same = [k for k, old in enumerate(f.locals) if old.obj.type == v.obj.type]
        if not same or self.rng.random() < 0.03:
            same = range(len(f.locals))
        if self.name is not None and self.rng.random() < 0.1 and self.name.obj.type == v.obj.type:
            v.holders += 1
            old, self.name = self.name, v
            self.release(old)
            return
        self.set_local(self.rng.choice(same), v)

    # instructions: all guards first, then effects

    def int_arithmetic(self) -> None:
        a, b = self.unbox(self.any(int), int), self.unbox(self.any(int), int)
        name = self.rng.choice(["add_ovf", "add_ovf", "sub_ovf", "mul_ovf", "and", "or", "xor", "floordiv", "mod", "rshift", "lshift_ovf", "neg_ovf", "invert"])
        if name in ("floordiv", "mod"):
            self.guard("guard_true", self.emit("int_gt", b, Const(INT, 0)))
        elif name in ("rshift", "lshift_ovf"):
            self.guard("guard_true", self.emit("int_ult", b, Const(INT, 64)))
        args = (a,) if name in ("neg_ovf", "invert") else (a, b)
        op = self.guard(f"int_{name}", *args) if name.endswith("ovf") else self.emit(f"int_{name}", *args)
        self.put(self.box(op))

    def float_arithmetic(self) -> None:
        vals = [self.any(float), self.any(int, float)]
        self.rng.shuffle(vals)
        prims = [self.unbox(v, int, float) for v in vals]
        a, b = [self.emit("int_to_float", p) if p.type == INT else p for p in prims]
        name = self.rng.choice(["add", "sub", "mul", "mul", "div", "neg", "abs", "floordiv", "mod"])
        if name in ("div", "floordiv", "mod"):
            self.guard("guard_true", self.emit("float_ne", b, Const(FLOAT, 0.0)))
        self.put(self.box(self.emit(f"float_{name}", *((a,) if name in ("neg", "abs") else (a, b)))))

    def compare(self) -> None:
        kind = self.rng.choice([int, float])
        a, b = self.unbox(self.any(kind), kind), self.unbox(self.any(kind), kind)
        truth = self.emit(f"{_PRIM[kind]}_{self.rng.choice(['lt', 'le', 'eq', 'ne', 'gt', 'ge'])}", a, b)
        if self.rng.random() < 0.3:
            self.put(self.box(truth))
        else:
            self.guard("guard_true" if self.value(truth) else "guard_false", truth)

    def test_bool(self) -> None:
        truth = self.unbox(self.any(bool), bool)
        if self.rng.random() < 0.3:
            truth = self.emit("bool_not", truth)
        self.guard("guard_true" if self.value(truth) else "guard_false", truth)

    def test_none(self) -> None:
        v = self.any()
        none = self.const(None)
        self.guard("guard_is" if v.obj is none.obj else "guard_is_not", v.ir, none.ir)

    def identity(self) -> None:
        a, b = self.any(list), self.any(list)
        truth = self.emit("ref_eq", a.ir, b.ir)
        self.guard("guard_true" if self.value(truth) else "guard_false", truth)

    def _index(self, v: Val) -> tuple[Value, Value]:
        """The item array of a list, and a checked index."""
        self.guard_type(v, list)
        n = self.emit("load", v.ir, desc=ir.LIST_SIZE)
        i = self.unbox(self.any(int), int)
        if self.rng.random() < 0.5:
            if not self.value(n):
                raise _Abandon
            i = Const(INT, self.rng.randrange(self.value(n)))
        self.guard("guard_true", self.emit("int_ult", i, n))
        return self.emit("load", v.ir, desc=ir.LIST_ITEMS), i

    def list_get(self) -> None:
        items, i = self._index(self.any(list))
        self.put(self.loaded(self.emit("load_at", items, i, desc=ir.LIST_ITEM)))

    def list_use(self) -> None:
        """Reads a number and drops the reference at once."""
        items, i = self._index(self.any(list))
        v = self.keep(self.loaded(self.emit("load_at", items, i, desc=ir.LIST_ITEM)))
        t = self.guard_type(v, int, float)
        p = self.unbox(v, t)
        self.put(self.box(self.emit("int_xor" if t is int else "float_add", p, Const(_PRIM[t], t(3)))))

    def list_set(self) -> None:
        items, i = self._index(self.any(list))
        old = self.emit("load_at", items, i, desc=ir.LIST_ITEM)
        old_val = Val(old, self.run.values[old], True)
        new = self.box(self.emit("float_add", self.unbox(self.any(float), float), Const(FLOAT, 0.25))) if self.rng.random() < 0.4 else self.any()
        if self.rng.random() < 0.6:
            try:
                self.guard_type(old_val)
            except _Abandon:
                pass
        self.keep(new)
        self.emit("incref", new.ir)
        self.emit("store_at", items, i, new.ir, desc=ir.LIST_ITEM)
        self.emit("own", old)
        self.keep(old_val)

    def list_swap(self) -> None:
        v = self.any(list)
        items, i = self._index(v)
        n = self.emit("load", v.ir, desc=ir.LIST_SIZE)
        j = self.unbox(self.any(int), int)
        self.guard("guard_true", self.emit("int_ult", j, n))
        a = self.keep(self.loaded(self.emit("load_at", items, i, desc=ir.LIST_ITEM)))
        b = self.keep(self.loaded(self.emit("load_at", items, j, desc=ir.LIST_ITEM)))
        for k, x in ((i, b), (j, a)):
            old = self.emit("load_at", items, k, desc=ir.LIST_ITEM)
            self.emit("incref", x.ir)
            self.emit("store_at", items, k, x.ir, desc=ir.LIST_ITEM)
            self.emit("own", old)
            self.keep(Val(old, self.run.values[old], True))

    def _taken(self, n: int) -> list[Val]:
        """Operands for an allocation, with a reference for it."""
        vals = [self.any() for _ in range(n)]
        for v in vals:
            self.emit("incref", v.ir)
        return vals

    def build(self) -> None:
        name = self.rng.choice(["new_tuple", "new_tuple", "new_list", "new_cell"])
        vals = self._taken(1 if name == "new_cell" else self.rng.randint(1, 3))
        op = self.emit(name, *[v.ir for v in vals])
        self.put(Val(op, self.run.values[op], True, True))

    def unpack(self) -> None:
        v = self.any(tuple)
        self.guard_type(v, tuple)
        n = self.emit("load", v.ir, desc=ir.TUPLE_SIZE)
        self.guard("guard_true", self.emit("int_eq", n, Const(INT, self.value(n))))
        vals = [self.loaded(self.emit("load_at", v.ir, Const(INT, k), desc=ir.TUPLE_ITEM)) for k in range(self.value(n))]
        for x in vals:
            self.keep(x)
        for x in vals:
            if self.rng.random() < 0.7:
                self.put(x)

    def cell_get(self) -> None:
        v = self.any(CellType)
        self.guard_type(v)
        op = self.emit("load", v.ir, desc=ir.CELL_REF)
        self.guard("guard_nonnull", op)
        self.put(self.loaded(op))

    def cell_set(self) -> None:
        v = self.any(CellType)
        self.guard_type(v)
        old = self.emit("load", v.ir, desc=ir.CELL_REF)
        self.guard("guard_nonnull", old)
        new = self.keep(self.any())
        self.emit("incref", new.ir)
        self.emit("store", v.ir, new.ir, desc=ir.CELL_REF)
        self.emit("own", old)
        self.keep(Val(old, self.run.values[old], True))

    def range_next(self) -> None:
        v = self.any(_RANGE_ITER)
        self.guard_type(v)
        n = self.emit("load", v.ir, desc=ir.RANGE_ITER_LEN)
        more = self.emit("int_gt", n, Const(INT, 0))
        if not self.value(more):
            self.guard("guard_false", more)
            return
        self.guard("guard_true", more)
        start = self.emit("load", v.ir, desc=ir.RANGE_ITER_START)
        step = self.emit("load", v.ir, desc=ir.RANGE_ITER_STEP)
        self.emit("store", v.ir, self.emit("int_add", start, step), desc=ir.RANGE_ITER_START)
        self.emit("store", v.ir, self.emit("int_sub", n, Const(INT, 1)), desc=ir.RANGE_ITER_LEN)
        self.put(self.box(start))

    def range_new(self) -> None:
        n = self.unbox(self.any(int), int)
        self.guard("guard_true", self.emit("int_ult", n, Const(INT, 10)))
        op = self.emit("new_range_iter", Const(INT, 0), Const(INT, 1), n)
        self.put(Val(op, self.run.values[op], True, True))

    def list_iterate(self) -> None:
        """A whole short life of an iterator."""
        v = self.any(list)
        self.guard_type(v, list)
        self.emit("incref", v.ir)
        op = self.emit("new_list_iter", v.ir, Const(INT, 0))
        self.put(Val(op, self.run.values[op], True, True))

    def list_next(self) -> None:
        v = self.any(_LIST_ITER)
        self.guard_type(v)
        seq = self.emit("load", v.ir, desc=ir.LIST_ITER_SEQ)
        x = self.emit("load", v.ir, desc=ir.LIST_ITER_INDEX)
        n = self.emit("load", seq, desc=ir.LIST_SIZE)
        self.guard("guard_true", self.emit("int_ult", x, n))
        self.emit("store", v.ir, self.emit("int_add", x, Const(INT, 1)), desc=ir.LIST_ITER_INDEX)
        items = self.emit("load", seq, desc=ir.LIST_ITEMS)
        self.put(self.loaded(self.emit("load_at", items, x, desc=ir.LIST_ITEM)))

    def call_effect(self) -> None:
        a, b = self.any(), self.any()
        op = self.emit("call", a.ir, b.ir, desc=EFFECT, snap=self.snap())
        self.check = True
        self.put(Val(op, self.run.values[op], True))

    def call_noisy(self) -> None:
        op = self.emit("call", desc=NOISY, snap=self.snap())
        self.check = True
        self.put(Val(op, self.run.values[op], True))

    def call_length(self) -> None:
        self.put(self.box(self.emit("call", self.any(list).ir, desc=LENGTH)))

    def call_hash(self) -> None:
        self.put(self.box(self.emit("call", self.unbox(self.any(int), int), desc=HASH)))

    def append(self) -> None:
        target = self.any(list)
        self.guard_type(target, list)
        (v,) = self._taken(1)
        if len(target.obj.fields["list.ob_item"].items) < 12:
            self.emit("call", target.ir, v.ir, desc=APPEND)
        else:
            self.emit("decref", v.ir)

    def copy(self) -> None:
        self.put(self.any())

    def clear(self) -> None:
        self.set_local(self.rng.randrange(len(self.frames[-1].locals)), self.const(self.rng.choice([None, 5, 70000, 2.5])))

    def pop(self) -> None:
        f = self.frames[-1]
        if f.stack:
            v = f.stack.pop()
            if self.rng.random() < 0.7:
                self.put(v)
            self.release(v)

    def enter(self) -> None:
        """Inlines a call."""
        f = self.frames[-1]
        if len(self.frames) > 2:
            raise _Abandon
        args = [self.any() for _ in range(self.rng.randint(1, 3))]
        for v in args:
            v.holders += 1
        f.call_offset = self.offset
        self.frames.append(_Frame("helper", args))

    def leave(self) -> None:
        if len(self.frames) == 1:
            raise _Abandon
        f = self.frames[-1]
        result = self.rng.choice(f.locals)
        result.holders += 1
        self.frames.pop()
        self.frames[-1].call_offset = -1
        for v in (*f.locals, *f.stack):
            self.release(v)
        self.put(result)
        self.release(result)

    INSTRUCTIONS = [
        (int_arithmetic, 6), (float_arithmetic, 6), (compare, 3), (test_bool, 1), (test_none, 1), (identity, 1), (list_get, 4), (list_use, 4),
        (list_set, 5), (list_swap, 1), (build, 3), (unpack, 3), (cell_get, 2), (cell_set, 2), (range_next, 2), (range_new, 1), (list_iterate, 1),
        (list_next, 1), (call_effect, 2), (call_noisy, 1), (call_length, 1), (call_hash, 1), (append, 1), (copy, 3), (clear, 1), (pop, 3),
        (enter, 1), (leave, 2),
    ]  # fmt: skip

    # -- the end

    def close(self) -> None:
        """Back to the header: a jump if the state fits, else an exit."""
        self.step(self.unwind)
        self.start_stack = []
        self.snapshot = None
        self.offset += 2
        snap = self.snap()
        held = [*([self.name] if self.name else []), *self.root.locals]
        types = [op.type for op in self.trace.inputs]
        try:
            self.guard("guard_poll")
            if self.rng.random() < 0.08:
                raise _Abandon
            prims = [self.unbox(v, int if t == INT else float) if t != REF else None for v, t in zip(held, types)]
        except _Abandon:
            self.ops.append(ir.make("exit", snap=snap))
            return
        out: list[Value] = []
        given: set[Val] = set()
        for v, t, p in zip(held, types, prims):
            if t == REF:
                if not v.owned or v in given:
                    self.ops.append(ir.make("incref", v.ir))
                given.add(v)
                out.append(v.ir)
            else:
                assert p is not None
                out.append(p)
        for v in dict.fromkeys(held):
            if v.owned and v not in given:
                self.ops.append(ir.make("decref", v.ir))
        self.ops.append(ir.make("jump", *out))

    def unwind(self) -> None:
        while len(self.frames) > 1:
            f = self.frames.pop()
            for v in (*f.locals, *f.stack):
                self.release(v)
        self.root.call_offset = -1
        for v in self.root.stack:
            self.release(v)
        self.root.stack.clear()


def random_case(seed: int, length: int = 14) -> Case:
    """The case of this seed: up to `length` instructions."""
    rng = Random(seed)
    specs = _specs(rng)
    named = rng.random() < 0.3
    labelled = rng.random() < 0.3
    trace = _record(seed, length, specs, named, labelled)
    if labelled and trace.ops[-1].code != ir.JUMP:  # only a loop has a label
        trace = _record(seed, length, specs, named, False)
    return Case(seed, trace, specs)


def _record(seed: int, length: int, specs: list, named: bool, labelled: bool) -> Trace:
    rng = Random(f"{seed} instructions")
    rec = _Recorder(rng, *_build(specs, seed, 0), labelled, named)
    table, weights = zip(*_Recorder.INSTRUCTIONS)
    for instruction in rng.choices(table, weights, k=rng.randint(2, length)):
        if not rec.step(lambda i=instruction: i(rec)):
            break
    rec.close()
    return rec.trace
