"""Rules and constants: each rule is right for all operands at small widths, and each can fire."""

import itertools
import re

import pytest
from irtext import lines, names

from pytrace.optimizer import fold
from pytrace.tracer import ir

BITS = 4
LOW, HIGH = -(1 << BITS - 1), (1 << BITS - 1) - 1
LEAVES = "leaves"
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, float("inf"), float("-inf"), 1e300]
RULES = [fold.parse_rule(line) for line in fold.RULES.strip().splitlines()]


def wrap(n):
    return (n - LOW) % (1 << BITS) + LOW


def fits(n):
    return LOW <= n <= HIGH


class Left(Exception):
    """A guarded operation left the trace."""


class Undefined(Exception):
    """The operands are not allowed: the recorder guarantees others."""


def narrow(name, args):
    """An operation at the small width."""
    if "shift" in name and not 0 <= args[1] < BITS:
        raise Undefined
    if name in ("int_floordiv", "int_mod") and (args[1] == 0 or args == [LOW, -1]):
        raise Undefined
    if name == "float_div" and args[1] == 0:
        raise Undefined
    if name == "int_lshift":
        return wrap(args[0] << args[1])
    if name == "int_ult":
        return args[0] % (1 << BITS) < args[1] % (1 << BITS)
    if name.startswith("select"):
        return args[1] if args[0] else args[2]
    value = fold.MEANING[ir.BY_NAME[name].code](*args)
    if name.endswith("_ovf"):
        if name == "int_lshift_ovf":
            value = args[0] << args[1]
        if not fits(value):
            raise Left
        return value
    return wrap(value) if type(value) is int else value


def value_of(e, env):
    """The value of a side of a rule."""
    text = fold.ast.unparse(e)
    if not isinstance(e, fold.ast.Call):
        return eval(text, {}, env)
    if e.func.id == "const":
        return eval(text[len("const") :], {"wrap": wrap}, env)
    return narrow(e.func.id, [value_of(a, env) for a in e.args])


def variables(e, type, found):
    """Name -> type, for the names of a pattern."""
    if isinstance(e, fold.ast.Name):
        found[e.id] = type
    elif isinstance(e, fold.ast.Call):
        for part, t in zip(e.args, ir.BY_NAME[e.func.id].args):
            variables(part, t, found)
    return found


DOMAIN = {ir.INT: range(LOW, HIGH + 1), ir.BOOL: (False, True), ir.FLOAT: FLOATS}


def outcome(e, env):
    try:
        return value_of(e, env)
    except Left:
        return LEAVES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text)
def test_right_for_all_operands(rule):
    types = variables(rule.pattern, None, {})
    tried = 0
    for values in itertools.product(*(DOMAIN[t] for t in types.values())):
        env = dict(zip(types, values))
        if rule.condition is not None:
            helpers = {"fits": fits, "has_exact_reciprocal": fold.has_exact_reciprocal}
            if not eval(fold.ast.unparse(rule.condition), helpers, env):
                continue
        try:
            for part in rule.pattern.args:
                value_of(part, env)
            expected = outcome(rule.pattern, env)
        except (Left, Undefined):  # an operand that leaves the trace does so with or without the rule
            continue
        tried += 1
        assert repr(outcome(rule.replacement, env)) == repr(expected), env
    assert tried


def text_of(rule):
    """A trace in which the rule's pattern stands, with constants for which the condition holds."""
    types = variables(rule.pattern, None, {})
    inputs, constants = {}, {}
    for name, t in types.items():
        if name.isupper():
            constants[name] = {"C": "4", "D": "1"}[name] if t == ir.INT else "4.0"
        else:
            inputs[name] = f"{t[0]}{len(inputs)}"
    out = ["[" + ", ".join(f"{v}:{types[name]}" for name, v in inputs.items()) + "]"]

    def emit(e, type):
        if isinstance(e, fold.ast.Name):
            return constants.get(e.id) or inputs[e.id]
        if not isinstance(e, fold.ast.Call):
            return fold.ast.unparse(e)
        row = ir.BY_NAME[e.func.id]
        args = [emit(a, t) for a, t in zip(e.args, row.args)]
        name = f"{row.result[0]}{len(inputs) + len(out)}"
        out.append(f"{name} = {row.name}({', '.join(args)})" + (" @s1" if row.guard else ""))
        return name

    emit(rule.pattern, None)
    return "\n".join(out) + f"\nexit() @s9[{re.match(r'(\w+)', out[-1])[1]}]"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text)
def test_fires(rule):
    text = text_of(rule)
    before = lines(text, "cse")
    after = lines(text, "fold")
    assert before != after


@pytest.mark.parametrize(
    ("op", "result"),
    [
        ("i1 = int_add(9223372036854775807, 1)", "-9223372036854775808"),
        ("i1 = int_mul(4611686018427387904, 4)", "0"),
        ("i1 = int_lshift(1, 63)", "-9223372036854775808"),
        ("i1 = int_floordiv(-7, 2)", "-4"),
        ("i1 = int_mod(-7, 2)", "1"),
        ("i1 = int_add_ovf(2, 3) @s1", "5"),
        ("b1 = int_ult(-1, 5)", "False"),
        ("f1 = float_floordiv(-7.0, 2.0)", "-4.0"),
        ("f1 = float_mod(-7.0, 2.0)", "1.0"),
        ("f1 = float_floor(-0.0)", "-0.0"),
        ("f1 = int_to_float(9007199254740993)", "9007199254740992.0"),
        ("i1 = float_to_int_ovf(-2.5) @s1", "-2"),
    ],
)
def test_constants(op, result):
    name = op[:2]
    box = {"i": "box_int", "f": "box_float", "b": "box_bool"}[op[0]]
    text = f"[i9:int]\n{op}\nr2 = {box}({name})\nreturn(r2) @s3"
    assert lines(text, "fold") == [f"r1 = {box}({result})", "return(r1)"]


@pytest.mark.parametrize(
    "op",
    ["i1 = int_add_ovf(9223372036854775807, 1) @s1", "i1 = float_to_int_ovf(inf) @s1", "f1 = float_sub(inf, inf)", "i1 = int_lshift_ovf(1, 63) @s1"],
)
def test_what_is_not_folded(op):
    assert names(f"[i9:int]\n{op}\nexit() @s2", "fold") == [op.split()[2].partition("(")[0]]


def test_constants_go_to_the_right():
    assert lines("[i0:int]\ni1 = int_mul(3, i0)\nexit() @s1[i1]", "fold") == ["i1 = int_mul(i0, 3)"]


def test_switched_off():
    assert lines("[i0:int]\ni1 = int_add(i0, 0)\nexit() @s1[i1]", off=frozenset({"fold"})) == ["i1 = int_add(i0, 0)"]
