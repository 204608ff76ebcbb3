"""Guards: gone where something known implies them, stronger where a later one says more.

A guard that passed is a fact.  Facts about types come in two kinds (forward.py: `types`, `volatile`), since Python code may give
an object of a class written in Python another class.

Strengthening: `guard_is` behind a guard of type on the same value implies it.  The earlier guard then takes over the later one's
test and keeps its own snapshot, which lies further back: to fail earlier is right as long as the test would have had the same
outcome there.  The outcome of `guard_is` depends on nothing but the value.
"""

from __future__ import annotations

from typing import Any, NoReturn

from ..tracer import ir
from ..tracer.ir import Const, Op
from .codes import C
from .forward import GONE, DeadEnd, Forward, is_stable
from .objects import TYPES, UNBOX

# what C functions of ours give, always
RESULTS: dict[str, type] = {"pt_ascii_char": str, "pt_list_slice": list, "pt_list_stepped": list}

# -- before: is it known already?


def guard_type(fw: Forward, op: Op, args: tuple) -> Any:
    known = fw.type_of(args[0])
    if known is None:
        return None
    return GONE if known is args[1].value else fails(fw, op)


def guard_not_type(fw: Forward, op: Op, args: tuple) -> Any:
    known = fw.type_of(args[0])
    if known is not None:
        return GONE if known is not args[1].value else fails(fw, op)
    return passed(fw, op, args)


def guard_nonnull(fw: Forward, op: Op, args: tuple) -> Any:
    if args[0] is ir.NULL:
        fails(fw, op)
    return GONE if is_nonnull(fw, args[0]) else None


def guard_null(fw: Forward, op: Op, args: tuple) -> Any:
    if args[0] is ir.NULL:
        return GONE
    return fails(fw, op) if is_nonnull(fw, args[0]) else passed(fw, op, args)


def guard_truth(fw: Forward, op: Op, args: tuple) -> Any:
    b = args[0]
    if type(b) is Const:
        return GONE if b.value == (op.code == C.GUARD_TRUE) else fails(fw, op)
    if b.code == C.BOOL_NOT:
        opposite = C.GUARD_FALSE if op.code == C.GUARD_TRUE else C.GUARD_TRUE
        inner = b.args[0]
        return fw.again(opposite, (fw.known.get(inner, inner),), op.snap)
    return None


