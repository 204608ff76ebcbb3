"""Each rule of the IR, with a trace that breaks it."""

import pytest

from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import VerifyError, verify

DESCRS = {
    d.symbol: d
    for d in (
        ir.CallDescr("make", "r", ir.REF, error="null", runs=True),
        ir.CallDescr("peek", "r", ir.INT, reads=("*",)),
        ir.CallDescr("hash", "i", ir.INT, pure=True),
        ir.CallDescr("vector", "r", ir.REF, error="null", runs=True, vector=True),
    )
}

GOOD = [
    """
    [r0:ref+ #slot:0, i1:int, r9:ref]
    guard_type(r0, $list) @s0[r0]
    i2 = load(r0) #list.ob_size
    p3 = load(r0) #list.ob_item
    b4 = int_ult(i1, i2)
    guard_true(b4) @s0
    r5 = load_at(p3, i1) #list.items
    incref(r5)
    r6 = box_int(i1)
    virtual r7 = new_tuple(r6, i1)
    virtual r8 = new_list(r7, r8)
    guard_true(True) @s2[r8]
    store_at(p3, i1, r6) #list.items
    own(r5)
    decref(r5) @s4[r0]
    decref(r5) @s4
    label(r0, i1) phis[r10:ref, i11:int]
    guard_poll() @s5[r10]
    decref(r10)
    incref(r9)
    jump(r9, i11)
    """,
    # a store into a new object is no effect for the snapshot that cannot show it
    """
    [r0:ref+, r1:ref]
    guard_type(r0, $list) @s0[r0]
    incref(r1)
    r2 = new_cell(NULL)
    store(r2, r1) #cell.ob_ref
    guard_type(r1, $int) @s0
    decref(r2)
    exit(r0) @s1[r0]
    """,
    # values that the trace owns across the loop
    "[r0:ref+, i1:int]\nincref(r0)\nlabel(i1) phis[i2:int]\nguard_type(r0, $int) @s0[r0]\njump(i2)",
    "[r0:ref+, i1:int]\ni2 = call(r0) #peek\nr3 = call(r0, r0, r0) #vector @s0\ndecref(r3)\njump(r0, i2)",
    "[]\nreturn($None) @s0",
]


@pytest.mark.parametrize("text", GOOD)
def test_good(text):
    verify(parse(text, descrs=DESCRS))


BAD = [
    ("[i0:int]\ni2 = int_add(i1, i0)\ni1 = int_neg(i0)\nexit() @s0", "i1 is used before it is defined: i2 = int_add(i1, i0)"),
    ("[i0:int]\nguard_true(True) @s0[i1]\ni1 = int_neg(i0)\nexit() @s0", "The snapshot names i1 before it is defined"),
    ("[i0:int]\nguard_true(True) @s0[r1]\nvirtual r1 = box_int(i2)\ni2 = int_neg(i0)\nexit() @s0", "The snapshot names i2 before"),
    ("[i0:int]\nguard_true(True) @s0[i1]\nvirtual i1 = int_neg(i0)\nexit() @s0", "defined nowhere"),
    ("[i0:int]\nvirtual i1 = int_neg(i0)\ni2 = int_neg(i1)\nexit() @s0", "i1 is defined nowhere"),
    ("[f0:float]\ni1 = int_neg(f0)\nexit() @s0", "The operand f0 is float, expected int"),
    ("[r0:ref]\nf1 = load(r0) #list.ob_size\nexit() @s0", "The field is int, not float"),
    ("[r0:ref]\nstore(r0, 1.5) #list.ob_size\nexit() @s0", "The operand 1.5 is float, expected int"),
    ("[i0:int]\nr1 = load_at(i0, 1) #list.items\nexit() @s0", "The base is neither ptr nor ref"),
    ("[r0:ref]\nload(r0) #list.items\nexit() @s0", "The descriptor is no FieldDescr"),
    ("[i0:int]\nr1 = call(i0) #make @s0\nexit() @s0", "The operand i0 is int, expected ref"),
    ("[r0:ref]\nr1 = call(r0, r0) #make @s0\nexit() @s0", "The function takes 1 operands"),
    ("[r0:ref]\nr1 = call(r0) #make\nexit() @s0", "may fail or run code and has no snapshot"),
    ("[r0:ref]\nguard_type(r0, r0) @s0\nexit() @s0", "no constant type"),
    ("[i0:int]\nr1 = new_tuple(i0)\nexit() @s0", "The operand i0 is int, expected ref"),
    ("[i0:int]\nr1 = new_instance($int, $int:1) #('x', 'y')\nexit() @s0", "one attribute for each operand"),
    ("[i0:int]\ni1 = int_add(i0, 9223372036854775808)\nexit() @s0", "more than 64 bits"),
    ("[b0:bool]\nguard_true(b0)\nexit() @s0", "The guard has no snapshot: guard_true(b0)"),
    ("[i0:int]\ni1 = int_neg(i0) @s0\nexit() @s0", "and has a snapshot"),
    ("[b0:bool]\nexit() @s0\nguard_true(b0) @s1\nexit() @s1", "goes on after a terminator: exit()"),
    ("[b0:bool]\nguard_true(b0) @s1", "The last operation is no jump"),
    ("[b0:bool]", "The last operation is no jump"),
    ("[i0:int]\nlabel(i0) phis[i1:int, i2:int]\njump(i1, i2)", "There are 2 values to give, and 1 operands"),
    ("[i0:int]\nlabel(i0) phis[i1:int]\njump(1.5)", "The operand 1.5 is float, but i1 is int"),
    ("[i0:int]\nlabel(i0) phis[i1:int]\nlabel(i0) phis[i2:int]\njump(1)", "one label at most"),
    ("[i0:int]\njump()", "There are 1 values to give, and 0 operands"),
    ("[r0:ref]\ndecref(r0)\nexit() @s0", "gives up r0 without owning it: decref(r0)"),
    ("[r0:ref+]\ndecref(r0)\njump(r0)", "gives up r0 without owning it: jump(r0)"),
    ("[r0:ref+]\nincref(r0)\njump(r0)", "The trace still owns r0 at the jump: jump(r0)"),
    ("[r0:ref+]\nlabel() phis[]\ndecref(r0)\njump()", "owned r0 across its label and has lost it"),
    ("[r0:ref+]\nlabel() phis[]\nincref(r0)\njump()", "The trace still owns r0 at the jump"),
    ("[b0:bool]\nexit() @{root+0[ | ] > f+4[ | ]}", "have a call in progress"),
    ("[b0:bool]\nexit() @{root+0[0=1, 0=2 | ]}", "has a slot twice"),
    ("[r0:ref]\np1 = load(r0) #list.ob_item\nexit() @s0[p1]", "which is no object"),
    ("[r0:ref, i1:int, b2:bool]\nguard_true(b2) @s0\nstore(r0, i1) #list.ob_size\nguard_false(b2) @s0\nexit() @s1", "effect store(r0, i1) #list.ob_size lies"),
    ("[r0:ref, i1:int, b2:bool]\nr4 = call(r0) #make @s0\ndecref(r4)\nguard_false(b2) @s0\nexit() @s1", "lies between the guard"),
    ("[r0:ref+, b2:bool]\ndecref(r0) @s0\nexit() @s0", "The effect decref(r0)"),
]


@pytest.mark.parametrize("text, message", BAD)
def test_bad(text, message):
    with pytest.raises(VerifyError) as e:
        verify(parse(text, descrs=DESCRS))
    assert message in str(e.value)
