"""The references that each exit gives up."""

import pytest

from pytrace.tracer import ir
from pytrace.tracer.ownership import OwnershipError, owned_before
from pytrace.tracer.parser import parse

DESCRS = {
    d.symbol: d
    for d in (
        ir.CallDescr("make", "r", ir.REF, error="null", runs=True),
        ir.CallDescr("borrow", "r", ir.REF, owns=False),
        ir.CallDescr("eat", "rr", ir.INT, error="neg", runs=True, steals=(1,)),
    )
}


def exits(text):
    """The names of what is owned at each operation with a snapshot, one string each."""
    trace = parse(text, descrs=DESCRS)
    owned = owned_before(trace)
    return [" ".join(ir.format_value(v) for v in owned[op]) for op in trace.ops if op.snap is not None]


def test_inputs_increfs_and_decrefs():
    assert exits("""
        [r0:ref+, r1:ref]
        guard_true(True) @s0
        incref(r1)
        incref(r0)
        guard_true(True) @s1
        decref(r0) @s2
        decref(r1)
        exit() @s3
    """) == ["r0", "r0 r0 r1", "r0 r1", "r0"]


def test_allocations_are_owned_until_they_move():
    assert exits("""
        [i0:int, r1:ref]
        r2 = box_int(i0)
        guard_true(True) @s0
        incref(r1)
        r3 = new_tuple(r2, r1)
        guard_true(True) @s1
        store(r1, r3) #cell.ob_ref
        exit() @s2
    """) == ["r2", "r3", ""]


def test_own_takes_what_memory_held():
    assert exits("""
        [i0:int, r1:ref]
        r2 = load(r1) #cell.ob_ref
        r3 = box_int(i0)
        store(r1, r3) #cell.ob_ref
        own(r2)
        guard_true(True) @s0
        decref(r2) @s1
        exit() @s2
    """) == ["r2", "", ""]


def test_virtual_allocations_neither_own_nor_steal():
    assert exits("""
        [i0:int, r1:ref+]
        virtual r2 = box_int(i0)
        virtual r3 = new_tuple(r2, r1)
        guard_true(True) @s0[r3]
        exit() @s1
    """) == ["r1", "r1"]


def test_calls():
    assert exits("""
        [r0:ref+]
        r1 = call(r0) #make @s0
        r2 = call(r0) #borrow
        guard_true(True) @s1
        i3 = call(r0, r1) #eat @s2
        exit() @s3
    """) == ["r0", "r0 r1", "r0", "r0"]


def test_immortals_do_not_count():
    assert exits("""
        [b0:bool]
        r1 = box_bool(b0)
        incref(r1)
        incref($None)
        incref($int:7)
        incref($int)
        incref($int:700)
        incref($int:700)
        r2 = new_tuple(r1, $None, NULL, $int:700)
        exit() @s0
    """) == ["$int:700 r2"]


def test_label_and_jump():
    assert exits("""
        [r0:ref+, r1:ref+, i2:int]
        guard_true(True) @s0
        label(r1, i2) phis[r3:ref, i4:int]
        guard_true(True) @s1
        r5 = box_int(i4)
        decref(r3)
        guard_true(True) @s2
        jump(r5, i4)
    """) == ["r0 r1", "r0 r3", "r0 r5"]


def test_jump_to_the_start_gives_the_owned_inputs():
    trace = parse("[r0:ref+, r1:ref]\nincref(r1)\ndecref(r0)\njump(r1, r0)")
    assert owned_before(trace) == {}


def test_return_gives_its_operand_away():
    assert exits("[i0:int, r1:ref+]\nr2 = box_int(i0)\nreturn(r2) @s0") == ["r1"]


def test_the_type_of_an_instance_is_not_taken():
    assert exits("[r0:ref+]\nr1 = new_instance($Exception, r0) #('x',)\nexit() @s0") == ["r1"]


def test_giving_up_what_is_not_owned():
    with pytest.raises(OwnershipError, match=r"gives up r0 without owning it: decref\(r0\)"):
        exits("[r0:ref]\ndecref(r0)\nexit() @s0")
