"""Items of a list that change places."""

import pytest

from pytrace.optimizer.exchange import exchange_items
from pytrace.optimizer.refcounts import eliminate_refcounts
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

START = """
    [r0:ref+, i1:int, i2:int]
    p3 = load(r0) #list.ob_item
    r4 = load_at(p3, i1) #list.items
    r5 = load_at(p3, i2) #list.items
    incref(r5)
    guard_type(r4, $int) @s0[r0, r4, r5]
"""
SWAP = """
    store_at(p3, i1, r5) #list.items
    own(r4)
    guard_type(r5, $int) @s1[r0, r4, r5]
    store_at(p3, i2, r4) #list.items
    own(r5)
    decref(r5)
    exit() @s2[r0]
"""
SWAPPED = """
    [r0:ref+, i1:int, i2:int]
    p3 = load(r0) #list.ob_item
    r4 = load_at(p3, i1) #list.items
    r5 = load_at(p3, i2) #list.items
    guard_type(r4, $int) @s0[r0, r4, r5]
    guard_type(r5, $int) @s0[r0, r4, r5]
    put_at(p3, i1, r5) #list.items
    put_at(p3, i2, r4) #list.items
    exit() @s2[r0]
"""


def exchanged(before):
    trace = parse(before)
    verify(trace)
    eliminate_refcounts(trace)
    assert exchange_items(trace) is trace
    verify(trace)
    return ir.format_trace(trace)


def text(after):
    return ir.format_trace(parse(after))


def test_two_items():
    assert exchanged(START + SWAP) == text(SWAPPED)


def test_the_snapshot_is_the_one_of_the_guard_before():
    trace = parse(START + SWAP)
    eliminate_refcounts(trace)
    exchange_items(trace)
    first, second = [op for op in trace.ops if op.name == "guard_type"]
    assert second.snap is first.snap


def test_three_items():
    before = """
    [r0:ref+, i1:int, i2:int, i3:int]
    p4 = load(r0) #list.ob_item
    r5 = load_at(p4, i1) #list.items
    incref(r5)
    r6 = load_at(p4, i2) #list.items
    incref(r6)
    r7 = load_at(p4, i3) #list.items
    incref(r7)
    guard_type(r5, $int) @s0[r0]
    guard_type(r6, $int) @s0[r0]
    guard_type(r7, $int) @s0[r0]
    store_at(p4, i1, r6) #list.items
    own(r5)
    decref(r5) @s1
    store_at(p4, i2, r7) #list.items
    own(r6)
    decref(r6) @s1
    store_at(p4, i3, r5) #list.items
    own(r7)
    decref(r7) @s1
    exit() @s2[r0]
    """
    after = """
    [r0:ref+, i1:int, i2:int, i3:int]
    p4 = load(r0) #list.ob_item
    r5 = load_at(p4, i1) #list.items
    r6 = load_at(p4, i2) #list.items
    r7 = load_at(p4, i3) #list.items
    guard_type(r5, $int) @s0[r0]
    guard_type(r6, $int) @s0[r0]
    guard_type(r7, $int) @s0[r0]
    put_at(p4, i1, r6) #list.items
    put_at(p4, i2, r7) #list.items
    put_at(p4, i3, r5) #list.items
    exit() @s2[r0]
    """
    assert exchanged(before) == text(after)


def test_arithmetic_and_loads_may_stand_in_between():
    between = "i9 = int_add(i1, 1)\nr8 = load_at(p3, i9) #list.items\n    store_at(p3, i2, r4)"
    after = SWAPPED.replace("    put_at(p3, i2, r4)", "i9 = int_add(i1, 1)\nr8 = load_at(p3, i9) #list.items\n    put_at(p3, i2, r4)")
    assert exchanged(START + SWAP.replace("store_at(p3, i2, r4)", between)) == text(after)


@pytest.mark.parametrize(
    "old, new",
    [
        ("own(r4)\n", "own(r4)\nguard_poll() @s3\n"),  # the state of the program is another one
        ("own(r4)\n", "own(r4)\nguard_type(r5, $Mutable) @s3\n"),  # the type may be another one earlier
        ("own(r4)\n", "own(r4)\nr8 = load_at(p3, i2) #list.items\nguard_type(r8, $int) @s3\n"),  # not known before
        ("own(r4)\n", "own(r4)\nincref(r0)\ndecref(r0) @s3\n"),
        ("store_at(p3, i2, r4)", "store_at(p3, i2, r0)"),  # r4 is taken out for good
        ("store_at(p3, i2, r4)", "p8 = load(r5) #list.ob_item\nstore_at(p8, i2, r4)"),  # another list
        ("store_at(p3, i1, r5)", "store(r0, 0) #list.ob_size\nstore_at(p3, i1, r5)"),  # an effect behind the guard before
    ],
)
def test_left_alone(old, new):
    class Mutable:
        pass

    trace = parse((START + SWAP).replace(old, new), {"Mutable": Mutable})
    before = ir.format_trace(trace)
    exchange_items(trace)
    assert ir.format_trace(trace) == before


def test_the_guard_before_may_be_one_on_a_bool_only_where_no_other_moves():
    start = START.replace("guard_type(r4, $int) @s0[r0, r4, r5]", "b9 = int_lt(i1, i2)\nguard_true(b9) @s0[$False]")
    assert "put_at" not in exchanged(start + SWAP)
    assert "put_at" in exchanged(start + SWAP.replace("    guard_type(r5, $int) @s1[r0, r4, r5]\n", "").replace("r5]\n    exit", "r5]\n    exit").replace("decref(r5)", "decref(r5) @s4"))
