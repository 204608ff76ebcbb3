"""Generators: the body of one that the trace resumes is inlined, from where it waits to its next yield.

A suspended generator keeps its frame in itself, and that is memory like any other: each place of localsplus is a field (`ir.gen_slot`), and so
are the instruction at which the frame waits, the height of its stack and its state.  To resume it is to guard these, to take what stands in the
frame (load and own; the place is emptied) and to go on in an abstract frame; to suspend it is to store everything back.  In between its state
is "executing", so that whoever gets hold of it sees what CPython would show.  A generator that nobody else knows is virtual, and none of
this is ever written.

While the body runs, the generator stays on top of the stack of its caller, which waits in FOR_ITER, SEND or a call of next() or send().  There
exits find it, and so does whoever has to see frames (`interp/generators.c`).
"""

from __future__ import annotations

import opcode
import sys
from types import GeneratorType
from typing import Any

from ..interp.bytecode import CO_GENERATOR_LIKE, CO_VARARGS, CO_VARKEYWORDS, info
from . import ir
from .aborts import Abort
from .ir import INT, Const

PY313 = sys.version_info >= (3, 13)
FOR_ITER, SEND, NEXT = 2, 4, 8  # what waits for the next value; as in interp/bridge.h
RESUMED = FOR_ITER | SEND | NEXT
SEND_LOOP = 6  # bytes of YIELD_VALUE, RESUME and JUMP_BACKWARD_NO_INTERRUPT, which follow each SEND
CO_GENERATOR = 0x20
consumers_file = __file__.replace("generators", "consumers")
NESTED = 1  # generators of the same code in one another

_layout: dict[str, int] = {}


def _state(m: Any, name: str) -> int:
    if not _layout:
        _layout.update({k: v for k, v in m.bridge.layout().items() if k.startswith(("generator.", "frame."))})
    return _layout[f"generator.{name}"]


def can_resume(m: Any, code: Any) -> bool:
    if m.fn is not None or len(m.frames) > m.limits.depth or m.watcher.is_opaque(code):
        return False
    return sum(1 for g in m.frames if g.code is code) < NESTED and m.watcher.watch_code(m.flag, code)


def resume(m: Any, g: Any, how: int, sent: Any) -> Any:
    """The frame of the generator's body, resumed; None where CPython must do it."""
    if type(g.obj) is not GeneratorType:
        return None
    found = m.bridge.generator_state(g.obj)
    if found is None or not can_resume(m, found[0]):
        return None
    code, offset, state = found
    if not _reaches_its_end(m, g.obj, [h.code for h in m.frames]):
        return None
    globals_, builtins = m.bridge.generator_names(g.obj)
    if state == _state(m, "created") and sent.obj is not None:
        return None
    m.guard_type(g)
    if state == _state(m, "created"):
        m.guard_type(sent)
    _guard_int(m, g, ir.GEN_STATE, state)
    _guard_int(m, g, ir.GEN_INSTRUCTION, m.bridge.instruction_word(code, offset))
    m.guard("guard_is", m.emit("load", g.ir, desc=ir.GEN_GLOBALS), m.const(globals_).ir)
    m.guard("guard_is", m.emit("load", g.ir, desc=ir.GEN_BUILTINS), m.const(builtins).ir)
    m.guard("guard_null", m.emit("load", g.ir, desc=ir.GEN_HANDLED))
    locs, stack = m.bridge.generator_slots(g.obj)
    loads = []
    for k, obj in enumerate(locs + stack):
        op = m.emit("load", g.ir, desc=ir.gen_slot(k))
        m.guard("guard_null" if obj is m.NULLOBJ else "guard_nonnull", op)
        loads.append(op)
    from .recorder import Frame, Val

    inner = Frame(code, code, globals_, builtins, False)
    inner.drop_result = how
    n = len(locs)
    for k, (op, obj) in enumerate(zip(loads, locs + stack)):
        v: Any = None if k < n else m.null
        if obj is not m.NULLOBJ:
            m.emit("store", g.ir, ir.NULL, desc=ir.gen_slot(k))
            m.emit("own", op)
            v = m.hold(Val(op, obj, True))
        if k < n:
            inner.locals[k] = v
        else:
            inner.stack.append(v)
    m.emit("store", g.ir, Const(INT, ir.generator_top(-1)), desc=ir.GEN_TOP)
    m.emit("store", g.ir, Const(INT, _state(m, "executing")), desc=ir.GEN_STATE)
    m.bridge.generator_resume(g.obj)
    inner.stack.append(m.hold(sent))
    inner.pc = inner.next = offset
    return inner


def _reaches_its_end(m: Any, g: Any, codes: list) -> bool:
    """Whether all the generators that g delegates to can be inlined as well: a body that runs in CPython is better resumed by CPython."""
    while type(g) is GeneratorType:
        found = m.bridge.generator_state(g)
        if found is None or codes.count(found[0]) >= NESTED:
            return False
        codes.append(found[0])
        g = g.gi_yieldfrom
    return True


