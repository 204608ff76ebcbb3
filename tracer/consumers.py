"""Builtins that consume an iterator, as loops of the trace.

`sum(f(x) for x in xs)` is a loop: a C function that resumes a generator again and again.  A trace could only call it, and each item would cost
what it costs CPython.  So the builtin is replaced by a function of Python that does the same, which is inlined like any other, and the generator's
body into its loop.  Its code is the text below, with builtins as constants (nothing is looked up) and without RESUME: CPython takes a frame
that has not come to its RESUME for one that is still being made.  So no traceback shows it, sys._getframe and f_back pass over it, and
it is never instrumented, where an exit has made it a real frame and CPython runs the rest.  The parameter is moved to the stack where
the loop begins, so the loop holds the only reference.

What the builtins do must be done to the letter: sum() has three phases (integers of the machine, floats with their lost bits collected, anything), as
CPython's has.
"""

from __future__ import annotations

import opcode
import sys
from types import FunctionType, GeneratorType
from typing import Any, Callable

from ..interp.bytecode import info
from . import generators
from .classes import SEQUENCES

PY313 = sys.version_info >= (3, 13)
NESTED = 2  # of the same builtin in one another
MIN, MAX = -(1 << 63), (1 << 63) - 1

plus: Callable = int.__add__
add: Callable = set.add
join: Callable = str.join


def _sum(it, total, phase):  # type: ignore[no-untyped-def]
    lost = 0.0
    for x in it:
        if phase == 0:
            if type(x) is int or type(x) is bool:
                total = total + x
                if MIN <= total <= MAX and MIN <= x <= MAX:
                    continue
                phase = 2
            else:
                total = total + x
                phase = 1 if type(total) is float else 2
        elif phase == 2:
            total = total + x
        elif type(x) is float:
            t = total + x
            if abs(total) >= abs(x):
                lost += (total - t) + x
            else:
                lost += (x - t) + total
            total = t
        elif (type(x) is int or type(x) is bool) and MIN <= x <= MAX:
            total = total + float(x)
        elif issubclass(type(x), int) and MIN <= plus(x, 0) <= MAX:
            total = total + float(plus(x, 0))
        else:
            if lost and lost - lost == 0.0:
                total = total + lost
            total = total + x
            phase = 2
    if phase == 1 and lost and lost - lost == 0.0:
        total = total + lost
    return total


def _any(it):  # type: ignore[no-untyped-def]
    for x in it:  # noqa: SIM110 - this is what it is
        if x:
            return True
    return False


def _all(it):  # type: ignore[no-untyped-def]
    for x in it:  # noqa: SIM110
        if not x:
            return False
    return True


def _list(it):  # type: ignore[no-untyped-def]
    out = []
    for x in it:
        out.append(x)
    return out


def _tuple(it):  # type: ignore[no-untyped-def]
    out = []
    for x in it:
        out.append(x)
    return tuple(out)


def _set(it):  # type: ignore[no-untyped-def]
    out = set()
    for x in it:
        add(out, x)
    return out


def _sorted(it):  # type: ignore[no-untyped-def]
    out = []
    for x in it:
        out.append(x)
    out.sort()
    return out


def _join(sep, it):  # type: ignore[no-untyped-def]
    out = []
    for x in it:
        out.append(x)
    return join(sep, out)


def _max(it):  # type: ignore[no-untyped-def]
    any = False
    best = None
    for x in it:
        if not any:
            any = True
            best = x
        elif x > best:
            best = x
    return best if any else max(())


def _min(it):  # type: ignore[no-untyped-def]
    any = False
    best = None
    for x in it:
        if not any:
            any = True
            best = x
        elif x < best:
            best = x
    return best if any else min(())


_CONSTANTS: dict[str, Any] = {
    "MIN": MIN, "MAX": MAX, "int": int, "bool": bool, "float": float, "type": type, "abs": abs, "issubclass": issubclass, "plus": plus,
    "tuple": tuple, "set": set, "add": add, "join": join, "max": max, "min": min,
}  # fmt: skip


def _hidden(fn: Any) -> FunctionType:
    """The function with its names as constants, without RESUME, and with its parameter `it` moved to the loop."""
    code = fn.__code__
    raw = bytearray(code.co_code)
    consts = list(code.co_consts)
    ops = opcode.opmap
    before = None
    for ins in info(code).order:
        name = opcode.opname[ins.op]
        at = ins.offset
        if name == "RESUME":
            raw[at : at + 2] = ops["NOP"], 0
        elif name == "LOAD_GLOBAL":
            consts.append(_CONSTANTS[code.co_names[ins.arg >> 1]])
            new = [(ops["LOAD_CONST"], len(consts) - 1)]
            if ins.arg & 1:
                new.insert(1 if PY313 else 0, (ops["PUSH_NULL"], 0))
            new += [(ops["NOP"], 0)] * ((ins.next - at) // 2 - len(new))
            raw[at : ins.next] = [byte for pair in new for byte in pair]
        elif name == "GET_ITER" and before is not None:
            raw[before.offset] = ops["LOAD_FAST_AND_CLEAR"]
        before = ins
    return FunctionType(code.replace(co_code=bytes(raw), co_consts=tuple(consts)), {}, fn.__name__[1:])


_SOURCES: dict[Any, Any] = {any: _any, all: _all, list: _list, tuple: _tuple, set: _set, sorted: _sorted, max: _max, min: _min, sum: _sum, str.join: _join}
_CONSUMERS = {id(builtin): source for builtin, source in _SOURCES.items()}  # a callable of the program's may have a hash of its own
_made: dict[Any, FunctionType] = {}


def enter(m: Any, f: Any, fn: Any, args: list, total: int) -> bool:
    """A call of a builtin that consumes a generator, with `total` operands on the stack: whether it was entered as a loop."""
    if not args or type(args[-1 if fn.obj is str.join else 0].obj) is not GeneratorType:
        return False
    source = _CONSUMERS.get(id(fn.obj))
    if source is None or not (wanted := _arguments(m, fn.obj, args)):
        return False
    g = args[-1] if fn.obj is str.join else args[0]
    state = m.bridge.generator_state(g.obj)
    if state is None or not generators.can_resume(m, state[0]):
        return False
    stub = _made.get(source)
    if stub is None:
        stub = _made[source] = _hidden(source)
    if sum(1 for h in m.frames if h.code is stub.__code__) >= NESTED or not m.watcher.watch_code(m.flag, stub.__code__):
        return False
    m.guard_is(fn, fn.obj)
    m.guard_type(g)
    m.enter(f, stub, wanted, total)
    return True


def _arguments(m: Any, obj: Any, args: list) -> list | None:
    """What the function gets; None: these are not the arguments that it is made for."""
    if obj is sum:
        if len(args) == 1:
            return [args[0], m.const(0), m.const(0)]
        if len(args) != 2 or not (m.is_small(args[1]) or type(args[1].obj) is float or type(args[1].obj) in SEQUENCES):
            return None
        m.guard_type(args[1])
        return [*args, m.const({int: 0, float: 1}.get(type(args[1].obj), 2))]
    if obj is str.join:
        if len(args) != 2 or type(args[0].obj) is not str:
            return None
        m.guard_type(args[0])
        return args
    return args if len(args) == 1 else None


__all__ = ["enter"]
