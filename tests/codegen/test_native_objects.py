"""Boxes, references, memory, allocations, calls and guards on objects; reference counts stay flat."""

import sys

import pytest
from standin import compile_text, new_ref, release, word

from pytrace.tracer import ir


def count(obj):
    return sys.getrefcount(obj) - 2  # this function's and that one's argument


def fresh():
    return type("Thing", (), {})()


def run(bridge, machine, text, *values, **kw):
    """Compiles, runs once; (offset of the exit, live values)."""
    plan, live = machine.run(compile_text(text, bridge, kind="bridge", **kw), *values)
    return plan.snapshot.frames[0].offset, live


# -- boxes


@pytest.mark.parametrize("n", [0, 1, -1, 256, 257, -5, -6, 2**30 - 1, 2**30, -(2**30), 2**60, 2**62, 2**63 - 1, -(2**63)])
def test_unbox_and_box_int(bridge, machine, n):
    offset, live = run(bridge, machine, "[r0:ref]\ni1 = unbox_int(r0) @s1[r0]\nexit() @s2[i1]", n)
    assert (offset, live) == (2, [n])
    c = compile_text("[i0:int]\nr1 = box_int(i0)\nexit() @s2[r1]", bridge, kind="bridge")
    _plan, live = machine.run(c, n)
    assert live == [n] and type(live[0]) is int
    release(id(live[0]))


@pytest.mark.parametrize("n", [2**63, -(2**63) - 1, 2**200, -(2**64)])
def test_unbox_of_a_big_int_leaves(bridge, machine, n):
    before = count(n)
    offset, live = run(bridge, machine, "[r0:ref]\ni1 = unbox_int(r0) @s1[r0]\nexit() @s2[i1]", n)
    assert offset == 1 and live[0] is n
    del live
    assert count(n) == before


def test_boxed_references_are_released_by_the_exit(bridge, machine):
    c = compile_text("[i0:int]\nr1 = box_int(i0)\nexit() @s2[r1]", bridge, kind="bridge")
    plan, live = machine.run(c, 12345678901)
    assert plan.owned == plan.live
    n = count(live[0])
    assert n == 2  # the trace's and the list's
    release(id(live[0]))


@pytest.mark.parametrize("x", [0.0, -0.0, 1.5, float("inf")])
def test_float_boxes(bridge, machine, x):
    _offset, live = run(bridge, machine, "[r0:ref]\nf1 = unbox_float(r0)\nr2 = box_float(f1)\nexit() @s2[r2, f1]", x)
    assert repr(live) == repr([x, x])
    release(id(live[0]))


@pytest.mark.parametrize("b", [False, True])
def test_bool_boxes(bridge, machine, b):
    _, live = run(bridge, machine, "[r0:ref, b1:bool]\nb2 = unbox_bool(r0)\nr3 = box_bool(b2)\nr4 = box_bool(b1)\nexit() @s2[b2, r3, r4]", b, b)
    assert live == [b, b, b] and live[1] is b and live[2] is b


# -- references


def test_incref_and_decref(bridge, machine):
    thing = fresh()
    before = count(thing)
    run(bridge, machine, "[r0:ref]\nincref(r0)\nincref(r0)\ndecref(r0) @s1[]\nexit() @s2[]", thing)
    assert count(thing) == before + 1
    release(id(thing))
    assert count(thing) == before


@pytest.mark.parametrize("immortal", [None, True, 5, int, ""])
def test_immortal_counts_do_not_change(bridge, machine, immortal):
    before = sys.getrefcount(immortal)
    run(bridge, machine, "[r0:ref]\nincref(r0)\nincref(r0)\ndecref(r0) @s1[]\nexit() @s2[]", immortal)
    assert sys.getrefcount(immortal) == before


def test_the_last_decref_deallocates_at_the_snapshot(bridge, machine):
    log = []

    class Dies:
        def __del__(self):
            log.append("dead")

    d = Dies()
    text = "[r0:ref+, i1:int]\ndecref(r0) @s1[i1]\nexit() @s2[]"
    c = compile_text(text, bridge, kind="bridge")
    new_ref(d)
    machine.run(c, d, 7)
    assert log == [] and bridge.log == []
    new_ref(d)
    address = id(d)
    del d
    machine.buf[0], machine.buf[1] = address, word("int", 8)
    new_live = machine.call(c.buf_entry)
    assert log == ["dead"]
    ((kind, plan, live),) = bridge.log
    assert kind == "dealloc" and plan.snapshot.frames[0].offset == 1 and live == [8]
    assert new_live[1] == []


