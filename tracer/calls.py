"""Calls: Python functions are inlined, known builtins become primitive operations, everything else is a residual call.

Argument binding mirrors CPython's: positionals, keywords, defaults, keyword-only defaults.  What it does not bind here
(too many, too few, `*args`) is left to CPython's own call, which also has the right message.
"""

from __future__ import annotations

import builtins
import math
import opcode
import operator
import sys
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType
from typing import Any, Callable

from ..interp.bytecode import CO_VARARGS, CO_VARKEYWORDS, info
from . import arrays, consumers, containers, functions, generators, ir, numbers
from .aborts import Abort
from .classes import MISSING, NUMBERS, SEQUENCES, Types, flags, is_class, is_static, lookup, mro, namespace
from .ir import FLOAT, INT, OPERATOR, REF, Const

PY313 = sys.version_info >= (3, 13)
_METHOD_DESCRIPTOR = type(list.append)


def _val(op: Any, obj: Any, owned: bool, known: Any = None, prim: Any = None) -> Any:
    from .recorder import Val

    return Val(op, obj, owned, known, prim)


# -- the CALL family -----------------------------------------------------------------------------------------------------


def call(m: Any, f: Any, n: int, kwnames: tuple | None, extra: int) -> None:
    """CALL and CALL_KW: n operands after callable and self; `extra` values above them on the stack (3.13's names)."""
    stack = f.stack
    end = len(stack) - extra
    args = stack[end - n : end]
    first, second = stack[end - n - 2], stack[end - n - 1]
    total = n + 2 + extra
    if PY313:
        fn, self_ = first, second
        if self_ is not m.null:
            args = [self_, *args]
    elif first is not m.null:
        fn, args = first, [second, *args]
    else:
        fn = second
    obj = fn.obj
    if type(obj) is MethodType:
        bound = _unbind(m, fn)
        if bound is not None:
            fn, self_val = bound
            obj = fn.obj
            args = [self_val, *args]
    called = special_method(m, obj, "__call__", None) if not is_class(obj) else None
    if called is not None and (locs := bind(m, called, [fn, *args], kwnames)) is not None:
        m.guard_type(fn)
        enter_function(m, f, called, locs, total, bound=True)
        return
    if type(obj) is FunctionType and generators.create(m, f, fn, args, kwnames, total):
        return
    if type(obj) is FunctionType:
        token = functions.target(m, obj)
        if token is not None and watch_function(m, fn, obj):
            locs = bind(m, obj, args, kwnames)
            if locs is not None and functions.call(m, f, token, locs, total):
                return
        elif can_inline(m, obj) and watch_function(m, fn, obj):
            locs = bind(m, obj, args, kwnames)
            if locs is not None:
                enter_function(m, f, obj, locs, total, bound=True)
                return
    elif kwnames is None or not kwnames:
        if _resumes(m, f, fn, args, total) or consumers.enter(m, f, fn, args, total):
            return
        r = _known(m, f, fn, args, total)
        if r is not None:
            if r is not _ENTERED:
                m.drop(f, total)
                m.push(f, r)
            return
    elif type(obj) is type and _instantiate(m, f, fn, args, kwnames, total):
        return
    _refuse(obj)
    if obj is sys._getframe and (m.fn is not None or not f.root):
        # whoever holds the frame would see it as it was during this call
        m.watcher.make_opaque(f.code)
        raise Abort("unsupported-inside", "sys._getframe")
    if type(obj) is FunctionType:
        m.push(f, m.call_function(f, fn, args, kwnames, total))
        return
    r = m.call_object(fn, args, kwnames)
    m.drop(f, total)
    m.push(f, r)


_SEND = GeneratorType.send


def _resumes(m: Any, f: Any, fn: Any, args: list, total: int) -> bool:
    """Whether this was next(generator) or generator.send(value), and its body is entered."""
    if fn.obj is next and len(args) == 1:
        sent = m.const(None)
    elif fn.obj is _SEND and len(args) == 2:
        sent = args[1]
    else:
        return False
    if type(args[0].obj) is not GeneratorType:
        return False
    m.guard_is(fn, fn.obj)
    return generators.call(m, f, args[0], sent, total)


def _refuse(obj: Any) -> None:
    if obj is sys.getrefcount:
        raise Abort("sees-references")


_ENTERED = object()


