"""Allocation removal: objects that nobody sees are not made, and die properly."""

import pytest
from irtext import lines, names, walked

from pytrace.optimizer import forward
from pytrace.tracer import ir
from pytrace.tracer.parser import parse

INPUTS = "[i0:int, f1:float, r2:ref+, r3:ref+, b4:bool]\n"
END = "\nexit() @s99"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("r5 = box_int(i0)\nguard_type(r5, $int) @s1\ni6 = unbox_int(r5) @s1\ni7 = int_add(i6, 1)\ndecref(r5)", ["i5 = int_add(i0, 1)"]),
        ("r5 = box_float(f1)\nf6 = unbox_float(r5)\nf7 = float_neg(f6)\ndecref(r5)", ["f5 = float_neg(f1)"]),
        ("r5 = box_bool(b4)\nb6 = unbox_bool(r5)\nb7 = bool_not(b6)", ["b5 = bool_not(b4)"]),
        ("r5 = box_bool(b4)\nguard_is(r5, $True) @s1", ["guard_true(b4)"]),
        ("r5 = box_bool(b4)\nguard_is_not(r5, $True) @s1", ["guard_false(b4)"]),
        ("r5 = box_bool(b4)\nb6 = ref_eq(r5, $False)\nguard_true(b6) @s1", ["b5 = bool_not(b4)", "guard_false(b4)"]),
        (
            "r5 = new_tuple(r2, r3)\nr6 = load_at(r5, 1) #tuple.items\nincref(r6)\ni7 = load(r5) #tuple.ob_size\ni8 = int_add(i7, i0)",
            ["incref(r3)", "i5 = int_add(i0, 2)"],
        ),
        ("r5 = new_method(r2, r3)\nr6 = load(r5) #method.im_func\nincref(r6)", ["incref(r2)"]),
        (
            "r5 = new_range_iter(i0, 1, 10)\ni6 = load(r5) #rangeiter.len\nstore(r5, 9) #rangeiter.len\n"
            "i7 = load(r5) #rangeiter.len\ni8 = int_add(i7, i0)",
            ["i5 = int_add(i0, 9)"],
        ),
        ("r5 = new_complex(f1, 2.0)\nf6 = load(r5) #complex.imag\nf7 = float_mul(f1, f6)\ndecref(r5)", ["f5 = float_mul(f1, 2.0)"]),
        ("r5 = new_tuple(r2)\nb6 = ref_eq(r5, r3)\nguard_false(b6) @s1\nguard_is_not(r5, $None) @s1\nguard_nonnull(r5) @s1", []),
    ],
)  # fmt: skip
def test_taken_apart(text, left):
    assert lines(INPUTS + text + END) == left


def test_guard_alone():
    text = "r5 = new_list_iter(r2, 0)\nguard_alone(r5) @s1\nr6 = load(r5) #listiter.it_seq\nincref(r6)\ndecref(r5)\ndecref(r6)"
    assert lines(INPUTS + text + END) == ["incref(r2)", "decref(r2)", "decref(r2)"]
    text = "r5 = new_list_iter(r2, 0)\ncall(r5) #run @s1\nguard_alone(r5) @s2"
    assert lines(INPUTS + text + END) == ["r5 = new_list_iter(r2, 0)", "call(r5) #run", "guard_alone(r5)"]


def test_death_gives_up_the_items():
    text = INPUTS + "r5 = new_tuple(r2, r3)\ndecref(r5) @s1" + END
    assert lines(text) == ["decref(r3)", "decref(r2)"]


def test_death_of_an_object_in_an_object():
    text = INPUTS + "r5 = new_tuple(r2)\nr6 = new_method(r3, r5)\nincref(r6)\ndecref(r6) @s1\ndecref(r6) @s2" + END
    assert lines(text) == ["decref(r3)", "decref(r2)"]


def test_a_second_reference_keeps_it_alive():
    text = INPUTS + "r5 = new_tuple(r2)\nincref(r5)\nr6 = new_method(r3, r5)\ndecref(r6) @s1\nr7 = load_at(r5, 0) #tuple.items\nincref(r7)" + END
    assert lines(text) == ["decref(r3)", "incref(r2)"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("r5 = new_tuple(r2)\ncall(r5) #run @s1", ["r5 = new_tuple(r2)", "call(r5) #run"]),
        ("r5 = box_int(i0)\nincref(r5)\ncall(r5) #run @s1", ["r5 = box_int(i0)", "incref(r5)", "call(r5) #run"]),
        ("r5 = box_int(i0)\nr6 = new_tuple(r5)\ncall(r6) #eat", ["r5 = box_int(i0)", "r6 = new_tuple(r5)", "call(r6) #eat"]),
        ("r5 = box_float(f1)\nr6 = load(r2) #cell.ob_ref\nstore(r2, r5) #cell.ob_ref\nown(r6)\ndecref(r6) @s3",
         ["r5 = load(r2) #cell.ob_ref", "r6 = box_float(f1)", "store(r2, r6) #cell.ob_ref", "own(r5)", "decref(r5)"]),
        ("r5 = new_list(r2)\np6 = load(r5) #list.ob_item\nr7 = load_at(p6, i0) #list.items\nincref(r7)",
         ["r5 = new_list(r2)", "p6 = load(r5) #list.ob_item", "r7 = load_at(p6, i0) #list.items", "incref(r7)"]),
    ],
)  # fmt: skip
def test_forced_where_it_escapes(text, left):
    assert lines(INPUTS + text + END, "virtuals") == left


