"""The label: in which form values travel around a loop."""

import pytest
from irtext import Point, body, lines, walked

SUM = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
guard_type(r0, $int) @{root+2[0=r0, 1=r1 | ]}
i2 = unbox_int(r0) @{root+2[0=r0, 1=r1 | ]}
i3 = int_add_ovf(i2, 1) @{root+2[0=r0, 1=r1 | ]}
r4 = box_int(i3)
decref(r0) @{root+4[0=r4, 1=r1 | ]}
guard_poll() @{root+6[0=r4, 1=r1 | ]}
jump(r4, r1)"""


def test_a_number_travels_unboxed():
    assert body(SUM) == ["label(i3) phis[i4:int]", "i5 = int_add_ovf(i4, 1)", "guard_poll()", "jump(i5)"]


def test_exits_box_it():
    trace = walked(SUM, kind="loop")
    slot = trace.ops[-2].snap.frames[0].slots[0][1]
    assert slot.name == "box_int" and slot not in trace.ops


def test_not_so_without_virtuals():
    assert body(SUM, off=frozenset({"virtuals"}))[0].endswith("phis[r5:ref]")


def test_without_peeling_a_number_is_unboxed_each_time():
    assert body(SUM, off=frozenset({"peel"})) == [
        "label(r0) phis[r2:ref]",
        "guard_type(r2, $int)",
        "i3 = unbox_int(r2)",
        "i4 = int_add_ovf(i3, 1)",
        "decref(r2)",
        "guard_poll()",
        "r5 = box_int(i4)",
        "jump(r5)",
    ]


def test_a_reference_that_was_unboxed_is_given_up():
    text = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
        r2 = load(r0) #cell.ob_ref
        guard_nonnull(r2) @{root+2[0=r0, 1=r1 | ]}
        guard_type(r2, $float) @{root+2[0=r0, 1=r1 | ]}
        f3 = unbox_float(r2)
        incref(r2)
        decref(r1) @{root+4[0=r0, 1=r2 | ]}
        jump(r0, r2)"""
    assert lines(text, kind="loop")[4:] == [
        "incref(r2)",
        "decref(r1)",
        "decref(r2)",
        "label(f3) phis[f4:float]",
        "r5 = load(r0) #cell.ob_ref",
        "guard_nonnull(r5)",
        "guard_type(r5, $float)",
        "f6 = unbox_float(r5)",
        "incref(r5)",
        "decref(r5)",
        "jump(f6)",
    ]


def test_facts_about_a_reference_travel():
    text = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
        guard_type(r0, $list) @{root+1[0=r0, 1=r1 | ]}
        guard_type(r1, $list) @{root+1[0=r0, 1=r1 | ]}
        jump(r1, r0)"""
    assert body(text) == ["label(r1, r0) phis[r2:ref, r3:ref]", "jump(r3, r2)"]


def test_a_constant_that_stays():
    text = "[r0:ref+ #slot:0]\ndecref(r0) @{root+1[0=$None | ]}\nguard_poll() @{root+2[0=$None | ]}\njump($None)"
    assert body(text) == ["label() phis[]", "decref($None)", "guard_poll()", "jump()"]


def test_a_number_that_is_constant_on_arrival_only():
    text = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
        guard_type(r1, $int) @{root+1[0=r0, 1=r1 | ]}
        i2 = unbox_int(r1) @{root+1[0=r0, 1=r1 | ]}
        i3 = int_add_ovf(i2, 1) @{root+1[0=r0, 1=r1 | ]}
        r4 = box_int(i3)
        decref(r0) @{root+2[0=r4, 1=$int:500 | ]}
        decref(r1)
        incref($int:500)
        jump(r4, $int:500)"""
    assert body(text) == [
        "label(i3) phis[i4:int]",
        "decref($int:500)",
        "incref($int:500)",
        "jump(501)",
    ]