def _unbind(m: Any, fn: Any) -> Any:
    """(function, self) of a bound method: its parts as values of their own."""
    obj = fn.obj
    if type(obj.__func__) is not FunctionType:
        return None
    if type(fn.ir) is Const:
        return m.const(obj.__func__), m.const(obj.__self__)
    m.guard_type(fn, MethodType)
    func = m.emit("load", fn.ir, desc=ir.METHOD_FUNC)
    m.guard("guard_is", func, m.const(obj.__func__).ir)
    self_ = m.emit("load", fn.ir, desc=ir.METHOD_SELF)
    v = m.loaded(self_, obj.__self__)
    return m.const(obj.__func__), m.keep(v)


def watch_function(m: Any, fn: Any, func: FunctionType) -> bool:
    if not m.watcher.watch_function(m.flag, func):
        return False
    m.guard_is(fn, func)
    return True


def known_by_code(m: Any, fn: Any) -> bool:
    """Guards the code and the globals of a function that is made anew each time."""
    func = fn.obj
    if type(func.__builtins__) is not dict or not m.watcher.watch_key(m.flag, func.__globals__, "__builtins__"):
        return False
    m.guard_type(fn)
    m.guard("guard_is", m.emit("load", fn.ir, desc=ir.FUNC_CODE), m.const(func.__code__).ir)
    m.guard("guard_is", m.emit("load", fn.ir, desc=ir.FUNC_GLOBALS), m.const(func.__globals__).ir)
    return True


def can_inline(m: Any, func: FunctionType) -> bool:
    """Whether calls of func are traced into."""
    code = func.__code__
    ci = info(code)
    if not m.bridge.plain_function(func):  # C code may have put another vectorcall in
        return False
    if not ci.inlinable or m.fn is not None and ci.has_loop or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS):
        return False
    if len(m.frames) > m.limits.depth:
        return False
    depth = sum(1 for g in m.frames if g.code is code)
    deepest = m.limits.recursion if m.fn is None or m.fn.code is not code else m.fn.unroll
    return depth < deepest and type(func.__builtins__) is dict and not m.watcher.is_opaque(code) and m.watcher.watch_code(m.flag, code)


def bind(m: Any, func: FunctionType, args: list, kwnames: tuple | None) -> list | None:
    """Binds arguments to the locals of a function that is watched; None where CPython must do it."""
    from . import names

    code = func.__code__
    nargs, nkwonly = code.co_argcount, code.co_kwonlyargcount
    npos = len(args) - (len(kwnames) if kwnames else 0)
    if npos > nargs:
        return None
    total = nargs + nkwonly
    locs: list[Any] = [None] * total
    locs[:npos] = args[:npos]
    if kwnames:
        variables = code.co_varnames[:total]
        for name, v in zip(kwnames, args[npos:]):
            try:
                k = variables.index(name, code.co_posonlyargcount)
            except ValueError:
                return None
            if locs[k] is not None:
                return None
            locs[k] = v
    defaults = func.__defaults__ or ()
    first_default = nargs - len(defaults)
    for k in range(nargs):
        if locs[k] is None:
            if k < first_default:
                return None
            locs[k] = names.borrowed(m, defaults[k - first_default])
    kwdefaults = func.__kwdefaults__ or {}
    for k in range(nargs, total):
        if locs[k] is None:
            name = code.co_varnames[k]
            value = dict.get(kwdefaults, name, MISSING)
            if value is MISSING or not m.watcher.watch_key(m.flag, kwdefaults, name):  # the dict may change with no word from the function
                return None
            locs[k] = names.borrowed(m, value)
    return locs


def enter_function(m: Any, f: Any, func: FunctionType, locs: list, npop: int, bound: bool = False, drop_result: int = False) -> None:
    """Inlines func; without `bound`, locs are plain positional arguments."""
    if not bound:
        locs = bind(m, func, locs, None)  # pyright: ignore[reportAssignmentType]
        if locs is None:
            raise Abort("unsupported-opcode", "argument binding")
    m.enter(f, func, locs, npop, drop_result)


