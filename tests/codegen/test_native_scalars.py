"""Each operation on numbers against Python, on edge values; with operands in registers and with a constant operand."""

import itertools
import math

import pytest
from standin import compile_text

MIN, MAX = -(2**63), 2**63 - 1
INTS = sorted(
    {0, 1, 2, 3, 7, 10, 63, 64, 100, 255, 2**31, 2**32 - 1, 2**53, 2**53 + 1, 2**62, MAX - 1, MAX}
    | {-1, -2, -3, -7, -10, -64, -(2**31), -(2**53) - 1, -(2**62), MIN + 1, MIN}
)
FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.0,
    -2.5,
    3.0,
    7.25,
    -7.0,
    1e-300,
    -1e-300,
    5e-324,
    1e16,
    2.0**53,
    -(2.0**63),
    2.0**63,
    9.3e18,
    1e300,
    -1e300,
    math.inf,
    -math.inf,
    math.nan,
]
COUNTS = [0, 1, 5, 31, 32, 62, 63]
SOURCE = {"i": INTS, "f": FLOATS, "b": [False, True]}
TYPE = {"i": "int", "f": "float", "b": "bool"}


def wrap(x):
    return (x + 2**63) % 2**64 - 2**63


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b) or a != a and b != b
    return type(a) is type(b) and a == b


class Leaves(Exception):
    pass


def fits(x):
    if not MIN <= x <= MAX:
        raise Leaves
    return x


def to_int(x):
    if x != x or math.isinf(x):
        raise Leaves
    return fits(int(x))


def div(a, b):
    if b == 0:
        raise ZeroDivisionError
    return a / b


def floordiv(a, b):
    if b == -1 and a == MIN:
        raise ZeroDivisionError  # excluded by contract
    return a // b


def mod(a, b):
    if b == -1 and a == MIN:
        raise ZeroDivisionError
    return a % b


def sqrt(x):
    if x < 0:
        raise ZeroDivisionError
    return math.sqrt(x)


def floor(x):
    if x != x or math.isinf(x):
        return x
    return math.copysign(float(math.floor(x)), x) if math.floor(x) == 0 and x == 0 else float(math.floor(x))


def shifted(a, n):
    return wrap(a << n)