def test_harmless_decref_needs_no_snapshot(bridge, machine):
    run(bridge, machine, "[f0:float]\nr1 = box_float(f0)\ndecref(r1)\nexit() @s2[]", 2.5)
    assert bridge.log == []


def test_ref_eq(bridge, machine):
    a, b = fresh(), fresh()
    _, live = run(bridge, machine, "[r0:ref, r1:ref]\nb2 = ref_eq(r0, r1)\nb3 = ref_eq(r0, r0)\nexit() @s1[b2, b3]", a, b)
    assert live == [False, True]


# -- guards

GUARDS = [
    ("guard_type(r0, $int)", 5, "x"),
    ("guard_not_type(r0, $int)", "x", 5),
    ("guard_is(r0, $len)", len, 5),
    ("guard_is_not(r0, $len)", 5, len),
    ("guard_nonnull(r0)", 5, ir.NULL_VALUE),
    ("guard_null(r0)", ir.NULL_VALUE, 5),
]


@pytest.mark.parametrize("guard,holds,fails", GUARDS)
def test_guards_on_references(bridge, machine, guard, holds, fails):
    c = compile_text(f"[r0:ref]\n{guard} @s1[r0]\nexit() @s2[]", bridge, kind="bridge")
    assert machine.run(c, holds)[0].snapshot.frames[0].offset == 2
    plan, live = machine.run(c, fails)
    assert plan.snapshot.frames[0].offset == 1 and live[0] is fails


def test_guards_on_bools(bridge, machine):
    c = compile_text("[b0:bool, b1:bool]\nguard_true(b0) @s1[]\nguard_false(b1) @s2[]\nexit() @s3[]", bridge, kind="bridge")
    offsets = [machine.run(c, x, y)[0].snapshot.frames[0].offset for x, y in ((True, False), (False, False), (True, True))]
    assert offsets == [3, 1, 2]


def test_guards_with_one_snapshot_share_an_exit(bridge):
    c = compile_text("[b0:bool, b1:bool, i2:int]\nguard_true(b0) @s1[i2]\nguard_false(b1) @s1[i2]\nexit() @s1[i2]", bridge, kind="bridge")
    assert len(c.exits) == 1


def test_guard_poll(bridge, machine):
    c = compile_text("[]\nguard_poll() @s1[]\nexit() @s2[]", bridge, kind="bridge")
    machine.breaker.value = 0
    assert machine.run(c)[0].snapshot.frames[0].offset == 2
    machine.breaker.value = 1
    assert machine.run(c)[0].snapshot.frames[0].offset == 1
    machine.breaker.value = 1 << 8  # above the mask
    assert machine.run(c)[0].snapshot.frames[0].offset == 2


def test_a_poll_stays_in_an_empty_loop(bridge, machine):
    """The breaker is set by another thread while the loop runs."""
    import threading

    c = compile_text("[i0:int]\nlabel(i0) phis[i1:int]\nguard_poll() @s1[i1]\ni2 = int_add(i1, 1)\njump(i2)", bridge, kind="bridge")
    machine.breaker.value = 0
    machine.buf[0] = 0
    import ctypes

    entry = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(c.buf_entry)  # releases the GIL
    timer = threading.Timer(0.05, lambda: setattr(machine.breaker, "value", 1))
    timer.start()
    entry(ctypes.addressof(machine.ctx))
    timer.join()
    assert machine.buf[0] > 0


def test_guard_not_invalidated(bridge, machine):
    flag = ir.Flag()
    c = compile_text("[]\nguard_not_invalidated() #flag @s1[]\nexit() @s2[]", bridge, kind="bridge", names={"flag": flag})
    assert machine.run(c)[0].snapshot.frames[0].offset == 2
    flag.handle.word.value = 1
    assert machine.run(c)[0].snapshot.frames[0].offset == 1


# -- memory


def test_list_items(bridge, machine):
    data = ["a", "b", "c"]
    text = """
    [r0:ref, i1:int, r2:ref+]
    i3 = load(r0) #list.ob_size
    p4 = load(r0) #list.ob_item
    r5 = load_at(p4, i1) #list.items
    store_at(p4, i1, r2) #list.items
    own(r5)
    exit() @s1[i3, r5]
    """
    x, new = "".join(["x", "yz"]), "".join(["n", "ew"])
    data[1] = x
    before = count(x), count(new)
    new_ref(new)
    _, live = run(bridge, machine, text, data, 1, new)
    assert live == [3, x] and data == ["a", new, "c"]
    release(id(x))
    del live
    assert (count(x), count(new)) == (before[0] - 1, before[1] + 1)


