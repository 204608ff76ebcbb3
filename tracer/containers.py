"""Lists, tuples, ranges and iteration: primitive loads and stores where the types are CPython's own."""

from __future__ import annotations

import operator
import sys
from types import GeneratorType
from typing import Any

from . import arrays, ir, iterators
from .aborts import Abort, Raised
from .classes import INTS, MISSING, NUMBERS, SEQUENCES, TEXTS, ByType, Types, lookup
from .ir import INT, Const
from .iterators import LIST_ITER, RANGE_ITER, TUPLE_ITER

PY313 = sys.version_info >= (3, 13)
SIZES = ByType({list: ir.LIST_SIZE, tuple: ir.TUPLE_SIZE})
ASCII_ITER = type(iter("a"))  # of a string of ASCII characters only; other strings have another type
LIST_WRITES = ("list.ob_size", "list.ob_item", "list.items")
SAFE_KEYS = Types(int, str, float, bool, bytes, type(None))


def _val(op: Any, obj: Any, owned: bool, known: Any = None) -> Any:
    from .recorder import Val

    return Val(op, obj, owned, known)


def owned(op: Any, obj: Any) -> Any:
    """A value that the trace owns."""
    return _val(op, obj, True)


def old_type(m: Any, old: Any, obj: Any) -> Any:
    """Guards the type of a number that is about to be overwritten, so that giving it up is known to run nothing; None for other objects."""
    t = type(obj)
    if t not in NUMBERS:
        return None
    m.guard("guard_type", old, m.const(t).ir)
    return t


def give_up(m: Any, old: Any, obj: Any, known: Any = None) -> None:
    """A reference that memory held was overwritten: release it at the end of the instruction (`old` None: there was none)."""
    if old is not None:
        m.emit("own", old)
        v = _val(old, obj, True, known)
        v.holders = 1
        m.release(v)


def is_list(m: Any, obj: Any, method: str = "") -> bool:
    """Whether obj is a list, perhaps of a subclass, which has left this method alone."""
    t = type(obj)
    if t is list:
        return True
    if type(t) is not type or not issubclass(t, list):
        return False
    if method:
        return lookup(t, method) is getattr(list, method) and m.watcher.watch_type(m.flag, t)
    return True


_CONTAINS = ir.CallDescr("pt_contains", "rr", INT, reads=("*",))
_LOOKUP = ir.CallDescr("pt_lookup", "rr", ir.REF, reads=("*",), owns=False)
_SEARCHED = Types(list, tuple, dict)


def contains(m: Any, c: Any, x: Any) -> Any:
    """(truth, its value) of `x in c`, where nothing but plain values have to be compared; None where it is not so."""
    if type(c.obj) not in _SEARCHED or type(x.obj) not in SAFE_KEYS or type(x.obj) is float:
        return None
    found = m.bridge.contains(c.obj, x.obj)
    if found > 1:
        return None
    m.guard_type(c)
    m.guard_type(x)
    n = m.emit("call", c.ir, x.ir, desc=_CONTAINS)
    m.guard("guard_true", m.emit("int_lt", n, Const(INT, 2)))
    return m.emit("int_is_true", n), bool(found)


def new_tuple(m: Any, items: list) -> Any:
    for v in items:
        m.emit("incref", v.ir)
    if not items:
        return m.const(())
    return _val(m.emit("new_tuple", *[v.ir for v in items]), tuple([v.obj for v in items]), True, tuple)


def new_list(m: Any, items: list) -> Any:
    for v in items:
        m.emit("incref", v.ir)
    return _val(m.emit("new_list", *[v.ir for v in items]), [v.obj for v in items], True, list)


def index(m: Any, i: Any, n: Any, size: int) -> tuple[Any, int]:
    """(IR index, its value) within [0, size), from an int value; guards the bounds.  IndexError is left to the caller's generic path."""
    k = i.obj
    x = m.unbox(i) if type(i.obj) is int else m.emit("bool_to_int", m.unbox(i))
    if k < 0:
        if type(x) is not Const:
            m.guard("guard_true", m.emit("int_lt", x, Const(INT, 0)))
        x = m.emit("int_add", x, n)
        k += size
        m.guard("guard_true", m.emit("int_ge", x, Const(INT, 0)))
        return x, k
    m.guard("guard_true", m.emit("int_ult", x, n))
    return x, k