def enter(m: Any, f: Any, inner: Any) -> None:
    """The resumed frame is the innermost one from now on; f waits, and the generator is on top of its stack."""
    f.call_offset = f.pc
    f.state = m._state(f, f.next, f.pc, f.stack)
    m.frames.append(inner)


def waits(f: Any) -> bool:
    """Whether f asks a generator next."""
    return bool(f.stack) and type(f.stack[-1].obj) is GeneratorType


def begins(m: Any, f: Any) -> bool:
    """Whether f is about to ask a generator for its first item."""
    found = m.bridge.generator_state(f.stack[-1].obj) if waits(f) else None
    return found is not None and found[2] == ir.CREATED and can_resume(m, found[0])


def left(m: Any, f: Any, count: Any) -> int | None:
    """How many items the generator on top of the stack has at most, if it is in a `for` loop of which that is known."""
    g = f.stack[-1].obj
    if m.bridge.generator_state(g) is None:
        return None
    stack = m.bridge.generator_slots(g)[1]
    return count(stack[-1]) if stack else None


def blamed(f: Any) -> Any:
    """The code that is not to be inlined again because of a frame: its own, or, of a builtin's loop, that of the generator that it consumes."""
    for v in f.stack:
        if type(v.obj) is GeneratorType and f.code.co_filename == consumers_file:
            return v.obj.gi_code
    return f.code


def _guard_int(m: Any, g: Any, desc: Any, value: int) -> None:
    m.guard("guard_true", m.emit("int_eq", m.emit("load", g.ir, desc=desc), Const(INT, value)))


def for_iter(m: Any, f: Any, it: Any) -> bool:
    inner = resume(m, it, FOR_ITER, m.const(None))
    if inner:
        enter(m, f, inner)
    return bool(inner)


def send(m: Any, f: Any, ins: Any) -> bool:
    """SEND: receiver and value on the stack."""
    g, sent = f.stack[-2:]
    if ins.target != ins.next + SEND_LOOP:
        return False
    inner = resume(m, g, SEND, sent)
    if inner:
        m.drop(f)
        enter(m, f, inner)
    return bool(inner)


def send_out(m: Any, f: Any, ins: Any) -> bool:
    """SEND in an inlined frame to a generator whose body is not inlined."""
    g, sent = f.stack[-2:]
    if f.root or type(g.obj) is not GeneratorType:
        return False
    m.guard_type(g)
    r = m.residual("pt_send", [g, sent], m.bridge.send)
    ended = m.bridge.generator_ended(g.obj)
    state = m.emit("load", g.ir, desc=ir.GEN_STATE)
    snap = m.snap_at(f.next if ended else ins.target, [*m.start_stack[:-1], r])
    m.ops.append(ir.make("guard_true", m.emit("int_gt" if ended else "int_lt", state, Const(INT, 0 if ended else 1)), snap=snap))
    m.drop(f)
    m.push(f, r)
    if ended:
        f.next = ins.target
    return True


def call(m: Any, f: Any, g: Any, sent: Any, total: int) -> bool:
    """next(g) or g.send(value), with `total` operands on the stack."""
    inner = resume(m, g, NEXT, sent)
    if inner:
        m.hold(g)
        m.drop(f, total)
        f.stack.append(g)
        enter(m, f, inner)
    return bool(inner)


def suspend(m: Any, f: Any, arg: int) -> None:
    """YIELD_VALUE in an inlined frame."""
    if f is m.home:
        raise Abort("loop-ended")
    caller = m.frames[-2]
    g = caller.stack[-1]
    v = f.stack.pop()
    state = _state(m, "yields_from" if PY313 and arg & 1 else "suspended")
    objs = [m.NULLOBJ if x is None else x.obj for x in (*f.locals, *f.stack)]
    for k, x in enumerate((*f.locals, *f.stack)):
        if x is None or x is m.null:
            continue
        if x.owned and x.holders == 1:
            x.holders = 0  # the trace's own reference moves into the frame
        else:
            m.emit("incref", x.ir)
            m.release(x)
        m.emit("store", g.ir, x.ir, desc=ir.gen_slot(k))
    n = f.info.nlocalsplus
    m.emit("store", g.ir, Const(INT, m.bridge.instruction_word(f.code, f.next)), desc=ir.GEN_INSTRUCTION)
    m.emit("store", g.ir, Const(INT, ir.generator_top(len(objs))), desc=ir.GEN_TOP)
    m.emit("store", g.ir, Const(INT, state), desc=ir.GEN_STATE)
    m.bridge.generator_suspend(g.obj, f.next, state, objs[:n], objs[n:])
    _back(m, f)
    if f.drop_result == NEXT:
        m.release(caller.stack.pop())
    caller.stack.append(v)
    caller.pc = caller.next
    f.locals, f.stack = [], []


