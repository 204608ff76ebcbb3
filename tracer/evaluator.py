"""The reference evaluator: runs a trace, one operation after the other, on a small model of memory.

It is what the passes are checked against: a trace before and after a pass, run on equal heaps with equal inputs, must leave at the
same place with the same state (`Outcome`s compare equal).  It is also a sanitizer.  Objects carry reference counts that change only where
the IR says so, and are freed at zero; whoever then touches a freed object, reads past the end of an array, loads a field that the object
does not have, divides by zero or shifts too far, gets an `EvalError`, as does a finalizer that runs in a `decref` which promised
not to.  After the exit every reference is accounted for: what is not held by frames, memory or the outside is listed in `Outcome.leaks`.

The model.  An `Obj` has a type, a payload (the value of a number) and fields by descriptor name; an item array is an `Array`, which is also
what a ptr points to.  Objects with `finalizer` set write into the log when they die.  C functions are Python functions in
`Heap.functions`: they get the heap and the operands and answer with the result, or with FAILED.  Whatever may run Python code
is logged together with all that such code could see: the frames as the snapshot shows them and everything that can be reached from there.

Numbers and strings are compared by value, since a box has no identity that a program may rely on; other objects up to isomorphism.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from dataclasses import dataclass
from types import CellType, FunctionType, GeneratorType, MethodType
from typing import Any, Callable, NoReturn

from . import ir
from .ir import Const, Op, Snapshot, Trace, Value
from .ownership import is_immortal, owned_before

NULL = ir.NULL_VALUE
FAILED = object()  # what the model of a C function answers when it sets an exception
_UNKNOWN = object()  # the result of an unchecked operation that would have left
_BY_VALUE = (int, float, complex, str, bytes)


class EvalError(RuntimeError):
    """The trace does what compiled code must never do."""


class Array:
    """Items in memory; a ptr is a reference to one."""

    __slots__ = ("items",)

    def __init__(self, items: list) -> None:
        self.items = items


class Obj:
    """An object of the model."""

    __slots__ = ("type", "value", "fields", "refs", "immortal", "dead", "finalizer")

    def __init__(self, type: Any, value: Any = None, fields: dict[str, Any] | None = None, finalizer: bool = False) -> None:
        self.type = type
        self.value = value
        self.fields: dict[str, Any] = fields if fields is not None else {}
        self.refs = 0
        self.immortal = False
        self.dead = False
        self.finalizer = finalizer

    def __repr__(self) -> str:
        name = getattr(self.type, "__name__", self.type)
        return f"<{'freed ' if self.dead else ''}{name}{'' if self.value is None else f' {self.value!r}'}>"

    def children(self) -> list[Obj]:
        """The objects to which this one holds references, one entry for each."""
        out: list[Obj] = []
        for value in self.fields.values():
            if isinstance(value, Obj):
                out.append(value)
            elif isinstance(value, Array):
                n = self.fields.get("list.ob_size", len(value.items))
                out += [v for v in value.items[:n] if isinstance(v, Obj)]
        return out


class Heap:
    """The memory that a trace runs on.  `new`, `number`, `list`, … make objects; `hold` keeps one alive from the outside."""

    def __init__(self) -> None:
        self.objects: list[Obj] = []
        self.outside: dict[Obj, int] = {}
        self.functions: dict[str, Callable[[Heap, list], Any]] = {}
        self.slots: dict[int, Obj] = {}  # of the root frame, those that nothing stores to
        self.log: list[Any] = []
        self.invalid = False  # has what `guard_not_invalidated` watches changed?
        self.calls = 0  # of functions that may run code, so far
        self._consts: dict[int, Obj] = {}
        self._constants: set[Obj] = set()
        self._shown: Any = ()  # the state that running code sees
        self._may_run = True

    # -- making objects

    def new(self, type: Any, value: Any = None, fields: dict[str, Any] | None = None, finalizer: bool = False) -> Obj:
        """A new object without references; the references to its fields must have been taken."""
        obj = Obj(type, value, fields, finalizer)
        self.objects.append(obj)
        return obj

    def number(self, value: int | float) -> Obj:
        return self.const(value) if isinstance(value, bool) else self.new(type(value), value)

    def filled(self, obj: Obj) -> Obj:
        """The object, after it has taken references to its fields."""
        for child in obj.children():
            self.incref(child)
        return obj

    def list(self, items: list[Obj]) -> Obj:
        return self.filled(self.new(list, None, {"list.ob_size": len(items), "list.ob_item": Array(items)}))

    def tuple(self, items: list[Obj]) -> Obj:
        return self.filled(self.new(tuple, None, {"tuple.ob_size": len(items), "tuple.items": Array(items)}))

    def cell(self, content: Obj | Any) -> Obj:
        return self.filled(self.new(CellType, None, {"cell.ob_ref": content}))

    def const(self, value: Any) -> Obj:
        """The object that stands for a constant of the trace."""
        obj = self._consts.get(id(value))
        if obj is None:
            if type(value) is tuple:
                obj = self.tuple([self.const(v) for v in value])
            else:
                obj = self.new(type(value), value)
            obj.immortal = is_immortal(Const(ir.REF, value))
            self._consts[id(value)] = obj
            self._constants.add(obj)
            self.hold(obj)
        return obj

    def hold(self, obj: Obj) -> Obj:
        """Takes a reference for the world outside of the trace."""
        self.incref(obj)
        self.outside[obj] = self.outside.get(obj, 0) + 1
        return obj

    # -- references

    def incref(self, obj: Obj) -> None:
        alive(obj)
        obj.refs += 1

    def decref(self, obj: Obj) -> None:
        alive(obj)
        if obj.immortal:
            return
        obj.refs -= 1
        if obj.refs < 0:
            raise EvalError(f"{obj} was released too often")
        if obj.refs == 0:
            if obj.finalizer:
                if not self._may_run:
                    raise EvalError(f"a decref that cannot run code ran the finalizer of {obj}")
                self.note("finalizer", [obj])
            obj.dead = True
            for child in reversed(obj.children()):
                self.decref(child)

    def finalizes(self, obj: Obj) -> bool:
        """Whether a decref of the object would run a finalizer."""
        lost = Counter((alive(obj),))
        dying = [obj] if obj.refs == 1 and not obj.immortal else []
        for dead in dying:  # grows
            if dead.finalizer:
                return True
            for child in dead.children():
                lost[child] += 1
                if lost[child] == child.refs and not child.immortal:
                    dying.append(child)
        return False

    def note(self, what: str, values: list) -> None:
        """Logs that code ran, with all that it could see."""
        canon = _Canon()
        self.log.append((what, tuple(canon.value(v) for v in values), canon.state(self._shown), canon.outside(self), canon.close()))

    def leaks(self, holders: list[Obj]) -> tuple[str, ...]:
        """Objects whose reference count is not what the given holders, memory and the outside explain."""
        counted = Counter(holders)
        counted.update(self.outside)
        for obj in self.objects:
            if not obj.dead:
                counted.update(obj.children())
        return tuple(
            f"{obj} has {obj.refs} references, {counted[obj]} are accounted for"
            for obj in self.objects
            if not obj.immortal and (counted[obj] != obj.refs if not obj.dead else counted[obj])
        )


def alive(obj: Any) -> Obj:
    """The object, which must exist."""
    if not isinstance(obj, Obj):
        raise EvalError(f"{obj!r} is no object")
    if obj.dead:
        raise EvalError(f"{obj} was used after it was freed")
    return obj


@dataclass(slots=True)
class Outcome:
    """How a run ended, in a form that compares: objects are numbered in the order in which one meets them.

    kind: guard, exit, return, raise or jump_loop; `state`: the frames with all that can be reached from them and from outside;
    `log`: what ran; `leaks`: references that nobody accounts for (there should be none); `iterations`: jumps taken, not compared.
    """

    kind: str
    state: Any
    log: tuple
    leaks: tuple[str, ...]
    iterations: int
    where: str  # the operation that left, for messages

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outcome) and self.key() == other.key()

    def key(self) -> tuple:
        """What is compared.  A guard and an unconditional exit are the same to the program."""
        return "exit" if self.kind == "guard" else self.kind, self.state, self.log, self.leaks


class _Canon:
    """Values in comparable form; objects with identity become numbers, and their contents are listed once."""

    def __init__(self) -> None:
        self.index: dict[Obj, int] = {}
        self.order: list[Obj] = []

    def value(self, value: Any) -> Any:
        if value is NULL:
            return "NULL"
        if not isinstance(value, Obj):
            return type(value).__name__, repr(value)
        alive(value)
        if type(value.value) in _BY_VALUE:
            return type(value.value).__name__, repr(value.value)
        if value.value is not None or value.type is type(None):
            return "const", ir.const_name(value.value)
        if value not in self.index:
            self.index[value] = len(self.order)
            self.order.append(value)
        return "object", self.index[value]

    def state(self, frames: Any) -> Any:
        return tuple((*head, tuple((k, self.value(v)) for k, v in slots)) for head, slots in frames)

    def outside(self, heap: Heap) -> Any:
        return tuple(self.value(o) for o in heap.outside if o not in heap._constants)

    def close(self) -> Any:
        """The contents of all objects met; reading them meets more."""
        out = []
        for obj in self.order:
            fields = []
            for name, v in sorted(obj.fields.items()):
                if isinstance(v, Array):
                    n = obj.fields.get("list.ob_size", len(v.items))
                    fields.append((name, tuple(self.value(x) for x in v.items[:n])))
                else:
                    fields.append((name, self.value(v)))
            out.append((str(obj.type), tuple(fields)))
        return tuple(out)


# -- operations on numbers ----------------------------------------------------------------------------------------------


def _wrap(n: int) -> int:
    return (n + (1 << 63)) % (1 << 64) - (1 << 63)


def _fits(n: int) -> bool:
    return -(1 << 63) <= n < 1 << 63


def _checked(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A division, whose operands must have been guarded."""

    def run(a: Any, b: Any) -> Any:
        if b == 0 or (b == -1 and a == -(1 << 63) and type(a) is int):
            raise EvalError(f"{fn.__name__} of {a} and {b}")
        return fn(a, b)

    return run


