"""IR text in, IR text out: what one mechanism of the forward walk makes of a trace."""

from typing import Any

from pytrace.optimizer import MECHANISM_NAMES, forward, peel
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

CALLS = {
    d.symbol: d
    for d in (
        ir.CallDescr("run", "r", ir.VOID, error="neg", runs=True),
        ir.CallDescr("peek", "r", ir.INT, reads=("*",)),
        ir.CallDescr("twice", "i", ir.INT, pure=True),
        ir.CallDescr("poke", "r", ir.VOID, writes=("list.items",)),
        ir.CallDescr("pt_ascii_char", "ri", ir.REF, pure=True, owns=False),
        ir.CallDescr("eat", "r", ir.VOID, steals=(0,)),
    )
}


class Point:
    """A class of the program."""


def walked(text: str, *on: str, kind: str = "bridge", names: dict[str, Any] | None = None, off: frozenset[str] = frozenset()) -> ir.Trace:
    """The trace after peeling and the forward walk with only these mechanisms on (none named: all)."""
    trace = parse(text, {"Point": Point} | (names or {}), CALLS, kind)
    verify(trace)
    if on:
        off |= MECHANISM_NAMES - set(on)
    result = forward(peel(trace, off), off)
    verify(result)
    return result


def lines(text: str, *on: str, **options: Any) -> list[str]:
    """The operations of the walked trace, without snapshots, and without a final exit; values are numbered as they are defined."""
    trace = walked(text, *on, **options)
    values = [*trace.inputs]
    for op in trace.ops:
        values += op.desc if op.code == ir.LABEL else [op] if op.type != ir.VOID else []
    for k, value in enumerate(values):
        value.num = k
    out = []
    for op in trace.ops:
        snap, op.snap = op.snap, None
        out.append(ir.format_op(op))
        op.snap = snap
    return out[:-1] if out[-1] == "exit()" else out


def body(text: str, *on: str, **options: Any) -> list[str]:
    """The operations of a loop from its label on."""
    out = lines(text, *on, kind="loop", **options)
    start = next(k for k, line in enumerate(out) if line.startswith("label"))
    return out[start:]


def names(text: str, *on: str, **options: Any) -> list[str]:
    """The names of the operations."""
    trace = walked(text, *on, **options)
    return [op.name for op in trace.ops if op.code != ir.EXIT]
