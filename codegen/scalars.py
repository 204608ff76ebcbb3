"""Emitters of the operations on unboxed numbers: each is a few lines of LLVM."""

from __future__ import annotations

from typing import Any, Callable

from ..tracer import ir
from .text import Writer

Emitter = Callable[[Writer, ir.Op, list[str]], Any]
EMITTERS: dict[int, Emitter] = {}


def emits(*names: str) -> Callable[[Emitter], Emitter]:
    def register(fn: Emitter) -> Emitter:
        for name in names:
            EMITTERS[ir.BY_NAME[name].code] = fn
        return fn

    return register


def _template(table: dict[str, str]) -> None:
    """One line each: {0}, {1}, … are the operands."""
    for name, text in table.items():

        def emit(w: Writer, op: ir.Op, a: list[str], text: str = text) -> None:
            w.lines.append(f"{w.define(op)} = {text.format(*a)}")

        EMITTERS[ir.BY_NAME[name].code] = emit


_template({
    "int_add": "add i64 {0}, {1}",
    "int_sub": "sub i64 {0}, {1}",
    "int_mul": "mul i64 {0}, {1}",
    "int_and": "and i64 {0}, {1}",
    "int_or": "or i64 {0}, {1}",
    "int_xor": "xor i64 {0}, {1}",
    "int_lshift": "shl i64 {0}, {1}",
    "int_rshift": "ashr i64 {0}, {1}",
    "int_neg": "sub i64 0, {0}",
    "int_invert": "xor i64 {0}, -1",
    "int_lt": "icmp slt i64 {0}, {1}",
    "int_le": "icmp sle i64 {0}, {1}",
    "int_eq": "icmp eq i64 {0}, {1}",
    "int_ne": "icmp ne i64 {0}, {1}",
    "int_gt": "icmp sgt i64 {0}, {1}",
    "int_ge": "icmp sge i64 {0}, {1}",
    "int_ult": "icmp ult i64 {0}, {1}",
    "int_is_true": "icmp ne i64 {0}, 0",
    "int_to_float": "sitofp i64 {0} to double",
    "bool_to_int": "zext i1 {0} to i64",
    "bool_not": "xor i1 {0}, true",
    "bool_and": "and i1 {0}, {1}",
    "bool_or": "or i1 {0}, {1}",
    "bool_eq": "icmp eq i1 {0}, {1}",
    "float_add": "fadd double {0}, {1}",
    "float_sub": "fsub double {0}, {1}",
    "float_mul": "fmul double {0}, {1}",
    "float_div": "fdiv double {0}, {1}",
    "float_neg": "fneg double {0}",
    "float_lt": "fcmp olt double {0}, {1}",
    "float_le": "fcmp ole double {0}, {1}",
    "float_eq": "fcmp oeq double {0}, {1}",
    "float_ne": "fcmp une double {0}, {1}",
    "float_gt": "fcmp ogt double {0}, {1}",
    "float_ge": "fcmp oge double {0}, {1}",
    "float_is_true": "fcmp une double {0}, 0.0",
    "select_int": "select i1 {0}, i64 {1}, i64 {2}",
    "select_float": "select i1 {0}, double {1}, double {2}",
    "ref_eq": "icmp eq ptr {0}, {1}",
})  # fmt: skip


def _intrinsics(table: dict[str, tuple[str, str]]) -> None:
    """One call of an LLVM intrinsic each; its operands have the type of its result."""
    for name, (intrinsic, type) in table.items():
        full = f"{intrinsic}.{'f64' if type == 'double' else type}"
        arity = len(ir.BY_NAME[name].args)
        declaration = f"declare {type} @{full}({', '.join([type] * arity)})"

        def emit(w: Writer, op: ir.Op, a: list[str], full: str = full, declaration: str = declaration, type: str = type) -> None:
            w.lines.append(f"{w.define(op)} = call {type} {w.intrinsic(full, declaration)}({', '.join(f'{type} {x}' for x in a)})")

        EMITTERS[ir.BY_NAME[name].code] = emit


_intrinsics({
    "int_min": ("llvm.smin", "i64"),
    "int_max": ("llvm.smax", "i64"),
    "float_abs": ("llvm.fabs", "double"),
    "float_sqrt": ("llvm.sqrt", "double"),
})  # fmt: skip


def _overflowing(w: Writer, op: ir.Op, operation: str, x: str, y: str) -> None:
    name = f"llvm.{operation}.with.overflow.i64"
    fn = w.intrinsic(name, f"declare {{i64, i1}} @{name}(i64, i64)")
    exit = w.exit(op)
    pair, bad = w.fresh(), w.fresh()
    w.lines.append(f"{pair} = call {{i64, i1}} {fn}(i64 {x}, i64 {y})")
    w.lines.append(f"{w.define(op)} = extractvalue {{i64, i1}} {pair}, 0")
    w.lines.append(f"{bad} = extractvalue {{i64, i1}} {pair}, 1")
    w.leave_if(bad, exit)


