"""Integer ranges: what values an int can have, and what follows from that.

Each int has a range (low, high), both inclusive.  Ranges come from operations (the sum of two small numbers is a small number),
from memory (a list's length is not negative) and from guards: behind `guard_true(int_lt(i, n))`, i is below n's highest value and n
above i's lowest; the operands of which i is the sum are bounded with it.  They make an overflow check vanish where the result fits,
and a comparison where the ranges leave no choice.

A guard on a comparison also decides the comparison's relatives (i < n: n <= i is false, i <= n is true), whatever the ranges.  So a
bounds check is gone behind `i < len(a)` once i is known not to be negative.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Const, Op
from .codes import C
from .forward import FULL, MAX, MIN, Forward
from .objects import FIELD_RANGES, ITEM_RANGES

Range = tuple[int, int]


# -- the range of a result from the ranges of the operands


def add(a: Range, b: Range) -> Range:
    return (a[0] + b[0], a[1] + b[1])


def sub(a: Range, b: Range) -> Range:
    return (a[0] - b[1], a[1] - b[0])


def mul(a: Range, b: Range) -> Range:
    products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return (min(products), max(products))


def neg(a: Range) -> Range:
    return (-a[1], -a[0])


def lshift(a: Range, n: Range) -> Range:
    if not 0 <= n[0] <= n[1] < 64:
        return (MIN - 1, MAX + 1)  # says nothing
    ends = (a[0] << n[0], a[0] << n[1], a[1] << n[0], a[1] << n[1])
    return (min(ends), max(ends))


def rshift(a: Range, n: Range) -> Range:
    if not 0 <= n[0] <= n[1] < 64:
        return (min(a[0], 0), max(a[1], 0)) if a != FULL else FULL
    ends = (a[0] >> n[0], a[0] >> n[1], a[1] >> n[0], a[1] >> n[1])
    return (min(ends), max(ends))


def bits(high: int) -> int:
    """The largest number with as many bits as `high`."""
    return (1 << high.bit_length()) - 1


def and_(a: Range, b: Range) -> Range:
    if a[0] >= 0 and b[0] >= 0:
        return (0, min(a[1], b[1]))
    if a[0] >= 0:
        return (0, a[1])
    if b[0] >= 0:
        return (0, b[1])
    return (-1 - bits(-1 - min(a[0], b[0])), max(a[1], b[1]))


def or_(a: Range, b: Range) -> Range:
    if a[0] >= 0 and b[0] >= 0:
        return (max(a[0], b[0]), bits(max(a[1], b[1])))
    return xor(a, b)


def xor(a: Range, b: Range) -> Range:
    low, high = min(a[0], b[0]), max(a[1], b[1])
    if low >= 0:
        return (0, bits(high))
    limit = bits(max(high, -1 - low))
    return (-1 - limit, limit)


def invert(a: Range) -> Range:
    return (-1 - a[1], -1 - a[0])


def floordiv(a: Range, b: Range) -> Range:
    if b[0] > 0:
        ends = (a[0] // b[0], a[0] // b[1], a[1] // b[0], a[1] // b[1])
        return (min(ends), max(ends))
    return FULL


def mod(a: Range, b: Range) -> Range:
    if b[0] > 0:
        if a[0] >= 0:
            return (0, min(a[1], b[1] - 1))
        return (0, b[1] - 1)
    if b[1] < 0:
        return (b[0] + 1, 0)
    return (min(b[0] + 1, 0), max(b[1] - 1, 0))


def min_(a: Range, b: Range) -> Range:
    return (min(a[0], b[0]), min(a[1], b[1]))


def max_(a: Range, b: Range) -> Range:
    return (max(a[0], b[0]), max(a[1], b[1]))


#: op code -> range of the result without wrapping, from the operands' ranges.
BINARY = {
    C.INT_ADD: add, C.INT_SUB: sub, C.INT_MUL: mul, C.INT_ADD_OVF: add, C.INT_SUB_OVF: sub, C.INT_MUL_OVF: mul,
    C.INT_LSHIFT: lshift, C.INT_LSHIFT_OVF: lshift, C.INT_RSHIFT: rshift, C.INT_AND: and_, C.INT_OR: or_, C.INT_XOR: xor,
    C.INT_FLOORDIV: floordiv, C.INT_MOD: mod, C.INT_MIN: min_, C.INT_MAX: max_,
}  # fmt: skip
UNARY = {C.INT_NEG: neg, C.INT_NEG_OVF: neg, C.INT_INVERT: invert}

#: Checked operation -> the same without the check.
UNCHECKED = {
    C.INT_ADD_OVF: C.INT_ADD,
    C.INT_SUB_OVF: C.INT_SUB,
    C.INT_MUL_OVF: C.INT_MUL,
    C.INT_NEG_OVF: C.INT_NEG,
    C.INT_LSHIFT_OVF: C.INT_LSHIFT,
}


def result(fw: Forward, code: int, args: tuple) -> Range:
    if len(args) == 2:
        return BINARY[code](fw.range(args[0]), fw.range(args[1]))
    return UNARY[code](fw.range(args[0]))


# -- before: what the ranges decide


def checked(fw: Forward, op: Op, args: tuple) -> Any:
    """No check where the result fits in any case."""
    low, high = result(fw, op.code, args)
    return fw.again(UNCHECKED[op.code], args) if low >= MIN and high <= MAX else None


def relying(fw: Forward, args: tuple, value: Any) -> Any:
    """A value decided by the operands' ranges: the checks that they fit into 64 bits must stay, whether anybody else wants the operands or not."""
    fw.info.setdefault("relied", set()).update(a for a in args if type(a) is Op)
    return value


