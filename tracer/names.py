"""Globals, builtins and attributes.

What rarely changes is a constant of the trace, watched by CPython's watchers; a name that
was seen to change often is loaded each time.  Attributes of plain instances are loads from
their inline values, guarded by type.
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from . import calls, ir
from .aborts import Raised
from .classes import MISSING, NUMBERS, Types, basic_size, dict_offset, flags, is_class, is_static, lookup, mro, namespace
from .ir import INT, PTR, REF, Const, FieldDescr

PY313 = sys.version_info >= (3, 13)
_module_dict = namespace(ModuleType)["__dict__"].__get__
_PLAIN = Types(int, float, bool, str, bytes, complex, list, tuple, dict, set, frozenset, range, slice)  # reading their attributes runs nothing


def _watch_key(m: Any, d: dict, key: str) -> bool:
    return m.watcher.watch_key(m.flag, d, key)


def load_global(m: Any, f: Any, name: str) -> Any:
    """The value of a global or builtin name; None after leaving the trace."""
    g = f.globals
    held = m.names.get((id(g), name))
    if held is not None:
        return held[2]
    value = dict.get(g, name, MISSING)
    b = f.builtins
    if type(b) is not dict or type(g) is not dict:
        m.leave(f)
        return None
    if value is not MISSING:
        if _watch_key(m, g, name):
            return _watched(m, value)
    else:
        value = b.get(name, MISSING)
        if value is MISSING:
            raise Raised(NameError(f"name '{name}' is not defined", name=name))
        if _watch_key(m, g, name) and _watch_key(m, b, name):
            return m.const(value)
    return m.residual("pt_load_global", [m.const(g), m.const(b), m.const(name)], lambda g, b, n: g[n] if n in g else b[n], runs=False)


_LASTING = Types(FunctionType, BuiltinFunctionType, ModuleType, int, float, bool, complex, type(None))


def _watched(m: Any, value: Any) -> Any:
    """The value of a watched name.  A trace keeps code-like things and plain values alive; any other object must be able to die when the
    program drops it, so the trace only knows its address, which is good as long as the watch holds."""
    if type(value) in _LASTING or is_class(value):
        return m.const(value)
    return m.loaded(m.emit("global_ref", desc=id(value)), value)


_ATOMS = Types(int, float, bool, complex, type(None), str, bytes, type(...), FunctionType, BuiltinFunctionType, ModuleType)


def _may_be_kept(value: Any, depth: int = 2) -> bool:
    """Whether nobody sees when the trace gives it up: what is plain, what is code-like, and tuples of that."""
    return type(value) in _ATOMS or is_class(value) or type(value) is tuple and depth > 0 and all(_may_be_kept(x, depth - 1) for x in value)


def borrowed(m: Any, value: Any) -> Any:
    """Something that is there as long as the trace's flag is not raised."""
    return m.const(value) if _may_be_kept(value) else m.keep(m.loaded(m.emit("global_ref", desc=id(value)), value))


def _class_value(m: Any, t: type, name: str, attr: Any) -> Any:
    """What a class has under a name: so that it dies when the program drops it, the trace has to hear of that beforehand.  None where it does not."""
    if _may_be_kept(attr):
        return m.const(attr)
    owner = next(c for c in mro(t) if name in namespace(c))
    if is_static(owner):
        return m.const(attr)
    return borrowed(m, attr) if _watch_key(m, m.bridge.class_dict(owner), name) else None


def store_global(m: Any, f: Any, name: str, v: Any) -> None:
    """Stores a global; a held one stays in the trace as long as it is a plain number."""
    g = f.globals
    held = m.names.get((id(g), name))
    if held is not None:
        if type(v.obj) in NUMBERS:
            m.guard_type(v)
            old = held[2]
            held[2] = m.hold(v)
            dict.__setitem__(g, name, v.obj)
            m.release(old)
            return
        m.leave(f)  # the name's kind changed: the trace ends before the store
        return
    m.residual("PyDict_SetItem", [m.const(g), m.const(name), v], dict.__setitem__, error="neg", result=INT)


# -- attributes ----------------------------------------------------------------------------------------------------------


