"""Reference counting that nobody can observe goes; what protects something stays."""

import pytest

from pytrace.optimizer.refcounts import eliminate_refcounts
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

DESCRS = {
    d.symbol: d
    for d in (
        ir.CallDescr("run", "r", ir.VOID, error="neg", runs=True),
        ir.CallDescr("peek", "r", ir.INT, reads=("*",)),
        ir.CallDescr("poke", "r", ir.VOID, writes=("list.items",)),
        ir.CallDescr("poke_cell", "r", ir.VOID, writes=("cell.ob_ref",)),
        ir.CallDescr("pt_list_append", "rr", ir.INT, error="neg", writes=("list.ob_size", "list.ob_item", "list.items"), steals=(1,)),
        ir.CallDescr("pt_ascii_char", "ri", ir.REF, pure=True, owns=False),
        ir.CallDescr("eat", "r", ir.VOID, steals=(0,)),
    )
}


def counting(text):
    """What is left of incref, decref (with ! when it may run code) and own, as words."""
    trace = parse(text, descrs=DESCRS)
    verify(trace)
    assert eliminate_refcounts(trace) is trace
    verify(trace)
    words = []
    for op in trace.ops:
        if op.name in ("incref", "decref", "own"):
            mark = "!" if op.snap is not None else ""
            words.append(f"{op.name} {ir.format_value(op.args[0])}{mark}")
    return words


LOAD = "[r0:ref+, i1:int, b2:bool, r3:ref+]\np4 = load(r0) #list.ob_item\nr5 = load_at(p4, i1) #list.items\nincref(r5)\n"
END = "\nexit() @s99"


@pytest.mark.parametrize(
    "between",
    [
        "guard_type(r5, $int) @s0[r5]\ni6 = unbox_int(r5) @s0",
        "r6 = load(r3) #cell.ob_ref\nr7 = box_int(i1)\nstore(r3, r7) #cell.ob_ref\nown(r6)",
        "i6 = call(r5) #peek",
        "call(r0) #poke_cell",
        "guard_type(r3, $int) @s0\ndecref(r3) @s1",
        "incref(r3)\ndecref(r3) @s1",
        "r6 = new_tuple(r3)",
        "guard_poll() @s0",
    ],
)
def test_memory_holds_the_value(between):
    left = counting(LOAD + between + "\ndecref(r5) @s2" + END)
    assert not any("r5" in word for word in left)


@pytest.mark.parametrize(
    "between",
    [
        "call(r5) #run @s0",
        "call(r0) #poke",
        "decref(r3) @s0",
        "decref(r3)",
        "call(r3) #eat",
        "r6 = load_at(p4, 0) #list.items\nincref(r3)\nstore_at(p4, 0, r3) #list.items\nown(r6)",
        "store(r0, 0) #list.ob_size\nr6 = load_at(p4, 0) #list.items\nown(r6)",
        "label(r0, r5) phis[r7:ref, r8:ref]\nincref(r5)\ncall(r0) #poke",
    ],
)
def test_memory_may_have_let_go(between):
    left = counting(LOAD + between + "\ndecref(r5) @s2" + END)
    assert "incref r5" in left and left[-1].startswith("decref r5")


def test_a_borrowed_value_that_was_let_go_stays_counted_once():
    text = LOAD + "incref(r5)\ncall(r5) #run @s0\ndecref(r5) @s1\ndecref(r5) @s2" + END
    assert counting(text) == ["incref r5", "decref r5!"]


def test_another_reference_of_the_trace():
    text = "[r0:ref+]\nincref(r0)\ncall(r0) #run @s0\ndecref(r0) @s1\njump(r0)"
    assert counting(text) == []
    # the same where the trace gives up its own first
    text = "[r0:ref+, b1:bool]\nincref(r0)\ndecref(r0) @s0\ncall(r0) #run @s1\ndecref(r0) @s1" + END
    assert counting(text) == ["decref r0!"]


def test_cancelled_references_count_no_more():
    text = LOAD + "incref(r5)\nincref(r5)\ncall(r5) #run @s0\ndecref(r5) @s1\ndecref(r5) @s1\ndecref(r5) @s1" + END
    assert counting(text) == ["incref r5", "decref r5!"]