def end(m: Any, f: Any, v: Any) -> None:
    """The body returns v (held)."""
    caller = m.frames[-2]
    g = caller.stack[-1]
    if f.drop_result == NEXT:  # raises StopIteration
        f.stack.append(v)
        if m.kind != "bridge":
            raise Abort("loop-ended")
        m.released.clear()
        f.next = f.pc
        m._leave()
        m.done = True
        return
    m.guard("guard_null", m.emit("load", g.ir, desc=ir.GEN_FRAME_OBJECT))
    m.guard("guard_null", m.emit("load", g.ir, desc=ir.GEN_LOCALS))
    func = m.emit("load", g.ir, desc=ir.GEN_FUNCTION)
    m.emit("store", g.ir, ir.NULL, desc=ir.GEN_FUNCTION)
    m.emit("own", func)
    m.emit("store", g.ir, Const(INT, _state(m, "cleared")), desc=ir.GEN_STATE)
    m.emit("store", g.ir, Const(INT, m.bridge.instruction_word(f.code, 0)), desc=ir.GEN_INSTRUCTION)
    for old in (*f.locals, *f.stack):
        if old is not None:
            m.release(old)
    from .recorder import Val

    m.release(m.hold(Val(func, m.bridge.generator_end(g.obj), True)))
    _back(m, f)
    waits = caller.info.at[caller.call_offset]
    if f.drop_result == FOR_ITER:
        m.release(v)
        m.drop(caller)
        caller.next = waits.target + (4 if PY313 else 2)
    else:
        caller.stack.append(v)
        caller.next = waits.target
    caller.pc = caller.next


def create(m: Any, f: Any, fn: Any, args: list, kwnames: tuple | None, total: int) -> bool:
    """A call of a generator function, with `total` operands on the stack: nothing of it runs but what prepares the frame."""
    func = fn.obj
    code = func.__code__
    if code.co_flags & (CO_GENERATOR_LIKE | CO_VARARGS | CO_VARKEYWORDS) != CO_GENERATOR or info(code).nlocalsplus + code.co_stacksize > ir.GEN_SLOTS:
        return False
    prologue = _prologue(code)
    if prologue is None or not m.bridge.plain_function(func):
        return False
    from . import calls

    fresh = type(fn.ir) is not Const
    if fresh and (len(args) != code.co_argcount or kwnames or code.co_kwonlyargcount):
        return False
    if not fresh and not calls.watch_function(m, fn, func):
        return False
    locs = calls.bind(m, func, args, kwnames)
    if locs is None or fresh and not calls.known_by_code(m, fn):
        return False
    from .recorder import Val

    n = code.co_argcount
    names = code.co_varnames[n : n + code.co_kwonlyargcount]
    obj = m.pure(func, *[v.obj for v in locs[:n]], **{k: v.obj for k, v in zip(names, locs[n:])})
    size = info(code).nlocalsplus
    objs, _ = m.bridge.generator_slots(obj)
    slots: list[Any] = [None if v is None else v.ir for v in locs] + [None] * (size - len(locs))
    made: set[int] = set()  # slots of which the trace has a reference of its own
    for what, k in prologue[1]:
        if what == "MAKE_CELL":
            old = slots[k]
            if old is not None:
                m.emit("incref", old)
            slots[k] = m.emit("new_cell", ir.NULL if old is None else old)
            made.add(k)
        else:
            closure = m.emit("load", fn.ir, desc=ir.FUNC_CLOSURE) if fresh else m.const(func.__closure__).ir
            if fresh:  # of a code that has free variables: there is one
                m.guard("guard_nonnull", closure)
            for i in range(k):
                cell = m.emit("load_at", closure, Const(INT, i), desc=ir.TUPLE_ITEM) if fresh else m.const(objs[size - k + i]).ir
                slots[size - k + i] = cell
    m.emit("incref", fn.ir)
    for k, x in enumerate(slots):
        if x is not None and k not in made:
            m.emit("incref", x)
    globals_, builtins = m.bridge.generator_names(obj)
    base = m.bridge.instruction_word(code, 0)
    desc = ir.GeneratorDescr(code, globals_, builtins, base)
    words = Const(INT, _state(m, "created")), Const(INT, base + prologue[0]), Const(INT, ir.generator_top(size))
    op = m.emit("new_generator", fn.ir, *words, *[ir.NULL if x is None else x for x in slots], *[ir.NULL] * code.co_stacksize, desc=desc)
    m.drop(f, total)
    m.push(f, Val(op, obj, True, GeneratorType))
    return True


def _prologue(code: Any) -> tuple[int, list] | None:
    """What a generator function does before its generator is made, and where that begins; None where that is not simple."""
    steps = []
    for ins in info(code).order:
        name = opcode.opname[ins.op]
        if name == "RETURN_GENERATOR":
            return ins.next, steps
        if name not in ("MAKE_CELL", "COPY_FREE_VARS"):
            return None
        steps.append((name, ins.arg))
    return None


def _back(m: Any, f: Any) -> None:
    m.frames.pop()
    m.frames[-1].state = None
    f.next = f.pc


__all__ = ["RESUMED", "call", "create", "end", "for_iter", "send", "send_out", "suspend"]
