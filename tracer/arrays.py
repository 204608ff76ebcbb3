"""array.array: items are read and written where they lie.

The type is the C module's own and keeps its class, and what describes the items (`ob_descr`) is the same for an array's whole life, so two guards
at the first access say all about the items' size and kind.  A value that does not fit, or of another type, is CPython's to refuse.
"""

from __future__ import annotations

from typing import Any

from . import ir
from .ir import FLOAT, INT, Const

_ITEMS = ir.FieldDescr("array.ob_item", ir.PTR, "array.ob_item", offset=24)
_SIZE = ir.FieldDescr("array.ob_size", INT, "array.ob_size", offset=16)
_KIND = ir.FieldDescr("array.ob_descr", INT, "array.ob_descr", immutable=True, offset=40)
_ITEM = {code: ir.ArrayDescr(f"array.{code}", FLOAT if code in "fd" else INT, f"array.{code}") for code in "bBhHiIlLqQfd"}
_WIDE = {"L": 1 << 63, "Q": 1 << 63}  # what may not fit into an int value


def kind(m: Any, obj: Any) -> str:
    """The typecode of an exact array whose items are known here, or ""."""
    known = m.bridge.array_kind(obj)
    return known[1] if known is not None and known[1] in _ITEM else ""


def guard_kind(m: Any, c: Any) -> None:
    m.guard_type(c)
    address, _ = m.bridge.array_kind(c.obj)
    m.guard("guard_true", m.emit("int_eq", m.emit("load", c.ir, desc=_KIND), Const(INT, address)))


def _place(m: Any, c: Any, i: Any, index: Any) -> tuple[Any, Any, int]:
    """(items, IR index, its value)"""
    n = m.emit("load", c.ir, desc=_SIZE)
    x, k = index(m, i, n, len(c.obj))
    return m.emit("load", c.ir, desc=_ITEMS), x, k


def getitem(m: Any, c: Any, i: Any, index: Any) -> Any:
    """The item at an index that is within bounds, which `index` guards; None where it cannot be had like this."""
    code = kind(m, c.obj)
    if not code or (code in _WIDE and c.obj[i.obj] >= _WIDE[code]):
        return None
    guard_kind(m, c)
    items, x, k = _place(m, c, i, index)
    value = m.emit("load_at", items, x, desc=_ITEM[code])
    if code in _WIDE:
        m.guard("guard_true", m.emit("int_ge", value, Const(INT, 0)))
    return m.from_prim(value, c.obj[k])


def setitem(m: Any, c: Any, i: Any, v: Any, index: Any) -> bool:
    """The same for a store; False where nothing was done."""
    code, t = kind(m, c.obj), type(v.obj)
    if not code or code == "f":  # (what is read back from there is not what was stored)
        return False
    if code == "d":
        if t is not float and not m.is_small(v):
            return False
    elif not m.is_small(v) or not ir.ARRAY_RANGES[code][0] <= v.obj <= ir.ARRAY_RANGES[code][1]:
        return False
    guard_kind(m, c)
    items, x, k = _place(m, c, i, index)
    value = m.unbox(v)
    if code == "d":
        value = value if t is float else m.emit("int_to_float", value)
    elif code not in "lq":
        low, high = ir.ARRAY_RANGES[code]
        if type(value) is not Const:
            m.guard("guard_true", m.emit("int_ge", value, Const(INT, low)))
            m.guard("guard_true", m.emit("int_le", value, Const(INT, high)))
    m.emit("store_at", items, x, value, desc=_ITEM[code])
    c.obj[k] = v.obj
    return True


def length(m: Any, v: Any) -> Any:
    """len(v); None where v is no such array."""
    if not kind(m, v.obj):
        return None
    m.guard_type(v)
    return m.from_prim(m.emit("load", v.ir, desc=_SIZE), len(v.obj))