def call_ex(m: Any, f: Any, has_kwargs: bool) -> None:
    """CALL_FUNCTION_EX: f(*args, **kwargs)."""
    stack = f.stack
    n = 4 if has_kwargs else 3
    items = stack[-n:]
    fn = items[0] if PY313 else items[1]
    args = items[2]
    kwargs = items[3] if has_kwargs else None
    if type(args.obj) is not tuple:
        m.leave(f)
        return
    if kwargs is not None and (type(kwargs.obj) is not dict or not all(type(k) is str for k in kwargs.obj)):
        m.leave(f)
        return
    m.guard_type(args)
    if kwargs is not None:
        m.guard_type(kwargs)
    if kwargs is None and type(fn.obj) is FunctionType and can_inline(m, fn.obj) and watch_function(m, fn, fn.obj):
        size = m.emit("load", args.ir, desc=ir.TUPLE_SIZE)
        m.guard("guard_true", m.emit("int_eq", size, Const(INT, len(args.obj))))
        vals = []
        for k, x in enumerate(args.obj):
            v = m.loaded(m.emit("load_at", args.ir, Const(INT, k), desc=ir.TUPLE_ITEM), x)
            vals.append(m.keep(v))
        locs = bind(m, fn.obj, vals, None)
        if locs is not None:
            enter_function(m, f, fn.obj, locs, n, bound=True)
            return
    _refuse(fn.obj)
    if kwargs is None and type(fn.obj) is FunctionType:
        operands = fn.ir, args.ir, ir.NULL
        callee, objs = fn.obj, m.give(f, [args], n)
        snap = m.snap_at(f.pc, f.stack)
        objs = [*objs.pop()]
        value = m.run(callee, objs)
        desc = ir.CallDescr("pt_give_ex", "rrr", REF, "null", runs=True, steals=(1,))
        op = ir.make("call", *operands, desc=desc, snap=snap)
        m.ops.append(op)
        m.push(f, _val(op, value, True))
        return
    snap = m.snap()
    value = m.run(fn.obj, args.obj, kwargs.obj if kwargs is not None else None)
    kw = kwargs.ir if kwargs is not None else ir.NULL
    desc = ir.CallDescr("pt_call_ex", "rrr", REF, "null", runs=True)
    op = ir.make("call", fn.ir, args.ir, kw, desc=desc, snap=snap)
    m.ops.append(op)
    m.drop(f, n)
    m.push(f, _val(op, value, True))


# -- classes -------------------------------------------------------------------------------------------------------------


def _instantiate(m: Any, f: Any, fn: Any, args: list, kwnames: tuple | None, total: int) -> bool:
    """Cls(...) of a plain Python class: allocate, then inline __init__."""
    cls = fn.obj
    if flags(cls) & (1 << 20) or is_static(cls):  # abstract
        return False
    init = lookup(cls, "__init__")
    if lookup(cls, "__new__") is not object.__new__ or type(init) is not FunctionType or not can_inline(m, init):
        return False
    if not m.watcher.watch_type(m.flag, cls) or not m.watcher.watch_function(m.flag, init):
        return False
    m.guard_is(fn, cls)
    obj = object.__new__(cls)
    locs = bind(m, init, [m.null, *args], kwnames)
    if locs is None:
        return False
    new = ir.make("call", m.const(cls).ir, desc=ir.CallDescr("pt_new_instance", "r", REF, "null"), snap=m.snap())
    m.ops.append(new)
    inst = _val(new, obj, True)
    locs[0] = inst
    m.hold(inst)
    # the instance is what the call leaves on the stack; __init__'s own result is dropped
    g_stack_keep = inst
    for v in locs[1:]:
        m.hold(v)
    m.drop(f, total)
    f.stack.append(g_stack_keep)
    m.enter(f, init, locs, 0, drop_result=True)
    for v in locs[1:]:
        m.release(v)
    return True


def special_method(m: Any, obj: Any, name: str, argcount: int | None) -> Any:
    """The Python function that an operation on obj calls, where it can be traced into; the caller guards the type."""
    t = type(obj)
    if is_static(t):
        return None
    fn = lookup(t, name)
    if type(fn) is not FunctionType or not can_inline(m, fn) or argcount is not None and fn.__code__.co_argcount != argcount:
        return None
    return fn if m.watcher.watch_type(m.flag, t) and m.watcher.watch_function(m.flag, fn) else None


def operator_method(m: Any, ta: type, tb: type, name: str) -> Any:
    """The Python function that `a op b` calls first, where nothing else can come of it."""
    if is_static(ta):
        return None
    fn = lookup(ta, name)
    if type(fn) is not FunctionType or not can_inline(m, fn) or fn.__code__.co_argcount != 2:
        return None
    if tb is not ta and issubclass(tb, ta):
        return None
    if not m.watcher.watch_type(m.flag, ta) or not m.watcher.watch_function(m.flag, fn):
        return None
    return fn


