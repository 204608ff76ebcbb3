"""Exits that can share a bridge, and exits that cannot."""

import pytest

from pytrace.codegen.exits import plan_exit
from pytrace.codegen.homes import named_by
from pytrace.guards.shapes import point, shape
from pytrace.tracer.ownership import owned_before
from pytrace.tracer.parser import parse

FIRST = "[i0:int, r1:ref+, f2:float]\nexit() @s8[i0, r1, f2]"


def planned(text):
    """The plan of the exit at the end of a trace."""
    trace = parse(text, kind="bridge")
    op = trace.ops[-1]
    return plan_exit(op.snap, named_by(op.snap, {*trace.inputs, *trace.ops}), None, owned_before(trace)[op])


def test_the_same_values_in_other_words():
    a, b = planned(FIRST), planned("[f0:float, i1:int, r2:ref+]\nr3 = box_float(f0)\ndecref(r3)\nexit() @s8[i1, r2, f0]")
    (key_a, words_a), (key_b, words_b) = shape(a), shape(b)
    assert key_a == key_b
    assert [a.live[w].type for w in words_a] == [b.live[w].type for w in words_b] == ["int", "ref", "float"]
    assert point(a.snapshot) == point(b.snapshot)


@pytest.mark.parametrize(
    "other",
    [
        "[i0:int, r1:ref+, f2:float]\nexit() @s10[i0, r1, f2]",  # another instruction
        "[i0:int, r1:ref+, f2:float]\nexit() @s8[r1, i0, f2]",  # other kinds
        "[i0:int, r1:ref+, f2:float]\nexit() @s8[i0, r1, 2.0]",  # a constant
        "[i0:int, r1:ref, f2:float]\nexit() @s8[i0, r1, f2]",  # nothing to give up
        "[i0:int, r1:ref+, f2:float]\nincref(r1)\nexit() @s8[i0, r1, f2]",  # more to give up
        "[i0:int, r1:ref+, f2:float]\nexit() @s8[i0, r1, NULL]",
        "[i0:int, r1:ref+, f2:float]\nvirtual r3 = new_tuple(r1)\nexit() @s8[i0, r3, f2]",
        "[i0:int, r1:ref+, f2:float]\nr3 = box_int(i0)\nexit() @s8[r3, r1, f2]",
        "[i0:int, r1:ref+, r2:ref]\nexit() @s8[i0, r1, r1]",
    ],
)
def test_other_shapes(other):
    assert shape(planned(FIRST))[0] != shape(planned(other))[0]


def test_virtual_objects():
    text = "[i0:int, i1:int]\nvirtual r2 = box_int({0})\nvirtual r3 = new_tuple(r2, r2)\nvirtual r4 = new_list(r3, r3)\nexit() @s8[r4, {1}]"
    same, other = planned(text.format("i0", "i1")), planned(text.format("i1", "i0"))
    assert shape(same)[0] == shape(other)[0]
    assert shape(same)[1] == (0, 1) or shape(same)[1] == tuple(reversed(shape(other)[1]))
    twice = planned(text.format("i0", "i0"))
    assert shape(twice)[0] != shape(same)[0]
    apart = text.replace("new_list(r3, r3)", "new_list(r3, r5)").replace("virtual r4", "virtual r5 = new_tuple(r2, r2)\nvirtual r4")
    assert shape(planned(apart.format("i0", "i1")))[0] != shape(same)[0]