def test_move():
    text = "[r0:ref+, i1:int]\nr2 = box_int(i1)\nincref(r2)\nr3 = new_tuple(r2)\ndecref(r2) @s0\ndecref(r3) @s1" + END
    assert counting(text) == ["decref r3!"]
    text = "[r0:ref+, r1:ref+]\nr2 = load(r0) #cell.ob_ref\nincref(r1)\nstore(r0, r1) #cell.ob_ref\nown(r2)\ndecref(r1) @s0\ndecref(r2) @s0" + END
    assert counting(text) == ["own r2", "decref r2!"]


def test_a_reference_that_is_stolen_is_needed():
    assert counting("[r0:ref+, r1:ref]\nincref(r1)\nr2 = new_tuple(r1)\nincref(r1)\nr3 = new_tuple(r1)" + END) == ["incref r1", "incref r1"]
    text = LOAD + "r6 = new_tuple(r5)\nincref(r5)\ncall(r0) #run @s0\ndecref(r5) @s0" + END
    assert counting(text) == ["incref r5", "incref r5", "decref r5!"]


def test_no_move_when_memory_may_let_go():
    text = "[r0:ref+, i1:int]\nr2 = box_int(i1)\nincref(r2)\nr3 = new_tuple(r2)\ncall(r3) #run @s0\ndecref(r3) @s0\ndecref(r2)" + END
    assert counting(text) == ["incref r2", "decref r3!", "decref r2"]


def test_own_hands_the_reference_over():
    """Swapping two items."""
    text = (
        LOAD
        + """
        r6 = load_at(p4, 0) #list.items
        incref(r6)
        store_at(p4, 0, r5) #list.items
        own(r6)
        decref(r6) @s1
        r7 = load_at(p4, i1) #list.items
        store_at(p4, i1, r6) #list.items
        own(r7)
        decref(r7) @s2
        """
        + END
    )
    assert counting(text) == ["incref r5", "own r6", "own r7", "decref r7!"]


def test_a_value_that_overwrites_itself():
    text = LOAD + "store_at(p4, i1, r5) #list.items\nown(r5)\ndecref(r5) @s1" + END
    assert counting(text) == ["incref r5", "own r5", "decref r5"]  # memory holds it


def test_a_pair_that_is_gone_frees_nothing():
    text = LOAD + "r6 = load(r5) #cell.ob_ref\nincref(r6)\ndecref(r5) @s0\ni7 = call(r6) #peek\ndecref(r6) @s1" + END
    assert counting(text) == []


def test_constants_live():
    text = "[r0:ref+]\nincref($int:7000)\ncall(r0) #run @s0\ndecref($int:7000) @s0\nincref($int:7000)\nr1 = new_tuple($int:7000)" + END
    assert counting(text) == ["incref $int:7000"]


def test_a_slot_of_the_frame_lives():
    text = "[r0:ref+]\nr1 = frame_slot() #3\nincref(r1)\ncall(r0) #run @s0\ndecref(r1) @s0" + END
    assert counting(text) == []


def test_immortals():
    text = """
        [b0:bool, r1:ref+]
        r2 = box_bool(b0)
        incref(r2)
        incref($None)
        incref($True)
        incref($...)
        incref($int:5)
        incref($list)
        decref($None) @s0
        r3 = new_tuple($None, r2)
    """.replace("$...", "$Ellipsis")
    assert counting(text + END) == []


@pytest.mark.parametrize("before", ["guard_type(r1, $int) @s0", "guard_type(r1, $str) @s0", "i9 = unbox_int(r1) @s0", "f9 = unbox_float(r1)"])
def test_harmless_types_cannot_run_code(before):
    assert counting(f"[r0:ref+, r1:ref+]\n{before}\ndecref(r1) @s1" + END) == ["decref r1"]


def test_other_types_can():
    assert counting("[r0:ref+, r1:ref+]\nguard_type(r1, $list) @s0\ndecref(r1) @s1" + END) == ["decref r1!"]


def test_a_reference_that_is_not_the_last_cannot_run_code():
    text = "[r0:ref+, r1:ref+]\ndecref(r0) @s1" + END
    assert counting(text.replace("r0:ref+", "r0:ref++")) == ["decref r0"]
    text = "[r0:ref+, r1:ref++]\nr2 = new_cell(r1)\ndecref(r1) @s0" + END
    assert counting(text) == ["decref r1"]