def returns_none(code: Any) -> bool:
    """Whether a function has no `return` but those of None."""
    for ins in info(code).order:
        name = opcode.opname[ins.op]
        if name == "RETURN_VALUE" or name == "RETURN_CONST" and code.co_consts[ins.arg] is not None:
            return False
    return True


def enter_operator(m: Any, fn: FunctionType, a: Any, b: Any) -> None:
    """Inlines an operator's method; its result is the operation's, unless it is NotImplemented: so the operands wait on the stack (interp/operators.c)."""
    m.guard_type(a)
    m.guard_type(b)
    enter_function(m, m.frames[-1], fn, [a, b], 0, drop_result=OPERATOR)


def make_function(m: Any, f: Any, arg: int) -> None:
    """MAKE_FUNCTION; 3.12 has the function's attributes on the stack below the code."""
    n = 1 + arg.bit_count()
    code = f.stack[-1]
    if not arg & 6 and type(code.ir) is Const:
        closure, defaults = [f.stack[k] if arg & flag else None for flag, k in ((8, -2), (1, -n))]
        r = _new_function(m, f, code, closure, defaults)
        m.drop(f, n)
        m.push(f, r)
        return
    r = m.residual("pt_new_function", [code, m.const(f.globals)], m.bridge.new_function, runs=False, known=FunctionType)
    k = 2
    for flag in (8, 4, 2, 1):
        if arg & flag:
            _set_attribute(m, r, f.stack[-k], flag)
            k += 1
    m.drop(f, n)
    m.push(f, r)


def _new_function(m: Any, f: Any, code: Any, closure: Any, defaults: Any) -> Any:
    """A function whose code and globals are known, so that calls of it can be."""
    func = m.bridge.new_function(code.obj, f.globals)
    operands = []
    for v, flag in ((closure, 8), (defaults, 1)):
        operands.append(ir.NULL if v is None else v.ir)
        if v is not None:
            m.emit("incref", v.ir)
            m.bridge.set_function_attribute(func, v.obj, flag)
    return _val(m.emit("new_function", code.ir, m.const(f.globals).ir, *operands), func, True, FunctionType)


def set_function_attribute(m: Any, f: Any, arg: int) -> None:
    """SET_FUNCTION_ATTRIBUTE: value and function on the stack."""
    value, func = f.stack[-2:]
    field = {8: ir.FUNC_CLOSURE, 1: ir.FUNC_DEFAULTS}.get(arg)
    if field is not None and type(func.ir) is ir.Op and func.ir.name == "new_function":
        m.emit("incref", value.ir)
        m.emit("store", func.ir, value.ir, desc=field)
        m.bridge.set_function_attribute(func.obj, value.obj, arg)
    else:
        _set_attribute(m, func, value, arg)
    f.stack.pop()
    m.drop(f)
    f.stack.append(func)


def _set_attribute(m: Any, func: Any, value: Any, flag: int) -> None:
    m.residual("pt_set_function_attribute", [func, value], m.bridge.set_function_attribute, (func.obj, value.obj, flag), runs=False, error="neg",
               result=INT, extra=(Const(INT, flag),), writes=("function",))  # fmt: skip


# -- builtins ------------------------------------------------------------------------------------------------------------


_OWNERS = Types(list, dict, set, str)
_OF_STRINGS = Types(str, int, type(None))  # arguments of str's methods
_REAL = Types(int, float)


def _method_of(m: Any, obj: Any) -> Any:
    """The method descriptor of which a builtin method (`append = numbers.append`) is the bound form."""
    method = namespace(type(obj.__self__)).get(obj.__name__)
    return method if type(method) is _METHOD_DESCRIPTOR and m.bridge.method_def(method) == m.bridge.method_def(obj) else None


def _self(m: Any, fn: Any, method: Any) -> Any:
    """The object that a builtin method is bound to, of which the method keeps a reference; guards which method it is."""
    if type(fn.ir) is Const:
        return m.const(fn.obj.__self__)
    m.guard_type(fn)
    m.guard("guard_true", m.emit("int_eq", m.emit("load", fn.ir, desc=ir.CFUNCTION_DEF), Const(INT, m.bridge.method_def(method))))
    return _val(m.emit("load", fn.ir, desc=ir.CFUNCTION_SELF), fn.obj.__self__, False)


_CLOCKS = frozenset((kind + unit) for kind in ("time", "monotonic", "perf_counter", "process_time", "thread_time") for unit in ("", "_ns"))