def _push_attr(m: Any, f: Any, v: Any, method: bool) -> None:
    m.drop(f)
    if method and not PY313:
        m.push(f, m.null)
    m.push(f, v)
    if method and PY313:
        m.push(f, m.null)


def _push_method(m: Any, f: Any, func: Any, self_: Any) -> None:
    """The two values of a method that is about to be called, in the place of the object (which may be self)."""
    m.drop(f)
    m.push(f, m.const(func))
    m.push(f, self_)
    if self_ in m.released:
        m.released.remove(self_)


def load_super_attr(m: Any, f: Any, name: str, method: bool) -> None:
    """super().name and super(cls, obj).name."""
    sup, cls, self_ = f.stack[-3:]
    if sup.obj is not super:
        m.leave(f)
        return
    if method and name != "__class__":
        attr = _next_attribute(m, cls.obj, self_.obj, name)
        if type(attr) is FunctionType or attr is not MISSING and _is_method_descriptor(type(attr)):
            m.guard_is(sup, super)
            m.guard_is(cls, cls.obj)
            m.guard_type(self_)
            m.drop(f, 3)
            m.push(f, m.const(attr))
            m.push(f, self_)
            if self_ in m.released:
                m.released.remove(self_)
            return
    m.guard_is(sup, super)
    proxy = m.keep(m.call_object(sup, [cls, self_]))
    r = m.residual("PyObject_GetAttr", [proxy, m.const(name)], getattr)
    m.drop(f, 2)
    _push_attr(m, f, r, method)


def _next_attribute(m: Any, cls: Any, obj: Any, name: str) -> Any:
    """What an instance's class has behind cls in its MRO, if the trace hears of changes."""
    t = type(obj)
    if is_class(obj) or is_static(t) or not m.watcher.watch_type(m.flag, t):
        return MISSING
    behind = False
    for c in mro(t):
        if behind and name in (d := namespace(c)):
            return d[name]
        behind |= c is cls
    return MISSING


def is_always_true(m: Any, t: type) -> bool:
    """Whether objects of exactly this type are true, without being asked."""
    if lookup(t, "__bool__") is not MISSING or lookup(t, "__len__") is not MISSING:
        return False
    return is_static(t) or m.watcher.watch_type(m.flag, t)


def plain_getattr(m: Any, t: type) -> bool:
    """Whether instances of t look attributes up in the default way."""
    return m.bridge.generic_attributes(t)[0]


def _has(attr: Any, method: str) -> bool:
    return lookup(type(attr), method) is not MISSING


def _is_data(attr: Any) -> bool:
    return _has(attr, "__set__") or _has(attr, "__delete__")


def _stays(m: Any, t: type, name: str, attr: Any) -> bool:
    """Whether the trace hears of it when an attribute's class becomes a descriptor's, or another kind of descriptor's; that it is of this class is guarded."""
    if is_static(type(attr)):
        return True
    if not m.watcher.watch_type(m.flag, type(attr)) or (v := _class_value(m, t, name, attr)) is None:
        return False
    m.guard_type(v)
    return True


def _wrapped(m: Any, attr: Any, inner: Any) -> Any:
    """What a descriptor stands for.  Its class's __init__ may be called again, of which nobody tells; a function that dies of that does."""
    told = type(inner) is FunctionType and m.watcher.watch_function(m.flag, inner)
    same = m.emit("global_ref", desc=id(inner)) if told else m.const(inner).ir
    m.guard("guard_true", m.emit("ref_eq", m.emit("load", m.const(attr).ir, desc=ir.WRAPPED), same))
    return inner


def _slot_offset(m: Any, attr: Any, t: type) -> int:
    """Where instances of t hold the slot that attr describes; -1: it describes none, or none of theirs."""
    offset = m.bridge.slot_offset(attr)
    return offset if offset > 0 and attr.__objclass__ in mro(t) else -1


