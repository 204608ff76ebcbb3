"""Instances of the program's classes are virtual, too."""

import pytest
from irtext import CALLS, Point, lines, names, walked

from pytrace.tracer import ir
from pytrace.tracer.ir import FieldDescr

X = FieldDescr("inst.x", ir.REF, "inst.x", offset=32)
Y = FieldDescr("inst.y", ir.REF, "inst.y", offset=40)
HEADER = FieldDescr("inst.values_header", ir.INT, "inst.values_header", offset=24)
NEW = ir.CallDescr("pt_new_instance", "r", ir.REF, "null")
SET = ir.CallDescr("PyObject_SetAttr", "rrr", ir.INT, error="neg", writes=("inst.x", "inst.values_header"))
CALLS |= {"inst.x": X, "inst.y": Y, "inst.values_header": HEADER, "pt_new_instance": NEW, "PyObject_SetAttr": SET}

INPUTS = "[r0:ref+, r1:ref+, f2:float, b3:bool]\n"
MADE = "r4 = call($Point) #pt_new_instance @s1\n"
SET_X = "i5 = call(r4, $str:'x', r0) #PyObject_SetAttr @s2\n"
SHAPE = "guard_type(r4, $Point) @s3\ni6 = load(r4) #inst.values_header\ni7 = int_and(i6, 4278190080)\nb8 = int_is_true(i7)\nguard_true(b8) @s3\n"
END = "\nexit() @s99"


def test_an_attribute_is_found():
    text = INPUTS + MADE + SET_X + SHAPE + "r9 = load(r4) #inst.x\nguard_nonnull(r9) @s4\nincref(r9)" + END
    assert lines(text)[:3] == ["incref(r0)", "guard_nonnull(r0)", "incref(r0)"]


def test_an_attribute_that_is_not_there():
    assert names(INPUTS + MADE + SET_X + "r9 = load(r4) #inst.y\nguard_null(r9) @s4" + END) == ["incref"]


def test_an_attribute_is_overwritten():
    text = INPUTS + MADE + SET_X + "r9 = load(r4) #inst.x\nguard_nonnull(r9) @s4\nincref(r1)\nstore(r4, r1) #inst.x\nown(r9)\n"
    text += "decref(r9) @s5\ndecref(r4) @s6" + END
    assert lines(text) == ["incref(r0)", "guard_nonnull(r0)", "incref(r1)", "decref(r0)", "decref(r1)"]


def test_death():
    assert lines(INPUTS + MADE + SET_X + "decref(r4) @s3" + END) == ["incref(r0)", "decref(r0)"]


def test_written_where_it_escapes():
    text = INPUTS + MADE + SET_X + "call(r4) #run @s3" + END
    assert lines(text) == ["incref(r0)", "r4 = new_instance($Point, r0) #('x',)", "call(r4) #run"]


def test_exits_make_it():
    trace = walked(INPUTS + MADE + "guard_true(b3) @s2[r4]\n" + SET_X + "guard_poll() @s3[r4]" + END)
    pictures = [op.snap.frames[0].stack[0] for op in trace.ops if op.snap and op.snap.frames[0].stack]
    assert [(p.desc, len(p.args)) for p in pictures] == [((), 1), (("x",), 2)]


def test_an_instance_in_itself():
    text = INPUTS + MADE + "i5 = call(r4, $str:'x', r4) #PyObject_SetAttr @s2\nincref(r4)" + END
    assert names(text) == ["new_instance", "call", "incref"]


class Mortal:
    def __del__(self):
        pass


@pytest.mark.parametrize(("names_", "left"), [({"Point": Mortal}, "call"), ({"Point": Point}, None)])
def test_classes_with_a_finalizer(names_, left):
    assert names(INPUTS + MADE + "decref(r4) @s3" + END, names=names_) == (["call", "decref"] if left else [])


def test_it_travels_in_parts():
    text = """[r0:ref+ #slot:0, f1:float #slot:1]
        guard_type(r0, $Point) @{root+1[0=r0 | ]}
        i2 = load(r0) #inst.values_header
        b3 = int_is_true(i2)
        guard_true(b3) @{root+1[0=r0 | ]}
        r4 = load(r0) #inst.x
        guard_nonnull(r4) @{root+1[0=r0 | ]}
        guard_type(r4, $float) @{root+1[0=r0 | ]}
        f5 = unbox_float(r4)
        f6 = float_add(f5, f1)
        r7 = box_float(f6)
        r8 = call($Point) #pt_new_instance @{root+2[0=r0 | ]}
        i9 = call(r8, $str:'x', r7) #PyObject_SetAttr @{root+3[0=r0 | ]}
        decref(r7)
        decref(r0) @{root+4[0=r8 | ]}
        guard_poll() @{root+5[0=r8 | ]}
        jump(r8, f1)"""
    out = lines(text, kind="loop")
    start = next(k for k, line in enumerate(out) if line.startswith("label"))
    assert out[start:] == ["label(f6) phis[f7:float]", "f8 = float_add(f7, f1)", "guard_poll()", "jump(f8)"]


def test_switched_off():
    assert names(INPUTS + MADE + SET_X + "decref(r4) @s3" + END, off=frozenset({"instances"})) == ["call", "call", "decref"]


def test_a_plain_death_is_that_of_the_attributes():
    text = INPUTS + MADE + SET_X + "guard_harmless(r4) @s3\ndecref(r4)" + END
    assert lines(text) == ["incref(r0)", "guard_harmless(r0)", "decref(r0)"]


class Slotted:
    __slots__ = ("x", "y")


def test_slots():
    slot = FieldDescr("slot.x", ir.REF, "slot.x", offset=16)
    CALLS["slot.x"] = slot
    made = "r4 = call($Slotted) #pt_new_instance @s1\nr5 = load(r4) #slot.x\nguard_null(r5) @s2\nincref(r0)\nstore(r4, r0) #slot.x\n"
    text = INPUTS + made + "r7 = load(r4) #slot.x\nguard_nonnull(r7) @s3\nincref(r7)\n"
    named = {"names": {"Slotted": Slotted}}
    assert lines(text + "decref(r4) @s3" + END, **named) == ["incref(r0)", "guard_nonnull(r0)", "incref(r0)", "decref(r0)"]
    escaped = lines(text + "call(r4) #poke\nr8 = load(r4) #slot.x" + END, **named)
    assert escaped[-2:] == ["r4 = new_instance($Slotted, r0) #('x',)", "call(r4) #poke"]
