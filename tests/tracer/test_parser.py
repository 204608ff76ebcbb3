"""The text form: what is printed can be read again."""

import pytest

from pytrace.tracer import ir
from pytrace.tracer.parser import ParseError, names_of, parse

ADD = ir.CallDescr("PyNumber_Add", "rr", ir.REF, error="null", runs=True)
DESCRS = {"PyNumber_Add": ADD}

LOOP = """
[r0:ref+ #slot:0, i1:int, r2:ref++ #name:total, f3:float]
guard_type(r0, $list) @{root+4[0=r0 | r2, 5] names[total=r2]}
i4 = load(r0) #list.ob_size
p5 = load(r0) #list.ob_item
r6 = load_at(p5, 0) #list.items
b7 = int_ult(i1, i4)
guard_true(b7) @{root+4[0=r0 | r2, 5] names[total=r2]}
guard_not_invalidated() #flag @{root+4[0=r0 | r2, 5] names[total=r2]}
incref(r6)
r8 = call(r6, $int:70000) #PyNumber_Add @{root+8(6)[0=r0 | ] > helper+12[0=$None, 1=True | NULL]!}
virtual r9 = box_float(f3)
virtual r10 = new_tuple(r9, r8)
decref(r6) @{root+10[0=r10 | -1.5, inf, nan, 1e+30, $str:'a, b) "']}
label(i1, r8) phis[i11:int, r12:ref]
i13 = int_add_ovf(i11, 1) @{root+14[ | ]}
jump(i13, r12)
"""


def text_of(trace):
    return ir.format_trace(trace)


def again(trace):
    return parse(ir.format_trace(trace), *names_of(trace))


def test_round_trip():
    text = text_of(parse(LOOP, descrs=DESCRS))
    assert text_of(parse(text, descrs=DESCRS)) == text
    for line in ("r0:ref+ #slot:0", "r2:ref++ #name:total", "names[total=r2]", "NULL]!}", "virtual r", "-1.5, inf, nan, 1e+30"):
        assert line in text


def test_tables_of_a_trace_read_it_again():
    trace = parse(LOOP, descrs=DESCRS)
    assert text_of(again(trace)) == text_of(trace)
    assert again(trace).flag is trace.flag


def test_types_and_descriptors():
    trace = parse(LOOP, descrs=DESCRS)
    by_name = {op.name: op for op in trace.ops}
    assert by_name["load_at"].desc is ir.LIST_ITEM
    assert by_name["call"].desc is ADD and by_name["call"].type == ir.REF
    assert trace.owned_inputs == [trace.inputs[0], trace.inputs[2], trace.inputs[2]]
    assert [type(i.desc) for i in trace.inputs] == [ir.SlotDescr, type(None), ir.NameDescr, type(None)]
    phis = by_name["label"].desc
    assert by_name["jump"].args[1] is phis[1]
    assert by_name["int_add_ovf"].args[0] is phis[0]


def test_a_bare_number_has_the_type_that_the_operation_wants():
    trace = parse("[f0:float, i1:int]\nf2 = float_add(f0, 1)\ni3 = int_add(i1, 1)\nexit(f2, i3) @s0")
    assert trace.ops[0].args[1].type == ir.FLOAT
    assert trace.ops[1].args[1].type == ir.INT


def test_snapshots_of_one_state_are_one_object():
    trace = parse(LOOP, descrs=DESCRS)
    guards = [op for op in trace.ops if op.row.guard]
    assert guards[0].snap is guards[1].snap is guards[2].snap
    assert guards[3].snap is not guards[0].snap


def test_short_snapshots():
    trace = parse("""
        [b0:bool, i1:int]
        # a comment
        guard_true(b0) @s4[i1]
        guard_false(b0) @s4
        guard_true(b0) @s7{root+7[0=i1 | ]}
        guard_true(b0) @s9
        guard_true(b0)
        exit() @s7
    """)
    a, b, c, d, e, f = trace.ops
    assert a.snap is b.snap and c.snap is f.snap and e.snap is None
    assert a.snap.frames[0].stack == (trace.inputs[1],) and a.snap.frames[0].offset == 4
    assert c.snap.frames[0].slots == ((0, trace.inputs[1]),)
    assert d.snap.frames[0].offset == 9 and list(d.snap.values()) == []


def test_virtual_cycle():
    text = """
        [i0:int]
        virtual r1 = new_list(r2)
        virtual r2 = new_tuple(r1)
        guard_true(True) @s0[r1]
        exit() @s1
    """
    trace = parse(text)
    (cell,) = trace.ops[0].snap.values()
    assert cell.args[0].args[0] is cell
    assert text_of(again(trace)) == text_of(trace)


def test_inlined_frames_find_their_function():
    def helper():
        pass

    trace = parse("[]\nexit() @{root+2(0)[ | ] > helper+0[ | $helper]}", {"helper": helper})
    frame = trace.ops[0].snap.frames[1]
    assert frame.func is helper and frame.code is helper.__code__ and frame.call_offset == -1
    assert trace.ops[0].snap.frames[0].call_offset == 0
    assert frame.stack[0].value is helper


def test_named_objects():
    names = {"f.<locals>.g": test_named_objects}
    trace = parse("[r0:ref]\nguard_is(r0, $f.<locals>.g)\nguard_is(r0, $list.append)\nguard_type(r0, $range_iterator)\nexit() @s0", names)
    assert [op.args[1].value for op in trace.ops[:3]] == [test_named_objects, list.append, type(iter(range(0)))]


def test_instances_and_frame_slots():
    trace = parse("[]\nr1 = frame_slot() #3\nr2 = new_instance($int, r1) #('x',)\nexit(r2) @s0")
    assert trace.ops[0].desc == 3 and trace.ops[1].desc == ("x",)
    assert text_of(again(trace)) == text_of(trace)


@pytest.mark.parametrize(
    "text, message",
    [
        ("guard_true(b0)", "starts with its inputs"),
        ("[i0:float]", "does not stand for the type float"),
        ("[i0:int]\ni1 = int_add(i0)", "takes 2 operands"),
        ("[i0:int]\ni1 = int_plus(i0, 1)", "no operation 'int_plus'"),
        ("[i0:int]\ni1 = int_add(i0, i2)", "i2 is defined nowhere"),
        ("[i0:int]\ni0 = int_add(i0, 1)", "defined twice"),
        ("[i0:int]\nf1 = int_add(i0, 1)", "gives int"),
        ("[r0:ref]\ncall(r0) #PyObject_Str", "no descriptor is known for #PyObject_Str"),
        ("[r0:ref]\nguard_is(r0, $nowhere)", "which object $nowhere is"),
        ("[r0:ref]\nincref(r0) r0", "goes on after"),
        ("[r0:ref]\nexit(r0) @{root+1[0=r0]}", "expected '|'"),
    ],
)
def test_errors_are_sentences(text, message):
    with pytest.raises(ParseError) as e:
        parse(text)
    assert message in str(e.value)