def test_fields(bridge, machine):
    t = (1, 2, 3)
    _, live = run(bridge, machine, "[r0:ref]\ni1 = load(r0) #tuple.ob_size\nr2 = load_at(r0, 2) #tuple.items\nexit() @s1[i1, r2]", t)
    assert live == [3, 3]
    it = iter(range(5, 50, 7))
    text = """
    [r0:ref]
    i1 = load(r0) #rangeiter.start
    i2 = load(r0) #rangeiter.step
    i3 = load(r0) #rangeiter.len
    store(r0, 6) #rangeiter.start
    exit() @s1[i1, i2, i3]
    """
    _, live = run(bridge, machine, text, it)
    assert live == [5, 7, 7]
    assert next(it) == 6
    _, live = run(bridge, machine, "[r0:ref]\nf1 = load(r0) #complex.real\nf2 = load(r0) #complex.imag\nexit() @s1[f1, f2]", 1.5 - 2j)
    assert live == [1.5, -2.0]


def test_frame_slot(bridge, machine):
    machine.slots[3] = id("three")
    _, live = run(bridge, machine, "[]\nr0 = frame_slot() #3\nexit() @s1[r0]")
    assert live == ["three"]


def test_recycled_floats(bridge, machine):
    text = "[r0:ref, f1:float]\np2 = load(r0) #list.ob_item\nstore_float_at(p2, 0, f1) #list.items\nexit() @s1[]"
    c = compile_text(text, bridge, kind="bridge")
    data = [float("1.5")]
    address = id(data[0])
    machine.run(c, data, 2.5)
    assert data == [2.5] and id(data[0]) == address
    other = data[0]  # now somebody else holds it
    machine.run(c, data, 3.5)
    assert data == [3.5] and other == 2.5 and count(other) == 1
    thing = fresh()
    data[0] = thing
    before = count(thing)
    machine.run(c, data, 4.5)
    assert data == [4.5] and count(thing) == before - 1
    text = "[r0:ref, f1:float]\nstore_float(r0, f1) #cell.ob_ref\nexit() @s1[]"
    x = float("7.5")
    cell = (lambda: x).__closure__[0]
    run(bridge, machine, text, cell, 8.5)
    assert cell.cell_contents == 8.5


def test_recycled_ints(bridge, machine):
    text = "[r0:ref, i1:int]\np2 = load(r0) #list.ob_item\nstore_int_at(p2, 0, i1) #list.items\nexit() @s1[]"
    c = compile_text(text, bridge, kind="bridge")
    data = [int("1000")]
    for value in (2000, 1 << 20, (1 << 30) - 1, 1 << 30, -(1 << 30), (1 << 60) - 1, 1 << 60, -(1 << 60), 1 << 62, -(1 << 63), (1 << 63) - 1, -1000, 0, 256, 257, -5, -6):
        machine.run(c, data, value)
        assert data == [value] and data[0] + 1 == value + 1 and str(data[0]) == str(value)
    small = int("7")
    machine.run(c, data, 7)
    assert data[0] is small
    machine.run(c, data, 1000)
    assert small == 7
    data[0] = other = int("123456789")
    machine.run(c, data, 5000)  # somebody else holds it
    assert data == [5000] and other == 123456789
    thing = fresh()
    data[0] = thing
    before = count(thing)
    machine.run(c, data, 1 << 40)
    assert data == [1 << 40] and count(thing) == before - 1


# -- allocations


def owned_copy(bridge, machine, text, *values, names=None):
    _, live = run(bridge, machine, text, *values, names=names)
    obj = live[0]
    del live
    assert count(obj) == 2
    release(id(obj))
    return obj


def test_new_tuple_and_list(bridge, machine):
    x = fresh()
    before = count(x)
    for op, make in (("new_tuple", tuple), ("new_list", list)):
        obj = owned_copy(bridge, machine, f"[r0:ref, i1:int]\nr2 = box_int(i1)\nincref(r0)\nincref(r0)\nr3 = {op}(r0, r2, r0)\nexit() @s1[r3]", x, 10**12)
        assert obj == make([x, 10**12, x]) and type(obj) is make
        assert count(x) == before + 2
        del obj
        assert count(x) == before
    assert owned_copy(bridge, machine, "[]\nr3 = new_list()\nexit() @s1[r3]") == []