def lt(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.range(args[0]), fw.range(args[1])
    if a[1] < b[0]:
        return relying(fw, args, ir.TRUE)
    return relying(fw, args, ir.FALSE) if a[0] >= b[1] else None


def le(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.range(args[0]), fw.range(args[1])
    if a[1] <= b[0]:
        return relying(fw, args, ir.TRUE)
    return relying(fw, args, ir.FALSE) if a[0] > b[1] else None


def gt(fw: Forward, op: Op, args: tuple) -> Any:
    return lt(fw, op, (args[1], args[0]))


def ge(fw: Forward, op: Op, args: tuple) -> Any:
    return le(fw, op, (args[1], args[0]))


def eq(fw: Forward, op: Op, args: tuple) -> Any:
    return ir.FALSE if apart(fw, args) else None


def ne(fw: Forward, op: Op, args: tuple) -> Any:
    return ir.TRUE if apart(fw, args) else None


def apart(fw: Forward, args: tuple) -> bool:
    """Whether two ints are never equal."""
    a, b = fw.range(args[0]), fw.range(args[1])
    if a[1] < b[0] or b[1] < a[0]:
        return relying(fw, args, True)
    (x, c), (y, d) = offset(fw, args[0]), offset(fw, args[1])
    return x is y and (c - d) % (1 << 64) != 0


def ult(fw: Forward, op: Op, args: tuple) -> Any:
    """Unsigned and signed comparison agree on numbers that are not negative."""
    a, b = fw.range(args[0]), fw.range(args[1])
    if b[0] >= 0:
        if a[0] >= 0:
            return fw.again(C.INT_LT, args)
        if a[1] < 0:
            return relying(fw, args, ir.FALSE)
    return None


def minimum(fw: Forward, op: Op, args: tuple) -> Any:
    a, b = fw.range(args[0]), fw.range(args[1])
    x, y = args if op.code == C.INT_MIN else (args[1], args[0])
    if a[1] <= b[0]:
        return relying(fw, args, x)
    return relying(fw, args, y) if b[1] <= a[0] else None


def mask(fw: Forward, op: Op, args: tuple) -> Any:
    """x & (2**n - 1) is x where x is that small."""
    a, b = args
    if type(b) is Const and b.value >= 0 and b.value & (b.value + 1) == 0:
        low, high = fw.range(a)
        if low >= 0 and high <= b.value:
            return a
    return None


def modulo(fw: Forward, op: Op, args: tuple) -> Any:
    """x % y is x where 0 <= x < y."""
    a, b = fw.range(args[0]), fw.range(args[1])
    return relying(fw, args, args[0]) if a[0] >= 0 and a[1] < b[0] else None


# -- after: what an operation tells


def ranged(fw: Forward, op: Op) -> None:
    """The range of a result."""
    low, high = result(fw, op.code, op.args)
    if op.code in UNCHECKED:  # it left if the result did not fit
        low, high = max(low, MIN), min(high, MAX)
    if MIN <= low <= high <= MAX and (low, high) != FULL:
        fw.ranges[op] = (low, high)


def summed(fw: Forward, op: Op) -> None:
    """A sum with a constant: a range, and a known distance."""
    ranged(fw, op)
    x, c = op.args
    if type(c) is Const and type(x) is Op:
        root, distance = offset(fw, x)
        fw.offsets[op] = (root, distance + c.value)


def loaded(fw: Forward, op: Op) -> None:
    if op.desc.name in FIELD_RANGES:
        fw.ranges[op] = FIELD_RANGES[op.desc.name]


def loaded_item(fw: Forward, op: Op) -> None:
    if op.desc.name in ITEM_RANGES:
        fw.ranges[op] = ITEM_RANGES[op.desc.name]


def truth_as_int(fw: Forward, op: Op) -> None:
    fw.ranges[op] = (0, 1)


def selected(fw: Forward, op: Op) -> None:
    a, b = fw.range(op.args[1]), fw.range(op.args[2])
    fw.ranges[op] = (min(a[0], b[0]), max(a[1], b[1]))


def offset(fw: Forward, v: ir.Value) -> tuple[Any, int]:
    return fw.offsets.get(v) or (v, 0)


# -- after a guard


def guarded_true(fw: Forward, op: Op) -> None:
    assume(fw, op.args[0], True)


def guarded_false(fw: Forward, op: Op) -> None:
    assume(fw, op.args[0], False)


def assume(fw: Forward, truth: Any, holds: bool) -> None:
    """The consequences of a bool's being true or false."""
    if type(truth) is Const:
        return
    found = ASSUME.get(truth.code)
    if found is not None:
        found(fw, *truth.args, holds)


def assume_lt(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    if not holds:
        fw.pure[(C.INT_LE, b, a)] = ir.TRUE
        at_most(fw, b, a, 0)
        return
    pure = fw.pure
    pure[(C.INT_LE, b, a)] = pure[(C.INT_EQ, a, b)] = pure[(C.INT_EQ, b, a)] = ir.FALSE
    pure[(C.INT_LE, a, b)] = pure[(C.INT_NE, a, b)] = pure[(C.INT_NE, b, a)] = ir.TRUE
    pure[(C.INT_LT, b, a)] = ir.FALSE
    at_most(fw, a, b, -1)


def assume_le(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    if not holds:
        fw.pure[(C.INT_LT, b, a)] = ir.TRUE
        assume_lt(fw, b, a, True)
        return
    fw.pure[(C.INT_LT, b, a)] = ir.FALSE
    at_most(fw, a, b, 0)


def assume_gt(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    assume_lt(fw, b, a, holds)


def assume_ge(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    assume_le(fw, b, a, holds)


def assume_eq(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    opposite = ir.FALSE if holds else ir.TRUE
    fw.pure[(C.INT_NE, a, b)] = fw.pure[(C.INT_NE, b, a)] = opposite
    if holds:
        narrow(fw, a, *fw.range(b))
        narrow(fw, b, *fw.range(a))
    else:
        exclude(fw, a, b)
        exclude(fw, b, a)


def assume_ne(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    same = ir.FALSE if holds else ir.TRUE
    fw.pure[(C.INT_EQ, a, b)] = fw.pure[(C.INT_EQ, b, a)] = same
    assume_eq(fw, a, b, not holds)


def assume_ult(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    """0 <= a < b where b is not negative."""
    if holds and fw.range(b)[0] >= 0:
        narrow(fw, a, 0, fw.range(b)[1] - 1)
        fw.pure[(C.INT_LT, a, b)] = ir.TRUE
        assume_lt(fw, a, b, True)


def assume_not(fw: Forward, truth: ir.Value, holds: bool) -> None:
    learn(fw, truth, not holds)


def assume_and(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    if holds:
        learn(fw, a, True)
        learn(fw, b, True)


def assume_or(fw: Forward, a: ir.Value, b: ir.Value, holds: bool) -> None:
    if not holds:
        learn(fw, a, False)
        learn(fw, b, False)


def learn(fw: Forward, truth: ir.Value, holds: bool) -> None:
    if type(truth) is Op and truth not in fw.known:
        fw.known[truth] = ir.TRUE if holds else ir.FALSE
        assume(fw, truth, holds)


ASSUME: dict[int, Any] = {
    C.INT_LT: assume_lt,
    C.INT_LE: assume_le,
    C.INT_GT: assume_gt,
    C.INT_GE: assume_ge,
    C.INT_EQ: assume_eq,
    C.INT_NE: assume_ne,
    C.INT_ULT: assume_ult,
    C.BOOL_NOT: assume_not,
    C.BOOL_AND: assume_and,
    C.BOOL_OR: assume_or,
}


def at_most(fw: Forward, a: ir.Value, b: ir.Value, gap: int) -> None:
    """a <= b + gap."""
    low, high = fw.range(a)[0], fw.range(b)[1]
    narrow(fw, a, MIN, high + gap)
    narrow(fw, b, low - gap, MAX)


def exclude(fw: Forward, v: ir.Value, other: ir.Value) -> None:
    """v is not equal to the other: an end of its range goes where that is the other's only value."""
    low, high = fw.range(other)
    if low == high:
        mine = fw.range(v)
        if mine[0] == low:
            narrow(fw, v, low + 1, MAX)
        elif mine[1] == low:
            narrow(fw, v, MIN, low - 1)


def narrow(fw: Forward, v: Any, low: int, high: int) -> None:
    """v lies in (low, high) as well; so do, shifted, the numbers that it is the sum of."""
    if type(v) is Const:
        return
    old = fw.range(v)
    low, high = max(low, old[0]), min(high, old[1])
    if low > high or (low, high) == old:  # empty: a guard that fails, or has no meaning
        return
    fw.ranges[v] = (low, high)
    if low == high:
        fw.known[v] = fw.const(ir.INT, low)
    if v.code in (C.INT_ADD, C.INT_ADD_OVF):
        x, c = v.args
        if type(c) is Const and type(x) is Op:
            a, b = fw.range(x)
            if v.code == C.INT_ADD_OVF or (a + c.value >= MIN and b + c.value <= MAX):
                narrow(fw, x, low - c.value, high - c.value)


BEFORE = {
    **dict.fromkeys(UNCHECKED, checked),
    C.INT_LT: lt,
    C.INT_LE: le,
    C.INT_GT: gt,
    C.INT_GE: ge,
    C.INT_EQ: eq,
    C.INT_NE: ne,
    C.INT_ULT: ult,
    C.INT_MIN: minimum,
    C.INT_MAX: minimum,
    C.INT_AND: mask,
    C.INT_MOD: modulo,
}

AFTER = {
    **dict.fromkeys([*BINARY, *UNARY], ranged),
    C.INT_ADD: summed,
    C.INT_ADD_OVF: summed,
    C.BOOL_TO_INT: truth_as_int,
    C.SELECT_INT: selected,
    C.LOAD: loaded,
    C.LOAD_AT: loaded_item,
    C.GUARD_TRUE: guarded_true,
    C.GUARD_FALSE: guarded_false,
}
