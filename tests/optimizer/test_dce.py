"""What nobody uses goes."""

import pytest

from pytrace.optimizer import optimize
from pytrace.optimizer.dce import remove_dead_code
from pytrace.tracer import ir
from pytrace.tracer.parser import names_of, parse
from pytrace.tracer.verifier import verify

DESCRS = {
    d.symbol: d
    for d in (
        ir.CallDescr("run", "r", ir.VOID, error="neg", runs=True),
        ir.CallDescr("peek", "r", ir.INT, reads=("*",)),
        ir.CallDescr("hash", "i", ir.INT, pure=True),
        ir.CallDescr("new", "", ir.REF, error="null"),
    )
}


def check(before, after):
    trace = parse(before, descrs=DESCRS)
    verify(trace)
    assert remove_dead_code(trace) is trace
    verify(trace)
    text = ir.format_trace(trace)
    assert text == ir.format_trace(parse(after, descrs=DESCRS))
    assert ir.format_trace(remove_dead_code(parse(text, *names_of(trace)))) == text


def same(text):
    check(text, text)


def test_pure_operations_loads_and_calls():
    check(
        """
        [i0:int, r1:ref]
        i2 = int_add(i0, 1)
        i3 = int_mul(i2, i2)
        p4 = load(r1) #list.ob_item
        r5 = load_at(p4, i3) #list.items
        i6 = call(i3) #hash
        i7 = call(r1) #peek
        i8 = int_sub(i0, 1)
        guard_true(True) @s0[i8]
        exit() @s1
        """,
        "[i0:int, r1:ref]\ni8 = int_sub(i0, 1)\nguard_true(True) @s0[i8]\nexit() @s1",
    )


def test_checks_of_an_unwanted_result():
    check(
        "[i0:int, r1:ref]\ni2 = int_add_ovf(i0, 1) @s0\ni3 = unbox_int(r1) @s0\ni4 = int_mul_ovf(i3, i3) @s0\nexit() @s1",
        "[i0:int, r1:ref]\nexit() @s1",
    )


@pytest.mark.parametrize(
    "text",
    [
        "[i0:int]\ni1 = int_add_ovf(i0, 1) @s0\nexit() @s1[i1]",
        "[r0:ref]\nguard_type(r0, $int) @s0\nexit() @s1",
        "[r0:ref]\ncall(r0) #run @s0\nexit() @s1",
        "[r0:ref]\nr1 = call() #new @s0\nexit() @s1",
        "[i0:int, r1:ref]\nr2 = box_int(i0)\nstore(r1, r2) #cell.ob_ref\nexit() @s1",
        "[r0:ref+]\nr1 = new_tuple(r0)\nexit() @s1",
    ],
)
def test_what_stays(text):
    same(text)


def test_boxes_that_only_snapshots_name():
    check(
        """
        [i0:int, f1:float]
        r2 = box_int(i0)
        incref(r2)
        r3 = box_float(f1)
        guard_true(True) @s0[r2]
        decref(r2) @s1[r3]
        decref(r2) @s1
        decref(r3) @s1
        r4 = new_range_iter(i0, 1, 2)
        exit() @s2[r2]
        """,
        "[i0:int, f1:float]\nvirtual r2 = box_int(i0)\nguard_true(True) @s0[r2]\nexit() @s2[r2]",
    )


def test_what_is_in_a_virtual_object_is_needed():
    text = "[i0:int]\ni1 = int_add(i0, 1)\nvirtual r2 = box_int(i1)\nvirtual r3 = new_tuple(r2)\nexit() @s0[r3]"
    same(text)
    check(text.replace("virtual r2", "r2"), text)


def test_a_box_that_is_used_keeps_its_counting():
    same("[i0:int, r1:ref]\nr2 = box_int(i0)\nincref(r2)\ni3 = call(r2) #peek\nstore(r1, r2) #cell.ob_ref\ndecref(r2)\nexit() @s0[i3]")


def test_phis():
    check(
        """
        [i0:int, i1:int, f2:float, r3:ref+]
        f4 = float_add(f2, 1.0)
        label(i0, i1, f4, r3) phis[i5:int, i6:int, f7:float, r8:ref]
        guard_poll() @s0[i5]
        i9 = int_add_ovf(i5, 1) @s0
        i10 = int_add(i6, i9)
        f11 = float_mul(f7, f7)
        jump(i9, i10, f11, r8)
        """,
        "[i0:int, i1:int, f2:float, r3:ref+]\nlabel(i0) phis[i5:int]\nguard_poll() @s0[i5]\ni9 = int_add_ovf(i5, 1) @s0\njump(i9)",
    )


def test_phis_that_need_each_other():
    same(
        """
        [i0:int, i1:int, i2:int]
        label(i0, i1, i2) phis[i3:int, i4:int, i5:int]
        guard_true(True) @s0[i3]
        jump(i4, i5, i3)
        """
    )


def test_a_counted_phi_stays():
    same("[i0:int, r1:ref+]\nlabel(r1) phis[r2:ref]\nr3 = box_int(i0)\ndecref(r2)\njump(r3)")


def test_a_counter_that_nothing_shows():
    check("[i0:int]\nlabel(i0) phis[i1:int]\ni2 = int_add_ovf(i1, 1) @s0[i1]\njump(i2)", "[i0:int]\nlabel() phis[]\njump()")


def test_repeated_checks():
    check(
        """
        [r0:ref+]
        guard_not_invalidated() #flag @s0[r0]
        guard_poll() @s0
        guard_type(r0, $int) @s0
        guard_not_invalidated() #flag @s1[r0]
        guard_poll() @s1
        call(r0) #run @s2[r0]
        guard_not_invalidated() #flag @s3[r0]
        guard_poll() @s3
        guard_not_invalidated() #flag @s3
        label(r0) phis[r1:ref]
        guard_not_invalidated() #flag @s4[r1]
        guard_poll() @s4
        jump(r1)
        """,
        """
        [r0:ref+]
        guard_not_invalidated() #flag @s0[r0]
        guard_poll() @s0
        guard_type(r0, $int) @s0
        call(r0) #run @s2[r0]
        guard_not_invalidated() #flag @s3[r0]
        guard_poll() @s3
        label(r0) phis[r1:ref]
        guard_not_invalidated() #flag @s4[r1]
        guard_poll() @s4
        jump(r1)
        """,
    )


@pytest.mark.parametrize(
    ("compute", "decided"),
    [
        ("i3 = unbox_int(r1) @s0", "int_lt(i3, -9223372036854775808)"),
        ("i3 = unbox_int(r1) @s0", "int_gt(i3, 9223372036854775807)"),
        ("i3 = unbox_int(r1) @s0", "int_ge(i3, -9223372036854775808)"),
        ("i2 = unbox_int(r1) @s0\ni3 = int_rshift(i2, 1)", "int_eq(i3, 9223372036854775807)"),
        ("i3 = int_add_ovf(i0, 1) @s0", "int_le(i3, 9223372036854775807)"),
    ],
)
def test_a_check_that_decided_a_comparison_stays(compute, decided):
    """`x < -2**63` is false for an int of 64 bits: then x has to be one."""
    trace = parse(f"[i0:int, r1:ref]\n{compute}\nb4 = {decided}\nr5 = box_bool(b4)\nexit() @s1[r5]", kind="bridge")
    found = [op.name for op in optimize(trace, frozenset()).ops]
    assert found[0] in ("unbox_int", "int_add_ovf") and found[-1] == "exit" and len(found) == 2