def test_other_allocations(bridge, machine):
    x = fresh()
    before = count(x)
    method = owned_copy(bridge, machine, "[r0:ref]\nincref(r0)\nincref($f)\nr3 = new_method($f, r0)\nexit() @s1[r3]", x, names={"f": count})
    assert method.__self__ is x and method.__func__ is count
    assert count(x) == before + 1
    del method
    cell = owned_copy(bridge, machine, "[r0:ref]\nincref(r0)\nr3 = new_cell(r0)\nexit() @s1[r3]", x)
    assert cell.cell_contents is x
    assert count(x) == before + 1
    del cell
    empty = owned_copy(bridge, machine, "[]\nr3 = new_cell(NULL)\nexit() @s1[r3]")
    assert repr(empty).endswith("empty>")
    s = owned_copy(bridge, machine, "[r0:ref]\nincref(r0)\nr3 = new_slice(r0, $None, $None)\nexit() @s1[r3]", x)
    assert s.start is x and s.stop is None
    assert count(x) == before + 1
    del s
    assert count(x) == before
    it = owned_copy(bridge, machine, "[i0:int]\nr3 = new_range_iter(i0, 3, 4)\nexit() @s1[r3]", 10)
    assert list(it) == [10, 13, 16, 19]
    data = [1, 2, 3]
    it = owned_copy(bridge, machine, "[r0:ref]\nincref(r0)\nr3 = new_list_iter(r0, 2)\nexit() @s1[r3]", data)
    assert list(it) == [3] and count(data) == 1
    data = (1, 2, 3)
    it = owned_copy(bridge, machine, "[r0:ref, i1:int]\nincref(r0)\nr3 = new_tuple_iter(r0, i1)\nexit() @s1[r3]", data, 1)
    assert list(it) == [2, 3]
    assert owned_copy(bridge, machine, "[f0:float]\nr3 = new_complex(f0, 2.0)\nexit() @s1[r3]", 1.5) == 1.5 + 2j


def test_new_instance(bridge, machine):
    class Point:
        def __init__(self):
            raise AssertionError

    x = fresh()
    before = count(x)
    from pytrace.codegen.compile import compile_trace

    inp = ir.make("input", type="ref")
    inc = ir.make("incref", inp)
    new = ir.make("new_instance", ir.Const("ref", Point), inp, ir.Const("ref", None), desc=("x", "y"))
    code = (lambda: 0).__code__
    end = ir.make("exit", snap=ir.Snapshot((ir.FrameState(None, code, 0, -1, False, (), (new,)),)))
    c = compile_trace(ir.Trace("bridge", [inp], [inc, new, end]), bridge)
    _, live = machine.run(c, x)
    p = live[0]
    assert type(p) is Point and p.x is x and p.y is None
    del live
    assert count(p) == 2
    release(id(p))
    del p
    assert count(x) == before


RENEWED = """[r0:ref, r1:ref, f2:float, i3:int]
r4 = load(r0) #cell.ob_ref
r5 = box_float(f2)
r6 = box_int(i3)
r7 = new_instance($Point, r5, r6) #('x', 'y')
store(r0, r7) #cell.ob_ref
own(r4)
guard_harmless(r4) @s1
decref(r4)
"""


def test_one_instance_instead_of_another(bridge):
    class Point:
        pass

    bridge.symbol("pt_renew", 0x7654321000)

    def text(source):
        return compile_text(source, bridge, names={"Point": Point}).body

    both = text(RENEWED + "exit() @s2")
    assert "pt_box" not in both and both.count("call") == 1
    # a box that somebody else names is made; a use of the instance is one of what the place holds
    boxes = [str(bridge.symbols()[name]) for name in ("pt_box_float", "pt_box_int", "pt_renew")]
    assert [b in both for b in boxes] == [False, False, True]
    assert [b in text(RENEWED + "exit() @s2[r5, r7]") for b in boxes] == [True, False, True]
    for other in ("incref(r1)\nown(r4)", "own(r4)\nguard_poll() @s3"):
        assert boxes[2] not in text(RENEWED.replace("own(r4)", other) + "exit() @s2")


@pytest.mark.parametrize("kind", ["list", "tuple"])
def test_an_exhausted_iterator_is_made(bridge, machine, kind):
    it = owned_copy(bridge, machine, f"[r0:ref]\nr3 = new_{kind}_iter(NULL, -1)\nexit() @s1[r3]", [])
    assert list(it) == [] and len(it.__reduce__()) == 2  # no index: it is at its end


