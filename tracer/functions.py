"""Compiled functions: what a recording of one is, and how recordings call them.

A function that calls itself is recorded from its entry to its return, in a frame that CPython has just made.  Compiled, it takes unboxed arguments and gives
an unboxed result in registers, and there is no frame: the outermost frame of its snapshots is a function's, like the inlined ones (see interp/native.c for
how frames come about when they are needed).  What a trace of a function may not contain are loops.  Bridges from its exits end in the function's return.

A call of such a function, its own recursion above all, is a `call` whose descriptor names the function's token.  The snapshot of this call is the caller's state with the operands off
the stack; it is never gone back to, it is what others see meanwhile, and where an exception is raised.  What the token promises of the result (a
number's type) the callee may break: then `native_object` is the object that came instead.

The first self-call that is recorded decides what the result is, since the function itself is not there yet.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from . import ir
from .aborts import Abort
from .ir import FLOAT, INT, REF, FrameState, Snapshot, Trace

MAX_ARGS = 12


class FunctionToken:
    """A compiled function, or one that is being recorded.

    types: of its parameters; owned: whether the callee is given a reference (it stores to the parameter); result: INT, FLOAT or REF, None: not known yet.
    """

    __slots__ = ("key", "func", "code", "types", "owned", "result", "recursive", "compiled", "flag", "alive", "header", "unroll", "trace", "inputs")

    def __init__(self, func: FunctionType, flag: ir.Flag) -> None:
        self.key = ("function", id(func), id(func.__code__))
        self.func: Any = func
        self.code = func.__code__
        self.types: list[str] = []
        self.owned: list[bool] = []
        self.result: str | None = None
        self.recursive = False
        self.compiled: Any = None
        self.flag = flag
        self.alive = True
        self.trace: Any = None
        self.inputs: list = []
        self.header = -1
        self.unroll = 2  # how many of its own frames a trace of it may have

    def __str__(self) -> str:
        return f"function:{self.code.co_name}"


def may_be_compiled(func: Any, ci: Any) -> bool:
    """Whether this function could become a native one, and it might call itself."""
    code = func.__code__
    simple = ci.inlinable and not ci.has_loop and not code.co_flags & 12 and not code.co_kwonlyargcount and not code.co_cellvars
    return simple and code.co_argcount <= MAX_ARGS and (code.co_name in code.co_names or code.co_name in code.co_freevars)


def kind_of(m: Any, obj: Any) -> str:
    t = type(obj)
    return FLOAT if t is float else INT if t is int and -(1 << 63) <= obj < 1 << 63 else REF


def start(m: Any, f: Any, locs: list, generic: frozenset) -> None:
    """Sets up the inputs of a function's trace; the frame is at its first instruction."""
    token, code = m.fn, f.code
    trace = m.trace = Trace("function", [], code=code, name=code.co_qualname, flag=m.flag)
    trace.info["function"] = token
    first_free = f.info.nlocalsplus - len(code.co_freevars)
    for k, obj in enumerate(locs):
        if obj is m.NULLOBJ:
            continue
        if k >= first_free:
            f.locals[k] = m.hold(m.const(obj))
            continue
        if k >= code.co_argcount:
            raise Abort("unsupported-opcode", "a local that is bound at the function's start")
        kind = REF if k in generic else kind_of(m, obj)
        op = ir.make("input", desc=ir.SlotDescr(k), type=kind)
        trace.inputs.append(op)
        owned = kind == REF and k in f.info.stored
        token.types.append(kind)
        token.owned.append(owned)
        if owned:
            trace.owned_inputs.append(op)
        f.locals[k] = m.hold(m.from_prim(op, obj) if kind != REF else m.borrowed(op, obj))
        if owned:
            f.locals[k].owned = True
    if len(token.types) != code.co_argcount:
        raise Abort("unsupported-opcode", "a parameter that is not bound at the function's start")
    m.ops.append(ir.make("guard_room", desc=m.flag, snap=m.snap()))
    m.snapshot = None
    m.check_invalidated = False


def target(m: Any, func: Any) -> FunctionToken | None:
    """The compiled function that stands for calls of func, where these are not better inlined."""
    if m.names:  # it would read them from their dict, where they are not
        return None
    token = m.fn if m.fn is not None and m.fn.func is func else m.inner.function(func)
    if token is m.fn and token is not None and sum(1 for g in m.frames if g.code is token.code) < token.unroll:
        return None
    return token


def call(m: Any, f: Any, token: FunctionToken, locs: list, total: int) -> bool:
    """Records a native call with these arguments; False where they are not what the function was compiled for."""
    if len(locs) != len(token.types) or any(t != REF and kind_of(m, v.obj) != t for v, t in zip(locs, token.types)):
        return False
    if token is m.fn:
        token.recursive = True
    operands = [v.ir if t == REF else m.unbox(v) for v, t in zip(locs, token.types)]
    for v, owned in zip(locs, token.owned):
        if not owned:
            m.keep(v)
    objs = [None if owned else v.obj for v, owned in zip(locs, token.owned)]
    given = m.give(f, [v for v, owned in zip(locs, token.owned) if owned], total)
    for k in reversed(range(len(objs))):
        if token.owned[k]:
            objs[k] = given.pop()
    rest = f.stack
    site = m.snap_at(f.pc, rest)
    obj = m.run(token.func, objs)
    if token.result is None:
        token.result = kind_of(m, obj)
    result = token.result
    sig = "".join({REF: "r", INT: "i", FLOAT: "f"}[t] for t in token.types)
    steals = tuple([k for k, owned in enumerate(token.owned) if owned])
    desc = ir.CallDescr(f"native:{token.code.co_name}", sig, result, "status", runs=True, owns=result == REF, steals=steals, target=token)
    op = ir.make("call", *operands, desc=desc, snap=site)
    m.ops.append(op)
    if result == REF:
        v = m.new_reference(op, obj)
    else:
        other = m.emit("native_object", op)
        if kind_of(m, obj) == result:
            v = m.borrowed(other, None)
            m.ops.append(ir.make("guard_null", other, snap=m.snap_at(f.next, [*rest, v])))
            v = m.from_prim(op, obj)
        else:
            number = m.from_prim(op, 0 if result == INT else 0.0)
            m.ops.append(ir.make("guard_nonnull", other, snap=m.snap_at(f.next, [*rest, number])))
            m.hold(number)
            m.release(number)
            v = m.loaded(other, obj)
            drop_result(m)
    m.push(f, v)
    return True


def drop_result(m: Any) -> None:
    """The context's reference to what a native call gave instead of a number."""
    m.emit("call", desc=ir.CallDescr("pt_drop_result", "", ir.VOID, ctx=True, writes=()))


def give(m: Any, f: Any, v: Any, on_stack: bool) -> None:
    """Returns v from the function itself: its slots are given up first, then the result is handed over."""
    token = m.fn
    kind = token.result
    if kind is None:
        kind = token.result = kind_of(m, v.obj)
    number = kind != REF and kind_of(m, v.obj) == kind
    prim = m.unbox(v) if number else v.ir
    f.stack = [v] if on_stack else []
    for k, old in enumerate(f.locals):
        f.locals[k] = None
        if old is not None:
            m.release(old)
    m.start_stack = f.stack[:]
    m.give_up_released(f.pc)
    empty = Snapshot((FrameState(f.func, f.code, f.pc, -1, False, (), ()),))
    if number and v.owned:
        m.emit("decref", v.ir)
    elif not number and not v.owned:
        m.emit("incref", v.ir)
    m.finish(ir.make("return", prim, snap=empty))