@emits("int_add_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    _overflowing(w, op, "sadd", *a)


@emits("int_sub_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    _overflowing(w, op, "ssub", *a)


@emits("int_mul_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    _overflowing(w, op, "smul", *a)


@emits("int_neg_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    _overflowing(w, op, "ssub", "0", a[0])


@emits("int_lshift_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    back, same = w.fresh(), w.fresh()
    r = w.define(op)
    w.lines.append(f"{r} = shl i64 {a[0]}, {a[1]}")
    w.lines.append(f"{back} = ashr i64 {r}, {a[1]}")
    w.lines.append(f"{same} = icmp eq i64 {back}, {a[0]}")
    w.leave_unless(same, exit)


def _power_of_two(v: ir.Value) -> int:
    """k if the value is the constant 2**k, else -1."""
    if type(v) is ir.Const and v.value > 0 and v.value & (v.value - 1) == 0:
        return v.value.bit_length() - 1
    return -1


@emits("int_floordiv")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    k = _power_of_two(op.args[1])
    if k >= 0:
        w.lines.append(f"{w.define(op)} = ashr i64 {a[0]}, {k}")
        return
    quotient, wrong = w.fresh(), w.fresh()
    w.lines.append(f"{quotient} = sdiv i64 {a[0]}, {a[1]}")
    _floor_is_lower(w, wrong, _remainder(w, a), a[1])
    less = w.fresh()
    w.lines.append(f"{less} = sext i1 {wrong} to i64")
    w.lines.append(f"{w.define(op)} = add i64 {quotient}, {less}")


@emits("int_mod")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    k = _power_of_two(op.args[1])
    if k >= 0:
        w.lines.append(f"{w.define(op)} = and i64 {a[0]}, {(1 << k) - 1}")
        return
    wrong, more = w.fresh(), w.fresh()
    remainder = _remainder(w, a)
    _floor_is_lower(w, wrong, remainder, a[1])
    w.lines.append(f"{more} = select i1 {wrong}, i64 {a[1]}, i64 0")
    w.lines.append(f"{w.define(op)} = add i64 {remainder}, {more}")


def _remainder(w: Writer, a: list[str]) -> str:
    r = w.fresh()
    w.lines.append(f"{r} = srem i64 {a[0]}, {a[1]}")
    return r


def _floor_is_lower(w: Writer, result: str, remainder: str, divisor: str) -> None:
    """Truncation was not floor: the remainder is not 0 and its sign is not the divisor's."""
    signs, opposite, some = w.fresh(), w.fresh(), w.fresh()
    w.lines.append(f"{signs} = xor i64 {remainder}, {divisor}")
    w.lines.append(f"{opposite} = icmp slt i64 {signs}, 0")
    w.lines.append(f"{some} = icmp ne i64 {remainder}, 0")
    w.lines.append(f"{result} = and i1 {opposite}, {some}")


# -- floats: floatobject.c's float_rem and _float_div_mod


def _f64(w: Writer, intrinsic: str, *a: str) -> str:
    name = f"llvm.{intrinsic}.f64"
    fn = w.intrinsic(name, f"declare double @{name}({', '.join(['double'] * len(a))})")
    r = w.fresh()
    w.lines.append(f"{r} = call double {fn}({', '.join('double ' + x for x in a)})")
    return r


def _let(w: Writer, text: str) -> str:
    r = w.fresh()
    w.lines.append(f"{r} = {text}")
    return r


def _fmod(w: Writer, x: str, y: str) -> tuple[str, str, str]:
    """C's fmod, whether it is not 0, and whether Python's differs by one divisor."""
    mod = _let(w, f"call double {w.symbol('fmod')}(double {x}, double {y}) memory(none) nounwind willreturn")
    some = _let(w, f"fcmp une double {mod}, 0.0")
    y_neg = _let(w, f"fcmp olt double {y}, 0.0")
    m_neg = _let(w, f"fcmp olt double {mod}, 0.0")
    differ = _let(w, f"xor i1 {y_neg}, {m_neg}")
    return mod, some, _let(w, f"and i1 {some}, {differ}")


@emits("float_mod")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    x, y = a
    mod, some, wrong = _fmod(w, x, y)
    more = _let(w, f"fadd double {mod}, {y}")
    fixed = _let(w, f"select i1 {wrong}, double {more}, double {mod}")
    zero = _f64(w, "copysign", "0.0", y)
    w.lines.append(f"{w.define(op)} = select i1 {some}, double {fixed}, double {zero}")


@emits("float_floordiv")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    x, y = a
    mod, _, wrong = _fmod(w, x, y)
    rest = _let(w, f"fsub double {x}, {mod}")
    div = _let(w, f"fdiv double {rest}, {y}")
    less = _let(w, f"fsub double {div}, 1.0")
    div = _let(w, f"select i1 {wrong}, double {less}, double {div}")
    floor = _floor(w, div)
    gap = _let(w, f"fsub double {div}, {floor}")
    far = _let(w, f"fcmp ogt double {gap}, 0.5")
    up = _let(w, f"fadd double {floor}, 1.0")
    floor = _let(w, f"select i1 {far}, double {up}, double {floor}")
    quotient = _let(w, f"fdiv double {x}, {y}")
    zero = _f64(w, "copysign", "0.0", quotient)
    some = _let(w, f"fcmp une double {div}, 0.0")
    w.lines.append(f"{w.define(op)} = select i1 {some}, double {floor}, double {zero}")


def _floor(w: Writer, x: str) -> str:
    """One instruction where the CPU has it; elsewhere the C library's."""
    if w.env.has_floor:
        return _f64(w, "floor", x)
    return _let(w, f"call double {w.symbol('floor')}(double {x}) memory(none) nounwind willreturn")


@emits("float_floor")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.names[op] = _floor(w, a[0])


@emits("float_to_int_ovf")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    low = _let(w, f"fcmp oge double {a[0]}, 0xC3E0000000000000")
    high = _let(w, f"fcmp olt double {a[0]}, 0x43E0000000000000")
    w.leave_unless(_let(w, f"and i1 {low}, {high}"), exit)
    w.lines.append(f"{w.define(op)} = fptosi double {a[0]} to i64")
