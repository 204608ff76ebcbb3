"""Entering from the frame and through the buffer; leaving; what exits describe."""

import struct
import sys

import pytest
from standin import compile_text, new_ref, release

from pytrace.codegen.disasm import disassemble, optimized
from pytrace.codegen.exits import TAG_CONST, TAG_LIVE, TAG_VIRTUAL
from pytrace.codegen.homes import named_by
from pytrace.codegen.perfmap import function_sizes, note
from pytrace.tracer import ir


def fresh():
    return type("Thing", (), {})()


def offset(result):
    return -1 if result[0].kind == "plain" else result[0].snapshot.frames[0].offset


# -- from the frame


def test_references_come_from_slots(bridge, machine):
    c = compile_text("[r0:ref+ #slot:3, r1:ref+ #slot:1]\nexit() @s2[r1, r0]", bridge)
    plan, live = machine.enter(c, s3="three", s1="one")
    assert live == ["one", "three"]
    assert set(plan.owned) == set(plan.live)


def test_unbound_slot_refuses_entry(bridge, machine):
    c = compile_text("[r0:ref+ #slot:0]\nexit() @s2[r0]", bridge)
    plan, live = machine.enter(c, s0=ir.NULL_VALUE)
    assert plan.kind == "plain" and live == []


def test_slots_that_must_be_empty(bridge, machine):
    from pytrace.codegen.compile import compile_trace
    from pytrace.tracer.parser import parse

    trace = parse("[r0:ref+ #slot:0]\nexit() @s2[r0]")
    trace.info["nulls"] = frozenset([5])
    c = compile_trace(trace, bridge)
    assert offset(machine.enter(c, s0="x", s5=ir.NULL_VALUE)) == 2
    assert offset(machine.enter(c, s0="x", s5="y")) == -1


@pytest.mark.parametrize("value", [0, 5, -7, 2**30, -(2**62), 2**63 - 1, -(2**63)])
def test_numbers_are_unboxed_and_their_boxes_given_up(bridge, machine, value):
    c = compile_text("[i0:int #slot:0, f1:float #slot:1]\nexit() @s2[i0, f1]", bridge)
    box, real = int(str(value)), float("2.5")
    before = sys.getrefcount(box), sys.getrefcount(real)
    new_ref(box), new_ref(real)
    assert machine.enter(c, s0=box, s1=real)[1] == [value, 2.5]
    assert (sys.getrefcount(box), sys.getrefcount(real)) == before


def test_the_last_reference_to_a_box(bridge, machine):
    c = compile_text("[i0:int #slot:0]\nexit() @s2[i0]", bridge)
    for n in range(1000):
        machine.slots[0] = new_ref(10**15 + n)
        assert machine.call(c.entry)[1] == [10**15 + n]


@pytest.mark.parametrize("wrong", [2**63, -(2**63) - 1, True, 1.5, "x", None])
def test_what_is_no_small_int_refuses_entry(bridge, machine, wrong):
    c = compile_text("[f1:float #slot:1, i0:int #slot:0]\nexit() @s2[i0]", bridge)
    real = float("2.5")
    before = sys.getrefcount(real), sys.getrefcount(wrong)
    assert offset(machine.enter(c, s1=real, s0=wrong)) == -1
    assert (sys.getrefcount(real), sys.getrefcount(wrong)) == before


def test_names_come_from_the_dict(bridge, machine):
    thing = fresh()
    number = int("1000000000000")
    g = {"x": thing, "n": number}
    c = compile_text("[r0:ref+ #name:x, i1:int #name:n]\nexit() @s2[r0, i1]", bridge, names={"globals": g})
    before = sys.getrefcount(thing), sys.getrefcount(number)
    assert machine.enter(c)[1] == [thing, 10**12]
    assert sys.getrefcount(thing) == before[0] + 1  # the trace's own, which the exit gives up
    assert sys.getrefcount(number) == before[1]
    release(id(thing))
    del g["n"]
    assert offset(machine.enter(c)) == -1
    assert sys.getrefcount(thing) == before[0]