def load_attr(m: Any, f: Any, name: str, method: bool) -> None:
    v = f.stack[-1]
    obj = v.obj
    t = type(obj)
    if t is ModuleType:
        d = _module_dict(obj)
        value = d.get(name, MISSING)
        if value is not MISSING and not _is_data(lookup(ModuleType, name)):
            m.guard_is(v, obj)
            m.guard_type(v)
            if _watch_key(m, d, name):
                _push_attr(m, f, _watched(m, value), method)
                return
    elif is_class(obj):
        if type(obj) is type and _class_attr(m, f, v, name, method):
            return
    elif t is complex and name in ("real", "imag"):
        m.guard_type(v)
        part = m.emit("load", v.ir, desc=ir.COMPLEX_REAL if name == "real" else ir.COMPLEX_IMAG)
        _push_attr(m, f, m.from_prim(part, getattr(obj, name)), method)
        return
    elif plain_getattr(m, t) and _instance_attr(m, f, v, name, method):
        return
    safe = t in _PLAIN
    if safe:
        m.guard_type(v)
    r = m.residual("PyObject_GetAttr", [v, m.const(name)], getattr, runs=not safe)
    _push_attr(m, f, r, method)


def _class_attr(m: Any, f: Any, v: Any, name: str, method: bool) -> bool:
    """Class.attr where the metaclass is plain `type`."""
    cls = v.obj
    if lookup(type, name) is not MISSING:
        return False
    attr = lookup(cls, name)
    if attr is MISSING or not m.watcher.watch_type(m.flag, cls):
        return False
    if type(attr) is classmethod and method and type(attr.__func__) is FunctionType:
        m.guard_is(v, cls)
        _push_method(m, f, _wrapped(m, attr, attr.__func__), v)
        return True
    if type(attr) is not staticmethod and type(attr) is not FunctionType and (_has(attr, "__get__") or not _stays(m, cls, name, attr)):
        return False
    m.guard_is(v, cls)
    value = m.const(_wrapped(m, attr, attr.__func__)) if type(attr) is staticmethod else _class_value(m, cls, name, attr)
    if value is None:
        return False
    _push_attr(m, f, value, method)
    return True


def _instance_attr(m: Any, f: Any, v: Any, name: str, method: bool) -> bool:
    obj, t = v.obj, type(v.obj)
    attr = lookup(t, name)
    if not is_static(t) and not m.watcher.watch_type(m.flag, t):
        return False
    if attr is not MISSING and not _stays(m, t, name, attr):
        return False
    if attr is not MISSING and _is_data(attr):
        if (
            type(attr) is property
            and type(attr.fget) is FunctionType
            and not method
            and calls.can_inline(m, attr.fget)
            and m.watcher.watch_function(m.flag, attr.fget)
        ):
            m.guard_type(v)
            _wrapped(m, attr, attr.fget)
            calls.enter_function(m, f, attr.fget, [v], 1)
            return True
        offset = _slot_offset(m, attr, t)
        if offset > 0:
            m.guard_type(v)
            r = _load_field(m, v, FieldDescr(f"slot.{name}", REF, f"slot.{name}", offset=offset), obj, name)
            if r is None:
                return False
            _push_attr(m, f, r, method)
            return True
        return False
    state = instance_state(m, obj)
    if state == "values":
        index = m.bridge.inline_index(t, name)
        if index >= 0:
            d = attr_descr(t, name, index)
            has = m.bridge.inline_has(obj, index)
            if has:
                r = _load_inline(m, v, d, getattr(obj, name))
                if r is None:
                    return False
                _push_attr(m, f, r, method)
                return True
            if attr is MISSING:
                return False
            _guard_shape(m, v)
            m.guard("guard_null", _inline_load_op(m, v, d))
        else:
            if attr is MISSING:
                return False
            _guard_shape(m, v)
            _guard_keys(m, t)
    elif state == "none":
        m.guard_type(v)
    else:
        place = m.bridge.attribute_place(obj, name)
        if place == -2 or place == -1 and attr is MISSING:
            return False
        m.guard_type(v)
        if place >= 0:
            _push_attr(m, f, m.loaded(_own_attribute(m, v, name, place), getattr(obj, name)), method)
            return True
        _guard_lacks(m, v, name)
    # the class decides
    if attr is MISSING:
        return False
    ta = type(attr)
    if ta is FunctionType or (method and _is_method_descriptor(ta)):
        if method:
            _push_method(m, f, attr, v)
            return True
        if ta is FunctionType:
            m.emit("incref", v.ir)
            from .recorder import Val

            m.emit("incref", m.const(attr).ir)
            bound = attr.__get__(obj, t)
            _push_attr(m, f, Val(m.emit("new_method", m.const(attr).ir, v.ir), bound, True, type(bound)), method)
            return True
        return False
    if ta is staticmethod:
        _push_attr(m, f, m.const(_wrapped(m, attr, attr.__func__)), method)
        return True
    if ta is classmethod and method and type(attr.__func__) is FunctionType:
        _push_method(m, f, _wrapped(m, attr, attr.__func__), m.const(t))
        return True
    if _has(attr, "__get__") or (value := _class_value(m, t, name, attr)) is None:
        return False
    _push_attr(m, f, value, method)
    return True