TUPLE = """[r0:ref+ #slot:0, r1:ref+ #slot:1, r2:ref+ #slot:2]
guard_type(r0, $tuple) @{root+1[0=r0, 1=r1, 2=r2 | ]}
i3 = load(r0) #tuple.ob_size
b4 = int_eq(i3, 2)
guard_true(b4) @{root+1[0=r0, 1=r1, 2=r2 | ]}
r5 = load_at(r0, 0) #tuple.items
guard_type(r5, $int) @{root+1[0=r0, 1=r1, 2=r2 | ]}
i6 = unbox_int(r5) @{root+1[0=r0, 1=r1, 2=r2 | ]}
i7 = int_add_ovf(i6, 1) @{root+1[0=r0, 1=r1, 2=r2 | ]}
r8 = box_int(i7)
incref(r1)
r9 = new_tuple(r8, r1)
decref(r0) @{root+2[0=r9, 1=r1, 2=r2 | ]}
guard_poll() @{root+3[0=r9, 1=r1, 2=r2 | ]}
jump(r9, r1, r2)"""


def test_a_tuple_travels_in_parts():
    assert body(TUPLE) == [
        "label(i7) phis[i8:int]",
        "i9 = int_add_ovf(i8, 1)",
        "incref(r1)",
        "decref(r1)",
        "guard_poll()",
        "jump(i9)",
    ]


def test_a_tuple_that_escapes_in_the_loop_travels_as_such():
    text = TUPLE.replace("guard_poll()", "call(r9) #run @{root+4[0=r9, 1=r1, 2=r2 | ]}\nguard_poll()")
    out = body(text)
    assert out[0].endswith("phis[r10:ref]")
    assert [line for line in out if "new_tuple" in line]


def test_a_second_iteration_that_cannot_be_like_the_first():
    text = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
        guard_type(r0, $float) @{root+1[0=r0, 1=r1 | ]}
        guard_type(r1, $int) @{root+1[0=r0, 1=r1 | ]}
        jump(r1, r0)"""
    trace = walked(text, kind="loop")
    assert [op.name for op in trace.ops] == ["guard_type", "guard_type", "label", "exit"]
    assert trace.info["contradiction"] == "guard_type"


SHARED = """[r0:ref+ #slot:0, r1:ref+ #slot:1, r2:ref+ #slot:2]
incref(r2)
r3 = new_list(r2)
incref(r3)
decref(r0) @{root+1[0=r3, 1=r1, 2=r2 | ]}
decref(r1) @{root+2[0=r3, 1=r3, 2=r2 | ]}
guard_poll() @{root+3[0=r3, 1=r3, 2=r2 | ]}
jump(r3, r3, r2)"""


def test_an_object_under_two_names_stays_one():
    trace = walked(SHARED, kind="loop")
    first = next(op for op in trace.ops[::-1] if op.name == "guard_poll")
    slots = first.snap.frames[0].slots
    assert slots[0][1] is slots[1][1]
    assert slots[0][1] not in trace.ops


@pytest.mark.parametrize("effect", ["call(r1) #run @{root+2[0=r0, 1=r1 | ]}", "incref(r0)\ndecref(r0)"])
def test_classes_of_the_program(effect):
    text = "[r0:ref+ #slot:0, r1:ref+ #slot:1]\nguard_type(r0, $Point) @{root+1[0=r0, 1=r1 | ]}\n" + effect + "\njump(r0, r1)"
    guards = [line for line in body(text) if "guard" in line]
    assert guards == (["guard_type(r0, $Point)"] if "call" in effect else [])
    assert Point


def test_watched_things_are_checked_once_where_no_python_code_runs():
    text = "[r0:ref+ #slot:0]\nguard_not_invalidated() #flag @{root+1[0=r0 | ]}\nguard_poll() @{root+1[0=r0 | ]}\njump(r0)"
    assert body(text) == ["label() phis[]", "guard_poll()", "jump()"]


def test_assuming_nothing(monkeypatch):
    from pytrace.optimizer import loop as module

    monkeypatch.setattr(module, "ROUNDS", 1)
    out = body(SUM)
    assert out[0].endswith("phis[r5:ref]") and out[-1].startswith("jump(r")