# -- through the buffer, and on to other loops


def test_jump_to_the_start(bridge, machine):
    c = compile_text(
        """
        [i0:int #slot:0, f1:float #slot:1]
        b2 = int_gt(i0, 0)
        guard_true(b2) @s1[i0, f1]
        i3 = int_sub(i0, 1)
        f4 = float_add(f1, 0.5)
        jump(i3, f4)
        """,
        bridge,
    )
    assert machine.run(c, 10, 0.0)[1] == [0, 5.0]
    assert machine.enter(c, s0=new_five(), s1=1.25)[1] == [0, 3.75]


def new_five():
    return 5


def test_phis_that_swap(bridge, machine):
    text = """
    [i0:int, i1:int, i2:int]
    label(i0, i1, i2) phis[i3:int, i4:int, i5:int]
    b6 = int_gt(i5, 0)
    guard_true(b6) @s1[i3, i4]
    i7 = int_sub(i5, 1)
    jump(i4, i3, i7)
    """
    c = compile_text(text, bridge, kind="bridge")
    assert machine.run(c, 1, 2, 3)[1] == [2, 1]


def test_jump_to_another_loop(bridge, machine):
    target = compile_text("[i0:int, r1:ref+]\nexit() @s7[i0, r1]", bridge, kind="bridge")

    class Token:
        buf_exit = None
        compiled = target

    from pytrace.codegen.compile import compile_trace

    i = ir.make("input", type="int")
    r = ir.make("input", type="ref")
    add = ir.make("int_add", i, ir.Const("int", 1))
    trace = ir.Trace("bridge", [r, i], [add, ir.make("jump_loop", add, r, desc=Token)], [r])
    c = compile_trace(trace, bridge)
    plan, _ = machine.run(c, "x", 41)
    assert plan == ("jump", target.buf_entry)
    assert machine.call(target.buf_entry)[1] == [42, "x"]


def test_return(bridge, machine):
    c = compile_text("[r0:ref+ #slot:0]\nreturn(r0) @s4[]", bridge)
    plan, live = machine.enter(c, s0="result")
    assert plan.kind == "return" and live == ["result"]
    assert plan.owned == plan.live
    words = struct.unpack(f"<{len(plan.blob) // 8}q", plan.blob)
    assert words[0] == 4 and words[-1] == 0 and TAG_LIVE in words


# -- blobs


def plan_exit(snapshot, present, owned=()):
    from pytrace.codegen.exits import plan_exit

    return plan_exit(snapshot, named_by(snapshot, set(present)), None, owned)


def words(plan):
    return list(struct.unpack(f"<{len(plan.blob) // 8}q", plan.blob))


def snapshot(slots, stack, names=()):
    return ir.Snapshot((ir.FrameState(None, "code", 12, -1, False, tuple(slots), tuple(stack)),), names)


def test_blob_of_a_plain_frame():
    x, y = ir.make("input", type="int"), ir.make("input", type="ref")
    plan = plan_exit(snapshot([(2, x)], [y, ir.NULL, ir.Const("ref", "k")]), {x, y}, (y,))
    assert plan.live == (x, y) and plan.types == ("int", "ref")
    assert words(plan) == [0, 2, 1, 0, 0, 1, -1, 0, 12, -1, 0, 1, 2, TAG_LIVE, 3, TAG_LIVE | 1, 0, TAG_CONST | 1, 0, 1, 1]
    assert plan.consts == ("code", "k")


def test_a_box_named_once_is_a_live_number():
    x = ir.make("input", type="int")
    plan = plan_exit(snapshot([], [ir.make("box_int", x)]), {x})
    assert words(plan)[:4] == [0, 1, 1, 0]