def _is_method_descriptor(t: type) -> bool:
    return flags(t) & (1 << 17) != 0  # Py_TPFLAGS_METHOD_DESCRIPTOR


def instance_state(m: Any, obj: Any) -> str:
    """How an object keeps its attributes: "values" (inline), "none" (it has no dict), "dict" (a dict of its own)."""
    t = type(obj)
    if flags(t) & (1 << 4):  # managed dict
        return "values" if m.bridge.has_inline_values(obj) else "dict"
    return "none" if dict_offset(t) == 0 else "dict"


_OWN_ATTRIBUTE = ir.CallDescr("pt_own_attribute", "rri", REF, reads=("*",), owns=False)
_LACKS_ATTRIBUTE = ir.CallDescr("pt_lacks_attribute", "rr", INT, reads=("*",))
_REPLACE_ATTRIBUTE = ir.CallDescr("pt_replace_attribute", "rrri", REF, reads=("*",), writes=("dict",))


def _own_attribute(m: Any, v: Any, name: str, place: int) -> Any:
    """What an instance's dict has, borrowed."""
    op = m.emit("call", v.ir, m.const(name).ir, Const(INT, place), desc=_OWN_ATTRIBUTE)
    m.guard("guard_nonnull", op)
    return op


def _guard_lacks(m: Any, v: Any, name: str) -> None:
    """That an instance's dict has no such name, or that there is no dict."""
    m.guard("guard_true", m.emit("int_is_true", m.emit("call", v.ir, m.const(name).ir, desc=_LACKS_ATTRIBUTE)))


def attr_descr(t: type, name: str, index: int) -> FieldDescr:
    """The inline value `name` of instances of t."""
    if PY313:
        return FieldDescr(f"inst.{name}", REF, f"inst.{name}", offset=basic_size(t) + 8 + 8 * index)
    return FieldDescr(f"inst.{name}", REF, f"inst.{name}", offset=1 + 8 * index)


_DORV = FieldDescr("inst.dorv", INT, "inst.values_ptr", offset=-24)
_DORV_PTR = FieldDescr("inst.values_ptr", PTR, "inst.values_ptr", offset=-24)


def _guard_shape(m: Any, v: Any) -> None:
    """Type, and that the attributes are inline values."""
    t = m.guard_type(v)
    if PY313:
        h = m.emit("load", v.ir, desc=FieldDescr("inst.values_header", INT, "inst.values_header", offset=basic_size(t)))
        m.guard("guard_true", m.emit("int_is_true", m.emit("int_and", h, Const(INT, 0xFF000000))))
    else:
        h = m.emit("load", v.ir, desc=_DORV)
        m.guard("guard_true", m.emit("int_is_true", m.emit("int_and", h, Const(INT, 1))))


def _inline_load_op(m: Any, v: Any, d: FieldDescr) -> Any:
    if PY313:
        return m.emit("load", v.ir, desc=d)
    base = m.emit("load", v.ir, desc=_DORV_PTR)
    return m.emit("load", base, desc=d)


def _guard_keys(m: Any, t: type) -> None:
    """That no instance of t has got a new attribute name since recording."""
    address, count = m.bridge.keys_nentries(t)
    n = m.emit("load", Const(PTR, address), desc=FieldDescr("keys.nentries", INT, "keys.nentries", offset=0))
    m.guard("guard_true", m.emit("int_eq", n, Const(INT, count)))


def _load_inline(m: Any, v: Any, d: FieldDescr, obj: Any) -> Any:
    _guard_shape(m, v)
    op = _inline_load_op(m, v, d)
    m.guard("guard_nonnull", op)
    return m.loaded(op, obj)


