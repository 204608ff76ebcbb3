"""Constant folding and algebraic rules.

The rules are data: lines `pattern -> replacement [if condition]`, Python expressions both.  In a pattern a lower-case name stands
for any value (the same name twice: the same value), an upper-case name for a constant, a number for itself.  In a replacement and a
condition upper-case names are the constants' values, and `const(expression)` makes a constant.  The operands of commutative
operations come with a constant to the right, so rules need that order only.

A rule may replace a guarded operation only where the replacement leaves the trace in exactly the same cases.  (Guarded operands of
a pattern have passed already, and stay.)  The tests try each rule with all operands at small widths, and show that each can fire.

The rules of one op code become one Python function when the op code is first met.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import Any, Callable, NamedTuple

from ..tracer import ir
from ..tracer.ir import Const, Op
from .codes import C
from .forward import MAX, MIN, Forward

RULES = """
int_add(x, 0) -> x
int_add(int_add(x, C), D) -> int_add(x, const(wrap(C + D)))
int_add(int_sub(x, y), y) -> x
int_add(y, int_sub(x, y)) -> x
int_sub(x, x) -> 0
int_sub(0, x) -> int_neg(x)
int_sub(x, C) -> int_add(x, const(wrap(-C)))
int_sub(int_add(x, y), y) -> x
int_sub(int_add(x, y), x) -> y
int_mul(x, 0) -> 0
int_mul(x, 1) -> x
int_mul(x, -1) -> int_neg(x)
int_and(x, 0) -> 0
int_and(x, -1) -> x
int_and(x, x) -> x
int_and(int_and(x, C), D) -> int_and(x, const(C & D))
int_or(x, 0) -> x
int_or(x, -1) -> -1
int_or(x, x) -> x
int_or(int_or(x, C), D) -> int_or(x, const(C | D))
int_xor(x, 0) -> x
int_xor(x, x) -> 0
int_xor(x, -1) -> int_invert(x)
int_xor(int_xor(x, C), D) -> int_xor(x, const(C ^ D))
int_xor(int_xor(x, y), y) -> x
int_lshift(x, 0) -> x
int_lshift(0, x) -> 0
int_rshift(x, 0) -> x
int_rshift(0, x) -> 0
int_rshift(-1, x) -> -1
int_neg(int_neg(x)) -> x
int_invert(int_invert(x)) -> x
int_floordiv(x, 1) -> x
int_floordiv(x, -1) -> int_neg(x)
int_floordiv(x, C) -> int_rshift(x, const(C.bit_length() - 1)) if C > 0 and C & (C - 1) == 0
int_mod(x, 1) -> 0
int_mod(x, -1) -> 0
int_mod(x, C) -> int_and(x, const(C - 1)) if C > 0 and C & (C - 1) == 0
int_min(x, x) -> x
int_max(x, x) -> x
int_add_ovf(x, 0) -> x
int_add_ovf(int_add_ovf(x, C), D) -> int_add_ovf(x, const(C + D)) if (C < 0) == (D < 0) and fits(C + D)
int_add_ovf(int_sub_ovf(x, y), y) -> x
int_add_ovf(y, int_sub_ovf(x, y)) -> x
int_sub_ovf(x, x) -> 0
int_sub_ovf(0, x) -> int_neg_ovf(x)
int_sub_ovf(x, C) -> int_add_ovf(x, const(-C)) if fits(-C)
int_sub_ovf(int_add_ovf(x, y), y) -> x
int_sub_ovf(int_add_ovf(x, y), x) -> y
int_mul_ovf(x, 0) -> 0
int_mul_ovf(x, 1) -> x
int_mul_ovf(x, -1) -> int_neg_ovf(x)
int_mul_ovf(x, 2) -> int_add_ovf(x, x)
int_neg_ovf(int_neg_ovf(x)) -> x
int_lshift_ovf(x, 0) -> x
int_lshift_ovf(0, x) -> 0
int_lshift_ovf(x, 1) -> int_add_ovf(x, x)
int_gt(x, y) -> int_lt(y, x)
int_ge(x, y) -> int_le(y, x)
int_lt(x, x) -> False
int_le(x, x) -> True
int_eq(x, x) -> True
int_ne(x, x) -> False
int_ult(x, x) -> False
int_ult(x, 0) -> False
int_is_true(x) -> int_ne(x, 0)
int_eq(int_add(x, C), D) -> int_eq(x, const(wrap(D - C)))
int_ne(int_add(x, C), D) -> int_ne(x, const(wrap(D - C)))
int_eq(int_sub(x, y), 0) -> int_eq(x, y)
int_ne(int_sub(x, y), 0) -> int_ne(x, y)
int_eq(bool_to_int(b), 0) -> bool_not(b)
int_eq(bool_to_int(b), 1) -> b
int_ne(bool_to_int(b), 0) -> b
int_ne(bool_to_int(b), 1) -> bool_not(b)
bool_not(bool_not(b)) -> b
bool_not(int_lt(x, y)) -> int_le(y, x)
bool_not(int_le(x, y)) -> int_lt(y, x)
bool_not(int_eq(x, y)) -> int_ne(x, y)
bool_not(int_ne(x, y)) -> int_eq(x, y)
bool_and(b, True) -> b
bool_and(b, False) -> False
bool_and(b, b) -> b
bool_or(b, True) -> True
bool_or(b, False) -> b
bool_or(b, b) -> b
bool_eq(b, True) -> b
bool_eq(b, False) -> bool_not(b)
bool_eq(b, b) -> True
float_sub(f, 0.0) -> f
float_add(f, -0.0) -> f
float_mul(f, 1.0) -> f
float_div(f, 1.0) -> f
float_div(f, C) -> float_mul(f, const(1.0 / C)) if has_exact_reciprocal(C)
float_neg(float_neg(f)) -> f
float_abs(float_abs(f)) -> float_abs(f)
float_abs(float_neg(f)) -> float_abs(f)
float_floor(float_floor(f)) -> float_floor(f)
float_floor(int_to_float(x)) -> int_to_float(x)
float_is_true(int_to_float(x)) -> int_ne(x, 0)
float_gt(f, g) -> float_lt(g, f)
float_ge(f, g) -> float_le(g, f)
select_int(True, x, y) -> x
select_int(False, x, y) -> y
select_int(b, x, x) -> x
select_int(b, 1, 0) -> bool_to_int(b)
select_float(True, f, g) -> f
select_float(False, f, g) -> g
select_float(b, f, f) -> f
"""

COMMUTATIVE = {
    C.INT_ADD, C.INT_MUL, C.INT_AND, C.INT_OR, C.INT_XOR, C.INT_MIN, C.INT_MAX, C.INT_ADD_OVF, C.INT_MUL_OVF,
    C.INT_EQ, C.INT_NE, C.BOOL_AND, C.BOOL_OR, C.BOOL_EQ, C.FLOAT_ADD, C.FLOAT_MUL, C.FLOAT_EQ, C.FLOAT_NE,
}  # fmt: skip


# -- constants


def wrap(n: int) -> int:
    """n modulo 2**64, signed."""
    return n if MIN <= n <= MAX else (n + (1 << 63) & (1 << 64) - 1) - (1 << 63)


def fits(n: int) -> bool:
    return MIN <= n <= MAX


def has_exact_reciprocal(x: float) -> bool:
    """Whether x and 1/x are powers of two, neither of them subnormal."""
    return abs(math.frexp(x)[0]) == 0.5 and 2.0**-1000 < abs(x) < 2.0**1000


def _floor(x: float) -> float:
    return math.copysign(float(math.floor(x)), x)


def _truncate(x: float) -> int | None:
    return int(x) if -(2.0**63) <= x < 2.0**63 else None


def _checked(fn: Callable) -> Callable:
    return lambda *args: n if fits(n := fn(*args)) else None


#: op code -> its meaning; None: not to be folded with these operands.
MEANING: dict[int, Callable[..., Any]] = {
    C.INT_ADD: lambda a, b: wrap(a + b),
    C.INT_SUB: lambda a, b: wrap(a - b),
    C.INT_MUL: lambda a, b: wrap(a * b),
    C.INT_AND: operator.and_,
    C.INT_OR: operator.or_,
    C.INT_XOR: operator.xor,
    C.INT_LSHIFT: lambda a, n: wrap(a << n) if 0 <= n < 64 else None,
    C.INT_RSHIFT: lambda a, n: a >> n if 0 <= n < 64 else None,
    C.INT_NEG: lambda a: wrap(-a),
    C.INT_INVERT: operator.invert,
    C.INT_FLOORDIV: lambda a, b: a // b if b and fits(a // b) else None,
    C.INT_MOD: lambda a, b: a % b if b else None,
    C.INT_MIN: min,
    C.INT_MAX: max,
    C.INT_ADD_OVF: _checked(operator.add),
    C.INT_SUB_OVF: _checked(operator.sub),
    C.INT_MUL_OVF: _checked(operator.mul),
    C.INT_NEG_OVF: _checked(operator.neg),
    C.INT_LSHIFT_OVF: lambda a, n: a << n if 0 <= n < 64 and fits(a << n) else None,
    C.INT_LT: operator.lt,
    C.INT_LE: operator.le,
    C.INT_EQ: operator.eq,
    C.INT_NE: operator.ne,
    C.INT_GT: operator.gt,
    C.INT_GE: operator.ge,
    C.INT_ULT: lambda a, b: a % (1 << 64) < b % (1 << 64),
    C.INT_IS_TRUE: bool,
    C.INT_TO_FLOAT: float,
    C.BOOL_TO_INT: int,
    C.BOOL_NOT: operator.not_,
    C.BOOL_AND: operator.and_,
    C.BOOL_OR: operator.or_,
    C.BOOL_EQ: operator.eq,
    C.FLOAT_ADD: operator.add,
    C.FLOAT_SUB: operator.sub,
    C.FLOAT_MUL: operator.mul,
    C.FLOAT_DIV: lambda a, b: a / b if b else None,
    C.FLOAT_NEG: operator.neg,
    C.FLOAT_ABS: abs,
    C.FLOAT_SQRT: lambda a: math.sqrt(a) if a >= 0 else None,
    C.FLOAT_FLOOR: lambda a: _floor(a) if math.isfinite(a) else a,
    C.FLOAT_FLOORDIV: lambda a, b: a // b if b else None,
    C.FLOAT_MOD: lambda a, b: a % b if b else None,
    C.FLOAT_LT: operator.lt,
    C.FLOAT_LE: operator.le,
    C.FLOAT_EQ: operator.eq,
    C.FLOAT_NE: operator.ne,
    C.FLOAT_GT: operator.gt,
    C.FLOAT_GE: operator.ge,
    C.FLOAT_IS_TRUE: bool,
    C.FLOAT_TO_INT_OVF: _truncate,
}


def fold(fw: Forward, op: Op, args: tuple) -> Any:
    """The value of an operation on constants, or what a rule makes of it."""
    code = op.code
    if len(args) == 2:
        a, b = args
        if type(a) is Const:
            if type(b) is Const:
                return evaluate(fw, op, args)
            if code in COMMUTATIVE:
                return fw.step(op, (b, a))
    elif len(args) == 1 and type(args[0]) is Const:
        return evaluate(fw, op, args)
    rule = compiled[code]
    if rule is None:
        if code not in SOURCES:
            return None
        rule = compiled[code] = compile_rules(code)
    return rule(fw, op, *args)


def evaluate(fw: Forward, op: Op, args: tuple) -> Any:
    if op.code not in MEANING:
        return None
    value = MEANING[op.code](*[a.value for a in args])
    if value is None or value != value:  # a nan's sign and payload are the machine's business
        return None
    return fw.const(op.type, value)


# -- rules


class Rule(NamedTuple):
    text: str
    pattern: ast.Call
    replacement: ast.expr
    condition: ast.expr | None


def parse_rule(text: str) -> Rule:
    left, _, right = text.partition(" -> ")
    right, _, condition = right.partition(" if ")
    pattern = ast.parse(left, mode="eval").body
    assert isinstance(pattern, ast.Call)
    return Rule(text, pattern, ast.parse(right, mode="eval").body, ast.parse(condition, mode="eval").body if condition else None)


def op_code(call: ast.expr) -> int:
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    return ir.BY_NAME[call.func.id].code


SOURCES: dict[int, list[str]] = {}
for _line in RULES.strip().splitlines():
    SOURCES.setdefault(ir.BY_NAME[_line[: _line.index("(")]].code, []).append(_line)

compiled: list[Callable | None] = [None] * len(ir.OPS)


def compile_rules(code: int) -> Callable:
    """One function (fw, op, *operands) for the rules of an op code: a value, or None."""
    operands = [f"a{k}" for k in range(len(ir.OPS[code].args))]
    lines = [f"def rule(fw, op, {', '.join(operands)}):"]
    for text in SOURCES[code]:
        lines += compile_rule(parse_rule(text), operands)
    lines.append("    return None")
    space = {"Const": Const, "same_float": same_float, "wrap": wrap, "fits": fits, "has_exact_reciprocal": has_exact_reciprocal}
    exec("\n".join(lines), space)
    return space["rule"]


def compile_rule(rule: Rule, operands: list[str]) -> list[str]:
    bound: dict[str, str] = {}
    tests: list[str] = []
    for part, operand in zip(rule.pattern.args, operands):
        match(part, operand, bound, tests)
    if rule.condition is not None:
        tests.append(f"({expression(rule.condition, bound)})")
    result = build(rule.replacement, bound, ir.OPS[op_code(rule.pattern)].result)
    head = f"    if {' and '.join(tests)}:" if tests else "    if True:"
    return [head, f"        return {result}"]


def match(part: ast.expr, operand: str, bound: dict[str, str], tests: list[str]) -> None:
    """Appends the tests that `operand` (a Python expression) is of the form `part`; binds names."""
    if isinstance(part, ast.Name):
        if part.id in bound:
            tests.append(f"{operand} is {bound[part.id]}")
            return
        bound[part.id] = operand
        if part.id.isupper():
            tests.append(f"type({operand}) is Const")
    elif isinstance(part, ast.Call):
        tests.append(f"{operand}.__class__ is not Const and {operand}.code == {op_code(part)}")
        for k, inner in enumerate(part.args):
            match(inner, f"{operand}.args[{k}]", bound, tests)
    else:
        value = literal(part)
        test = f"same_float({operand}.value, {value!r})" if type(value) is float else f"{operand}.value == {value!r}"
        tests.append(f"type({operand}) is Const and {test}")


def same_float(a: float, b: float) -> bool:
    return a == b and math.copysign(1.0, a) == math.copysign(1.0, b)


def literal(e: ast.expr) -> Any:
    """A number or name such as True (`ast.literal_eval` leaves work for the program's garbage collector)."""
    match e:
        case ast.Constant():
            return e.value
        case ast.UnaryOp(op=ast.USub()):
            return -literal(e.operand)
    raise ValueError(ast.unparse(e))


class Values(ast.NodeTransformer):
    """Replaces names by the values of what they are bound to."""

    def __init__(self, bound: dict[str, str]) -> None:
        self.bound = bound

    def visit_Name(self, node: ast.Name) -> Any:
        return ast.parse(f"{self.bound[node.id]}.value", mode="eval").body if node.id in self.bound else node


def expression(e: ast.expr, bound: dict[str, str]) -> str:
    """A Python expression over the values of the constants."""
    return ast.unparse(Values(bound).visit(e))


def build(e: ast.expr, bound: dict[str, str], type: str) -> str:
    """The Python expression that makes the replacement, of the given type."""
    if isinstance(e, ast.Name):
        return bound[e.id]
    if isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.func.id == "const":
        return f"fw.const({type!r}, {expression(e.args[0], bound)})"
    if isinstance(e, ast.Call):
        row = ir.OPS[op_code(e)]
        args = "".join(f"{build(a, bound, t)}, " for a, t in zip(e.args, row.args))
        return f"fw.again({row.code}, ({args}), op.snap)" if row.guard else f"fw.again({row.code}, ({args}))"
    return f"fw.const({type!r}, {literal(e)!r})"


BEFORE: dict[int, Any] = dict.fromkeys({*MEANING, *SOURCES}, fold)
AFTER: dict[int, Any] = {}