def getitem(m: Any, c: Any, i: Any) -> Any:
    tc, ti = type(c.obj), type(i.obj)
    if tc in SIZES and ti in INTS and -len(c.obj) <= i.obj < len(c.obj):
        m.guard_type(c)
        n = m.emit("load", c.ir, desc=SIZES[tc])
        x, k = index(m, i, n, len(c.obj))
        if tc is list:
            items = m.emit("load", c.ir, desc=ir.LIST_ITEMS)
            return m.loaded(m.emit("load_at", items, x, desc=ir.LIST_ITEM), c.obj[k])
        return m.loaded(m.emit("load_at", c.ir, x, desc=ir.TUPLE_ITEM), c.obj[k])
    if ti in INTS and arrays.kind(m, c.obj) and -len(c.obj) <= i.obj < len(c.obj):
        value = arrays.getitem(m, c, i, index)
        if value is not None:
            return value
    safe = ((tc in TEXTS or tc in SEQUENCES) and (ti in INTS or ti is slice)) or (tc is range and ti is int)
    if tc is slice or (safe and ti is slice and not all(type(x) is int or x is None for x in (i.obj.start, i.obj.stop, i.obj.step))):
        safe = False
    if safe:
        m.guard_type(c)
        m.guard_type(i)
        if ti is slice:
            safe = False  # the slice's own parts are not guarded
    if tc is list and type(i.facts) is list and all(x.obj is None or m.is_small(x) for x in i.facts) and i.obj.step != 0:
        return _stepped(m, c, i)
    if tc is dict and ti in SAFE_KEYS:
        m.guard_type(c)
        m.guard_type(i)
        if ti is not float and m.bridge.contains(c.obj, i.obj) == 1:
            value = m.emit("call", c.ir, i.ir, desc=_LOOKUP)
            m.guard("guard_nonnull", value)
            return m.loaded(value, c.obj[i.obj])
    known = tc if safe and tc is str else int if safe and tc is bytes and ti is int else None
    return m.residual("PyObject_GetItem", [c, i], operator.getitem, runs=not safe, known=known)


_STEPPED = ir.CallDescr("pt_list_stepped", "riii", ir.REF, "null")
_LAST = (1 << 63) - 1


def _stepped(m: Any, c: Any, i: Any) -> Any:
    """A list's items at a slice of plain bounds that was made right here."""
    start, stop, step = [None if x.obj is None else m.unbox(x) for x in i.facts]
    m.guard_type(c)
    for x in i.facts:
        m.guard_type(x)
    backwards = (i.obj.step or 1) < 0
    if step is not None and type(step) is not Const:
        m.guard("guard_true", m.emit("int_lt" if backwards else "int_gt", step, Const(INT, 0)))
    start = start if start is not None else Const(INT, _LAST if backwards else 0)
    stop = stop if stop is not None else Const(INT, -_LAST - 1 if backwards else _LAST)
    op = ir.make("call", c.ir, start, stop, step if step is not None else Const(INT, 1), desc=_STEPPED, snap=m.snap())
    m.ops.append(op)
    return m.new_value(op, c.obj[i.obj], list)


def setitem(m: Any, c: Any, i: Any, v: Any) -> None:
    tc, ti = type(c.obj), type(i.obj)
    if tc is list and ti in INTS and -len(c.obj) <= i.obj < len(c.obj):
        m.guard_type(c)
        n = m.emit("load", c.ir, desc=ir.LIST_SIZE)
        x, k = index(m, i, n, len(c.obj))
        items = m.emit("load", c.ir, desc=ir.LIST_ITEMS)
        old = m.emit("load_at", items, x, desc=ir.LIST_ITEM)
        old_obj = c.obj[k]
        t = old_type(m, old, old_obj)
        m.emit("incref", v.ir)
        m.emit("store_at", items, x, v.ir, desc=ir.LIST_ITEM)
        c.obj[k] = v.obj
        give_up(m, old, old_obj, t)
        return
    if ti in INTS and arrays.kind(m, c.obj) and -len(c.obj) <= i.obj < len(c.obj) and arrays.setitem(m, c, i, v, index):
        return
    m.residual("PyObject_SetItem", [c, i, v], operator.setitem, error="neg", result=INT)