def _is_clock(fn: Any) -> bool:
    """And not time.sleep(), during which other threads run."""
    return fn.__module__ == "time" and fn.__name__ in _CLOCKS


def _known(m: Any, f: Any, fn: Any, args: list, total: int) -> Any:
    """Meaning of a known builtin for these arguments: a value, _ENTERED, or None."""
    obj = fn.obj
    t = type(obj)
    if t is BuiltinFunctionType or t is _METHOD_DESCRIPTOR or t is type:
        try:
            meaning = KNOWN.get(obj)
        except TypeError:
            meaning = None
        if meaning is not None:
            if type(fn.ir) is not Const:
                m.guard_is(fn, obj)
            r = meaning(m, f, args)
            if r is not None:
                return r
        method = _method_of(m, obj) if t is BuiltinFunctionType and type(obj.__self__) in _OWNERS else None
        if method is not None:
            return _known(m, f, m.const(method), [_self(m, fn, method), *args], total)
        if t is _METHOD_DESCRIPTOR and obj.__objclass__ is str and args and all(type(a.obj) in _OF_STRINGS for a in args) and (obj is not str.encode or len(args) == 1):
            m.guard_is(fn, obj)
            for a in args:
                m.guard_type(a)
            return m.call_object(fn, args, runs=False, writes=())
        if t is BuiltinFunctionType and (obj.__module__ in ("math", "_random") or _is_clock(obj)) and all(type(a.obj) in _REAL for a in args):
            m.guard_is(fn, obj)
            for a in args:
                m.guard_type(a)
            return m.call_object(fn, args, runs=False, writes=())
        if t is BuiltinFunctionType and not args and obj.__name__ == "random" and _is_mersenne(m, obj.__self__):
            m.guard_is(fn, obj)
            return m.from_prim(m.emit("call", m.const(obj.__self__).ir, desc=_RANDOM), obj())
        if t is _METHOD_DESCRIPTOR and len(args) == 1 and obj.__name__ == "random" and _is_mersenne(m, args[0].obj) and obj.__objclass__ in mro(type(args[0].obj)):
            m.guard_is(fn, obj)
            m.guard_type(args[0])
            return m.from_prim(m.emit("call", args[0].ir, desc=_RANDOM), obj(args[0].obj))
        if t is type and obj not in _TRANSPARENT and _instantiate(m, f, fn, args, None, total):
            return _ENTERED
    return None


_RANDOM = ir.CallDescr("pt_random", "r", FLOAT)
_checked: dict[type, bool] = {}


def _is_mersenne(m: Any, obj: Any) -> bool:
    """Whether obj is an instance of _random.Random (if that is loaded), whose random() the bridge can compute."""
    module = sys.modules.get("_random")
    cls = getattr(module, "Random", None)
    if type(cls) is not type or cls not in mro(type(obj)):
        return False
    if cls not in _checked:
        _checked[cls] = m.bridge.check_random(cls)
    return _checked[cls]


_TRANSPARENT = frozenset((int, float, bool, str, list, tuple, dict, set, range, enumerate, zip, type))
KNOWN: dict[Any, Callable] = {}


def known(fn: Any) -> Callable:
    """Registers the meaning of a builtin: meaning(m, frame, args) -> value or None (no special meaning for these arguments)."""

    def register(meaning: Callable) -> Callable:
        KNOWN[fn] = meaning
        return meaning

    return register


_SIZED = Types(str, bytes, dict, set, bytearray, range)


