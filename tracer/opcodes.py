"""What each opcode means, over an abstract machine (`recorder.py` is the machine).

One function for each opcode, in a table by number.  A function guards first, then
runs the primitive, then changes the abstract frame; see the recorder's essay.
Every operation has a generic meaning (a call of the C-API function that CPython itself calls); numbers, lists,
tuples, ranges, names and Python functions have specialized ones, in modules of their own.

3.12 and 3.13 share the functions; where an opcode means something different the version is looked at when the table is made.
"""

from __future__ import annotations

import opcode
import operator
import sys
from collections import deque
from types import CellType, CoroutineType, GeneratorType
from typing import Any, Callable

from . import calls, containers, functions, generators, ir, names, numbers
from .aborts import Abort, Raised
from .classes import SEQUENCES, TEXTS, Types
from .ir import BOOL, OPERATOR, REF, Const

PY313 = sys.version_info >= (3, 13)
table: list[Callable] = []
_by_name: dict[str, Callable] = {}


def op(*opnames: str) -> Callable:
    """Registers the meaning of opcodes."""

    def register(fn: Callable) -> Callable:
        for name in opnames:
            _by_name[name] = fn
        return fn

    return register


def unsupported(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.leave(f)


# -- stack and locals --------------------------------------------------------------------------------------------------


@op("RESUME", "NOP", "CACHE", "NOT_TAKEN")
def _nop(m: Any, f: Any, arg: int, ins: Any) -> None:
    pass


@op("LOAD_CONST")
def _load_const(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.push(f, m.const(f.code.co_consts[arg]))


def _local(m: Any, f: Any, k: int) -> Any:
    v = f.locals[k]
    if v is None:
        name = f.info.names[k]
        raise Raised(UnboundLocalError(f"cannot access local variable '{name}' where it is not associated with a value"))
    return v


@op("LOAD_FAST", "LOAD_FAST_BORROW")
def _load_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.locals[arg]
    v.holders += 1
    f.stack.append(v)


@op("LOAD_FAST_CHECK")
def _load_fast_check(m: Any, f: Any, arg: int, ins: Any) -> None:
    if f.locals[arg] is None:
        m.leave(f)
        return
    m.push(f, f.locals[arg])


@op("LOAD_FAST_LOAD_FAST")
def _load_fast_load_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.push(f, f.locals[arg >> 4])
    m.push(f, f.locals[arg & 15])


@op("LOAD_FAST_AND_CLEAR")
def _load_fast_and_clear(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.locals[arg]
    f.locals[arg] = None
    f.stack.append(m.hold(m.null) if v is None else v)


@op("STORE_FAST")
def _store_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack.pop()
    if v is m.null:
        v = None
    m.set_local(f, arg, v)


@op("STORE_FAST_STORE_FAST")
def _store_fast_store_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.set_local(f, arg >> 4, f.stack.pop())
    m.set_local(f, arg & 15, f.stack.pop())


@op("STORE_FAST_LOAD_FAST")
def _store_fast_load_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.set_local(f, arg >> 4, f.stack.pop())
    m.push(f, f.locals[arg & 15])


@op("DELETE_FAST")
def _delete_fast(m: Any, f: Any, arg: int, ins: Any) -> None:
    if f.locals[arg] is None:
        m.leave(f)
        return
    m.set_local(f, arg, None)


@op("POP_TOP")
def _pop_top(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.drop(f)


@op("END_FOR")
def _end_for(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.drop(f, 1 if PY313 else 2)


@op("COPY")
def _copy(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.push(f, f.stack[-arg])


@op("SWAP")
def _swap(m: Any, f: Any, arg: int, ins: Any) -> None:
    s = f.stack
    s[-arg], s[-1] = s[-1], s[-arg]


@op("PUSH_NULL")
def _push_null(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.push(f, m.null)


# -- cells -------------------------------------------------------------------------------------------------------------


@op("MAKE_CELL")
def _make_cell(m: Any, f: Any, arg: int, ins: Any) -> None:
    old = f.locals[arg]
    if old is None:
        cell = m.emit("new_cell", ir.NULL)
        obj = CellType()
    else:
        m.emit("incref", old.ir)
        cell = m.emit("new_cell", old.ir)
        obj = CellType(old.obj)
    from .recorder import Val

    m.set_local(f, arg, m.hold(Val(cell, obj, True, CellType)))


@op("COPY_FREE_VARS")
def _copy_free_vars(m: Any, f: Any, arg: int, ins: Any) -> None:
    base = f.info.nlocalsplus - arg
    if f.root:
        raise Abort("unsupported-opcode", "COPY_FREE_VARS")
    for i, cell in enumerate(f.func.__closure__):
        m.set_local(f, base + i, m.hold(m.const(cell)))


def _cell_content(m: Any, f: Any, k: int) -> Any:
    cell = f.locals[k]
    try:
        obj = cell.obj.cell_contents
    except ValueError:
        m.leave(f)
        return None
    content = m.emit("load", cell.ir, desc=ir.CELL_REF)
    m.guard("guard_nonnull", content)
    return m.loaded(content, obj)


@op("LOAD_DEREF")
def _load_deref(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = _cell_content(m, f, arg)
    if v is not None:
        m.push(f, v)


@op("STORE_DEREF")
def _store_deref(m: Any, f: Any, arg: int, ins: Any) -> None:
    cell, v = f.locals[arg], f.stack[-1]
    old = m.emit("load", cell.ir, desc=ir.CELL_REF)
    try:
        old_obj = cell.obj.cell_contents
        m.guard("guard_nonnull", old)
    except ValueError:
        m.guard("guard_null", old)
        old_obj = None
        old = None
    t = containers.old_type(m, old, old_obj) if old is not None else None
    m.emit("incref", v.ir)
    m.emit("store", cell.ir, v.ir, desc=ir.CELL_REF)
    cell.obj.cell_contents = v.obj
    f.stack.pop()
    m.release(v)
    containers.give_up(m, old, old_obj, t)


@op("DELETE_DEREF", "LOAD_FROM_DICT_OR_DEREF", "LOAD_LOCALS", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_BUILD_CLASS", "SETUP_ANNOTATIONS")
def _leave(m: Any, f: Any, arg: int, ins: Any) -> None:
    m.leave(f)


# -- control flow ------------------------------------------------------------------------------------------------------


@op("JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT")
def _jump(m: Any, f: Any, arg: int, ins: Any) -> None:
    f.next = ins.target


_QUIET_TRUTH = Types(str, bytes, int, complex, dict, set, frozenset, bytearray, range, deque)


def truth(m: Any, v: Any) -> tuple[Any, bool]:
    """(IR bool, its value) of a value's truth, or (None, value) where it is known."""
    t = type(v.obj)
    if t is bool:
        return m.unbox(v), v.obj
    if v.obj is None:
        m.guard_type(v)
        return None, False
    if t is int and m.is_small(v):
        return m.emit("int_is_true", m.unbox(v)), bool(v.obj)
    if t is float:
        return m.emit("float_is_true", m.unbox(v)), bool(v.obj)
    size = containers.SIZES.get(t)
    if size is not None:
        m.guard_type(v)
        return m.emit("int_is_true", m.emit("load", v.ir, desc=size)), bool(v.obj)
    if names.is_always_true(m, t):
        m.guard_type(v)
        return None, True
    if t in _QUIET_TRUTH:
        m.guard_type(v)
        n, value = m.residual("PyObject_IsTrue", [v], bool, runs=False, error="neg", result=ir.INT)
    else:
        n, value = m.residual("PyObject_IsTrue", [v], bool, error="neg", result=ir.INT)
    return m.emit("int_is_true", n), bool(value)


@op("POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE")
def _pop_jump_if(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    b, value = truth(m, v)
    if b is not None and type(b) is not Const:
        snap = m.snap()
        if b.code == _INT_IS_TRUE and type(b.args[0]) is not Const and b.args[0].code == _CALL and b.args[0].desc.runs:
            # the call has happened: it must not be repeated, so the guard leaves to the branch that was not taken
            wanted = opcode.opname[ins.op] == "POP_JUMP_IF_TRUE"
            other = ins.target if value != wanted else ins.next
            snap = m.snap_at(other, f.stack[:-1])
        m.ops.append(ir.make("guard_true" if value else "guard_false", b, snap=snap))
    m.drop(f)
    if value == (opcode.opname[ins.op] == "POP_JUMP_IF_TRUE"):
        f.next = ins.target


_INT_IS_TRUE = ir.BY_NAME["int_is_true"].code
_CALL = ir.BY_NAME["call"].code


@op("POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE")
def _pop_jump_if_none(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    is_none = v.obj is None
    if v.known is None and type(v.ir) is not Const:
        m.guard("guard_is" if is_none else "guard_is_not", v.ir, m.const(None).ir)
        if is_none:
            v.known = type(None)
    m.drop(f)
    if is_none == (opcode.opname[ins.op] == "POP_JUMP_IF_NONE"):
        f.next = ins.target


@op("TO_BOOL")
def _to_bool(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    if type(v.obj) is bool:
        m.unbox(v)
        return
    b, value = truth(m, v)
    m.drop(f)
    m.push(f, m.const(value) if b is None else m.from_prim(b, value))


@op("UNARY_NOT")
def _unary_not(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    b, value = truth(m, v)
    m.drop(f)
    m.push(f, m.const(not value) if b is None or type(b) is Const else m.from_prim(m.emit("bool_not", b), not value))


@op("IS_OP")
def _is_op(m: Any, f: Any, arg: int, ins: Any) -> None:
    a, b = f.stack[-2:]
    value = (a.obj is b.obj) != bool(arg)
    if a.ir is b.ir:
        r = m.const(value)
    else:
        if numbers.lost(m, a, b) or numbers.lost(m, b, a):
            e = m.emit("float_eq" if type(a.obj) is float else "int_eq", m.unbox(a), m.unbox(b))
            value = (a.obj == b.obj) != bool(arg)
        else:
            e = m.emit("ref_eq", a.ir, b.ir)
            if numbers.told_apart(a, b):
                m.trace.info["objects"] = True
        r = m.from_prim(m.emit("bool_not", e) if arg else e, value)
    m.drop(f, 2)
    m.push(f, r)


@op("RETURN_VALUE", "RETURN_CONST")
def _return(m: Any, f: Any, arg: int, ins: Any) -> None:
    if f.root:
        if m.fn is None:
            m.leave(f)
        elif opcode.opname[ins.op] == "RETURN_CONST":
            functions.give(m, f, m.const(f.code.co_consts[arg]), False)
        else:
            functions.give(m, f, f.stack[-1], True)
        return
    if f is m.home:
        raise Abort("loop-ended")
    if opcode.opname[ins.op] == "RETURN_CONST":
        v = m.hold(m.const(f.code.co_consts[arg]))
    elif f.drop_result == OPERATOR and f.stack[-1].obj is NotImplemented:
        _not_implemented(m, f)
        return
    else:
        v = f.stack.pop()
    if f.drop_result & generators.RESUMED:
        generators.end(m, f, v)
        return
    if f.drop_result == OPERATOR:
        m.guard_is_not(v, NotImplemented)
    elif f.drop_result:
        if v.obj is not None:
            f.stack.append(v)
            raise Abort("raised", "__init__ returned a value")
        m.guard_is(v, None)
    m.ret(f, v)


def _not_implemented(m: Any, f: Any) -> None:
    """An operator's method gives NotImplemented: the other ways are CPython's to try."""
    if m.kind == "bridge" and m.steps > 1:
        f.next = f.pc
        m._leave()
        m.done = True
        return
    m.watcher.make_opaque(f.code)
    raise Abort("unsupported-inside", "NotImplemented")


# -- arithmetic --------------------------------------------------------------------------------------------------------

_NB = [sign for _, sign in opcode._nb_ops]  # type: ignore[attr-defined]


@op("BINARY_OP")
def _binary_op(m: Any, f: Any, arg: int, ins: Any) -> None:
    a, b = f.stack[-2:]
    r = numbers.binary(m, _NB[arg], a, b)
    if r is None:
        return
    m.drop(f, 2)
    m.push(f, r)


@op("COMPARE_OP")
def _compare_op(m: Any, f: Any, arg: int, ins: Any) -> None:
    a, b = f.stack[-2:]
    cmp = ("<", "<=", "==", "!=", ">", ">=")[arg >> 5 if PY313 else arg >> 4]
    r = numbers.compare(m, cmp, a, b, PY313 and bool(arg & 16))
    m.drop(f, 2)
    m.push(f, r)


@op("UNARY_NEGATIVE", "UNARY_INVERT")
def _unary(m: Any, f: Any, arg: int, ins: Any) -> None:
    r = numbers.unary(m, opcode.opname[ins.op], f.stack[-1])
    m.drop(f)
    m.push(f, r)


@op("CONTAINS_OP")
def _contains(m: Any, f: Any, arg: int, ins: Any) -> None:
    a, b = f.stack[-2:]
    safe = type(b.obj) in TEXTS and type(a.obj) is type(b.obj)
    if safe:
        m.guard_type(b)
        m.guard_type(a)
    found = containers.contains(m, b, a)
    if found is not None:
        r, value = found
        if arg:
            r, value = m.emit("bool_not", r), not value
        m.drop(f, 2)
        m.push(f, m.from_prim(r, value))
        return
    n, value = m.residual("PySequence_Contains", [b, a], operator.contains, runs=not safe, error="neg", result=ir.INT)
    r = m.emit("int_is_true", n)
    value = bool(value)
    if arg:
        r, value = m.emit("bool_not", r), not value
    m.drop(f, 2)
    m.push(f, m.from_prim(r, value))


# -- subscripts --------------------------------------------------------------------------------------------------------


@op("BINARY_SUBSCR")
def _binary_subscr(m: Any, f: Any, arg: int, ins: Any) -> None:
    c, i = f.stack[-2:]
    fn = calls.special_method(m, c.obj, "__getitem__", 2)
    if fn is not None:
        m.guard_type(c)
        calls.enter_function(m, f, fn, [c, i], 2)
        return
    r = containers.getitem(m, c, i)
    m.drop(f, 2)
    m.push(f, r)


@op("STORE_SUBSCR")
def _store_subscr(m: Any, f: Any, arg: int, ins: Any) -> None:
    v, c, i = f.stack[-3:]
    method = calls.special_method(m, c.obj, "__setitem__", 3)
    if method is not None and calls.returns_none(method.__code__):
        m.guard_type(c)
        calls.enter_function(m, f, method, [c, i, v], 3, drop_result=True)
        return
    containers.setitem(m, c, i, v)
    m.drop(f, 3)


@op("DELETE_SUBSCR")
def _delete_subscr(m: Any, f: Any, arg: int, ins: Any) -> None:
    c, i = f.stack[-2:]
    m.residual("PyObject_DelItem", [c, i], operator.delitem, error="neg", result=ir.INT)
    m.drop(f, 2)


_LIST_SLICE = ir.CallDescr("pt_list_slice", "rii", ir.REF, "null")


@op("BINARY_SLICE")
def _binary_slice(m: Any, f: Any, arg: int, ins: Any) -> None:
    c, a, b = f.stack[-3:]
    safe = (type(c.obj) in SEQUENCES or type(c.obj) in TEXTS) and all(type(x.obj) is int or x.obj is None for x in (a, b))
    if safe:
        for x in (c, a, b):
            m.guard_type(x)
    if type(c.obj) is list and all(x.obj is None or m.is_small(x) for x in (a, b)):
        for x in (c, a, b):
            m.guard_type(x)
        low = m.unbox(a) if a.obj is not None else ir.Const(ir.INT, 0)
        high = m.unbox(b) if b.obj is not None else ir.Const(ir.INT, (1 << 63) - 1)
        op = ir.make("call", c.ir, low, high, desc=_LIST_SLICE, snap=m.snap())
        m.ops.append(op)
        r = m.new_value(op, c.obj[a.obj : b.obj], list)
        m.drop(f, 3)
        m.push(f, r)
        return
    r = m.residual("pt_getslice", [c, a, b], operator.getitem, (c.obj, slice(a.obj, b.obj)), runs=not safe, known=type(c.obj) if safe else None)
    m.drop(f, 3)
    m.push(f, r)


_QUIET_SLICE = ir.CallDescr("pt_quiet_slice", "rii", ir.INT, reads=("*",))
_LIST_SETSLICE = ir.CallDescr("pt_list_setslice", "riir", ir.INT, "neg", writes=containers.LIST_WRITES)


def _ends(a: Any, b: Any) -> tuple[int, int]:
    return 0 if a.obj is None else a.obj, (1 << 63) - 1 if b.obj is None else b.obj


@op("STORE_SLICE")
def _store_slice(m: Any, f: Any, arg: int, ins: Any) -> None:
    v, c, a, b = f.stack[-4:]
    bounds = all(x.obj is None or m.is_small(x) for x in (a, b))
    if type(c.obj) is list and type(v.obj) in SEQUENCES and bounds and m.bridge.quiet_slice(c.obj, *_ends(a, b)):
        # giving up what stood there runs no Python code: established before, each time
        for x in (c, a, b, v):
            m.guard_type(x)
        low, high = [x if type(x) is int else m.unbox(x) for x in (0 if a.obj is None else a, (1 << 63) - 1 if b.obj is None else b)]
        low, high = [ir.Const(ir.INT, x) if type(x) is int else x for x in (low, high)]
        m.guard("guard_true", m.emit("int_is_true", m.emit("call", c.ir, low, high, desc=_QUIET_SLICE)))
        m.ops.append(ir.make("call", c.ir, low, high, v.ir, desc=_LIST_SETSLICE, snap=m.snap()))
        c.obj[a.obj : b.obj] = v.obj
        m.drop(f, 4)
        return
    m.residual("pt_setslice", [c, a, b, v], operator.setitem, (c.obj, slice(a.obj, b.obj), v.obj), error="neg", result=ir.INT)
    m.drop(f, 4)


# -- building ----------------------------------------------------------------------------------------------------------


@op("BUILD_TUPLE")
def _build_tuple(m: Any, f: Any, arg: int, ins: Any) -> None:
    r = containers.new_tuple(m, f.stack[-arg:] if arg else [])
    m.drop(f, arg)
    m.push(f, r)


@op("BUILD_LIST")
def _build_list(m: Any, f: Any, arg: int, ins: Any) -> None:
    r = containers.new_list(m, f.stack[-arg:] if arg else [])
    m.drop(f, arg)
    m.push(f, r)


@op("BUILD_SLICE")
def _build_slice(m: Any, f: Any, arg: int, ins: Any) -> None:
    items = f.stack[-arg:]
    full = items if arg == 3 else [*items, m.const(None)]
    for v in full:
        m.emit("incref", v.ir)
    from .recorder import Val

    r = Val(m.emit("new_slice", *[v.ir for v in full]), slice(*[v.obj for v in full]), True, slice)
    r.facts = full
    m.drop(f, arg)
    m.push(f, r)


def _by_call(m: Any, f: Any, fn: Any, args: list, n: int, runs: bool = True, known: type | None = None, push: bool = True) -> None:
    """Replaces the n topmost values by fn(*args), a recorded call of the callable fn."""
    r = m.call_object(m.const(fn), args, runs=runs, known=known)
    m.drop(f, n)
    if push:
        m.push(f, r)
    else:
        m.hold(r)
        m.release(r)


# What is run while recording must be C functions: the program's code may look at who called it.


def _pairs(items: list) -> list:
    return [(k.obj, v.obj) for k, v in zip(items[::2], items[1::2])]


def _objects(items: list) -> tuple:
    return tuple([v.obj for v in items])


def _variadic(symbol: str, fn: Callable, argument: Callable, known: type | None = None, runs: bool = True) -> Callable:
    def meaning(m: Any, f: Any, arg: int, ins: Any) -> None:
        n = 2 * arg if symbol == "pt_build_map" else arg
        items = f.stack[-n:] if n else []
        r = m.residual(symbol, items, fn, (argument(items),), vector=True, known=known, runs=runs and bool(items))
        m.drop(f, n)
        m.push(f, r)

    return meaning


_by_name["BUILD_MAP"] = _variadic("pt_build_map", dict, _pairs, dict)
_by_name["BUILD_SET"] = _variadic("pt_build_set", set, _objects, set)
_by_name["BUILD_STRING"] = _variadic("pt_build_string", "".join, _objects, str, runs=False)


@op("BUILD_CONST_KEY_MAP")
def _build_const_key_map(m: Any, f: Any, arg: int, ins: Any) -> None:
    keys = f.stack[-1].obj
    items = []
    for k, v in zip(keys, f.stack[-1 - arg : -1]):
        items += [m.const(k), v]
    r = m.residual("pt_build_map", items, dict, (_pairs(items),), vector=True, known=dict, runs=bool(items))
    m.drop(f, arg + 1)
    m.push(f, r)


@op("LIST_APPEND")
def _list_append(m: Any, f: Any, arg: int, ins: Any) -> None:
    containers.append(m, f.stack[-1 - arg], f.stack[-1])
    m.drop(f)


def _into(symbol: str, fn: Callable) -> Callable:
    """An opcode that puts the top of the stack into the container `arg` places below."""

    def meaning(m: Any, f: Any, arg: int, ins: Any) -> None:
        m.residual(symbol, [f.stack[-1 - arg], f.stack[-1]], fn, error="neg", result=ir.INT)
        m.drop(f)

    return meaning


_set_add_generic = _into("PySet_Add", set.add)


@op("SET_ADD")
def _set_add(m: Any, f: Any, arg: int, ins: Any) -> None:
    if calls.KNOWN[set.add](m, f, [f.stack[-1 - arg], f.stack[-1]]) is None:
        _set_add_generic(m, f, arg, ins)
    else:
        m.drop(f)


_by_name["SET_UPDATE"] = _into("_PySet_Update", set.update)


_EXTENDS = Types(list, tuple, range, str, dict, set)


@op("LIST_EXTEND")
def _list_extend(m: Any, f: Any, arg: int, ins: Any) -> None:
    lst, items = f.stack[-1 - arg], f.stack[-1]
    if type(items.obj) not in _EXTENDS:
        m.leave(f)  # CPython has its own message for what is not iterable
        return
    m.guard_type(items)
    m.residual("pt_list_extend", [lst, items], list.extend, runs=False, error="neg", result=ir.INT, writes=("list.ob_size", "list.ob_item", "list.items"))
    m.drop(f)


@op("MAP_ADD")
def _map_add(m: Any, f: Any, arg: int, ins: Any) -> None:
    d, k, v = f.stack[-2 - arg], f.stack[-2], f.stack[-1]
    m.residual("PyDict_SetItem", [d, k, v], operator.setitem, error="neg", result=ir.INT)
    m.drop(f, 2)


@op("UNPACK_SEQUENCE")
def _unpack_sequence(m: Any, f: Any, arg: int, ins: Any) -> None:
    seq = f.stack[-1]
    items = containers.unpack(m, seq, arg)
    for v in reversed(items):
        m.hold(v)
    m.drop(f)
    f.stack.extend(reversed(items))


@op("FORMAT_SIMPLE")
def _format_simple(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    safe = type(v.obj) in numbers.HASHABLE
    if safe:
        m.guard_type(v)
    if type(v.obj) is str:
        return
    _by_call(m, f, format, [v], 1, runs=not safe, known=str if safe else None)


@op("FORMAT_WITH_SPEC")
def _format_with_spec(m: Any, f: Any, arg: int, ins: Any) -> None:
    v, spec = f.stack[-2:]
    safe = type(v.obj) in numbers.HASHABLE and type(spec.obj) is str
    if safe:
        m.guard_type(v)
        m.guard_type(spec)
    _by_call(m, f, format, [v, spec], 2, runs=not safe)


@op("CONVERT_VALUE")
def _convert_value(m: Any, f: Any, arg: int, ins: Any) -> None:
    fn = {1: str, 2: repr, 3: ascii}[arg]
    v = f.stack[-1]
    safe = type(v.obj) in numbers.HASHABLE
    if safe:
        m.guard_type(v)
    _by_call(m, f, fn, [v], 1, runs=not safe)


@op("FORMAT_VALUE")
def _format_value(m: Any, f: Any, arg: int, ins: Any) -> None:
    if arg & 3:
        m.leave(f)
        return
    n = 2 if arg & 4 else 1
    args = f.stack[-n:]
    safe = all(type(v.obj) in numbers.HASHABLE for v in args)
    if safe:
        for v in args:
            m.guard_type(v)
    if n == 1 and type(args[0].obj) is str:
        m.guard_type(args[0])
        return
    _by_call(m, f, format, args, n, runs=not safe)


# -- iteration ---------------------------------------------------------------------------------------------------------


@op("GET_ITER")
def _get_iter(m: Any, f: Any, arg: int, ins: Any) -> None:
    if type(f.stack[-1].obj) in containers.OWN_ITERATORS:
        m.guard_type(f.stack[-1])
        return
    r = containers.get_iter(m, f.stack[-1])
    if r is not f.stack[-1]:
        m.drop(f)
        m.push(f, r)


@op("FOR_ITER")
def _for_iter(m: Any, f: Any, arg: int, ins: Any) -> None:
    after = ins.target + (4 if PY313 else 2)
    it = f.stack[-1]
    if generators.for_iter(m, f, it):
        return
    v = containers.for_iter(m, f, it, after)
    if v is None:
        m.drop(f)
        f.next = after
    else:
        m.push(f, v)


@op("YIELD_VALUE")
def _yield_value(m: Any, f: Any, arg: int, ins: Any) -> None:
    if f.root:
        m.leave(f)
    else:
        generators.suspend(m, f, arg)


@op("GET_YIELD_FROM_ITER")
def _get_yield_from_iter(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    if type(v.obj) is GeneratorType:
        m.guard_type(v)
    elif type(v.obj) is CoroutineType:
        m.leave(f)
    else:
        _get_iter(m, f, arg, ins)


@op("SEND")
def _send(m: Any, f: Any, arg: int, ins: Any) -> None:
    it, sent = f.stack[-2:]
    if generators.send(m, f, ins):
        return
    if generators.send_out(m, f, ins):
        return
    if type(it.obj) not in containers.SIMPLE:
        m.leave(f)
        return
    m.guard_type(sent)
    if sent.obj is not None:
        m.leave(f)
        return
    v = containers.for_iter(m, f, it, ins.target)
    m.drop(f)
    if v is None:
        v = m.const(None)
        f.next = ins.target
    m.push(f, v)


@op("END_SEND")
def _end_send(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack.pop()
    m.drop(f)
    f.stack.append(v)


# -- names and attributes ----------------------------------------------------------------------------------------------


@op("LOAD_GLOBAL")
def _load_global(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = names.load_global(m, f, f.code.co_names[arg >> 1])
    if v is None:
        return
    if arg & 1 and not PY313:
        m.push(f, m.null)
    m.push(f, v)
    if arg & 1 and PY313:
        m.push(f, m.null)


@op("LOAD_NAME")
def _load_name(m: Any, f: Any, arg: int, ins: Any) -> None:
    if not f.module:
        raise Abort("class-body")
    v = names.load_global(m, f, f.code.co_names[arg])
    if v is not None:
        m.push(f, v)


@op("STORE_NAME", "STORE_GLOBAL")
def _store_name(m: Any, f: Any, arg: int, ins: Any) -> None:
    if opcode.opname[ins.op] == "STORE_NAME":
        if not f.module:
            raise Abort("class-body")
        if type(f.globals) is not dict:  # it may have a __setitem__ of its own, which STORE_GLOBAL does not call
            m.leave(f)
            return
    names.store_global(m, f, f.code.co_names[arg], f.stack[-1])
    m.drop(f)


@op("LOAD_ATTR")
def _load_attr(m: Any, f: Any, arg: int, ins: Any) -> None:
    names.load_attr(m, f, f.code.co_names[arg >> 1], bool(arg & 1))


@op("LOAD_SUPER_ATTR")
def _load_super_attr(m: Any, f: Any, arg: int, ins: Any) -> None:
    names.load_super_attr(m, f, f.code.co_names[arg >> 2], bool(arg & 1))


@op("STORE_ATTR")
def _store_attr(m: Any, f: Any, arg: int, ins: Any) -> None:
    v, obj = f.stack[-2:]
    names.store_attr(m, obj, f.code.co_names[arg], v)
    m.drop(f, 2)


@op("DELETE_ATTR")
def _delete_attr(m: Any, f: Any, arg: int, ins: Any) -> None:
    obj = f.stack[-1]
    name = f.code.co_names[arg]
    m.residual("pt_delattr", [obj, m.const(name)], delattr, error="neg", result=ir.INT)
    m.drop(f)


# -- calls -------------------------------------------------------------------------------------------------------------


@op("CALL")
def _call(m: Any, f: Any, arg: int, ins: Any) -> None:
    calls.call(m, f, arg, None, 0)


@op("CALL_KW")
def _call_kw(m: Any, f: Any, arg: int, ins: Any) -> None:
    calls.call(m, f, arg, f.stack[-1].obj, 1)


@op("KW_NAMES")
def _kw_names(m: Any, f: Any, arg: int, ins: Any) -> None:
    # CPython 3.12 keeps the names outside of the frame until the CALL that follows: both are one instruction here
    call = f.info.at[ins.next]
    f.next = call.next
    calls.call(m, f, call.arg, f.code.co_consts[arg], 0)


@op("CALL_FUNCTION_EX")
def _call_function_ex(m: Any, f: Any, arg: int, ins: Any) -> None:
    calls.call_ex(m, f, bool(arg & 1))


@op("CALL_INTRINSIC_1")
def _call_intrinsic_1(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    if arg == 6 and type(v.obj) is list:  # list to tuple
        r = m.residual("PyList_AsTuple", [v], tuple, runs=False, known=tuple)
    elif arg == 5:  # unary positive
        r = numbers.unary(m, "UNARY_POSITIVE", v)
    else:
        m.leave(f)
        return
    m.drop(f)
    m.push(f, r)


@op("MAKE_FUNCTION")
def _make_function(m: Any, f: Any, arg: int, ins: Any) -> None:
    calls.make_function(m, f, arg)


@op("SET_FUNCTION_ATTRIBUTE")
def _set_function_attribute(m: Any, f: Any, arg: int, ins: Any) -> None:
    calls.set_function_attribute(m, f, arg)


@op("GET_LEN")
def _get_len(m: Any, f: Any, arg: int, ins: Any) -> None:
    v = f.stack[-1]
    size = containers.SIZES.get(type(v.obj))
    if size is None:
        m.leave(f)
        return
    m.guard_type(v)
    m.push(f, m.from_prim(m.emit("load", v.ir, desc=size), len(v.obj)))


for _i in range(256):
    _name = opcode.opname[_i]
    table.append(_by_name.get(_name, unsupported))

__all__ = ["table", "truth", "BOOL", "REF"]
