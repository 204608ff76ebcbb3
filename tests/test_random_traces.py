"""Every pass, on random traces: the evaluator must see no difference.

PYTRACE_SEEDS=100000 (or any other number, or a range `from:to`) tries more seeds; a failure names its seed, and
`PYTRACE_SEEDS=1234:1235` runs that one alone.
"""

import os

import pytest

from pytrace import optimizer
from pytrace.tracer import ir
from pytrace.tracer.evaluator import run
from pytrace.tracer.parser import names_of, parse
from pytrace.tracer.random_traces import CALLS, Case, random_case
from pytrace.tracer.verifier import verify

PER_TEST = 20
VARIANTS = 4


def seeds():
    given = os.environ.get("PYTRACE_SEEDS", "300").rpartition(":")
    return range(int(given[0] or 0), int(given[2]))


CHUNKS = [seeds()[k : k + PER_TEST] for k in range(0, len(seeds()), PER_TEST)]
every_chunk = pytest.mark.parametrize("chunk", CHUNKS, ids=lambda c: f"{c.start}-{c.stop - 1}")


def outcomes(case: Case, trace: ir.Trace, unchecked: frozenset = frozenset()) -> list:
    out = []
    for variant in range(VARIANTS):
        heap, inputs = case.build(variant)
        out.append(run(trace, inputs, heap, max_iterations=variant + 1, unchecked=unchecked))
    return out


def boxes(op: ir.Op) -> bool:
    """Whether the operation makes a number's box, or counts references to one."""
    box = op.args[0] if op.name in ("incref", "decref") else op
    return isinstance(box, ir.Op) and box.name in ("box_int", "box_float")


def apply(case: Case, name: str, trace: ir.Trace) -> ir.Trace:
    """The trace after a pass, which must have changed nothing that shows."""
    before = parse(ir.format_trace(trace), *names_of(trace))
    ops = list(trace.ops)
    message = f"seed {case.seed}, {name}: "
    texts = f"\n-- before\n{ir.format_trace(before)}"
    try:
        after = dict(optimizer.PASSES)[name](trace, frozenset())
        texts += f"\n-- after\n{ir.format_trace(after)}"
        verify(after)
        # computations that were dropped together with their exits, the boxes of their results included
        kept = set(after.ops)
        dropped = frozenset(b for b, op in zip(before.ops, ops) if op not in kept and (op.row.pure or boxes(op))) if kept & set(ops) else frozenset()
        expected = outcomes(case, before, dropped)
        actual = outcomes(case, after)
    except AssertionError:
        raise
    except Exception as e:
        raise AssertionError(f"{message}{type(e).__name__}: {e}{texts}") from e
    for variant in range(VARIANTS):
        assert actual[variant] == expected[variant], f"{message}variant {variant}: expected {expected[variant]}\n  got {actual[variant]}{texts}"
    return after


@every_chunk
def test_random_traces_are_well_formed(chunk):
    for seed in chunk:
        case = random_case(seed)
        verify(case.trace)
        first = outcomes(case, case.trace)
        assert not any(o.leaks for o in first), f"seed {seed}: {[o.leaks for o in first]}\n{ir.format_trace(case.trace)}"
        text = ir.format_trace(case.trace)
        names, descrs = names_of(case.trace)
        again = parse(text, names, descrs | CALLS)
        assert ir.format_trace(again) == text, f"seed {seed}"
        assert outcomes(case, again) == first, f"seed {seed}"


@every_chunk
@pytest.mark.parametrize("name", [name for name, _ in optimizer.PASSES])
def test_each_pass_alone(name, chunk):
    for seed in chunk:
        case = random_case(seed)
        apply(case, name, optimizer.peel(case.trace, frozenset({"peel"})))


@every_chunk
def test_the_pipeline(chunk):
    for seed in chunk:
        case = random_case(seed)
        trace = case.trace
        for name, _ in optimizer.PASSES:
            trace = apply(case, name, trace)