def append(m: Any, lst: Any, v: Any) -> None:
    """list.append; lst is known to be a list."""
    m.guard_type(lst)
    m.emit("incref", v.ir)
    desc = ir.CallDescr("pt_list_append", "rr", INT, "neg", writes=LIST_WRITES, steals=(1,))
    op = ir.make("call", lst.ir, v.ir, desc=desc, snap=m.snap())
    m.ops.append(op)
    list.append(lst.obj, v.obj)


def pop_last(m: Any, lst: Any) -> Any:
    """list.pop() of a non-empty list."""
    m.guard_type(lst)
    n = m.emit("load", lst.ir, desc=ir.LIST_SIZE)
    m.guard("guard_true", m.emit("int_gt", n, Const(INT, 0)))
    obj = list.pop(lst.obj)
    desc = ir.CallDescr("pt_list_pop", "r", ir.REF, "null", writes=LIST_WRITES)
    op = ir.make("call", lst.ir, desc=desc, snap=m.snap())
    m.ops.append(op)
    return _val(op, obj, True)


_POP_AT = ir.CallDescr("pt_list_pop_at", "ri", ir.REF, "null", writes=LIST_WRITES)
_INSERT = ir.CallDescr("PyList_Insert", "rir", INT, "neg", writes=LIST_WRITES)


def pop_at(m: Any, lst: Any, i: Any) -> Any:
    """list.pop(i) within the bounds."""
    m.guard_type(lst)
    x, k = index(m, i, m.emit("load", lst.ir, desc=ir.LIST_SIZE), len(lst.obj))
    op = ir.make("call", lst.ir, x, desc=_POP_AT, snap=m.snap())
    m.ops.append(op)
    return m.new_value(op, list.pop(lst.obj, k))


def insert(m: Any, lst: Any, i: Any, v: Any) -> None:
    """list.insert(i, v)"""
    m.guard_type(lst)
    op = ir.make("call", lst.ir, m.unbox(i), v.ir, desc=_INSERT, snap=m.snap())
    m.ops.append(op)
    list.insert(lst.obj, i.obj, v.obj)


def unpack(m: Any, seq: Any, n: int) -> list:
    """The n items of an iterable, owned."""
    t = type(seq.obj)
    if t in SEQUENCES and len(seq.obj) == n:
        m.guard_type(seq)
        size = m.emit("load", seq.ir, desc=SIZES[t])
        m.guard("guard_true", m.emit("int_eq", size, Const(INT, n)))
        if t is tuple:
            return [m.loaded(m.emit("load_at", seq.ir, Const(INT, k), desc=ir.TUPLE_ITEM), x) for k, x in enumerate(seq.obj)]
        items = m.emit("load", seq.ir, desc=ir.LIST_ITEMS)
        return [m.loaded(m.emit("load_at", items, Const(INT, k), desc=ir.LIST_ITEM), x) for k, x in enumerate(seq.obj)]
    raise Abort("unsupported-opcode", "unpacking of something that is neither list nor tuple of the right length")


ITERABLE = Types(list, tuple, range, str)  # get_iter makes an iterator that is the trace's alone, and runs nothing

_PLAIN_ITERABLE = Types(range, str, bytes, dict, set)


def get_iter(m: Any, v: Any) -> Any:
    t = type(v.obj)
    if t is range and type(v.facts) is tuple:
        start, stop, step = v.facts
        r = v.obj
        n = range_length(m, start, stop, step, r)
        if n is not None:
            x = step if step is not None else Const(INT, 1)
            return _val(m.emit("new_range_iter", start, x, n), iter(r), True, RANGE_ITER)
    if t is list or t is tuple:
        m.guard_type(v)
        m.emit("incref", v.ir)
        name, known = ("new_list_iter", LIST_ITER) if t is list else ("new_tuple_iter", TUPLE_ITER)
        return _val(m.emit(name, v.ir, Const(INT, 0)), iter(v.obj), True, known)
    if t in iterators.OUTER:
        m.guard_type(v)
        return v
    safe = t in _PLAIN_ITERABLE
    if safe:
        m.guard_type(v)
    # of a string and of a range it depends on what is in them
    return m.residual("PyObject_GetIter", [v], iter, runs=not safe)


