"""Numbers stored over numbers."""

import pytest

from pytrace.optimizer.recycle import recycle_boxes
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

LOOP = """
    [r0:ref+, i1:int, f2:float]
    p3 = load(r0) #list.ob_item
    r4 = load_at(p3, i1) #list.items
    guard_type(r4, $float) @s0[r0]
    f5 = unbox_float(r4)
    f6 = float_add(f5, f2)
    r7 = box_float(f6)
    store_at(p3, i1, r7) #list.items
    own(r4)
    decref(r4)
    exit(f6) @s1[r0]
"""


def check(before, after):
    trace = parse(before)
    verify(trace)
    assert recycle_boxes(trace) is trace
    verify(trace)
    assert ir.format_trace(trace) == ir.format_trace(parse(after))


def test_list_items():
    start, end = LOOP.index("    r7 ="), LOOP.index("    exit")
    check(LOOP, LOOP[:start] + "    store_float_at(p3, i1, f6) #list.items\n" + LOOP[end:])


def test_counting_in_between():
    before = LOOP.replace("decref(r4)", "incref(r0)\n    decref(r0)\n    decref(r4)")
    start, end = LOOP.index("    r7 ="), LOOP.index("    exit")
    check(before, LOOP[:start] + "    store_float_at(p3, i1, f6) #list.items\nincref(r0)\ndecref(r0)\n" + LOOP[end:])


def test_ints():
    before = LOOP.replace("$float", "$int").replace("float", "int").replace("f2", "i2").replace("f5", "i5").replace("f6", "i6").replace("unbox_int(r4)", "unbox_int(r4) @s0[r0]")
    start, end = before.index("    r7 ="), before.index("    exit")
    check(before, before[:start] + "    store_int_at(p3, i1, i6) #list.items\n" + before[end:])


def test_fields():
    check(
        "[r0:ref+, f1:float]\nr2 = load(r0) #cell.ob_ref\nr3 = box_float(f1)\nstore(r0, r3) #cell.ob_ref\nown(r2)\ndecref(r2)\nexit() @s0",
        "[r0:ref+, f1:float]\nr2 = load(r0) #cell.ob_ref\nstore_float(r0, f1) #cell.ob_ref\nexit() @s0",
    )


@pytest.mark.parametrize(
    "old, new",
    [
        ("decref(r4)", "decref(r4) @s2"),  # the old object may have a finalizer
        ("    decref(r4)\n", ""),  # it lives on
        ("decref(r4)", "incref(r4)\n    decref(r4)"),
        ("decref(r4)", "decref(r0) @s2\n    decref(r4)"),
        ("exit(f6) @s1[r0]", "exit(f6) @s1[r7]"),  # the new box is known elsewhere
        ("exit(f6) @s1[r0]", "virtual r8 = new_tuple(r7)\n    exit(f6) @s1[r8]"),
        ("store_at", "incref(r7)\n    store_at"),
        ("r7 = box_float(f6)", "r7 = new_complex(f2, f2)"),
    ],
)
def test_what_stays(old, new):
    assert old in LOOP
    text = LOOP.replace(old, new)
    check(text, text)
