"""Common subexpressions."""

import pytest
from irtext import body, lines, names

INPUTS = "[i0:int, i1:int, f2:float, r3:ref]\n"


@pytest.mark.parametrize(
    "op",
    [
        "int_mul(i0, i1)",
        "int_add_ovf(i0, i1) @s1",
        "unbox_int(r3) @s1",
        "int_to_float(i0)",
        "float_mul(f2, f2)",
        "frame_slot() #3",
        "load(r3) #tuple.ob_size",
        "load_at(r3, 1) #tuple.items",
        "call(i0) #twice",
    ],
)
def test_computed_once(op):
    letter = {"int_to_float": "f", "float_mul": "f", "frame_slot": "r", "load_at": "r"}.get(op.partition("(")[0], "i")
    text = f"{INPUTS}{letter}5 = {op}\n{letter}6 = {op}\nexit() @s2[{letter}5, {letter}6]"
    assert len(lines(text, "cse", "heap", "guards")) == 1


def test_other_operands():
    assert len(lines(f"{INPUTS}i5 = int_sub(i0, i1)\ni6 = int_sub(i1, i0)\nexit() @s2[i5, i6]", "cse")) == 2


def test_loop_invariants_are_computed_before_the_loop():
    text = """[i0:int #slot:0, i1:int #slot:1, i2:int #slot:2]
        i3 = int_mul_ovf(i1, i2) @s1
        i4 = int_add_ovf(i0, i3) @s2
        jump(i4, i1, i2)"""
    assert body(text) == ["label(i4) phis[i5:int]", "i6 = int_add_ovf(i5, i3)", "jump(i6)"]


def test_switched_off():
    assert names(f"{INPUTS}i5 = int_mul(i0, i1)\ni6 = int_mul(i0, i1)\nexit() @s2", off=frozenset({"cse"})) == ["int_mul"] * 2