def test_phis_of_one_type():
    loop = """
        [r0:ref+, i1:int]
        guard_type(r0, $int) @s0
        label(r0, i1) phis[r2:ref, i3:int]
        r4 = {new}
        decref(r2) @s1
        jump(r4, i3)
    """
    assert counting(loop.format(new="box_int(i3)")) == ["decref r2"]
    assert counting(loop.format(new="box_float(1.5)")) == ["decref r2!"]
    assert counting(loop.format(new="new_tuple()")) == ["decref r2!"]


def test_types_that_phis_exchange():
    loop = """
        [r0:ref+, r1:ref+]
        guard_type(r0, $int) @s0
        guard_type(r1, {type}) @s0
        label(r0, r1) phis[r2:ref, r3:ref]
        incref(r2)
        decref(r3) @s1
        jump(r2, r2)
    """
    assert counting(loop.format(type="$int")) == ["incref r2", "decref r3"]
    loop = loop.replace("jump(r2, r2)", "jump(r4, r2)").replace("incref(r2)", "r4 = new_tuple()")
    assert counting(loop.format(type="$int")) == ["decref r3!"]


def test_no_pair_spans_the_label():
    text = "[r0:ref+, r1:ref]\nincref(r1)\nlabel(r0) phis[r2:ref]\nincref(r1)\ndecref(r1) @s0\njump(r2)"
    assert counting(text) == ["incref r1"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("i9 = int_add(i1, 1)", []),
        ("store(r0, i1) #list.ob_size", []),
        ("decref(r5)\nincref(r5)", []),
        ("store_at(p4, i1, r0) #list.items", ["incref r5", "incref r0", "decref r5!"]),  # memory may let go of it
        ("call(r0) #poke", ["incref r5", "decref r5!"]),
        ("call(r0) #poke_cell", []),
        ("call(r0) #run @s2", ["incref r5", "decref r5!"]),
    ],
)
def test_memory_holds_throughout_the_loop_what_nothing_takes_out(body, left):
    text = "[r0:ref+, i1:int, r2:ref+]\np4 = load(r0) #list.ob_item\nr5 = load_at(p4, i1) #list.items\nlabel(r2) phis[r3:ref]\nincref(r5)\n"
    text += f"{body}\nguard_shared(r5) @s0\ndecref(r5) @s1\njump(r3)"
    if "store_at" in body:
        text = text.replace("store_at", "incref(r0)\nstore_at")
    assert counting(text) == left


# -- objects that die plainly

DIES = "guard_harmless(r3) @s1\ndecref(r3)\n"


def test_a_plain_death_leaves_alone_what_a_living_object_holds():
    assert not any("r5" in word for word in counting(LOAD + DIES + "decref(r5) @s2" + END))


def test_a_plain_death_takes_what_the_dead_held():
    load = "[r0:ref+, i1:int, r3:ref+]\nr5 = load(r3) #cell.ob_ref\nincref(r5)\n"
    assert counting(load + DIES + "i6 = call(r5) #peek\ndecref(r5) @s2" + END) == ["incref r5", "decref r3", "decref r5!"]


def test_a_plain_death_takes_what_hangs_on_the_dead():
    load = "[r0:ref+, i1:int, r3:ref+]\nr5 = load(r3) #cell.ob_ref\np6 = load(r5) #list.ob_item\nr7 = load_at(p6, i1) #list.items\nincref(r7)\n"
    assert "incref r7" in counting(load + DIES + "i6 = call(r7) #peek\ndecref(r7) @s2" + END)


def test_a_plain_death_leaves_alone_what_a_constant_holds():
    """A constant that has not been counted until then."""
    text = "[r3:ref+]\nr5 = load($cell) #cell.ob_ref\nincref(r5)\n" + DIES + "i6 = call(r5) #peek\ndecref(r5) @s2\nexit() @s9"
    trace = parse(text, {"cell": (lambda: DIES).__code__}, DESCRS)
    verify(trace)
    eliminate_refcounts(trace)
    assert [op.name for op in trace.ops if op.name in ("incref", "decref")] == ["decref"]


def test_a_guard_of_a_death_that_cannot_be_goes():
    trace = parse(LOAD + "guard_harmless(r5) @s1\ndecref(r5)" + END, descrs=DESCRS)
    assert "guard_harmless" not in ir.format_trace(eliminate_refcounts(trace))


