"""The reference evaluator: what traces compute, and what it refuses to do."""

import math
from types import CellType

import pytest

from pytrace.tracer import ir
from pytrace.tracer.evaluator import FAILED, EvalError, Heap, run
from pytrace.tracer.parser import parse

DESCRS = {
    d.symbol: d
    for d in (
        ir.CallDescr("run", "r", ir.INT, error="neg", runs=True),
        ir.CallDescr("make", "", ir.REF, error="null", runs=True),
        ir.CallDescr("eat", "r", ir.VOID, steals=(0,)),
    )
}


def evaluate(text, *inputs, heap=None, **options):
    return run(parse(text, descrs=DESCRS), list(inputs), heap or Heap(), **options)


def slots(outcome):
    """The values in the (only) frame of an outcome."""
    return [v for _, v in outcome.state[0][0][4:][0]]


@pytest.mark.parametrize(
    "op, a, b, result",
    [
        ("int_add", 2**63 - 1, 1, -(2**63)),
        ("int_mul", 2**62, 4, 0),
        ("int_floordiv", -7, 2, -4),
        ("int_mod", -7, 2, 1),
        ("int_lshift", 1, 63, -(2**63)),
        ("int_rshift", -8, 1, -4),
        ("int_add_ovf", 2, 3, 5),
    ],
)
def test_ints(op, a, b, result):
    snap = " @s9" if op.endswith("ovf") else ""
    out = evaluate(f"[i0:int, i1:int]\ni2 = {op}(i0, i1){snap}\nexit() @s0[i2]", a, b)
    assert slots(out) == [("int", str(result))]


@pytest.mark.parametrize(
    "op, a, b, result",
    [("float_mod", -1.0, 3.0, 2.0), ("float_floordiv", -1.0, 3.0, -1.0), ("float_mul", 1e300, 1e300, math.inf), ("float_sub", -0.0, 0.0, -0.0)],
)
def test_floats(op, a, b, result):
    out = evaluate(f"[f0:float, f1:float]\nf2 = {op}(f0, f1)\nexit() @s0[f2]", a, b)
    assert slots(out) == [("float", repr(result))]


@pytest.mark.parametrize(
    "line, inputs",
    [
        ("i2 = int_add_ovf(i0, 1) @s1[i0]", (2**63 - 1,)),
        ("i2 = int_lshift_ovf(i0, 62) @s1[i0]", (2,)),
        ("b2 = int_lt(i0, 3)\nguard_true(b2) @s1[i0]", (3,)),
        ("guard_type($int, $int) @s1[i0]", (3,)),
        ("guard_null($int) @s1[i0]", (3,)),
        ("i2 = float_to_int_ovf(1e300) @s1[i0]", (3,)),
        ("i2 = unbox_int($int:99999999999999999999) @s1[i0]", (3,)),
    ],
)
def test_guards_leave(line, inputs):
    out = evaluate(f"[i0:int]\n{line}\nexit() @s2", *inputs)
    assert out.kind == "guard" and slots(out) == [("int", str(inputs[0]))]


def test_loops():
    text = """
        [i0:int, i1:int]
        label(i0, i1) phis[i2:int, i3:int]
        b4 = int_lt(i2, 10)
        guard_true(b4) @s0[i2, i3]
        i5 = int_add(i2, 1)
        i6 = int_add(i3, i2)
        jump(i5, i6)
    """
    out = evaluate(text, 0, 0)
    assert slots(out) == [("int", "10"), ("int", "45")] and out.iterations == 10
    assert out == evaluate(text.replace("label(i0, i1) phis[i2:int, i3:int]", "i2 = int_add(i0, 0)\ni3 = int_add(i1, 0)"), 0, 0)
    assert out != evaluate(text, 1, 1)


def test_polls_bound_the_iterations():
    out = evaluate("[i0:int]\nguard_poll() @s0[i0]\ni1 = int_add(i0, 1)\njump(i1)", 0, max_iterations=3)
    assert slots(out) == [("int", "3")]
    with pytest.raises(EvalError, match="does not end"):
        evaluate("[i0:int]\njump(i0)", 0)


def test_virtual_objects_are_built_at_the_exit():
    text = """
        [i0:int, r1:ref+]
        {0}r2 = box_int(i0)
        {0}r3 = new_tuple(r2, r1)
        exit() @s0[r3, r3]
    """
    heap = Heap()
    real = evaluate("[i0:int, r1:ref+]\nr2 = box_int(i0)\nr3 = new_tuple(r2, r1)\nexit() @s0[r3, r3]", 7, heap.list([]), heap=heap)
    heap = Heap()
    virtual = evaluate(text.format("virtual "), 7, heap.list([]), heap=heap)
    assert real == virtual and not real.leaks
    heap = Heap()
    assert real != evaluate(
        text.format("virtual ").replace("[r3, r3]", "[r3, r4]").replace("    exit", "    virtual r4 = new_tuple(r2, r1)\nexit"), 7, heap.list([]), heap=heap
    )