def range_length(m: Any, start: Any, stop: Any, step: Any, r: range) -> Any:
    """IR length of range(start, stop, step) with a constant step (None = 1); None when it is not simple."""
    if step is not None and not (type(step) is Const and step.value > 0):
        return None
    s = 1 if step is None else step.value
    big = 1 << 61
    for x, value in ((start, r.start), (stop, r.stop)):
        if not -big < value < big:
            return None
        if type(x) is not Const:
            m.guard("guard_true", m.emit("int_ult", m.emit("int_add", x, Const(INT, big)), Const(INT, 2 * big)))
    d = m.emit("int_max", m.emit("int_sub", stop, start), Const(INT, 0))
    if s != 1:
        d = m.emit("int_floordiv", m.emit("int_add", d, Const(INT, s - 1)), Const(INT, s))
    return d


def for_iter(m: Any, f: Any, it: Any, after: int) -> Any:
    """The next item of an iterator, or None when it is exhausted."""
    peek = _PEEK.get(type(it.obj))
    if type(it.obj) is enumerate and not _counts_in_machine_ints(it.obj):
        return _generic_next(m, f, it, after)
    if peek is not None and (peek is not _peek_zip or _zippable(it.obj)) and (peek is not _peek_enumerate or _countable(it.obj)):
        step = peek(m, it)
        if step is None:
            return None
        item, commit = step
        commit()
        return item() if callable(item) else item
    if type(it.obj) is enumerate and type(inner := it.obj.__reduce__()[1][0]) in SAFE_ITERATORS and inner.__length_hint__():  # pyright: ignore[reportAttributeAccessIssue]
        return _enumerate_generic(m, f, it, after)
    return _generic_next(m, f, it, after)


# A peek guards and reads, and changes nothing: (the item, or what makes it after the commit; the commit), or None when the iterator is
# exhausted.  So iterators made of iterators can guard all their parts before the first of them advances.


def _peek_range(m: Any, it: Any) -> Any:
    m.guard_type(it)
    rest = it.obj.__reduce__()[1][0]
    n = m.emit("load", it.ir, desc=ir.RANGE_ITER_LEN)
    more = m.emit("int_gt", n, Const(INT, 0))
    if not rest:
        m.guard("guard_false", more)
        return None
    m.guard("guard_true", more)
    start = m.emit("load", it.ir, desc=ir.RANGE_ITER_START)
    step = m.emit("load", it.ir, desc=ir.RANGE_ITER_STEP)

    def commit() -> None:
        next(it.obj)
        m.emit("store", it.ir, m.emit("int_add", start, step), desc=ir.RANGE_ITER_START)
        m.emit("store", it.ir, m.emit("int_sub", n, Const(INT, 1)), desc=ir.RANGE_ITER_LEN)

    return (lambda: m.from_prim(start, rest[0])), commit