def test_what_a_living_object_holds_outlasts_the_deaths_of_a_loop():
    loop = LOAD.replace("incref(r5)\n", "") + "label(r3) phis[r9:ref]\nincref(r5)\nr7 = new_cell(NULL)\nguard_harmless(r7) @s1\ndecref(r7)\n{}i8 = call(r5) #peek\ndecref(r5)" + END
    assert counting(loop.format("")) == ["decref r7"]
    assert counting(loop.format("call(r0) #poke\n"))[-1] == "decref r5"


def test_what_is_counted_up_is_alive():
    assert counting("[r0:ref+, r1:ref]\ncall(r0) #run @s0\nincref(r1)\ni2 = call(r1) #peek\ndecref(r1) @s1" + END) == []


def test_a_new_instance_holds_its_attributes():
    made = "[r0:ref+, r1:ref, i2:int, r3:ref+]\nr4 = box_int(i2)\nr5 = new_instance($Point, r4) #('x',)\nincref(r4)\nstore(r0, r5) #inst.{}\ni6 = call(r4) #peek\ndecref(r4) @s1\nexit() @s9"
    for name, left in (("y", []), ("x", ["incref", "decref"])):
        trace = parse(made.format(name), {"Point": type("Point", (), {})}, {f"inst.{name}": ir.FieldDescr(f"inst.{name}", ir.REF, f"inst.{name}", offset=24)} | DESCRS)
        verify(trace)
        eliminate_refcounts(trace)
        assert [op.name for op in trace.ops if "cref" in op.name] == left


def test_a_death_while_a_chain_of_holders_leads_to_an_unknown_one():
    load = "[r0:ref+, i1:int, r3:ref+]\np4 = load($Point) #list.ob_item\nr5 = load_at(p4, i1) #list.items\nincref(r5)\n"
    trace = parse(load + DIES + "decref(r5)" + END, {"Point": type("Point", (), {})}, DESCRS)
    eliminate_refcounts(trace)
    assert [op.name for op in trace.ops if "cref" in op.name] == ["decref"]


def test_what_an_instance_lets_go_of():
    """A new instance holds its attribute until something is stored over it."""
    made = "[r0:ref+, r1:ref+, r3:ref+]\nr5 = new_instance($Point, r0) #('x',)\nincref(r1)\n"
    text = made + "store(r5, r1) #inst.x\nown(r0)\ndecref(r0) @s1\ndecref(r5) @s2\nexit() @s9"
    trace = parse(text, {"Point": type("Point", (), {})}, {"inst.x": ir.FieldDescr("inst.x", ir.REF, "inst.x", offset=24)})
    verify(trace)
    eliminate_refcounts(trace)
    assert next(op for op in trace.ops if op.name == "decref").snap is not None


APPENDED = "[r0:ref+, i1:int, r2:ref+]\nr3 = box_int(i1)\nincref(r3)\ni4 = call(r0, r3) #pt_list_append @s0[r0, r2]\n"


def test_what_was_appended_is_held_by_the_list():
    assert counting(APPENDED + "guard_poll() @s1[r3]\ndecref(r3)\nexit() @s2") == []


@pytest.mark.parametrize("between", ["STORE", "decref(r0) @s1"])
def test_until_something_may_take_it_out(between):
    if between == "STORE":
        between = "p5 = load(r2) #list.ob_item\nr6 = load_at(p5, i1) #list.items\nstore_at(p5, i1, $int) #list.items\nown(r6)\ndecref(r6) @s1"
    assert "decref r3" in counting(APPENDED + between + "\ndecref(r3)\nexit() @s2")


def test_phis_of_immortals_are_not_counted():
    text = """
    [r0:ref, i1:int]
    r2 = call(r0, i1) #pt_ascii_char
    label(i1, r2, r0) phis[i3:int, r4:ref, r5:ref]
    i6 = int_add(i3, 1)
    r7 = call(r0, i6) #pt_ascii_char
    decref(r4) @s1[r7]
    incref(r0)
    decref(r5) @s2
    guard_poll() @s3[r7]
    jump(i6, r7, r0)
    """
    text = text.replace("    label(", "    incref(r0)\n    label(")
    assert counting(text) == ["incref r0", "incref r0", "decref r5!"]