def _shift(fn: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def run(a: int, b: int) -> int:
        if not 0 <= b < 64:
            raise EvalError(f"a shift by {b}")
        return fn(a, b)

    return run


def _sqrt(x: float) -> float:
    if x < 0:
        raise EvalError(f"the square root of {x}")
    return math.sqrt(x)


def _floor(x: float) -> float:
    return x if math.isinf(x) or math.isnan(x) else math.copysign(float(math.floor(x)), x)


_PURE: dict[str, Callable[..., Any]] = {
    "int_add": lambda a, b: _wrap(a + b),
    "int_sub": lambda a, b: _wrap(a - b),
    "int_mul": lambda a, b: _wrap(a * b),
    "int_and": operator.and_,
    "int_or": operator.or_,
    "int_xor": operator.xor,
    "int_lshift": _shift(lambda a, b: _wrap(a << b)),
    "int_rshift": _shift(operator.rshift),
    "int_neg": lambda a: _wrap(-a),
    "int_invert": operator.invert,
    "int_floordiv": _checked(operator.floordiv),
    "int_mod": _checked(operator.mod),
    "int_min": min,
    "int_max": max,
    "int_ult": lambda a, b: a % (1 << 64) < b % (1 << 64),
    "int_is_true": bool,
    "int_to_float": float,
    "bool_to_int": int,
    "bool_not": operator.not_,
    "bool_and": lambda a, b: a and b,
    "bool_or": lambda a, b: a or b,
    "bool_eq": operator.eq,
    "float_add": operator.add,
    "float_sub": operator.sub,
    "float_mul": operator.mul,
    "float_div": _checked(operator.truediv),
    "float_neg": operator.neg,
    "float_abs": abs,
    "float_sqrt": _sqrt,
    "float_floor": _floor,
    "float_floordiv": _checked(operator.floordiv),
    "float_mod": _checked(operator.mod),
    "float_is_true": bool,
    "select_int": lambda b, x, y: x if b else y,
    "select_float": lambda b, x, y: x if b else y,
    "ref_eq": operator.is_,
}
for _n in ("lt", "le", "eq", "ne", "gt", "ge"):
    _PURE[f"int_{_n}"] = _PURE[f"float_{_n}"] = getattr(operator, _n)

# result, or None where the operation leaves the trace
_GUARDED: dict[str, Callable[..., Any]] = {
    "int_add_ovf": lambda a, b: a + b if _fits(a + b) else None,
    "int_sub_ovf": lambda a, b: a - b if _fits(a - b) else None,
    "int_mul_ovf": lambda a, b: a * b if _fits(a * b) else None,
    "int_neg_ovf": lambda a: -a if _fits(-a) else None,
    "int_lshift_ovf": _shift(lambda a, b: a << b if _fits(a << b) else None),  # type: ignore[arg-type, return-value]
    "float_to_int_ovf": lambda x: int(x) if math.isfinite(x) and _fits(int(x)) else None,
}

_GUARDS: dict[str, Callable[..., bool]] = {
    "guard_type": lambda a, b: alive(a).type is b.value,
    "guard_not_type": lambda a, b: alive(a).type is not b.value,
    "guard_true": lambda a: a,
    "guard_false": lambda a: not a,
    "guard_is": lambda a, b: a is b,
    "guard_is_not": lambda a, b: a is not b,
    "guard_nonnull": lambda a: a is not NULL,
    "guard_null": lambda a: a is NULL,
}

_UNBOX = {"unbox_int": int, "unbox_float": float, "unbox_bool": bool}


# -- the run ------------------------------------------------------------------------------------------------------------


def run(trace: Trace, inputs: list, heap: Heap, max_iterations: int = 4, max_ops: int = 20000, unchecked: frozenset[Op] = frozenset()) -> Outcome:
    """Runs the trace until it leaves.

    `inputs`: an int, float, bool or Obj for each input; the trace gets references of its own to its owned inputs.
    After `max_iterations` polls the eval breaker is set, so the next `guard_poll` leaves.
    `unchecked`: operations that compute and check (`int_add_ovf`), but shall not leave; nothing but others of them may then use the result.
    """
    return _Run(trace, heap, max_iterations, unchecked).go(inputs, max_ops)


class _Leave(Exception):
    def __init__(self, kind: str) -> None:
        self.kind = kind


class _Run:
    def __init__(self, trace: Trace, heap: Heap, polls: int, unchecked: frozenset[Op] = frozenset()) -> None:
        self.trace = trace
        self.heap = heap
        self.polls = polls
        self.unchecked = unchecked
        self.values: dict[Op, Any] = {}
        self.owned = owned_before(trace)
        self.iterations = 0

    def go(self, inputs: list, max_ops: int) -> Outcome:
        trace, heap = self.trace, self.heap
        ops = trace.ops
        start = next((k for k, op in enumerate(ops) if op.code == ir.LABEL), 0)
        for op, value in zip(trace.inputs, inputs, strict=True):
            self.values[op] = value
        for op in trace.owned_inputs:
            heap.incref(self.values[op])
        k = 0
        op = ops[0]
        try:
            for _ in range(max_ops):
                op = ops[k]
                k += 1
                if op.code == ir.LABEL:
                    self.bind(op.desc, op.args)
                elif op.code == ir.JUMP:
                    self.iterations += 1
                    label = ops[start]
                    self.bind(label.desc if label.code == ir.LABEL else trace.inputs, op.args)
                    k = start + (label.code == ir.LABEL)
                else:
                    try:
                        self.values[op] = self.step(op)
                    except _Leave:
                        if op not in self.unchecked:
                            raise
                        self.values[op] = _UNKNOWN
            raise EvalError("The trace does not end.")
        except _Leave as leave:
            return self.leave(op, leave.kind)
        except EvalError as e:
            raise EvalError(f"{e}: {ir.format_op(op)}") from None

    def bind(self, targets: list[Op], args: tuple) -> None:
        new = [self.get(a) for a in args]
        self.values.update(zip(targets, new))

    def get(self, value: Value) -> Any:
        if isinstance(value, Const):
            if value.type != ir.REF:
                return value.value
            return NULL if value.value is NULL else self.heap.const(value.value)
        return self.values[value]

    # -- one operation

    def step(self, op: Op) -> Any:
        name = op.name
        args = [self.get(a) for a in op.args]
        if _UNKNOWN in args:
            if not op.row.pure and op not in self.unchecked:
                raise EvalError("An unchecked result is used")
            return _UNKNOWN
        if name in _PURE:
            return _PURE[name](*args)
        if name in _GUARDED:
            result = _GUARDED[name](*args)
            return _leave("guard") if result is None else result
        if name in _GUARDS:
            return None if _GUARDS[name](*args) else _leave("guard")
        if name in _UNBOX:
            obj = alive(args[0])
            if type(obj.value) is not _UNBOX[name]:
                raise EvalError(f"{obj} is of another type")
            if name == "unbox_int" and not _fits(obj.value):
                _leave("guard")
            return obj.value
        return getattr(self, f"op_{name}", self.alloc)(op, *args)

    def op_frame_slot(self, op: Op) -> Any:
        return self.heap.slots[op.desc]

    def op_box_bool(self, op: Op, value: bool) -> Obj:
        return self.heap.const(value)

    def op_exit(self, op: Op, *args: Any) -> Any:
        _leave("exit")

    def op_return(self, op: Op, value: Any) -> Any:
        _leave("return")

    def op_jump_loop(self, op: Op, *args: Any) -> Any:
        _leave("jump_loop")

    def op_guard_alone(self, op: Op, obj: Obj) -> None:
        if alive(obj).refs != (op.desc or 1):
            _leave("guard")

    def op_guard_harmless(self, op: Op, obj: Obj) -> None:
        if self.heap.finalizes(obj):
            _leave("guard")

    def op_guard_not_invalidated(self, op: Op) -> None:
        if self.heap.invalid:
            _leave("guard")

    def op_guard_poll(self, op: Op) -> None:
        if self.polls == 0:
            _leave("guard")
        self.polls -= 1

    def op_incref(self, op: Op, obj: Obj) -> None:
        self.heap.incref(obj)

    def op_decref(self, op: Op, obj: Obj) -> None:
        heap = self.heap
        heap._may_run = op.snap is not None
        self.show(op.snap)
        heap.decref(obj)
        heap._may_run = True

    def op_own(self, op: Op, obj: Obj) -> None:
        alive(obj)

    def op_load(self, op: Op, obj: Obj) -> Any:
        return self.field(obj, op.desc.name)

    def op_store(self, op: Op, obj: Obj, value: Any) -> None:
        if op.desc.immutable:
            raise EvalError("A store into an immutable field")
        self.field(obj, op.desc.name)
        obj.fields[op.desc.name] = value

    def field(self, obj: Obj, name: str) -> Any:
        try:
            return alive(obj).fields[name]
        except KeyError:
            raise EvalError(f"{obj} has no field {name}") from None

    def items(self, base: Any, index: int, desc: ir.ArrayDescr) -> list:
        array = base if isinstance(base, Array) else self.field(base, desc.name)
        if not 0 <= index < len(array.items):
            raise EvalError(f"Item {index} of {len(array.items)}")
        return array.items

    def op_load_at(self, op: Op, base: Any, index: int) -> Any:
        return self.items(base, index, op.desc)[index]

    def op_store_at(self, op: Op, base: Any, index: int, value: Any) -> None:
        if op.desc.immutable:
            raise EvalError("A store into immutable items")
        self.items(base, index, op.desc)[index] = value

    op_put_at = op_store_at

    def op_store_float(self, op: Op, obj: Obj, value: float) -> None:
        obj.fields[op.desc.name] = self.recycled(self.field(obj, op.desc.name), value)

    def op_store_float_at(self, op: Op, base: Any, index: int, value: float) -> None:
        items = self.items(base, index, op.desc)
        items[index] = self.recycled(items[index], value)

    op_store_int, op_store_int_at = op_store_float, op_store_float_at

    def recycled(self, old: Obj, value: float) -> Obj:
        heap = self.heap
        if alive(old).type is type(value) and old.refs == 1 and not old.immortal:
            old.value = value
            return old
        heap._may_run = False
        heap.decref(old)
        heap._may_run = True
        new = heap.number(value)
        heap.incref(new)
        return new

    def op_call(self, op: Op, *args: Any) -> Any:
        heap = self.heap
        desc = op.desc
        for a in args:
            if isinstance(a, Obj):
                alive(a)
        if desc.runs:
            heap.calls += 1
            self.show(op.snap)
            heap.note(desc.symbol, list(args))
        result = heap.functions[desc.symbol](heap, list(args))
        if result is FAILED:
            _leave("raise")
        return result

    # -- allocations

    def alloc(self, op: Op, *args: Any) -> Obj:
        """A new object with one reference; what it holds was the trace's."""
        obj = self.fill(op, self.heap.new(None), list(args))
        self.heap.incref(obj)
        return obj

    def fill(self, op: Op, obj: Obj, args: list) -> Obj:
        """Makes an object what the allocation says; takes no references."""
        name = op.name
        match name:
            case "box_int" | "box_float":
                obj.type, obj.value = type(args[0]), args[0]
            case "new_complex":
                obj.type, obj.value = complex, complex(*args)
                obj.fields = {"complex.real": args[0], "complex.imag": args[1]}
            case "new_range":
                obj.type, obj.value = range, range(*args)
            case "new_tuple" | "new_list":
                kind = name[4:]
                obj.type = tuple if kind == "tuple" else list
                obj.fields = {f"{kind}.ob_size": len(args), "tuple.items" if kind == "tuple" else "list.ob_item": Array(args)}
            case "new_generator":
                fields = [ir.GEN_FUNCTION.name, ir.GEN_STATE.name, ir.GEN_INSTRUCTION.name, ir.GEN_TOP.name, *[ir.gen_slot(k).name for k in range(len(args) - 4)]]
                obj.type = GeneratorType
                obj.fields = dict(zip(fields, args, strict=True)) | dict.fromkeys((ir.GEN_HANDLED.name, ir.GEN_FRAME_OBJECT.name, ir.GEN_LOCALS.name), NULL)
            case "new_instance":
                obj.type = args[0].value
                obj.fields = {"inst.values_ptr": Array(args[1:])}
            case _:
                if name not in _STRUCTS:
                    raise EvalError("The evaluator does not know the operation")
                obj.type, *fields = _STRUCTS[name]
                obj.fields = dict(zip(fields, args, strict=True))
        return obj

    # -- snapshots

    def show(self, snap: Snapshot | None) -> None:
        """Lets running code see the frames of a snapshot; virtual objects are built for its eyes only."""
        self.heap._shown = () if snap is None else self.frames(snap, {}, lambda op: Obj(None))

    def frames(self, snap: Snapshot, built: dict[Op, Obj], new: Callable[[Op], Obj]) -> list:
        def value(v: Value) -> Any:
            if isinstance(v, Const):
                if v.type == ir.REF:
                    return self.get(v)
                return box(v.value)
            if v in self.values:
                x = self.values[v]
                if x is _UNKNOWN:
                    raise EvalError("An unchecked result is used")
                return x if v.type == ir.REF else box(x)
            if v.name == "box_bool":
                return box(self.get(v.args[0]))
            if v not in built:
                obj = built[v] = new(v)
                if v.type != ir.REF:
                    raise EvalError(f"The snapshot names {ir.format_value(v)}, which has no value")
                kinds = ir.OPS[v.code].args
                raw = [kinds[k] in (ir.INT, ir.FLOAT) if k < len(kinds) else False for k in range(len(v.args))]
                self.fill(v, obj, [self.get(a) if r else value(a) for a, r in zip(v.args, raw)])
            return built[v]

        def box(x: Any) -> Any:
            return self.heap.const(x) if type(x) is bool else self.heap.number(x)

        out = []
        for f in snap.frames:
            name = "root" if f.func is None else str(getattr(f.code, "co_name", f.code))
            stack = tuple((-1 - k, value(v)) for k, v in enumerate(f.stack))
            out.append(((name, f.offset, f.call_offset, f.drop_result), (*((k, value(v)) for k, v in sorted(f.slots, key=lambda s: s[0])), *stack)))
        out.append((("names",), tuple((k, value(v)) for _, k, v in snap.names)))
        return out

    def leave(self, op: Op, kind: str) -> Outcome:
        """Rebuilds the frames (each place takes its own reference), then gives up what the trace owns."""
        heap = self.heap
        where = ir.format_op(op)
        holders: list[Obj] = []
        frames: list = []
        if kind == "jump_loop":
            frames = [(("loop", str(op.desc)), tuple(enumerate(self.get(a) for a in op.args)))]
            holders = [v for _, v in frames[0][1] if isinstance(v, Obj)]
        else:
            assert op.snap is not None
            built: dict[Op, Obj] = {}
            frames = self.frames(op.snap, built, lambda v: heap.new(None))
            for obj in built.values():
                heap.filled(obj)
            for _, slots in frames:
                for _, v in slots:
                    if isinstance(v, Obj):
                        heap.incref(v)
                        holders.append(v)
            if kind == "return":
                value = alive(self.get(op.args[0]))
                holders.append(value)
                frames.append((("result",), ((0, value),)))
            heap._shown = frames
            for v in self.owned[op]:
                heap.decref(self.get(v))
        canon = _Canon()
        state = canon.state(frames), canon.outside(heap), canon.close()
        return Outcome(kind, state, tuple(heap.log), heap.leaks(holders), self.iterations, where)


def _leave(kind: str) -> NoReturn:
    raise _Leave(kind)


_STRUCTS: dict[str, tuple] = {
    "new_method": (MethodType, "method.im_func", "method.im_self"),
    "new_cell": (CellType, "cell.ob_ref"),
    "new_slice": (slice, "slice.start", "slice.stop", "slice.step"),
    "new_function": (FunctionType, "function.func_code", "function.func_globals", "function.func_closure", "function.func_defaults"),
    "new_range_iter": (type(iter(range(0))), "rangeiter.start", "rangeiter.step", "rangeiter.len"),
    "new_list_iter": (type(iter([])), "listiter.it_seq", "listiter.it_index"),
    "new_tuple_iter": (type(iter(())), "tupleiter.it_seq", "tupleiter.it_index"),
    "new_enumerate": (enumerate, "enumerate.en_sit", "enumerate.en_index"),
    "new_zip": (zip, "zip.ittuple"),
}