# -- calls


def descr(symbol, args, result, **kw):
    return {symbol: ir.CallDescr(symbol, args, result, **kw)}


def test_call_that_runs_is_synced(bridge, machine):
    d = descr("PyNumber_Add", "rr", "ref", error="null", runs=True)
    text = "[r0:ref, r1:ref, i5:int]\nr2 = call(r0, r1) #PyNumber_Add @s1[r0, i5]\nexit() @s2[r2]"
    _offset, live = run(bridge, machine, text, 10**10, 5, 77, descrs=d)
    assert live == [10**10 + 5]
    release(id(live[0]))
    assert [e[0] for e in bridge.log] == ["sync"]
    assert bridge.log[0][2] == [10**10, 77]


def test_call_that_fails_leaves_raising(bridge, machine):
    d = descr("PyNumber_Add", "rr", "ref", error="null", runs=True)
    text = "[r0:ref, r1:ref, f5:float]\nr2 = call(r0, r1) #PyNumber_Add @s1[f5, r0]\nexit() @s2[r2]"
    c = compile_text(text, bridge, kind="bridge", descrs=d)
    with pytest.raises(TypeError):
        machine.run(c, 10**10, "x", 2.5)  # the exception is still set when the code returns
    plan = c.plans[0]
    assert plan.kind == "raise" and {"float", "ref"} <= set(plan.types)


@pytest.mark.parametrize("value,want", [([], False), ([1], True)])
def test_bool_results(bridge, machine, value, want):
    d = descr("PyObject_IsTrue", "r", "bool", error="neg")
    _, live = run(bridge, machine, "[r0:ref]\nb1 = call(r0) #PyObject_IsTrue @s1[]\nexit() @s2[b1]", value, descrs=d)
    assert live == [want]


def test_negative_results_raise(bridge, machine):
    d = descr("PyObject_SetItem", "rrr", "int", error="neg", runs=True) | descr("PyObject_Size", "r", "int", error="neg")
    c = compile_text("[r0:ref]\ni1 = call(r0, $int:0, $None) #PyObject_SetItem @s1[]\nexit() @s2[i1]", bridge, kind="bridge", descrs=d)
    target = [1]
    assert machine.run(c, target)[1] == [0] and target == [None]
    with pytest.raises(TypeError):
        machine.run(c, 5)
    c = compile_text("[r0:ref]\ni1 = call(r0) #PyObject_Size @s1[]\nexit() @s2[i1]", bridge, kind="bridge", descrs=d)
    assert machine.run(c, "abc")[1] == [3]
    assert machine.run(c, range(2**40))[1] == [2**40]
    with pytest.raises(TypeError):
        machine.run(c, 5)


def test_context_and_vector(bridge, machine):
    import ctypes

    seen = []

    def fn(ctx, first, args, n):
        seen.append((ctx, first, [args[k] for k in range(n)]))
        return 0

    P = ctypes.c_void_p
    bridge.callback("pt_test_vector", ctypes.PYFUNCTYPE(ctypes.c_int, P, P, ctypes.POINTER(P), ctypes.c_int64), fn)
    d = descr("pt_test_vector", "rrr", "void", error="neg", vector=True, ctx=True)
    run(bridge, machine, "[r0:ref, r1:ref, r2:ref]\ncall(r0, r1, r2) #pt_test_vector @s1[]\nexit() @s2[]", int, str, float, descrs=d)
    assert seen == [(ctypes.addressof(machine.ctx), id(int), [id(str), id(float)])]


def test_pure_function_of_the_c_library(bridge, machine):
    import math

    d = descr("sin", "f", "float", pure=True)
    _, live = run(bridge, machine, "[f0:float]\nf1 = call(f0) #sin\nexit() @s2[f1]", 1.25, descrs=d)
    assert live == [math.sin(1.25)]


def test_stolen_and_borrowed_results(bridge, machine):
    x = fresh()
    before = count(x)
    d = descr("PyObject_Repr", "r", "ref", error="null", owns=True)
    _, live = run(bridge, machine, "[r0:ref]\nr1 = call(r0) #PyObject_Repr @s1[]\ndecref(r1)\nexit() @s2[]", x, descrs=d)
    assert live == [] and count(x) == before


def test_every_operation_has_an_emitter():
    from pytrace.codegen.scalars import EMITTERS

    assert [r.name for r in ir.OPS if r.code not in EMITTERS] == []