def test_returned():
    assert lines(INPUTS + "r5 = box_int(i0)\nreturn(r5) @s1") == ["r5 = box_int(i0)", "return(r5)"]


LIST = """r5 = new_list(r2, $None)
p6 = load(r5) #list.ob_item
r7 = load_at(p6, 0) #list.items
store_at(p6, 0, r3) #list.items
own(r7)
"""


def test_a_list_changes():
    text = INPUTS + LIST + "decref(r7) @s1\nr8 = load_at(p6, 0) #list.items\nincref(r8)\ndecref(r5) @s2" + END
    assert lines(text, "virtuals") == ["decref(r2)", "incref(r3)", "decref($None)", "decref(r3)"]


def test_snapshots_show_the_list_as_it_is_there():
    trace = walked(INPUTS + "r5 = new_list(r2)\nguard_true(b4) @s1[r5]\np6 = load(r5) #list.ob_item\nr7 = load_at(p6, 0) #list.items\n"
                   "store_at(p6, 0, r3) #list.items\nown(r7)\nguard_poll() @s2[r5, r5]\nexit() @s3[r5]")  # fmt: skip
    pictures = [op.snap.frames[0].stack for op in trace.ops]
    _, _, r2, r3, _ = trace.inputs
    assert [[p.args for p in stack] for stack in pictures] == [[(r2,)], [(r3,), (r3,)], [(r3,)]]
    assert pictures[1][0] is pictures[1][1]
    assert all(p.code == ir.BY_NAME["new_list"].code and p not in trace.ops for stack in pictures for p in stack)


def test_forced_objects_are_named_as_such_from_then_on():
    trace = walked(INPUTS + "r5 = new_tuple(r2)\nguard_true(b4) @s1[r5]\ncall(r5) #run @s2[r5]\nexit() @s3[r5]")
    assert [op.snap.frames[0].stack[0] in trace.ops for op in trace.ops if op.snap] == [False, True, True]


def test_a_cycle_is_made():
    text = INPUTS + "r5 = new_cell(NULL)\nincref(r5)\nr6 = new_tuple(r5)\nstore(r5, r6) #cell.ob_ref" + END
    assert names(text, "virtuals") == ["new_cell", "incref", "new_tuple", "store"]


def test_switched_off():
    assert names(INPUTS + "r5 = box_int(i0)\ndecref(r5)" + END, off=frozenset({"virtuals"})) == ["box_int", "decref"]


class Target:
    """What a jump into another loop knows of it."""

    def __init__(self, *types):
        self.types = types


def test_the_other_loop_gets_what_it_wants():
    text = INPUTS + "r5 = box_int(i0)\nguard_type(r2, $float) @s1\nf6 = unbox_float(r2)\ndecref(r3) @s2\njump_loop(r5, r2) #target"
    trace = walked_to(text, Target("int", "float"))
    assert [op.name for op in trace.ops] == ["guard_type", "unbox_float", "decref", "decref", "jump_loop"]
    assert [v.type for v in trace.ops[-1].args] == ["int", "float"]


def test_the_other_loop_wants_an_object():
    trace = walked_to(INPUTS + "r5 = box_int(i0)\ndecref(r2) @s1\ndecref(r3) @s2\njump_loop(r5) #target", Target("ref"))
    assert [op.name for op in trace.ops] == ["decref", "decref", "box_int", "jump_loop"]


def walked_to(text, token):
    trace = parse(text, descrs={"target": token}, kind="bridge")
    return forward(trace)


def test_only_the_object_that_was_asked_about_dies_under_its_guard():
    """What dies later, and runs nothing, must not leave with the older snapshot."""
    text = """
    [r0:ref+, r1:ref+, r2:ref]
    r3 = new_tuple(r0)
    r4 = new_tuple(r1)
    guard_harmless(r3) @s1
    decref(r3)
    call(r2) #poke
    decref(r4)
    exit() @s9
    """
    assert names(text, "virtuals") == ["guard_harmless", "decref", "call", "decref"]