def guard_is(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.constant(args[0]), fw.constant(args[1])
    if a is b:
        return GONE
    if differ(fw, a, b):
        fails(fw, op)
    return strengthen(fw, op, args)


def guard_is_not(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.constant(args[0]), fw.constant(args[1])
    if a is b:
        fails(fw, op)
    return GONE if differ(fw, a, b) else passed(fw, op, args)


def guard_valid(fw: Forward, op: Op, args: tuple) -> Any:
    if op.desc not in fw.flags:
        return None
    fw.hits.add(op.desc)
    return GONE


def ref_eq(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.constant(args[0]), fw.constant(args[1])
    if a is b:
        return ir.TRUE
    if differ(fw, a, b) or (C.GUARD_IS_NOT, *args) in fw.pure or (C.GUARD_IS_NOT, args[1], args[0]) in fw.pure:
        return ir.FALSE
    return None


def unbox(fw: Forward, op: Op, args: tuple) -> Any:
    """The number in an object whose number is known."""
    ref = fw.constant(args[0])
    if type(ref) is not Const:
        return fw.unboxed.get(ref)
    value = ref.value
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        return None
    return fw.const(op.type, value)


def passed(fw: Forward, op: Op, args: tuple) -> Any:
    return GONE if (op.code, *args) in fw.pure else None


def fails(fw: Forward, op: Op) -> NoReturn:
    """A guard that cannot pass ends the trace: what was recorded behind it was recorded about other values."""
    fw.info["contradiction"] = ir.OPS[op.code].name
    fw.emit(Op(C.EXIT, (), ir.VOID, None, op.snap), ())
    raise DeadEnd


def is_nonnull(fw: Forward, v: ir.Value) -> bool:
    if type(v) is Const:
        return v is not ir.NULL
    return v in fw.nonnull or fw.type_of(v) is not None


def differ(fw: Forward, a: ir.Value, b: ir.Value) -> bool:
    """Whether two refs are known to be different objects."""
    if type(a) is Const and type(b) is Const:
        return a is not b
    if a is ir.NULL or b is ir.NULL:
        return is_nonnull(fw, a if b is ir.NULL else b)
    known, other = fw.type_of(a), fw.type_of(b)
    return known is not None and other is not None and known is not other


# -- strengthening

WEAKER = {C.GUARD_NONNULL, C.GUARD_TYPE, C.GUARD_NOT_TYPE}


def strengthen(fw: Forward, op: Op, args: tuple) -> Any:
    """Lets an earlier guard on the same value, in the same part of the trace, do the test."""
    ref, constant = args
    earlier = fw.guards.get(ref)
    if earlier is None or earlier.num < fw.base or type(constant) is not Const or ref in fw.virtual:
        return None
    earlier.code = C.GUARD_IS
    earlier.args = args
    learn_is(fw, earlier)
    return GONE


# -- after: what does it tell?


def learn_type(fw: Forward, op: Op) -> None:
    ref, cls = op.args
    fw.set_type(ref, cls.value)
    fw.nonnull.add(ref)
    fw.guards.setdefault(ref, op)


def learn_not_type(fw: Forward, op: Op) -> None:
    if is_stable(op.args[1].value):
        fw.pure[(op.code, *op.args)] = GONE
    fw.guards.setdefault(op.args[0], op)


def learn_nonnull(fw: Forward, op: Op) -> None:
    fw.nonnull.add(op.args[0])
    fw.guards.setdefault(op.args[0], op)


def learn_fact(fw: Forward, op: Op) -> None:
    fw.pure[(op.code, *op.args)] = GONE


def learn_truth(fw: Forward, op: Op) -> None:
    if type(op.args[0]) is Op:
        fw.known[op.args[0]] = ir.TRUE if op.code == C.GUARD_TRUE else ir.FALSE


def learn_is(fw: Forward, op: Op) -> None:
    ref, constant = op.args
    if type(ref) is Const or type(constant) is not Const:
        return
    fw.same[ref] = constant
    if constant is not ir.NULL:
        fw.nonnull.add(ref)
        cls = fw.type_of(constant)
        if cls is not None:
            fw.set_type(ref, cls)


def learn_valid(fw: Forward, op: Op) -> None:
    fw.flags.add(op.desc)


def learn_unboxed(fw: Forward, op: Op) -> None:
    fw.unboxed[op.args[0]] = op


def learn_new(fw: Forward, op: Op) -> None:
    fw.nonnull.add(op)
    cls = TYPES.get(op.code)
    if cls is None:
        if type(op.args[0]) is Const:
            fw.set_type(op, op.args[0].value)
        return
    fw.types[op] = cls
    if op.code in UNBOX:
        fw.unboxed[op] = op.args[0]


def learn_result(fw: Forward, op: Op) -> None:
    cls = RESULTS.get(op.desc.symbol)
    if cls is not None:
        fw.types[op] = cls
        fw.nonnull.add(op)


def learn_ref_eq(fw: Forward, op: Op) -> None:
    """guard_true(ref_eq(x, constant)) is a guard_is."""
    truth = op.args[0]
    if type(truth) is Op and truth.code == C.REF_EQ and op.code == C.GUARD_TRUE:
        a, b = truth.args
        learn_is(fw, Op(C.GUARD_IS, (a, b) if type(b) is Const else (b, a), ir.VOID))


def learn_true(fw: Forward, op: Op) -> None:
    learn_truth(fw, op)
    learn_ref_eq(fw, op)


BEFORE = {
    C.GUARD_TYPE: guard_type,
    C.GUARD_NOT_TYPE: guard_not_type,
    C.GUARD_NONNULL: guard_nonnull,
    C.GUARD_NULL: guard_null,
    C.GUARD_TRUE: guard_truth,
    C.GUARD_FALSE: guard_truth,
    C.GUARD_IS: guard_is,
    C.GUARD_IS_NOT: guard_is_not,
    C.GUARD_NOT_INVALIDATED: guard_valid,
    C.REF_EQ: ref_eq,
} | dict.fromkeys(UNBOX.values(), unbox)

AFTER = (
    {
        C.GUARD_TYPE: learn_type,
        C.GUARD_NOT_TYPE: learn_not_type,
        C.GUARD_NONNULL: learn_nonnull,
        C.GUARD_NULL: learn_fact,
        C.GUARD_TRUE: learn_true,
        C.GUARD_FALSE: learn_truth,
        C.GUARD_IS: learn_is,
        C.GUARD_IS_NOT: learn_fact,
        C.GUARD_NOT_INVALIDATED: learn_valid,
        C.NEW_INSTANCE: learn_new,
        C.CALL: learn_result,
    }
    | dict.fromkeys(UNBOX.values(), learn_unboxed)
    | dict.fromkeys(TYPES, learn_new)
)