OPS = {
    "int_add": ("ii", "i", lambda a, b: wrap(a + b)),
    "int_sub": ("ii", "i", lambda a, b: wrap(a - b)),
    "int_mul": ("ii", "i", lambda a, b: wrap(a * b)),
    "int_and": ("ii", "i", lambda a, b: a & b),
    "int_or": ("ii", "i", lambda a, b: a | b),
    "int_xor": ("ii", "i", lambda a, b: a ^ b),
    "int_lshift": ("in", "i", shifted),
    "int_rshift": ("in", "i", lambda a, n: a >> n),
    "int_neg": ("i", "i", lambda a: wrap(-a)),
    "int_invert": ("i", "i", lambda a: ~a),
    "int_floordiv": ("ii", "i", floordiv),
    "int_mod": ("ii", "i", mod),
    "int_min": ("ii", "i", min),
    "int_max": ("ii", "i", max),
    "int_add_ovf": ("ii", "i", lambda a, b: fits(a + b)),
    "int_sub_ovf": ("ii", "i", lambda a, b: fits(a - b)),
    "int_mul_ovf": ("ii", "i", lambda a, b: fits(a * b)),
    "int_neg_ovf": ("i", "i", lambda a: fits(-a)),
    "int_lshift_ovf": ("in", "i", lambda a, n: fits(a << n)),
    "int_lt": ("ii", "b", lambda a, b: a < b),
    "int_le": ("ii", "b", lambda a, b: a <= b),
    "int_eq": ("ii", "b", lambda a, b: a == b),
    "int_ne": ("ii", "b", lambda a, b: a != b),
    "int_gt": ("ii", "b", lambda a, b: a > b),
    "int_ge": ("ii", "b", lambda a, b: a >= b),
    "int_ult": ("ii", "b", lambda a, b: a % 2**64 < b % 2**64),
    "int_is_true": ("i", "b", bool),
    "int_to_float": ("i", "f", float),
    "bool_to_int": ("b", "i", int),
    "bool_not": ("b", "b", lambda a: not a),
    "bool_and": ("bb", "b", lambda a, b: a and b),
    "bool_or": ("bb", "b", lambda a, b: a or b),
    "bool_eq": ("bb", "b", lambda a, b: a == b),
    "float_add": ("ff", "f", lambda a, b: a + b),
    "float_sub": ("ff", "f", lambda a, b: a - b),
    "float_mul": ("ff", "f", lambda a, b: a * b),
    "float_div": ("ff", "f", div),
    "float_neg": ("f", "f", lambda a: -a),
    "float_abs": ("f", "f", abs),
    "float_sqrt": ("f", "f", sqrt),
    "float_floor": ("f", "f", floor),
    "float_floordiv": ("ff", "f", lambda a, b: a // b),
    "float_mod": ("ff", "f", lambda a, b: a % b),
    "float_lt": ("ff", "b", lambda a, b: a < b),
    "float_le": ("ff", "b", lambda a, b: a <= b),
    "float_eq": ("ff", "b", lambda a, b: a == b),
    "float_ne": ("ff", "b", lambda a, b: a != b),
    "float_gt": ("ff", "b", lambda a, b: a > b),
    "float_ge": ("ff", "b", lambda a, b: a >= b),
    "float_is_true": ("f", "b", bool),
    "float_to_int_ovf": ("f", "i", to_int),
    "select_int": ("bii", "i", lambda c, a, b: a if c else b),
    "select_float": ("bff", "f", lambda c, a, b: a if c else b),
}


def operands(sig):
    return itertools.product(*(COUNTS if c == "n" else SOURCE[c] for c in sig))


def expected(fn, values):
    """(result, leaves) or None where the operation is not defined."""
    try:
        return fn(*values), False
    except Leaves:
        return None, True
    except (ZeroDivisionError, ValueError):
        return None


def trace_text(name, sig, result, constant=None):
    letters = sig.replace("n", "i")
    inputs = ", ".join(f"{c}{k}:{TYPE[c]}" for k, c in enumerate(letters))
    args = [f"{c}{k}" for k, c in enumerate(letters)]
    if constant is not None:
        args[-1] = constant
    guard = "@s1[]" if name.endswith("_ovf") else ""
    return f"[{inputs}]\n{result}9 = {name}({', '.join(args)}) {guard}\nexit() @s2[{result}9]"


@pytest.mark.parametrize("name", OPS)
def test_operation(bridge, machine, name):
    sig, result, fn = OPS[name]
    c = compile_text(trace_text(name, sig, result), bridge, kind="bridge")
    for values in operands(sig):
        want = expected(fn, values)
        if want is None:
            continue
        plan, live = machine.run(c, *values)
        offset = plan.snapshot.frames[0].offset
        if want[1]:
            assert offset == 1, values
        else:
            assert offset == 2 and same(live[0], want[0]), (values, live, want)


@pytest.mark.parametrize("name", [n for n in OPS if OPS[n][0] in ("ii", "in", "ff")])
def test_constant_operand(bridge, machine, name):
    sig, result, fn = OPS[name]
    values = [5, 63] if sig == "in" else [1, -1, 2, 8, -8, 10, -7, 2**62, MIN, MAX] if sig == "ii" else [1.0, -1.0, 0.5, 3.0, -2.5]
    for constant in values:
        c = compile_text(trace_text(name, sig, result, repr(constant)), bridge, kind="bridge")
        for x in SOURCE[sig[0]]:
            want = expected(fn, (x, constant))
            if want is None:
                continue
            plan, live = machine.run(c, x, constant)
            if want[1]:
                assert plan.snapshot.frames[0].offset == 1, x
            else:
                assert same(live[0], want[0]), (x, constant, live, want)


def test_every_scalar_operation_is_here():
    from pytrace.tracer import ir

    scalars = {r.name for r in ir.OPS if r.pure and r.args and set(r.args) <= {"int", "float", "bool"} and r.result in ("int", "float", "bool")}
    assert scalars == set(OPS)
