"""Compiled functions: their entries, calls of them, returns (interp/native.c says how it all hangs together).

    {i64, i64} trace_N_buf(ctx, remaining, arguments...)    a function's trace
    {i64, i64} trace_N(ctx, remaining, words)               the same for callers in C, with the arguments in words
    {i64, i64} trace_N_buf(ctx, remaining, words)           a bridge: the exit's values are in its parent's buffer

The result is a status and a word.  The buffer for live values is on the C stack, so an exit cannot be returned: it is carried out at once, by its
bridge if it has one.  All exits share the code that does it.
"""

from __future__ import annotations

from ..tracer import ir
from .exits import RAISE
from .homes import STAYS
from .scalars import emits
from .text import LIKELY, LLVM_TYPE, UNLIKELY, EmitError, Writer, address

PAIR = "{i64, i64}"
_WANT = {ir.REF: 0, ir.INT: 1, ir.FLOAT: 2}
_OK, _OTHER, _RAISED = range(3)


def parameters(w: Writer) -> str:
    """The parameters after the context; the names of inputs are settled here."""
    if w.trace.kind == "bridge":
        return "i64 %rem, ptr %parent"
    out = ["i64 %rem"]
    for k, op in enumerate(w.trace.inputs):
        w.names[op] = f"%a{k}"
        out.append(f"{LLVM_TYPE[op.type]} %a{k}")
    return ", ".join(out)


def words_entry(w: Writer) -> list[str]:
    """The entry with arguments in words."""
    if w.trace.kind == "bridge":
        return []
    lines, args = [], ["ptr %ctx", "i64 %rem"]
    for k, op in enumerate(w.trace.inputs):
        t = LLVM_TYPE[op.type]
        lines += [f"%p{k} = getelementptr i64, ptr %words, i64 {k}", f"%a{k} = load {t}, ptr %p{k}"]
        args.append(f"{t} %a{k}")
    return [
        f"define {PAIR} @{w.name}(ptr %ctx, i64 %rem, ptr %words) nounwind {{",
        *lines,
        f"%r = call {PAIR} @{w.name}_buf({', '.join(args)})",
        f"ret {PAIR} %r",
        "}",
        f"declare {PAIR} @{w.name}_buf(ptr, i64{''.join(', ' + LLVM_TYPE[op.type] for op in w.trace.inputs)})",
    ]


def leave(w: Writer) -> None:
    """The blocks of the exits, and what they share."""
    from_blocks = []
    for block in w.exit_list:
        if block.used:
            w.begin(block.label)
            w.put(block.late)
            from_blocks.append((block.label, address(block.address), "%call" if block.plan.flags & RAISE and w.calls else "null"))
            w.lines.append("br label %leave")
    if not from_blocks:
        return
    w.begin("leave")
    w.lines.append(f"%exit = phi ptr {', '.join(f'[ {a}, %{label} ]' for label, a, _ in from_blocks)}")
    w.lines.append(f"%raised_in = phi ptr {', '.join(f'[ {c}, %{label} ]' for label, _, c in from_blocks)}")
    w.lines.append("%bridge = load ptr, ptr %exit")  # PtExit.native
    w.lines.append("%cold = icmp eq ptr %bridge, null")
    w.lines.append("br i1 %cold, label %carry_out, label %go_on")
    w.begin("go_on")
    w.lines.append(f"%there = call {PAIR} %bridge(ptr %ctx, i64 %rem, ptr %buf)")
    w.lines.append(f"ret {PAIR} %there")
    w.begin("carry_out")
    want = _WANT[w.function.result]
    w.lines.append(f"%here = call {PAIR} {w.symbol('pt_native_exit')}(ptr %ctx, ptr %exit, ptr %buf, ptr %raised_in, i64 {want}) nounwind")
    w.lines.append(f"ret {PAIR} %here")


def give_back(w: Writer, op: ir.Op, value: str) -> None:
    """The return of a function."""
    arg, want = op.args[0], w.function.result
    status = _OK if arg.type == want else _OTHER
    if status == _OTHER and arg.type != ir.REF:
        raise EmitError(f"A function that gives {want} cannot return {arg.type}.")
    if status == _OTHER:
        w.store("ptr", value, "%ctx", w.offset("ctx.result"), "result")
    word, pair = w.fresh(), w.fresh()
    cast = {ir.INT: None, ir.FLOAT: "bitcast double", ir.REF: "ptrtoint ptr"}[arg.type]
    if cast is None:
        word = value
    else:
        w.lines.append(f"{word} = {cast} {value} to i64")
    w.lines.append(f"{pair} = insertvalue {PAIR} {{ i64 {status}, i64 undef }}, i64 {word}, 1")
    w.lines.append(f"ret {PAIR} {pair}")