@known(len)
def _len(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1:
        return None
    t = type(args[0].obj)
    size = containers.SIZES.get(t)
    if size is None and containers.is_list(m, args[0].obj, "__len__"):
        size = ir.LIST_SIZE
    if size is not None:
        m.guard_type(args[0])
        return m.from_prim(m.emit("load", args[0].ir, desc=size), len(args[0].obj))
    if arrays.kind(m, args[0].obj):
        return arrays.length(m, args[0])
    if t in _SIZED:
        m.guard_type(args[0])
        n, value = m.residual("PyObject_Size", [args[0]], len, runs=False, error="neg", result=INT)
        return m.from_prim(n, value)
    return None


@known(range)
def _range(m: Any, f: Any, args: list) -> Any:
    if not 1 <= len(args) <= 3 or not all(m.is_small(a) for a in args) or (len(args) == 3 and args[2].obj == 0):
        return None
    xs = [m.unbox(a) for a in args]
    start, stop, step = (Const(INT, 0), xs[0], None) if len(xs) == 1 else (xs[0], xs[1], xs[2] if len(xs) == 3 else None)
    if step is not None and type(step) is not Const:
        m.guard("guard_true", m.emit("int_ne", step, Const(INT, 0)))
    new = m.emit("new_range", start, stop, Const(INT, 1) if step is None else step)
    r = _val(new, range(*[a.obj for a in args]), True, range)
    r.facts = (start, stop, step)
    return r


@known(enumerate)
def _enumerate(m: Any, f: Any, args: list) -> Any:
    if not 1 <= len(args) <= 2 or type(args[0].obj) not in containers.ITERABLE or len(args) == 2 and not m.is_small(args[1]):
        return None
    start = m.unbox(args[1]) if len(args) == 2 else Const(INT, 0)
    it = containers.get_iter(m, args[0])
    return _val(m.emit("new_enumerate", it.ir, start), enumerate(it.obj, args[1].obj if len(args) == 2 else 0), True, enumerate)


@known(zip)
def _zip(m: Any, f: Any, args: list) -> Any:
    if not args or any(type(v.obj) not in containers.ITERABLE for v in args):
        return None
    its = [containers.get_iter(m, v) for v in args]
    return _val(m.emit("new_zip", m.emit("new_tuple", *[it.ir for it in its])), zip(*[it.obj for it in its]), True, zip)


@known(abs)
def _abs(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1:
        return None
    v = args[0]
    t = type(v.obj)
    if t is float:
        return m.from_prim(m.emit("float_abs", m.unbox(v)), abs(v.obj))
    if t is complex:
        value = m.pure(abs, v.obj)
        if not math.isfinite(value):
            return None
        r = m.emit("call", *numbers.parts(m, v), desc=_HYPOT)
        numbers.guard_finite(m, r)
        return m.from_prim(r, value)
    if t is int and m.is_small(v) and v.obj != ir_min():
        x = m.unbox(v)
        return m.from_prim(m.emit("int_max", x, m.guard("int_neg_ovf", x)), abs(v.obj))
    return None


_HYPOT = ir.CallDescr("hypot", "ff", FLOAT, pure=True)


def ir_min() -> int:
    return -(1 << 63)


def _extreme(name: str, fn: Callable) -> None:
    less = name == "min"

    @known(fn)
    def meaning(m: Any, f: Any, args: list) -> Any:
        if len(args) < 2:
            return None
        if all(m.is_small(a) for a in args):
            x, obj = m.unbox(args[0]), args[0].obj
            for a in args[1:]:
                x, obj = m.emit(f"int_{name}", x, m.unbox(a)), fn(obj, a.obj)
            return m.from_prim(x, obj)
        if all(type(a.obj) is float for a in args):
            x, obj = m.unbox(args[0]), args[0].obj
            for a in args[1:]:
                y = m.unbox(a)
                x, obj = m.emit("select_float", m.emit("float_lt" if less else "float_gt", y, x), y, x), fn(obj, a.obj)
            if obj != obj:  # a nan is found by identity
                return None
            m.guard("guard_true", m.emit("float_eq", x, x))
            return m.from_prim(x, obj)
        return None


_extreme("min", min)
_extreme("max", max)


@known(object.__init__)
def _object_init(m: Any, f: Any, args: list) -> Any:
    return m.const(None) if len(args) == 1 else None


#: Types whose objects say nothing else of their class.
_OF_ONE_CLASS = Types(int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice, type(None), type)


@known(isinstance)
def _isinstance(m: Any, f: Any, args: list) -> Any:
    if len(args) != 2:
        return None
    v, c = args
    classes = c.obj if type(c.obj) is tuple else (c.obj,)
    if not all(type(x) is type for x in classes) or type(type(v.obj)) is not type:
        return None
    t = type(v.obj)
    if t not in _OF_ONE_CLASS:
        if lookup(t, "__getattribute__") is not object.__getattribute__ or lookup(t, "__class__") is not lookup(object, "__class__"):
            return None
        if not is_static(t) and not m.watcher.watch_type(m.flag, t):
            return None
    m.guard_is(c, c.obj)
    m.guard_type(v)
    return m.const(isinstance(v.obj, c.obj))


@known(type)
def _type(m: Any, f: Any, args: list) -> Any:
    return m.const(m.guard_type(args[0])) if len(args) == 1 else None


@known(int)
def _int(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1:
        return None
    v = args[0]
    t = type(v.obj)
    if t is int and m.is_small(v):
        m.unbox(v)
        return v
    if t is bool:
        return m.from_prim(m.emit("bool_to_int", m.unbox(v)), int(v.obj))
    if t is float and math.isfinite(v.obj) and -(2**62) < v.obj < 2**62:
        return m.from_prim(m.guard("float_to_int_ovf", m.unbox(v)), int(v.obj))
    if t is str:
        m.guard_type(v)
        return m.call_object(m.const(int), args, runs=False, known=int, writes=())
    return None


@known(float)
def _float(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1:
        return None
    v = args[0]
    t = type(v.obj)
    if t is float:
        m.guard_type(v)
        return v
    if numbers.is_intlike(v):
        return m.from_prim(numbers.as_float(m, v), float(v.obj))
    return None


@known(bool)
def _bool(m: Any, f: Any, args: list) -> Any:
    from .opcodes import truth

    if len(args) != 1:
        return None
    if type(args[0].obj) not in numbers.HASHABLE and type(args[0].obj) not in SEQUENCES:
        return None
    b, value = truth(m, args[0])
    return m.const(value) if b is None else m.from_prim(b, value)


@known(divmod)
def _divmod(m: Any, f: Any, args: list) -> Any:
    if len(args) != 2:
        return None
    a, b = args
    if not (type(a.obj) is int and type(b.obj) is int or type(a.obj) is float and type(b.obj) is float) or not b.obj or b.obj == -1:
        return None
    if type(a.obj) is int and not (m.is_small(a) and m.is_small(b)):
        return None
    q, r = numbers.binary(m, "//", a, b), numbers.binary(m, "%", a, b)
    out = containers.new_tuple(m, [q, r])
    for v in (q, r):
        m.hold(v)
        m.release(v)
    return out


@known(ord)
def _ord(m: Any, f: Any, args: list) -> Any:
    if len(args) == 1 and type(args[0].obj) is str:
        m.guard_type(args[0])
        return m.call_object(m.const(ord), args, runs=False, known=int, writes=())
    return None


@known(chr)
def _chr(m: Any, f: Any, args: list) -> Any:
    if len(args) == 1 and type(args[0].obj) is int:
        m.guard_type(args[0])
        return m.call_object(m.const(chr), args, runs=False, known=str, writes=())
    return None


@known(round)
def _round(m: Any, f: Any, args: list) -> Any:
    if args and all(type(a.obj) in _REAL for a in args):
        for a in args:
            m.guard_type(a)
        return m.call_object(m.const(round), args, runs=False, writes=())
    return None


@known(str)
def _str(m: Any, f: Any, args: list) -> Any:
    if len(args) == 1 and (type(args[0].obj) in NUMBERS or type(args[0].obj) is str):
        m.guard_type(args[0])
        return m.call_object(m.const(str), args, runs=False, known=str, writes=())
    return None


@known(complex)
def _complex(m: Any, f: Any, args: list) -> Any:
    if len(args) == 2 and all(type(a.obj) is float or m.is_small(a) for a in args):
        re, im = numbers.as_float(m, args[0]), numbers.as_float(m, args[1])
        return numbers.new_complex(m, re, im, complex(args[0].obj, args[1].obj))
    return None


@known(list.append)
def _append(m: Any, f: Any, args: list) -> Any:
    if len(args) != 2 or not containers.is_list(m, args[0].obj):
        return None
    containers.append(m, args[0], args[1])
    return m.const(None)


def _quiet(method: Any, cls: type, writes: tuple, fits: Callable[[list], bool]) -> None:
    """A method of exact `cls` objects that runs no Python code with arguments that fit."""

    @known(method)
    def meaning(m: Any, f: Any, args: list) -> Any:
        if not args or type(args[0].obj) is not cls or not fits(args[1:]):
            return None
        for a in args:
            m.guard_type(a)
        return m.call_object(m.const(method), args, runs=False, writes=writes)


_SET_ADD = ir.CallDescr("pt_set_add", "rr", INT)


@known(set.add)
def _set_add(m: Any, f: Any, args: list) -> Any:
    """A plain value, where nothing that it has to be compared with answers for itself."""
    if len(args) != 2 or type(args[0].obj) is not set or type(args[1].obj) not in containers.SAFE_KEYS:
        return None
    if not m.bridge.can_add(args[0].obj, args[1].obj):
        return None
    for a in args:
        m.guard_type(a)
    m.guard("guard_true", m.emit("int_is_true", m.emit("call", args[0].ir, args[1].ir, desc=_SET_ADD)))
    args[0].obj.add(args[1].obj)
    return m.const(None)


def _made_quietly(cls: Any, sources: Types) -> None:
    """cls() and cls(x) run no Python code where x is of one of these types."""

    @known(cls)
    def meaning(m: Any, f: Any, args: list) -> Any:
        if len(args) > 1 or args and type(args[0].obj) not in sources or not args and cls is reversed:
            return None
        for a in args:
            m.guard_type(a)
        if not args and cls is list:
            return containers.new_list(m, [])
        return m.call_object(m.const(cls), args, runs=False, known=None if cls is reversed else cls, writes=())


_made_quietly(list, containers.ITERABLE)
_made_quietly(tuple, containers.ITERABLE)
_made_quietly(set, Types())
_made_quietly(dict, Types())
_made_quietly(reversed, Types(list, tuple, range))
_quiet(list.extend, list, containers.LIST_WRITES, lambda a: len(a) == 1 and type(a[0].obj) in SEQUENCES)
_quiet(list.reverse, list, containers.LIST_WRITES, lambda a: not a)
_quiet(list.copy, list, (), lambda a: not a)
_quiet(dict.keys, dict, (), lambda a: not a)
_quiet(dict.values, dict, (), lambda a: not a)
_quiet(dict.items, dict, (), lambda a: not a)


@known(list.pop)
def _pop(m: Any, f: Any, args: list) -> Any:
    if not args or not containers.is_list(m, args[0].obj) or not list.__len__(args[0].obj):
        return None
    if len(args) == 1:
        return containers.pop_last(m, args[0])
    if len(args) == 2 and type(args[0].obj) is list and m.is_small(args[1]) and -len(args[0].obj) <= args[1].obj < len(args[0].obj):
        return containers.pop_at(m, args[0], args[1])
    return None


@known(list.insert)
def _insert(m: Any, f: Any, args: list) -> Any:
    if len(args) != 3 or type(args[0].obj) is not list or not m.is_small(args[1]):
        return None
    containers.insert(m, *args)
    return m.const(None)


@known(operator.index)
def _index(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1 or type(args[0].obj) is not int:
        return None
    m.guard_type(args[0])
    return args[0]


# -- math ----------------------------------------------------------------------------------------------------------------


@known(math.sqrt)
def _sqrt(m: Any, f: Any, args: list) -> Any:
    if len(args) != 1 or not (type(args[0].obj) is float or m.is_small(args[0])) or not args[0].obj >= 0:
        return None
    x = numbers.as_float(m, args[0])
    m.guard("guard_true", m.emit("float_ge", x, Const(FLOAT, 0.0)))
    return m.from_prim(m.emit("float_sqrt", x), math.sqrt(args[0].obj))


def _libm(name: str, finite_result: bool) -> None:
    fn = getattr(math, name)
    desc = ir.CallDescr(name, "f", FLOAT, pure=True)

    @known(fn)
    def meaning(m: Any, f: Any, args: list) -> Any:
        if len(args) != 1 or type(args[0].obj) is not float or not math.isfinite(args[0].obj):
            return None
        try:
            value = fn(args[0].obj)
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(value):
            return None
        r = m.emit("call", m.unbox(args[0]), desc=desc)
        numbers.guard_finite(m, r)
        return m.from_prim(r, value)


for _name in ("sin", "cos", "tan", "exp", "atan", "asin", "acos", "sinh", "cosh", "tanh"):
    _libm(_name, True)


@known(math.fabs)
def _fabs(m: Any, f: Any, args: list) -> Any:
    if len(args) == 1 and type(args[0].obj) is float:
        return m.from_prim(m.emit("float_abs", m.unbox(args[0])), math.fabs(args[0].obj))
    return None


@known(math.floor)
def _floor(m: Any, f: Any, args: list) -> Any:
    if len(args) == 1 and type(args[0].obj) is float and -(2.0**62) < args[0].obj < 2.0**62:
        x = m.emit("float_floor", m.unbox(args[0]))
        return m.from_prim(m.guard("float_to_int_ovf", x), math.floor(args[0].obj))
    return None


__all__ = ["call", "call_ex", "bind", "builtins"]