def test_a_box_named_twice_is_one_object():
    x = ir.make("input", type="float")
    box = ir.make("box_float", x)
    plan = plan_exit(snapshot([(0, box)], [box]), {x})
    w = words(plan)
    assert w[:7] == [0, 1, 2, 1, 1, 1, TAG_LIVE]
    assert w.count(TAG_VIRTUAL) == 2


def test_virtuals_share_and_nest():
    x = ir.make("input", type="int")
    inner = ir.make("new_tuple", ir.make("box_int", x))
    outer = ir.make("new_list", inner, inner, ir.NULL)
    plan = plan_exit(snapshot([(0, inner)], [outer]), {x})
    assert words(plan)[3:] == [2, 3, 1, TAG_LIVE, 4, 3, TAG_VIRTUAL, TAG_VIRTUAL, 0, 1, -1, 0, 12, -1, 0, 1, 0, TAG_VIRTUAL, 1, TAG_VIRTUAL | 1, 0, 0]


def test_virtual_instance_and_names():
    x = ir.make("input", type="ref")
    obj = ir.make("new_instance", ir.Const("ref", int), x, desc=("a",))
    d = {}
    plan = plan_exit(snapshot([], [obj], ((d, "k", x),)), {x})
    w = words(plan)
    assert w[3:9] == [1, 6, 3, TAG_CONST | 1, TAG_CONST | 2, TAG_LIVE]
    assert w[-5:] == [1, plan.consts.index(d), plan.consts.index("k"), TAG_LIVE, 0]


def test_a_value_that_nobody_computes():
    from pytrace.codegen.exits import ExitError

    lost = ir.make("int_add", ir.Const("int", 1), ir.Const("int", 2))
    with pytest.raises(ExitError, match="does not compute"):
        plan_exit(snapshot([], [lost]), set())


# -- the compiled object


def test_tiers_give_the_same(bridge, machine):
    from pytrace.codegen.compile import compile_trace
    from pytrace.tracer.parser import parse

    text = """
    [i0:int, i1:int]
    label(i0, i1) phis[i2:int, i3:int]
    b4 = int_lt(i2, 100)
    guard_true(b4) @s8[i2, i3]
    i5 = int_add_ovf(i3, i2) @s10[i2, i3]
    i6 = int_add(i2, 1)
    jump(i6, i5)
    """
    c = compile_trace(parse(text, kind="bridge"), bridge, tier=1)
    assert c.tier == 1 and machine.run(c, 0, 0)[1] == [100, 4950]
    old, exits = c.buf_entry, c.exits
    c.upgrade(2)
    assert c.tier == 2 and c.buf_entry != old and c.exits is exits
    assert machine.run(c, 0, 0)[1] == [100, 4950]
    assert machine.call(old)
    c.close()
    assert c.buf_entry == 0


def test_code_memory_is_given_back(bridge):
    """Compiled and closed again and again, the process does not grow."""

    def resident():
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1])

    def once():
        compile_text("[i0:int]\ni1 = int_add_ovf(i0, 1) @s1[i0]\nexit() @s2[i1]", bridge, kind="bridge").close()

    for _ in range(20):
        once()
    before = resident()
    for _ in range(100):
        once()
    assert resident() - before < 2000  # pages of 4 KiB


def test_listing_and_map(bridge, tmp_path):
    c = compile_text("[i0:int #slot:0]\ni1 = int_add_ovf(i0, 1) @s1[i0]\nexit() @s2[i1]", bridge)
    assert "retq" in disassemble(c) and f"{c.name}_buf:" in disassemble(c)
    assert "define ptr" in optimized(c)
    sizes = dict([*function_sizes(c.object), *function_sizes(c.entry_object)])
    assert set(sizes) == {c.name, c.name + "_buf"} and all(sizes.values())
    note(c, str(tmp_path / "map"))
    lines = (tmp_path / "map").read_text().splitlines()
    assert len(lines) == 2 and lines[0].split()[0] in (f"{c.entry:x}", f"{c.buf_entry:x}")