@emits("guard_room")
def _guard_room(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    width = w.layout.get("eval_breaker.width", 8) * 8
    mask = w.layout.get("eval_breaker.mask", -1) & ((1 << width) - 1)
    word, events, wide, flag, before, now, change, one, both, quiet, few, limit, low, either, leave = (w.fresh() for _ in range(15))
    w.lines.append(f"{word} = load atomic i{width}, ptr {w.ctx_field('eval_breaker')} monotonic, align {width // 8}")
    w.lines.append(f"{events} = and i{width} {word}, {mask}")
    w.lines.append(f"{wide} = zext i{width} {events} to i64" if width < 64 else f"{wide} = add i64 {events}, 0")
    w.load(flag, "i64", address(w.env.flag_address(op.desc)), 0, "flag")
    w.keep.append(op.desc.handle)
    w.load(before, "i64", "%ctx", w.offset("ctx.spare"), "ctx")
    w.load(now, "i64", w.symbol("monitoring_version"), 0, "flag")
    w.lines.append(f"{change} = xor i64 {before}, {now}")
    w.lines.append(f"{one} = or i64 {wide}, {flag}")
    w.lines.append(f"{both} = or i64 {one}, {change}")
    w.lines.append(f"{quiet} = icmp ne i64 {both}, 0")
    w.lines.append(f"{few} = icmp slt i64 %rem, {w.layout['frames_spare']}")
    w.load(limit, "ptr", "%ctx", w.offset("ctx.stack_limit"), "ctx", ", !invariant.load !2")
    w.lines.append(f"{low} = icmp ult ptr %buf, {limit}")
    w.lines.append(f"{either} = or i1 {few}, {low}")
    w.lines.append(f"{leave} = or i1 {either}, {quiet}")
    w.leave_if(leave, exit)


def _prepare(w: Writer) -> None:
    """The record of calls in progress: once, before the first call."""
    w.calls = True
    lines, w.lines = w.lines, w.lines if w.function is not None else w.prologue
    w.store("i64", "0", "%call", w.offset("call.synced"), "call")
    w.store("ptr", "%buf" if w.function is not None else w.buffer(), "%call", w.offset("call.buf"), "call")
    w.load("%chain", "ptr", "%ctx", w.offset("ctx.chain"), "chain")
    w.store("ptr", "%chain", "%call", w.offset("call.prev"), "call")
    w.lines = lines


def _remaining(w: Writer, frames: int) -> str:
    r = w.fresh()
    if w.function is not None:
        w.lines.append(f"{r} = sub i64 %rem, {frames}")
        return r
    count, wide = w.fresh(), w.fresh()
    w.load(count, "i32", w.ctx_field("tstate"), w.offset("tstate.py_recursion_remaining"), "tstate")
    w.lines.append(f"{wide} = sext i32 {count} to i64")
    w.lines.append(f"{r} = sub i64 {wide}, {frames - 1}")
    return r


def native_call(w: Writer, op: ir.Op, a: list[str]) -> None:
    """A call of a compiled function."""
    d = op.desc
    token = d.target
    site = w.exit(op, RAISE, mode=STAYS)
    if not w.calls:
        _prepare(w)
    w.keep.append(token)
    entry = f"@{w.name}_buf" if token is w.function and w.trace.kind == "function" else address(token.compiled.buf_entry)
    args = ["ptr %ctx", f"i64 {_remaining(w, len(op.snap.frames))}", *[f"{LLVM_TYPE[v.type]} {x}" for v, x in zip(op.args, a)]]  # pyright: ignore[reportOptionalMemberAccess]
    w.shown.clear()
    w.store("ptr", address(site.address), "%call", w.offset("call.site"), "call")
    w.store("ptr", "%call", "%ctx", w.offset("ctx.chain"), "chain")
    pair, status, word, synced, seen = (w.fresh() for _ in range(5))
    w.lines.append(f"{pair} = call {PAIR} {entry}({', '.join(args)}) nounwind")
    w.store("ptr", "%chain", "%ctx", w.offset("ctx.chain"), "chain")
    w.lines.append(f"{status} = extractvalue {PAIR} {pair}, 0")
    w.lines.append(f"{word} = extractvalue {PAIR} {pair}, 1")
    w.load(synced, "i64", "%call", w.offset("call.synced"), "call")
    w.lines.append(f"{seen} = icmp ne i64 {synced}, 0")
    after, done, here = w.label("b"), w.label("b"), w.block
    w.lines.append(f"br i1 {seen}, label %{after}, label %{done}, {UNLIKELY}")
    w.begin(after)
    changed, dirty, raised = (w.fresh() for _ in range(3))
    flag = address(w.env.flag_address(w.trace.flag))  # pyright: ignore[reportArgumentType]
    w.keep.append(w.trace.flag.handle)  # pyright: ignore[reportOptionalMemberAccess]
    w.lines.append(f"{changed} = call i64 {w.symbol('pt_native_after')}(ptr %ctx, ptr %call, i64 {status}, ptr {flag}) nounwind")
    w.lines.append(f"br label %{done}")
    w.begin(done)
    w.lines.append(f"{dirty} = phi i64 [ 0, %{here} ], [ {changed}, %{after} ]")
    w.dirty = dirty
    w.lines.append(f"{raised} = icmp eq i64 {status}, {_RAISED}")
    w.leave_if(raised, site)
    if d.result == ir.INT:
        w.names[op] = word
    elif d.result == ir.FLOAT:
        w.lines.append(f"{w.define(op)} = bitcast i64 {word} to double")
    else:
        w.lines.append(f"{w.define(op)} = inttoptr i64 {word} to ptr")
    other = w.fresh()
    w.lines.append(f"{other} = icmp eq i64 {status}, {_OTHER}")
    w.others[op] = other, word


@emits("native_object")
def _native_object(w: Writer, op: ir.Op, a: list[str]) -> None:
    other, word = w.others[op.args[0]]
    r = w.fresh()
    w.lines.append(f"{r} = inttoptr i64 {word} to ptr")
    w.lines.append(f"{w.define(op)} = select i1 {other}, ptr {r}, ptr null")


__all__ = ["LIKELY", "PAIR", "give_back", "leave", "native_call", "parameters", "words_entry"]