def _peek_sequence(m: Any, it: Any) -> Any:
    is_list = type(it.obj) is LIST_ITER
    cls: Any = list if is_list else tuple  # a subclass may have methods of its own, which the iterator does not ask
    m.guard_type(it)
    seq_desc, index_desc = (ir.LIST_ITER_SEQ, ir.LIST_ITER_INDEX) if is_list else (ir.TUPLE_ITER_SEQ, ir.TUPLE_ITER_INDEX)
    state = it.obj.__reduce__()  # (iter, (seq,), index), or (iter, ((),)) when exhausted
    seq = m.emit("load", it.ir, desc=seq_desc)
    if len(state) < 3:
        m.guard("guard_null", seq)
        return None
    seq_obj, i = state[1][0], state[2]
    m.guard("guard_nonnull", seq)
    x = m.emit("load", it.ir, desc=index_desc)
    n = m.emit("load", seq, desc=ir.LIST_SIZE if is_list else ir.TUPLE_SIZE)
    more = m.emit("int_ult", x, n)
    if i >= cls.__len__(seq_obj):
        m.guard("guard_false", more)
        next(it.obj, None)
        m.emit("store", it.ir, ir.NULL, desc=seq_desc)
        if is_list and PY313:  # the index says so, too, and is what CPython looks at
            m.emit("store", it.ir, Const(INT, -1), desc=index_desc)
        give_up(m, seq, seq_obj)
        return None
    m.guard("guard_true", more)
    if is_list:
        item = m.emit("load_at", m.emit("load", seq, desc=ir.LIST_ITEMS), x, desc=ir.LIST_ITEM)
    else:
        item = m.emit("load_at", seq, x, desc=ir.TUPLE_ITEM)

    def commit() -> None:
        next(it.obj)
        m.emit("store", it.ir, m.emit("int_add", x, Const(INT, 1)), desc=index_desc)

    return (lambda: m.loaded(item, cls.__getitem__(seq_obj, i))), commit


SIMPLE = Types(RANGE_ITER, LIST_ITER, TUPLE_ITER, ASCII_ITER)


def _countable(e: Any) -> bool:
    inner = e.__reduce__()[1][0]
    return type(inner) in SIMPLE or (type(inner) is zip and _zippable(inner))


def _counts_in_machine_ints(e: Any) -> bool:
    return e.__reduce__()[1][1] < 1 << 62


def _zippable(z: Any) -> bool:
    state = z.__reduce__()
    parts = [type(x) for x in state[1]]
    # exhausted parts change (they drop their sequence), so nothing may be exhausted here; one iterator that stands twice advances twice
    distinct = len({id(x) for x in state[1]}) == len(parts)
    return len(state) == 2 and bool(parts) and distinct and all(t in SIMPLE for t in parts) and all(x.__length_hint__() > 0 for x in state[1])


def _count(m: Any, it: Any) -> tuple:
    """enumerate's inner iterator and its counter."""
    m.guard_type(it)
    inner_obj, i = it.obj.__reduce__()[1][:2]
    inner = _val(m.emit("load", it.ir, desc=ir.ENUM_ITER), inner_obj, False)
    x = m.emit("load", it.ir, desc=ir.ENUM_INDEX)
    m.guard("guard_true", m.emit("int_lt", x, Const(INT, 1 << 62)))
    return inner, x, i


def _pair(m: Any, it: Any, x: Any, i: int, item: Any) -> Any:
    """Counts, and makes enumerate's tuple."""
    m.emit("store", it.ir, m.emit("int_add", x, Const(INT, 1)), desc=ir.ENUM_INDEX)
    m.bridge.enumerate_skip(it.obj)
    pair = [m.from_prim(x, i), item]
    r = new_tuple(m, pair)
    for v in pair:
        m.hold(v)
        m.release(v)
    return r


def _peek_enumerate(m: Any, it: Any) -> Any:
    inner, x, i = _count(m, it)
    step = _PEEK[type(inner.obj)](m, inner)
    if step is None:
        return None
    item, commit = step
    return (lambda: _pair(m, it, x, i, item())), commit


def _enumerate_generic(m: Any, f: Any, it: Any, after: int) -> Any:
    inner, x, _ = _count(m, it)
    # where the inner iterator is exhausted so is this one, and the way not taken needs the whole pair
    item = _generic_next(m, f, inner, after, asked=it)
    if item is None:
        return None
    x = m.emit("load", it.ir, desc=ir.ENUM_INDEX)  # the inner iterator's code may have advanced this one
    return _pair(m, it, x, it.obj.__reduce__()[1][1], item)