def test_cyclic_virtual_objects():
    out = evaluate("[]\nvirtual r1 = new_list(r2)\nvirtual r2 = new_tuple(r1)\nexit() @s0[r1]")
    assert slots(out) == [("object", 0)]
    assert out.state[2][0][1] == (("list.ob_item", (("object", 1),)), ("list.ob_size", ("int", "1")))


def test_memory():
    heap = Heap()
    inner = heap.list([heap.number(1.5), heap.number(2)])
    out = evaluate(
        """
        [r0:ref+, r1:ref+]
        p2 = load(r0) #list.ob_item
        r3 = load_at(p2, 1) #list.items
        store_at(p2, 1, r1) #list.items
        own(r3)
        decref(r3)
        guard_type(r0, $list) @s9
        exit() @s0[r0]
        """,
        inner,
        heap.cell(heap.const(None)),
        heap=heap,
    )
    assert not out.leaks
    assert out.state[2][0][1][0] == ("list.ob_item", (("float", "1.5"), ("object", 1)))
    assert out.state[2][1] == (str(CellType), (("cell.ob_ref", ("const", "None")),))


def recycle(hold):
    heap = Heap()
    item = heap.number(1.5)
    if hold:
        heap.hold(item)
    out = evaluate("[r0:ref+]\np1 = load(r0) #list.ob_item\nstore_float_at(p1, 0, 2.5) #list.items\nexit() @s0[r0]", heap.list([item]), heap=heap)
    assert not out.leaks
    assert out.state[2][0][1][0] == ("list.ob_item", (("float", "2.5"),))
    return item


def test_recycling():
    assert recycle(hold=False).value == 2.5
    assert recycle(hold=True).value == 1.5


def test_recycling_ints():
    heap = Heap()
    item = heap.number(1000)
    out = evaluate("[r0:ref+]\np1 = load(r0) #list.ob_item\nstore_int_at(p1, 0, 2000) #list.items\nexit() @s0[r0]", heap.list([item]), heap=heap)
    assert not out.leaks and item.value == 2000


def test_leaks_are_found():
    heap = Heap()
    out = evaluate("[r0:ref]\nincref(r0)\nincref(r0)\ndecref(r0)\nexit() @s0[r0]", heap.hold(heap.list([])), heap=heap)
    assert not out.leaks  # the exit gives up what the trace owns
    heap = Heap()
    obj = heap.list([])
    heap.incref(obj)
    (leak,) = evaluate("[r0:ref+]\nexit() @s0[r0]", obj, heap=heap).leaks
    assert "has 2 references, 1 are accounted for" in leak


def test_finalizers_and_calls_are_logged_with_what_they_see():
    def noisy(heap):
        return heap.new("Noisy", None, {}, finalizer=True)

    def call(heap, args):
        return 0

    def go(text):
        heap = Heap()
        heap.functions["run"] = call
        return evaluate(text, noisy(heap), 5, heap=heap)

    text = "[r0:ref+, i1:int]\ni2 = call($None) #run @s0[i1]\ndecref(r0) @s1[i1]\nexit() @s2"
    out = go(text)
    assert [entry[0] for entry in out.log] == ["run", "finalizer"]
    assert out == go(text)
    assert out != go(text.replace("@s0[i1]", "@s0[6]"))
    assert out != go("[r0:ref+, i1:int]\ndecref(r0) @s1[i1]\ni2 = call($None) #run @s0[i1]\nexit() @s2")
    with pytest.raises(EvalError, match=r"a decref that cannot run code ran the finalizer of <Noisy>: decref\(r0\)"):
        go("[r0:ref+, i1:int]\ndecref(r0)\nexit() @s2")


def test_failing_calls():
    heap = Heap()
    heap.functions["make"] = lambda heap, args: FAILED
    out = evaluate("[r0:ref+]\nr1 = call() #make @s4[r0]\nexit() @s5", heap.list([]), heap=heap)
    assert out.kind == "raise" and not out.leaks and slots(out) == [("object", 0)]


def test_return():
    out = evaluate("[i0:int]\nr1 = box_int(i0)\nreturn(r1) @s0", 3)
    assert out.kind == "return" and not out.leaks and out.state[0][-1] == ("result", ((0, ("int", "3")),))


@pytest.mark.parametrize(
    "line, message",
    [
        ("decref(r0)\ni1 = load(r0) #list.ob_size", "was used after it was freed"),
        ("p1 = load(r0) #list.ob_item\nr2 = load_at(p1, 1) #list.items", "Item 1 of 1"),
        ("i1 = unbox_int(r0) @s1", "is of another type"),
        ("r1 = load(r0) #cell.ob_ref", "has no field cell.ob_ref"),
        ("i1 = int_mod(1, 0)", "mod of 1 and 0"),
        ("i1 = int_lshift(1, 64)", "a shift by 64"),
        ("r1 = load(NULL) #cell.ob_ref", "is no object"),
    ],
)
def test_undefined_behaviour(line, message):
    heap = Heap()
    with pytest.raises(EvalError, match=message):
        evaluate(f"[r0:ref+]\n{line}\nexit() @s0", heap.list([heap.number(1)]), heap=heap)
