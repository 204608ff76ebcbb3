"""Arithmetic and comparison: numbers specialized, everything else through CPython's own slots.

Integers are unboxed while they fit 64 bits; an overflow leaves the trace and CPython (or the
exit's bridge) goes on with big integers.  Mixed int/float arithmetic converts as CPython
does (nearest, half to even); int/float comparison is exact, so it is specialized only where
the int is exact as a double.
"""

from __future__ import annotations

import math
import operator
from typing import Any

from . import calls, ir
from .aborts import Abort, Raised
from .classes import INTS, MISSING, NUMBERS, SEQUENCES, TEXTS, Types, is_static, lookup
from .ir import FLOAT, INT, Const

HASHABLE = Types(int, float, bool, str, bytes, complex, type(None))
_REAL = Types(int, float)
_WITH_COMPLEX = Types(complex, float, int)
_EXACT = 1 << 53

_NAMES = {
    "+": ("Add", operator.add, "add"), "-": ("Subtract", operator.sub, "sub"), "*": ("Multiply", operator.mul, "mul"),
    "/": ("TrueDivide", operator.truediv, "truediv"), "//": ("FloorDivide", operator.floordiv, "floordiv"), "%": ("Remainder", operator.mod, "mod"),
    "**": ("Power", operator.pow, "pow"), "<<": ("Lshift", operator.lshift, "lshift"), ">>": ("Rshift", operator.rshift, "rshift"),
    "&": ("And", operator.and_, "and"), "|": ("Or", operator.or_, "or"), "^": ("Xor", operator.xor, "xor"), "@": ("MatrixMultiply", operator.matmul, "matmul"),
}  # fmt: skip
_INPLACE = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv, "%": operator.imod, "**": operator.ipow,
    "<<": operator.ilshift, ">>": operator.irshift, "&": operator.iand, "|": operator.ior, "^": operator.ixor, "@": operator.imatmul,
}  # fmt: skip
_COMPARE = {"<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge}
_CMP_NAME = {"<": "lt", "<=": "le", "==": "eq", "!=": "ne", ">": "gt", ">=": "ge"}
_CMP_CODE = {"<": 0, "<=": 1, "==": 2, "!=": 3, ">": 4, ">=": 5}


_BOXES = frozenset([ir.BY_NAME[name].code for name in ("box_int", "box_float")])
_PASSED_ON = frozenset([ir.BY_NAME[name].code for name in ("input", "int_min", "int_max", "select_int", "select_float", "call")])


def _is_one_of_many(v: Any) -> bool:
    """Whether there may be other objects that are equal numbers."""
    return type(v.ir) is not Const or type(v.obj) in _REAL and (type(v.obj) is float or not -5 <= v.obj <= 256)


def told_apart(a: Any, b: Any) -> bool:
    """Whether `is` asks which number objects two values are, so that the loop has to carry the objects."""
    return (type(a.obj) in _REAL or type(b.obj) in _REAL) and _is_one_of_many(a) and _is_one_of_many(b)


def lost(m: Any, v: Any, other: Any) -> bool:
    """Whether v is a number of which the trace does not know which object it was, where `is` asks: numbers that are equal are taken for one object then.

    What a loop or a function takes from a variable enters as the object that it is from the next recording on.
    """
    if type(v.ir) is Const or v.ir.code not in _BOXES or not _is_one_of_many(other):
        return False
    number = v.ir.args[0]
    if type(number) is Const:
        return False
    if type(number.desc) in (ir.SlotDescr, ir.NameDescr):
        m.wanted.append(number.desc)
        raise Abort("unstable")
    return number.code in _PASSED_ON and type(v.obj) is type(other.obj) and (type(v.obj) is float or m.is_small(other))


def as_int(m: Any, v: Any) -> Any:
    """IR int of an int (64 bits) or bool."""
    p = m.unbox(v)
    return m.emit("bool_to_int", p) if p.type == ir.BOOL and type(p) is not Const else (Const(INT, int(p.value)) if p.type == ir.BOOL else p)


def as_float(m: Any, v: Any) -> Any:
    """IR float of a float, an int of 64 bits or a bool."""
    p = m.unbox(v)
    if p.type == FLOAT:
        return p
    if type(p) is Const:
        return Const(FLOAT, float(p.value))
    if p.type == ir.BOOL:
        p = m.emit("bool_to_int", p)
    return m.emit("int_to_float", p)


def is_intlike(v: Any) -> bool:
    t = type(v.obj)
    return t is bool or (t is int and -(1 << 63) <= v.obj < 1 << 63)


def binary(m: Any, name: str, a: Any, b: Any) -> Any:
    """The value of `a name b` (name with "=" at the end: in place); None when a Python-level operator method was entered."""
    inplace = name[-1] == "="
    sign = name[:-1] if inplace else name
    ta, tb = type(a.obj), type(b.obj)
    if ta in NUMBERS and tb in NUMBERS:
        if is_intlike(a) and is_intlike(b):
            r = _INT_OPS[sign](m, a, b) if sign in _INT_OPS else None
            if r is not None:
                return r
        elif (ta is float or tb is float) and (ta is float or is_intlike(a)) and (tb is float or is_intlike(b)):
            r = _FLOAT_OPS[sign](m, a, b) if sign in _FLOAT_OPS else None
            if r is not None:
                return r
    elif (ta is complex or tb is complex) and sign in ("+", "-", "*") and ta in _WITH_COMPLEX and tb in _WITH_COMPLEX and all(type(x.obj) is not int or m.is_small(x) for x in (a, b)):
        return _complex(m, sign, a, b)
    return _generic(m, sign, inplace, a, b)


def _generic(m: Any, sign: str, inplace: bool, a: Any, b: Any) -> Any:
    api, fn, _ = _NAMES[sign]
    ta, tb = type(a.obj), type(b.obj)
    safe = (ta in HASHABLE and tb in HASHABLE) or ta is tb and ta in SEQUENCES and sign == "+" or ta in SEQUENCES and tb is int and sign == "*"
    writes: tuple = ()
    if safe:
        m.guard_type(a)
        m.guard_type(b)
        if inplace and ta is list:
            writes = ("list.ob_size", "list.ob_item", "list.items")
    elif not inplace or not _has_inplace(ta, sign):
        method = calls.operator_method(m, ta, tb, f"__{_NAMES[sign][2]}__")
        if method is not None:
            calls.enter_operator(m, method, a, b)
            return None
    if inplace:
        fn = _INPLACE[sign]
        api = "InPlace" + api
    extra = (m.const(None).ir,) if sign == "**" else ()
    known = None
    if safe and ta is tb and (ta in TEXTS or ta in SEQUENCES or ta is int) and sign not in ("/", "**", "%"):
        known = ta
    return m.residual(f"PyNumber_{api}", [a, b], fn, runs=not safe or bool(writes) and sign == "*", extra=extra, known=known, writes=writes)


def _has_inplace(t: type, sign: str) -> bool:
    return lookup(t, f"__i{_NAMES[sign][2]}__") is not MISSING


def _ovf(sign: str) -> Any:
    _, fn, short = _NAMES[sign]
    name = f"int_{short}_ovf"

    def meaning(m: Any, a: Any, b: Any) -> Any:
        value = fn(a.obj, b.obj)
        if not -(1 << 63) <= value < 1 << 63:
            return None
        x, y = as_int(m, a), as_int(m, b)
        return m.from_prim(m.guard(name, x, y), value)

    return meaning


def _bits(sign: str) -> Any:
    _, fn, short = _NAMES[sign]

    def meaning(m: Any, a: Any, b: Any) -> Any:
        value = fn(a.obj, b.obj)
        if type(value) is bool:
            x, y = m.unbox(a), m.unbox(b)
            r = m.emit("bool_not", m.emit("bool_eq", x, y)) if sign == "^" else m.emit(f"bool_{short}", x, y)
            return m.from_prim(r, value)
        return m.from_prim(m.emit(f"int_{short}", as_int(m, a), as_int(m, b)), value)

    return meaning


def guard_divisor(m: Any, y: Any, value: int) -> None:
    if type(y) is Const:
        return
    m.guard("guard_true", m.emit("int_ne", y, Const(INT, 0)))
    m.guard("guard_true", m.emit("int_ne", y, Const(INT, -1)))


def _division(sign: str) -> Any:
    _, fn, short = _NAMES[sign]

    def meaning(m: Any, a: Any, b: Any) -> Any:
        if b.obj == 0 or b.obj == -1:
            if b.obj == 0:
                m.pure(fn, a.obj, b.obj)
            return None
        x, y = as_int(m, a), as_int(m, b)
        guard_divisor(m, y, b.obj)
        return m.from_prim(m.emit(f"int_{short}", x, y), fn(a.obj, b.obj))

    return meaning


def exact_as_double(m: Any, x: Any, value: int) -> bool:
    """Guards that an IR int is exact as a double; False when it is not one now."""
    if not -_EXACT <= value <= _EXACT:
        return False
    if type(x) is not Const:
        m.guard("guard_true", m.emit("int_ult", m.emit("int_add", x, Const(INT, _EXACT)), Const(INT, 2 * _EXACT + 1)))
    return True


def _true_division(m: Any, a: Any, b: Any) -> Any:
    if b.obj == 0:
        m.pure(operator.truediv, a.obj, b.obj)
    if not (-_EXACT <= a.obj <= _EXACT and -_EXACT <= b.obj <= _EXACT):
        return None
    x, y = as_int(m, a), as_int(m, b)
    exact_as_double(m, x, a.obj)
    exact_as_double(m, y, b.obj)
    if type(y) is not Const:
        m.guard("guard_true", m.emit("int_ne", y, Const(INT, 0)))
    return m.from_prim(m.emit("float_div", _to_float(m, x), _to_float(m, y)), a.obj / b.obj)


def _to_float(m: Any, x: Any) -> Any:
    return Const(FLOAT, float(x.value)) if type(x) is Const else m.emit("int_to_float", x)


def _shift(sign: str) -> Any:
    left = sign == "<<"

    def meaning(m: Any, a: Any, b: Any) -> Any:
        if b.obj < 0:
            m.pure(operator.lshift if left else operator.rshift, a.obj, b.obj)
        if b.obj >= 64:
            return None
        value = a.obj << b.obj if left else a.obj >> b.obj
        if not -(1 << 63) <= value < 1 << 63:
            return None
        x, y = as_int(m, a), as_int(m, b)
        if type(y) is not Const:
            m.guard("guard_true", m.emit("int_ult", y, Const(INT, 64)))
        r = m.guard("int_lshift_ovf", x, y) if left else m.emit("int_rshift", x, y)
        return m.from_prim(r, value)

    return meaning


def _power(m: Any, a: Any, b: Any) -> Any:
    if b.obj == 2 and type(b.ir) is Const and type(a.obj) is int and type(b.obj) is int:
        value = a.obj * a.obj
        if value < 1 << 63:
            x = as_int(m, a)
            return m.from_prim(m.guard("int_mul_ovf", x, x), value)
    return None


_INT_OPS = {
    "+": _ovf("+"), "-": _ovf("-"), "*": _ovf("*"), "&": _bits("&"), "|": _bits("|"), "^": _bits("^"), "//": _division("//"), "%": _division("%"),
    "/": _true_division, "<<": _shift("<<"), ">>": _shift(">>"), "**": _power,
}  # fmt: skip


def _float_op(sign: str) -> Any:
    _, fn, short = _NAMES[sign]
    name = {"truediv": "float_div"}.get(short, f"float_{short}")
    divides = sign in ("/", "//", "%")

    def meaning(m: Any, a: Any, b: Any) -> Any:
        if divides and b.obj == 0:
            m.pure(fn, a.obj, b.obj)
        x, y = as_float(m, a), as_float(m, b)
        if divides and type(y) is not Const:
            m.guard("guard_true", m.emit("float_ne", y, Const(FLOAT, 0.0)))
        return m.from_prim(m.emit(name, x, y), fn(a.obj, b.obj))

    return meaning


POW = ir.CallDescr("pow", "ff", FLOAT, pure=True)


def guard_finite(m: Any, x: Any) -> None:
    """Leaves (re-executing) when a float is inf or nan."""
    m.guard("guard_true", m.emit("float_eq", m.emit("float_sub", x, x), Const(FLOAT, 0.0)))


def _float_power(m: Any, a: Any, b: Any) -> Any:
    base, exponent = a.obj, b.obj
    integral = type(b.ir) is Const and float(exponent).is_integer() and exponent >= 0
    if not integral and not base > 0:
        return None
    value = m.pure(operator.pow, base, exponent)
    if not (isinstance(value, float) and math.isfinite(value)):
        return None
    x, y = as_float(m, a), as_float(m, b)
    if not integral and type(x) is not Const:
        m.guard("guard_true", m.emit("float_gt", x, Const(FLOAT, 0.0)))
    r = m.emit("call", x, y, desc=POW)
    guard_finite(m, r)
    return m.from_prim(r, value)


_FLOAT_OPS = {s: _float_op(s) for s in ("+", "-", "*", "/", "//", "%")} | {"**": _float_power}


def parts(m: Any, v: Any) -> tuple:
    """IR (real, imag) of a complex, float or small int."""
    if type(v.obj) is not complex:
        return as_float(m, v), Const(FLOAT, 0.0)
    if type(v.ir) is Const:
        return Const(FLOAT, v.obj.real), Const(FLOAT, v.obj.imag)
    m.guard_type(v)
    return m.emit("load", v.ir, desc=ir.COMPLEX_REAL), m.emit("load", v.ir, desc=ir.COMPLEX_IMAG)


def _complex(m: Any, sign: str, a: Any, b: Any) -> Any:
    (ar, ai), (br, bi) = parts(m, a), parts(m, b)
    if sign == "*":
        re = m.emit("float_sub", m.emit("float_mul", ar, br), m.emit("float_mul", ai, bi))
        im = m.emit("float_add", m.emit("float_mul", ar, bi), m.emit("float_mul", ai, br))
    else:
        name = "float_add" if sign == "+" else "float_sub"
        re, im = m.emit(name, ar, br), m.emit(name, ai, bi)
    return new_complex(m, re, im, _NAMES[sign][1](a.obj, b.obj))


def new_complex(m: Any, re: Any, im: Any, value: complex) -> Any:
    from .recorder import Val

    return Val(m.emit("new_complex", re, im), value, True, complex)


def unary(m: Any, name: str, v: Any) -> Any:
    """UNARY_NEGATIVE, UNARY_INVERT, UNARY_POSITIVE."""
    t = type(v.obj)
    if t in INTS and is_intlike(v):
        if name == "UNARY_NEGATIVE" and v.obj != -(1 << 63):
            return m.from_prim(m.guard("int_neg_ovf", as_int(m, v)), -v.obj)
        if name == "UNARY_INVERT" and t is int:
            return m.from_prim(m.emit("int_invert", m.unbox(v)), ~v.obj)
        if name == "UNARY_POSITIVE" and t is int:
            m.guard_type(v)
            return v
    elif t is float:
        if name == "UNARY_NEGATIVE":
            return m.from_prim(m.emit("float_neg", m.unbox(v)), -v.obj)
        if name == "UNARY_POSITIVE":
            m.guard_type(v)
            return v
    elif t is complex and name == "UNARY_NEGATIVE":
        re, im = parts(m, v)
        return new_complex(m, m.emit("float_neg", re), m.emit("float_neg", im), -v.obj)
    api, fn = {"UNARY_NEGATIVE": ("PyNumber_Negative", operator.neg), "UNARY_INVERT": ("PyNumber_Invert", operator.invert), "UNARY_POSITIVE": ("PyNumber_Positive", operator.pos)}[name]
    safe = t in HASHABLE and not (t is bool and name == "UNARY_INVERT")
    if safe:
        m.guard_type(v)
    return m.residual(api, [v], fn, runs=not safe)


def _compares_identity(m: Any, obj: Any) -> bool:
    """Whether `==` and `!=` ask nothing of this object but whether it is the other."""
    t = type(obj)
    if lookup(t, "__eq__") is not object.__eq__ or lookup(t, "__ne__") is not object.__ne__:
        return False
    return is_static(t) or m.watcher.watch_type(m.flag, t)


_STR_EQ = ir.CallDescr("pt_str_eq", "rr", INT, pure=True)


def compare(m: Any, cmp: str, a: Any, b: Any, truth: bool = False) -> Any:
    """The value of a comparison; `truth`: as a bool."""
    ta, tb = type(a.obj), type(b.obj)
    fn = _COMPARE[cmp]
    short = _CMP_NAME[cmp]
    if ta in NUMBERS and tb in NUMBERS:
        if is_intlike(a) and is_intlike(b):
            return m.from_prim(m.emit(f"int_{short}", as_int(m, a), as_int(m, b)), fn(a.obj, b.obj))
        if ta is float and tb is float:
            return m.from_prim(m.emit(f"float_{short}", m.unbox(a), m.unbox(b)), fn(a.obj, b.obj))
        if is_intlike(a) or is_intlike(b):
            i = a if tb is float else b
            if (ta is float or tb is float) and -_EXACT <= i.obj <= _EXACT:
                exact_as_double(m, as_int(m, i), i.obj)
                return m.from_prim(m.emit(f"float_{short}", as_float(m, a), as_float(m, b)), fn(a.obj, b.obj))
    if ta is complex and tb is complex and cmp in ("==", "!="):
        (ar, ai), (br, bi) = parts(m, a), parts(m, b)
        r = m.emit("bool_and", m.emit("float_eq", ar, br), m.emit("float_eq", ai, bi))
        return m.from_prim(m.emit("bool_not", r) if cmp == "!=" else r, fn(a.obj, b.obj))
    code = Const(INT, _CMP_CODE[cmp])
    if ta in HASHABLE and tb in HASHABLE and (ta is tb and (ta in TEXTS or ta is int) or cmp in ("==", "!=")):
        m.guard_type(a)
        m.guard_type(b)
        if ta is str and tb is str and cmp in ("==", "!="):
            n = m.emit("int_is_true", m.emit("call", a.ir, b.ir, desc=_STR_EQ))
            return m.from_prim(n if cmp == "==" else m.emit("bool_not", n), fn(a.obj, b.obj))
        n, value = m.residual("pt_compare", [a, b], fn, runs=False, error="neg", result=INT, extra=(code,))
        return m.from_prim(m.emit("int_is_true", n), value)
    if code.value in (2, 3) and _compares_identity(m, a.obj) and _compares_identity(m, b.obj):
        m.guard_type(a)
        m.guard_type(b)
        same = m.emit("ref_eq", a.ir, b.ir)
        return m.from_prim(same if code.value == 2 else m.emit("bool_not", same), fn(a.obj, b.obj))
    if truth:
        n, value = m.residual("pt_compare_true", [a, b], m.bridge.compare_true, (a.obj, b.obj, code.value), error="neg", result=INT, extra=(code,))
        return m.from_prim(m.emit("int_is_true", n), value)
    return m.residual("PyObject_RichCompare", [a, b], fn, extra=(code,))


__all__ = ["binary", "compare", "unary", "HASHABLE", "Raised"]