def _peek_zip(m: Any, it: Any) -> Any:
    m.guard_type(it)
    parts = it.obj.__reduce__()[1]
    ittuple = m.emit("load", it.ir, desc=ir.ZIP_ITERS)
    m.guard("guard_true", m.emit("int_eq", m.emit("load", ittuple, desc=ir.TUPLE_SIZE), Const(INT, len(parts))))
    steps = []
    inners: list = []
    for k, part in enumerate(parts):
        inner = _val(m.emit("load_at", ittuple, Const(INT, k), desc=ir.TUPLE_ITEM), part, False)
        for other in inners:
            if type(other.obj) is type(part):
                m.guard("guard_false", m.emit("ref_eq", other.ir, inner.ir))
        inners.append(inner)
        steps.append(_PEEK[type(part)](m, inner))

    def commit() -> None:
        for _, advance in steps:
            advance()

    def item() -> Any:
        vals = [make() for make, _ in steps]
        r = new_tuple(m, vals)
        for v in vals:
            m.hold(v)
            m.release(v)
        return r

    return item, commit


_ASCII_CHAR = ir.CallDescr("pt_ascii_char", "ri", ir.REF, owns=False, pure=True)


def _peek_ascii(m: Any, it: Any) -> Any:
    m.guard_type(it)
    state = it.obj.__reduce__()  # (iter, (string,), index), or (iter, ("",)) when exhausted
    seq = m.emit("load", it.ir, desc=ir.STR_ITER_SEQ)
    if len(state) < 3:
        m.guard("guard_null", seq)
        return None
    string, i = state[1][0], state[2]
    m.guard("guard_nonnull", seq)
    x = m.emit("load", it.ir, desc=ir.STR_ITER_INDEX)
    more = m.emit("int_ult", x, m.emit("load", seq, desc=ir.STR_LENGTH))
    if i >= len(string):
        m.guard("guard_false", more)
        next(it.obj, None)
        m.emit("store", it.ir, ir.NULL, desc=ir.STR_ITER_SEQ)
        give_up(m, seq, string, str)
        return None
    m.guard("guard_true", more)

    def commit() -> None:
        next(it.obj)
        m.emit("store", it.ir, m.emit("int_add", x, Const(INT, 1)), desc=ir.STR_ITER_INDEX)

    return (lambda: _val(m.emit("call", seq, x, desc=_ASCII_CHAR), string[i], False, str)), commit


_PEEK = ByType({ASCII_ITER: _peek_ascii, RANGE_ITER: _peek_range, LIST_ITER: _peek_sequence, TUPLE_ITER: _peek_sequence, enumerate: _peek_enumerate, zip: _peek_zip})


#: Iterators of these types are their own iterators.
OWN_ITERATORS = Types(RANGE_ITER, LIST_ITER, TUPLE_ITER, ASCII_ITER, GeneratorType, enumerate, zip, map, filter, type(reversed([])), type(iter({})))
SAFE_ITERATORS = Types(type(iter("")), type(iter(b"")), type(iter({})), type(iter({}.items())), type(iter({}.values())), type(iter(set())), type(reversed([])))


def _generic_next(m: Any, f: Any, it: Any, after: int, asked: Any = None) -> Any:
    """Asks an iterator; `asked`: the iterator on the stack that will ask it, where that is another one."""
    if lookup(type(it.obj), "__next__") is MISSING:
        raise Abort("unsupported-opcode", "FOR_ITER over a bare generator state")
    safe = type(it.obj) in SAFE_ITERATORS
    if safe:
        m.guard_type(it)
    exhausted = m.bridge.EXHAUSTED
    r = m.residual("pt_for_iter", [it], next, (it.obj, exhausted), runs=not safe)
    sentinel = m.const(exhausted).ir
    if r.obj is exhausted:
        # the iterator has been asked: the other way on is the loop's body with the item in place
        r.holders = 0
        if asked is not None:
            m.ops[-1].args = (asked.ir,)
        snap = m.snap_at(f.next, [*m.start_stack, r])
        m.ops.append(ir.make("guard_is", r.ir, sentinel, snap=snap))
        m.hold(r)
        m.release(r)
        return None
    snap = m.snap_at(after, m.start_stack[:-1])
    m.ops.append(ir.make("guard_is_not", r.ir, sentinel, snap=snap))
    return r


__all__ = ["Raised", "getitem", "setitem"]