def _load_field(m: Any, v: Any, d: FieldDescr, obj: Any, name: str) -> Any:
    try:
        value = getattr(obj, name)
    except AttributeError:
        return None
    op = m.emit("load", v.ir, desc=d)
    m.guard("guard_nonnull", op)
    return m.loaded(op, value)


def _own(obj: Any, name: str) -> Any:
    """What an instance has under a name that nothing of its class computes; MISSING."""
    try:
        return object.__getattribute__(obj, name)
    except AttributeError:
        return MISSING


def store_attr(m: Any, v: Any, name: str, x: Any) -> None:
    from . import containers
    from .containers import give_up, old_type

    obj, t = v.obj, type(v.obj)
    if m.bridge.generic_attributes(t)[1] and not is_static(t) and m.watcher.watch_type(m.flag, t):
        attr = lookup(t, name)
        if attr is not MISSING and not _stays(m, t, name, attr):
            pass
        elif attr is MISSING or not _is_data(attr):
            if instance_state(m, obj) == "values":
                index = m.bridge.inline_index(t, name)
                _guard_shape(m, v)
                if index >= 0 and m.bridge.inline_has(obj, index):
                    d = attr_descr(t, name, index)
                    base = v.ir if PY313 else m.emit("load", v.ir, desc=_DORV_PTR)
                    old = m.emit("load", base, desc=d)
                    m.guard("guard_nonnull", old)
                    old_obj = _own(obj, name)
                    known = old_type(m, old, old_obj)
                    m.emit("incref", x.ir)
                    m.emit("store", base, x.ir, desc=d)
                    object.__setattr__(obj, name, x.obj)
                    give_up(m, old, old_obj, known)
                    return
                # a new attribute: no user code runs
                if index >= 0:
                    old = _inline_load_op(m, v, attr_descr(t, name, index))
                    m.guard("guard_null", old)
                    m.residual("pt_add_attribute", [v, m.const(name), x], object.__setattr__, runs=False, error="neg", result=INT,
                               writes=(f"inst.{name}",), extra=(Const(INT, index),))  # fmt: skip
                    return
                _guard_keys(m, t)  # nothing is overwritten
                m.residual("PyObject_SetAttr", [v, m.const(name), x], object.__setattr__, runs=False, error="neg", result=INT,
                           writes=(f"inst.{name}", "keys.nentries", "inst.values_header", "inst.values_ptr"))  # fmt: skip
                return
            place = m.bridge.attribute_place(obj, name)
            if place >= 0:
                old_obj = _own(obj, name)
                m.guard_type(v)
                _own_attribute(m, v, name, place)
                old = m.emit("call", v.ir, m.const(name).ir, x.ir, Const(INT, place), desc=_REPLACE_ATTRIBUTE)
                object.__setattr__(obj, name, x.obj)
                gone = containers.owned(old, old_obj)
                gone.holders = 1
                m.release(gone)
                return
            if place == -1:
                m.guard_type(v)
                _guard_lacks(m, v, name)
                m.residual("PyObject_SetAttr", [v, m.const(name), x], object.__setattr__, runs=False, error="neg", result=INT, writes=("dict",))
                return
        else:
            offset = _slot_offset(m, attr, t)
            if offset > 0:
                m.guard_type(v)
                d = FieldDescr(f"slot.{name}", REF, f"slot.{name}", offset=offset)
                old = m.emit("load", v.ir, desc=d)
                if _own(obj, name) is MISSING:
                    m.guard("guard_null", old)
                    m.emit("incref", x.ir)
                    m.emit("store", v.ir, x.ir, desc=d)
                    object.__setattr__(obj, name, x.obj)
                    return
                m.guard("guard_nonnull", old)
                old_obj = _own(obj, name)
                known = old_type(m, old, old_obj)
                m.emit("incref", x.ir)
                m.emit("store", v.ir, x.ir, desc=d)
                object.__setattr__(obj, name, x.obj)
                give_up(m, old, old_obj, known)
                return
    m.residual("PyObject_SetAttr", [v, m.const(name), x], setattr, error="neg", result=INT)
