"""From a trace to LLVM text.

A trace becomes two functions of one argument, the bridge's context:

    trace_N        the entry from CPython: takes the inputs from the frame's slots and the promoted names (see `entries`), puts
                   them into the value buffer and goes on in
    trace_N_buf    the body.  Its inputs are in the buffer, in order, one 64-bit word each.  This is also how other compiled
                   loops enter (jump_loop), and how a bridge gets the values of the exit that it grew from.

Passing inputs through the buffer costs a store and a load each and saves LLVM a second copy of anything: no phis at the head, no
second register assignment.

Shape of the body.  Straight-line code, cut into basic blocks by guards:

    entry:   loads of the inputs
    loop:    the phis (where the trace has a label, or jumps to its start)
    b7:      …  br i1 %c, label %b8, label %x2        a guard
    b8:      …  br label %loop
    x2:      stores of the live values to the buffer; ret ptr @exit

Exits are the bulk of the text, and LLVM's time is nearly proportional to the text.  So an exit block is shared by all guards with
the same snapshot and the same references to give up, it stores only what is not in the buffer already (see `homes`), and everything
that can be done from data is done by the bridge from the exit's blob (see `exits`).

What LLVM may assume.  Each memory class of the IR is a TBAA type of its own, and so are reference counts, type pointers, the
buffer and the context.  This is what lets loads move over stores; it holds since all memory of CPython's objects is typed by
its struct.  Loads of immutable fields are `!invariant.load`.  A call may touch any memory, unless its descriptor says that it is
pure.  The eval breaker is another thread's to write: it is an atomic load, so that it stays in the loop.  The flag of
guard_not_invalidated can only change while this thread runs other code (it holds the GIL), so it is an ordinary load that a
call invalidates.

Where emitters live: `scalars` has the table and the numbers, `objects` boxes, memory, allocations and calls, and this file guards
and control flow.  An emitter is a function (writer, op, operands as LLVM text); a new operation is one more of them.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from . import functions, objects, renew
from .entries import enters_from_frame, frame_entry
from .exits import RETURN
from .scalars import EMITTERS, emits
from .text import LIKELY, LLVM_TYPE, EmitError, Env, ExitBlock, Writer, address

_DECREF = ir.BY_NAME["decref"].code

_NATIVE_OBJECT = ir.BY_NAME["native_object"].code


class Emitted:
    """LLVM text and what it refers to.

    `body` and `entry` are modules of their own (`entry` is empty where there is no entry from the frame): the body is worth an optimizer's
    time, the entry is not.  `keep`: objects whose addresses are in the code.
    """

    __slots__ = ("name", "body", "entry", "exits", "keep")

    def __init__(self, name: str, body: str, entry: str, exits: list[ExitBlock], keep: list[Any]) -> None:
        self.name = name
        self.body = body
        self.entry = entry
        self.exits = exits
        self.keep = keep


def emit(trace: ir.Trace, env: Env, name: str = "trace_0", arrivals: int = 0) -> Emitted:
    """LLVM text for a trace.  Raises EmitError or ExitError (a sentence) for one that cannot be compiled.

    `arrivals`: address of an int64 that counts the iterations, or 0.
    """
    w = Writer(trace, env, name)
    w.arrivals = arrivals
    parameters = functions.parameters(w) if w.function is not None else ""
    write_operations(w)
    if w.function is None:
        w.exit_blocks()
        head = f"define ptr @{name}_buf(ptr noalias %ctx) nounwind {{"
    else:
        functions.leave(w)
        head = f"define {functions.PAIR} @{name}_buf(ptr noalias %ctx, {parameters}) nounwind {{"
    body = [
        head,
        "entry:",
        *([f"%buf = alloca [{max([1, len(w.homes.until), *[len(x.plan.live) for x in w.exit_list]])} x i64]"] if w.function is not None else ()),
        *([f"%call = alloca [{w.layout['call.size'] // 8} x i64]"] if w.calls else ()),
        *(["%out = alloca i64"] if w.out_word else ()),
        *([f"%stack = alloca [{w.stack_words} x i64]"] if w.stack_words else ()),
        *w.prologue,
        *w.lines,
        "}",
        *w.intrinsics.values(),
    ]
    if w.function is not None:
        entry = functions.words_entry(w)
    else:
        entry = [*frame_entry(w), f"declare ptr @{name}_buf(ptr)"] if enters_from_frame(trace) else []
    metadata = w.metadata()
    texts = ["\n".join([*lines, *metadata, ""]) if lines else "" for lines in (body, entry)]
    return Emitted(name, *texts, w.exit_list, w.keep)  # pyright: ignore[reportCallIssue]


def write_operations(w: Writer) -> None:
    """The lines of all operations of a trace."""
    trace = w.trace
    if w.homes.in_loop:
        _header(w, trace.inputs, [w.load_input(op) for op in trace.inputs])
    emitters, value = EMITTERS, w.value
    renewals, w.together = renew.find(w)
    for w.position, op in enumerate(trace.ops):
        if op in w.together:
            continue
        if op in renewals:
            renew.emit(w, op, renewals[op])
            continue
        emitter = emitters.get(op.code)
        if emitter is None:
            raise EmitError(f"No emitter is registered for the operation {op.name}.")
        emitter(w, op, [value(a) for a in op.args])
    if w.phi_lines and trace.ops[-1].code != ir.JUMP:  # the loop's body never comes to its end
        for line, _ in w.phi_lines:
            w.lines[line] = w.lines[line].removesuffix(", ")


# -- control flow


def _header(w: Writer, phis: list[ir.Op], first: list[str]) -> None:
    """Begins the loop; the lines of the phis are completed by the jump."""
    before = w.block
    w.shown.clear()
    w.lines.append(f"br label %{w.prefix}loop")
    w.begin(w.prefix + "loop")
    for op, value in zip(phis, first):
        w.phi_lines.append((len(w.lines), op))
        w.lines.append(f"{w.define(op)} = phi {LLVM_TYPE[op.type]} [ {value}, %{before} ], ")


@emits("label")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    stores = w.homes.enter_loop()
    if w.region is None:
        w.put(stores)
    _header(w, op.desc, a)


@emits("jump")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    if len(a) != len(w.phi_lines):
        raise EmitError(f"The jump has {len(a)} operands for {len(w.phi_lines)} loop-carried values.")
    for (line, _), value in zip(w.phi_lines, a):
        w.lines[line] += f"[ {value}, %{w.block} ]"
    if w.arrivals:
        before, after = w.fresh(), w.fresh()
        w.load(before, "i64", address(w.arrivals), 0, "arrivals")
        w.lines.append(f"{after} = add i64 {before}, 1")
        w.store("i64", after, address(w.arrivals), 0, "arrivals")
    w.lines.append(f"br label %{w.prefix}loop")


@emits("jump_loop")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    if w.region is not None and w.region.after_jump(w, op, a):
        w.keep.append(op.desc)
        return
    w.put(zip(op.args, range(len(op.args))))
    w.keep.append(op.desc)
    w.lines.append(f"ret ptr {address(w.env.jump_exit_address(op.desc))}")


@emits("exit")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    exit.used = True
    w.lines.append(f"br label %{exit.label}")


@emits("return")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    if w.function is not None:
        functions.give_back(w, op, a[0])
        return
    exit = w.exit(op, RETURN, op.args[0])
    exit.used = True
    w.lines.append(f"br label %{exit.label}")


@emits("input", "phi")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    raise EmitError(f"{op.name} cannot stand among the operations.")


# -- guards


def _comparison(name: str, text: str, leave_when_true: bool) -> None:
    def emit(w: Writer, op: ir.Op, a: list[str]) -> None:
        exit = w.exit(op)
        c = w.fresh()
        w.lines.append(f"{c} = {text.format(*a)}")
        (w.leave_if if leave_when_true else w.leave_unless)(c, exit)

    emits(name)(emit)


_comparison("guard_is", "icmp eq ptr {0}, {1}", False)
_comparison("guard_is_not", "icmp eq ptr {0}, {1}", True)
_comparison("guard_nonnull", "icmp eq ptr {0}, null", True)


@emits("guard_null")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    v = op.args[0]
    if type(v) is ir.Op and v.code == _NATIVE_OBJECT:
        w.leave_if(w.others[v.args[0]][0], exit)
        return
    c = w.fresh()
    w.lines.append(f"{c} = icmp eq ptr {a[0]}, null")
    w.leave_unless(c, exit)


@emits("guard_true")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.leave_unless(a[0], w.exit(op))


@emits("guard_false")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.leave_if(a[0], w.exit(op))


def _has_type(w: Writer, a: list[str]) -> str:
    t, c = w.fresh(), w.fresh()
    w.load(t, "ptr", a[0], w.offset("ob_type"), "ob_type")
    w.lines.append(f"{c} = icmp eq ptr {t}, {a[1]}")
    return c


@emits("guard_type")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.leave_unless(_has_type(w, a), w.exit(op))


@emits("guard_not_type")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.leave_if(_has_type(w, a), w.exit(op))


def _count_of_one(name: str, predicate: str) -> None:
    def emit(w: Writer, op: ir.Op, a: list[str]) -> None:
        exit = w.exit(op)
        count, c = w.fresh(), w.fresh()
        w.load(count, "i32", a[0], w.offset("ob_refcnt"), "refcount")
        w.lines.append(f"{c} = icmp {predicate} i32 {count}, {op.desc or 1}")
        w.leave_unless(c, exit)

    emits(name)(emit)


_count_of_one("guard_shared", "ne")
_count_of_one("guard_alone", "eq")


@emits("guard_harmless")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    """With the decref that follows: who knows that an object dies plainly has seen all that has to be done."""
    exit = w.exit(op)
    exit.used = True
    after = w.trace.ops[w.position + 1]
    together = after.code == _DECREF and after.args[0] is op.args[0] and after.snap is None
    if together:
        w.together.add(after)
    count, last, ok = w.fresh(), w.fresh(), w.fresh()
    dies, lives, done = w.label("d"), w.label("b"), w.label("b")
    w.load(count, "i32", a[0], w.offset("ob_refcnt"), "refcount")
    w.lines.append(f"{last} = icmp eq i32 {count}, 1")
    w.lines.append(f"br i1 {last}, label %{dies}, label %{lives}")
    w.begin(dies)
    result = w.fresh()
    w.lines.append(f"{result} = call i32 {w.symbol('pt_release' if together else 'pt_dies_plainly')}(ptr {a[0]}) nounwind")
    w.lines.append(f"{ok} = icmp ne i32 {result}, 0")
    w.lines.append(f"br i1 {ok}, label %{done}, label %{exit.label}, {LIKELY}")
    w.begin(lives)
    if together:
        objects.change_count(w, a[0], "sub")
    w.lines.append(f"br label %{done}")
    w.begin(done)


@emits("guard_not_invalidated")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    if w.dirty and op.desc is w.trace.flag:  # since then nothing can have changed but in the call
        c = w.fresh()
        w.lines.append(f"{c} = icmp eq i64 {w.dirty}, 0")
        w.leave_unless(c, exit)
        w.dirty = ""
        return
    flag, c = w.fresh(), w.fresh()
    w.load(flag, "i64", address(w.env.flag_address(op.desc)), 0, "flag")
    w.object(op.desc.handle)  # is kept
    if w.has_symbol("monitoring_version"):  # somebody began to trace or to monitor: CPython must run what comes next
        before, now, change, either = (w.fresh() for _ in range(4))
        w.load(before, "i64", "%ctx", w.offset("ctx.spare"), "ctx")
        w.load(now, "i64", w.symbol("monitoring_version"), 0, "flag")
        w.lines.append(f"{change} = xor i64 {before}, {now}")
        w.lines.append(f"{either} = or i64 {change}, {flag}")
        flag = either
    w.lines.append(f"{c} = icmp eq i64 {flag}, 0")
    w.leave_unless(c, exit)


@emits("guard_poll")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    width = w.layout.get("eval_breaker.width", 8) * 8
    mask = w.layout.get("eval_breaker.mask", -1) & ((1 << width) - 1)
    word, events, c = w.fresh(), w.fresh(), w.fresh()
    w.lines.append(f"{word} = load atomic i{width}, ptr {w.ctx_field('eval_breaker')} monotonic, align {width // 8}")
    w.lines.append(f"{events} = and i{width} {word}, {mask}")
    w.lines.append(f"{c} = icmp eq i{width} {events}, 0")
    if w.arrivals and w.trace.kind == "loop":
        c = _tick(w, c)
    w.leave_unless(c, exit)


def _tick(w: Writer, quiet: str) -> str:
    """Code that was compiled in a hurry leaves now and then.  The lines with the comment are not in the text for the other tier (`without_ticks`)."""
    ticks = address(w.arrivals - w.offset("exit.count") + w.offset("exit.ticks"))
    before, after, low, some, both = (w.fresh() for _ in range(5))
    start = len(w.lines)
    w.load(before, "i64", ticks, 0, "arrivals")
    w.lines.append(f"{after} = add i64 {before}, 1")
    w.store("i64", after, ticks, 0, "arrivals")
    w.lines.append(f"{low} = and i64 {after}, {w.layout['ticks'] - 1}")
    w.lines.append(f"{some} = icmp ne i64 {low}, 0")
    w.lines[start:] = [line + _TICK for line in w.lines[start:]]
    w.lines.append(f"{both} = and i1 {quiet}, {some}{_BOTH}")
    return both


_TICK, _BOTH = " ; tick", " ; both"


def without_ticks(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        if line.endswith(_BOTH):
            name, _, rest = line.partition(" = and i1 ")
            lines.append(f"{name} = or i1 {rest.partition(',')[0]}, false")
        elif not line.endswith(_TICK):
            lines.append(line)
    return "\n".join(lines)


__all__ = ["Emitted", "Env", "EmitError", "emit", "without_ticks"]
