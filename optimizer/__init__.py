"""The optimizer: an ordered, named list of passes, each of which turns a trace into a better one.

Any pass, and any mechanism of the forward walk, can be switched off by its name; what is left still gives correct traces.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable

from ..tracer import ir
from . import cse, fold, guards, heap, instances, loop, ranges, virtuals
from .codes import C
from .dce import remove_dead_code
from .exchange import exchange_items
from .forward import DeadEnd, Forward
from .peel import peel
from .recycle import recycle_boxes
from .refcounts import eliminate_refcounts

__all__ = ["MECHANISMS", "PASSES", "forward", "optimize"]

#: The mechanisms of the forward walk, in the order in which they are asked.
MECHANISMS = [
    ("virtuals", virtuals),
    ("instances", instances),
    ("guards", guards),
    ("fold", fold),
    ("ranges", ranges),
    ("heap", heap),
    ("cse", cse),
]
MECHANISM_NAMES = frozenset(name for name, _ in MECHANISMS)

_tables: dict[frozenset[str], tuple[list, list]] = {}


def tables(off: frozenset[str]) -> tuple[list, list]:
    """The hooks (before, after) of the mechanisms that are on, by op code."""
    key = off & MECHANISM_NAMES
    if key not in _tables:
        on = [module for name, module in MECHANISMS if name not in off]
        codes = range(len(ir.OPS))
        before = [tuple([m.BEFORE[code] for m in on if code in m.BEFORE]) for code in codes]
        after = [tuple([m.AFTER[code] for m in on if code in m.AFTER]) for code in codes]
        _tables[key] = (before, after)
    return _tables[key]


def forward(trace: ir.Trace, off: frozenset[str] = frozenset()) -> ir.Trace:
    """The trace after one forward walk.  The given trace stays as it is, except for its operations' scratch fields."""
    fw = Forward(*tables(off), off)
    fw.info = dict(trace.info)
    inputs = [ir.Op(C.INPUT, (), op.type, op.desc) for op in trace.inputs]
    for old, new in zip(trace.inputs, inputs):
        old.fwd = new
    header = next((k for k, op in enumerate(trace.ops) if op.code == C.LABEL), -1)
    with suppress(DeadEnd):
        if header < 0:
            fw.walk(trace.ops)
        else:
            loop.close(fw, trace, header)
    owned = [op.fwd for op in trace.owned_inputs]
    return ir.Trace(trace.kind, inputs, fw.out, owned, trace.code, trace.header, trace.name, trace.flag, fw.info)


#: The passes, in the order in which they run.
PASSES: list[tuple[str, Callable[[ir.Trace, frozenset[str]], ir.Trace]]] = [
    ("peel", peel),
    ("forward", forward),
    ("refcounts", eliminate_refcounts),
    ("exchange", exchange_items),
    ("recycle", recycle_boxes),
    ("dce", remove_dead_code),
]


def optimize(trace: ir.Trace, off: frozenset[str] = frozenset(), check: Any = None, dump: Any = None) -> ir.Trace:
    """The trace after all passes that are not in `off`.

    `check(trace)` and `dump(name, trace)`, where given, are called after each pass.
    """
    for name, run in PASSES:
        if name in off and name != "peel":  # peel sets the label in any case
            continue
        trace = run(trace, off)
        if check is not None:
            check(trace)
        if dump is not None:
            dump(name, trace)
    return trace
