"""Native code entered from the interpreter, and its exits."""
# The functions under test have the shapes that the tests need.
# ruff: noqa: B018, RUF059

import gc
import os
import random
import struct
import sys
import traceback

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import (
    BOOL,
    FLOAT,
    INT,
    NULL,
    PLAIN_EXIT,
    RAISE,
    REF,
    V_BOOL,
    V_CELL,
    V_COMPLEX,
    V_FLOAT,
    V_FUNCTION,
    V_INSTANCE,
    V_INT,
    V_LIST,
    V_LIST_ITER,
    V_METHOD,
    V_RANGE_ITER,
    V_SLICE,
    V_TUPLE,
    V_TUPLE_ITER,
    Native,
    S,
    blob,
    const,
    enabled,
    frame,
    header,
    leave,
    live,
    moves,
    null,
    offset_after,
    offset_of,
    prologue,
    slot,
    to_buf,
    virtual,
)

from pytrace.interp import _bridge


def fresh(source, name="f", **names):
    """The function `name` of new code: nothing is known of its loops yet."""
    ns = dict(names)
    exec(compile(source, "<string>", "exec"), ns)
    return ns[name]


COUNT = "def f(n):\n  i = 0\n  while i < n:\n    i += 1\n  return i\n"
FOR = "def f(n, x=None):\n  y = 0\n  for i in range(n):\n    y = i\n  return y, x\n"


def attach(f, native, nth=0):
    _bridge.attach_loop(f.__code__, header(f.__code__, nth), native.address, native)


def simple_exit(code, offset, flags=0, **kw):
    return _bridge.new_exit(blob(flags=flags, frames=[frame(-1, 0, offset, **kw)]), (code,), "tag")


def test_plain_exit_changes_nothing():
    f = fresh(FOR)
    e = _bridge.new_exit(PLAIN_EXIT, ())
    attach(f, Native(prologue() + leave(e)))
    with enabled():
        assert f(10, "x") == (9, "x")
    assert e.count == 10


def test_exit_attributes():
    f = fresh(FOR)
    e = simple_exit(f.__code__, 0)
    assert (e.tag, e.count, e.state, e.flags, e.next) == ("tag", 0, "cold", 0, 0)
    assert _bridge.exit_addr_of(e) == e.address > 0
    e.next = -1
    assert e.next > 1 << 60


def returns(code, operand, live_types, consts=(), release=(0,), **kw):
    """An exit that makes the loop's frame return the operand."""
    at = offset_of(code, "RETURN_VALUE", -1)
    return _bridge.new_exit(blob(live=live_types, frames=[frame(-1, 0, at, stack=[operand])], release=release, **kw),
                            (code, *consts))


def test_exit_moves_to_another_instruction():
    f = fresh(FOR)
    e = returns(f.__code__, live(1), [REF, INT])
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + to_buf(1, "1234567890123", "i64") + leave(e)))
    with enabled():
        assert f(10) == 1234567890123
    assert e.count == 1


@pytest.mark.parametrize("kind, bits, value", [
    (INT, -5, -5), (INT, -(1 << 63), -(1 << 63)), (BOOL, 1, True), (BOOL, 0, False), (FLOAT, 0x3FF8000000000000, 1.5),
])
def test_live_types(kind, bits, value):
    f = fresh(FOR)
    e = returns(f.__code__, live(1), [REF, kind])
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + to_buf(1, bits, "i64") + leave(e)))
    with enabled():
        result = f(10)
    assert result == value and type(result) is type(value)


def refcount_of_locals(f, e, native, x, times=100):
    attach(f, native)
    before = sys.getrefcount(x)
    with enabled():
        for _ in range(times):
            f(3, x)
    assert sys.getrefcount(x) == before
    assert e.count


def test_refcounts_live_and_release():
    f = fresh(FOR)
    code = f.__code__
    e = _bridge.new_exit(blob(live=[REF, REF, REF], release=[0, 1, 2],
                              frames=[frame(-1, 0, header(code), locals=[(0, live(0)), (1, live(1))], stack=[live(2)])]),
                         (code,))
    x = object()
    refcount_of_locals(f, e, moves([(0, 0), (1, 1), (2, 4)], e), x)
    assert f(3, x) == (2, x)


def test_raise_exit():
    f = fresh("def f(n):\n  for i in range(n):\n    pass\n  return len(\n    i)\n")
    code = f.__code__
    e = _bridge.new_exit(blob(RAISE, live=[REF], frames=[frame(-1, 0, offset_of(code, "CALL", -1), stack=[live(0)])],
                              release=[0]), (code,))
    n = Native(prologue() + slot("it", 2) + to_buf(0, "%it") +
               f"  %z = load ptr, ptr inttoptr (i64 {S['PyExc_KeyError']} to ptr)\n"
               "  call void @PyErr_SetNone(ptr %z)\n" + leave(e), "declare void @PyErr_SetNone(ptr)")
    attach(f, n)
    with enabled(), pytest.raises(KeyError) as info:
        f(10)
    assert traceback.extract_tb(info.value.__traceback__)[-1].lineno == 4
    assert e.count == 1


def test_raise_exit_to_a_handler_in_the_loop():
    f = fresh("def f(n):\n  for i in range(n):\n    try:\n      i.real\n    except KeyError as e:\n      return e, i\n")
    code = f.__code__
    e = _bridge.new_exit(blob(RAISE, live=[REF], release=[0],
                              frames=[frame(-1, 0, offset_of(code, "LOAD_ATTR"), stack=[live(0), const(1)])]), (code, 7))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") +
               f"  %z = load ptr, ptr inttoptr (i64 {S['PyExc_KeyError']} to ptr)\n"
               "  call void @PyErr_SetNone(ptr %z)\n" + leave(e), "declare void @PyErr_SetNone(ptr)")
    attach(f, n)
    with enabled():
        exc, i = f(10)
    assert type(exc) is KeyError and i == 0 and exc.__traceback__.tb_lineno == 4


def test_native_loop_runs_and_times():
    f = fresh(COUNT)
    code = f.__code__
    e = _bridge.new_exit(blob(live=[REF, INT], frames=[frame(-1, 0, header(code), locals=[(1, live(1))])], release=[0]), (code,))
    n = Native(prologue() + slot("i", 1) + to_buf(0, "%i") + """
  br label %loop
loop:
  %k = phi i64 [0, %0], [%k2, %loop]
  %k2 = add i64 %k, 1
  %done = icmp eq i64 %k2, 1000000
  br i1 %done, label %out, label %loop
out:
""" + to_buf(1, "%k2", "i64") + leave(e))
    attach(f, n)
    _bridge.set_timing(True)
    before = _bridge.stats()
    with enabled():
        assert f(1000000) == 1000001
    _bridge.set_timing(False)
    after = _bridge.stats()
    assert after["native_entries"] - before["native_entries"] == 1
    assert after["native_ns"] > before["native_ns"]
    assert after["deopts"] - before["deopts"] == 1


def test_detach():
    f = fresh(FOR)
    e = _bridge.new_exit(PLAIN_EXIT, ())
    n = Native(prologue() + leave(e))
    attach(f, n)
    with enabled():
        f(5)
        _bridge.detach_loop(f.__code__, header(f.__code__), -1)
        f(5)
        assert e.count == 5
        attach(f, n)
        f(5)
        assert e.count == 10


def test_keepalive_is_dropped_with_the_code():
    class Keep:
        pass

    import weakref
    f = fresh(FOR)
    keep = Keep()
    ref = weakref.ref(keep)
    e = _bridge.new_exit(PLAIN_EXIT, ())
    n = Native(prologue() + leave(e))
    _bridge.attach_loop(f.__code__, header(f.__code__), n.address, keep)
    del keep
    assert ref() is not None
    del f
    gc.collect()
    assert ref() is None


def test_bad_blobs():
    code = fresh(FOR).__code__
    good = blob(live=[REF], frames=[frame(-1, 0, 0)])
    _bridge.new_exit(good, (code,))
    for i in range(0, len(good), 8):
        with pytest.raises(ValueError):
            _bridge.new_exit(good[:i], (code,))
    for bad in [blob(), blob(live=[9], frames=[frame(-1, 0, 0)]), blob(frames=[frame(-1, 5, 0)]), blob(frames=[frame(-1, 0, 1)]),
                blob(frames=[frame(-1, 0, 0, locals=[(99, null())])]), blob(frames=[frame(-1, 0, 0, stack=[null()] * 99)]),
                blob(frames=[frame(-1, 0, 0, stack=[live(0)])]), blob(frames=[frame(-1, 0, 0, stack=[const(9)])]),
                blob(frames=[frame(-1, 0, 0, stack=[virtual(0)])]), blob(frames=[frame(0, 0, 0)]),
                blob(virtuals=[(V_FUNCTION,)], frames=[frame(-1, 0, 0)]), blob(virtuals=[(99,)], frames=[frame(-1, 0, 0)]),
                blob(virtuals=[(V_INT,)], frames=[frame(-1, 0, 0)]), blob(virtuals=[(V_INSTANCE, const(0))], frames=[frame(-1, 0, 0)]),
                blob(frames=[frame(-1, 0, 0)], names=[(0, 0, null())]), blob(live=[INT], frames=[frame(-1, 0, 0)], release=[0]),
                blob(virtuals=[(V_TUPLE, virtual(1)), (V_TUPLE, virtual(0))], frames=[frame(-1, 0, 0)]),
                blob(frames=[frame(-1, 0, 0)], release=[0])]:
        with pytest.raises(ValueError):
            _bridge.new_exit(bad, (code,))


# ---- virtuals ----

class Point:
    def __init__(self):
        raise AssertionError("no __init__ runs")


class Slotted:
    __slots__ = ("a", "b")


def built(virtuals, operand=None, live_types=(), values=(), consts=()):
    """What a loop returns whose exit builds these virtuals; live values are given from buf index 1 on."""
    f = fresh(FOR)
    e = returns(f.__code__, virtual(0) if operand is None else operand, [REF, *live_types], consts, virtuals=virtuals)
    text = prologue() + slot("it", 4) + to_buf(0, "%it")
    for i, bits in enumerate(values, 1):
        text += to_buf(i, bits, "i64")
    attach(f, Native(text + leave(e)))
    with enabled():
        return f(10)


def test_virtual_boxes():
    assert built([(V_INT, live(1))], None, [INT], [1 << 40]) == 1 << 40
    assert built([(V_FLOAT, live(1))], None, [FLOAT], [0x4000000000000000]) == 2.0
    assert built([(V_BOOL, live(1))], None, [BOOL], [1]) is True


def test_virtual_box_keeps_its_identity():
    a, b = built([(V_TUPLE, virtual(1), virtual(1)), (V_INT, live(1))], None, [INT], [1 << 40])
    assert a is b and a == 1 << 40


def test_virtual_containers():
    assert built([(V_TUPLE, const(1), virtual(1)), (V_LIST, const(1), const(1))], consts=["x"]) == ("x", ["x", "x"])
    assert built([(V_TUPLE,)]) == ()
    assert built([(V_LIST,)]) == []


def test_virtual_cycle():
    a = built([(V_LIST, virtual(1), virtual(0)), (V_TUPLE, virtual(0))])
    assert a[0][0] is a and a[1] is a


def test_virtual_instances():
    p = built([(V_INSTANCE, const(1), const(2), live(1), const(3), virtual(0))], None, [INT], [7], [Point, "x", "me"])
    assert type(p) is Point and p.x == 7 and p.me is p and p.__dict__ == {"x": 7, "me": p}
    s = built([(V_INSTANCE, const(1), const(2), live(1))], None, [INT], [7], [Slotted, "a"])
    assert s.a == 7 and not hasattr(s, "b")
    empty = built([(V_INSTANCE, const(1), const(2), null())], consts=[Point, "x"])
    assert not hasattr(empty, "x")


def test_virtual_method_and_slice():
    m = built([(V_METHOD, const(1), const(2))], consts=[str.upper, "abc"])
    assert m.__func__ is str.upper and m() == "ABC"
    assert built([(V_SLICE, live(1), const(1), virtual(1)), (V_INT, live(2))], None, [INT, INT], [1, 3], [None]) == slice(1, None, 3)


def test_virtual_iterators():
    assert list(built([(V_RANGE_ITER, live(1), live(2), live(3))], None, [INT] * 3, [5, -2, 3])) == [5, 3, 1]
    assert list(built([(V_RANGE_ITER, const(1), const(2), live(1))], None, [INT], [2], [5, 1])) == [5, 6]
    assert list(built([(V_RANGE_ITER, const(1), const(2), virtual(1)), (V_INT, live(1))], None, [INT], [2], [5, 1])) == [5, 6]
    assert list(built([(V_LIST_ITER, const(1), live(1))], None, [INT], [1], [[1, 2, 3]])) == [2, 3]
    assert list(built([(V_TUPLE_ITER, virtual(1), live(1)), (V_TUPLE, live(1), live(2))], None, [INT, INT], [1, 9])) == [9]
    it = built([(V_LIST_ITER, const(1), live(1))], None, [INT], [0], [[]])
    assert gc.is_tracked(it)


def test_virtual_cell_and_complex():
    assert built([(V_CELL, virtual(1)), (V_LIST,)]).cell_contents == []
    with pytest.raises(ValueError):
        built([(V_CELL, null())]).cell_contents
    assert built([(V_COMPLEX, live(1), const(1))], None, [FLOAT], [0x3FF0000000000000], [2.5]) == 1 + 2.5j


def test_virtuals_do_not_leak():
    f = fresh(FOR)
    x = object()
    e = returns(f.__code__, virtual(0), [REF, INT], [x, Point, "me"],
                virtuals=[(V_LIST, const(1), virtual(1), virtual(2)), (V_TUPLE, const(1), virtual(1)),
                          (V_INSTANCE, const(2), const(3), const(1), const(3), virtual(0))][:1] and
                [(V_LIST, const(1), virtual(1), virtual(2)), (V_TUPLE, const(1), virtual(3)),
                 (V_INSTANCE, const(2), const(3), const(1)), (V_CELL, const(1))])
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + leave(e)))
    before = sys.getrefcount(x)
    with enabled():
        for _ in range(1000):
            f(10)
    gc.collect()
    assert sys.getrefcount(x) == before


# ---- names ----

def test_names_are_written():
    ns = {"old": 1}
    f = fresh(FOR)
    e = returns(f.__code__, const(1), [REF, INT], ["done", ns, "new", "old"],
                names=[(2, 3, live(1)), (2, 4, null()), (2, 4, null())])
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + to_buf(1, "77", "i64") + leave(e)))
    with enabled():
        assert f(10) == "done"
    assert ns == {"new": 77}


# ---- inlined frames ----

INLINE = """
def g(a, b):
  c = a
  return (c,
    b)
def h(a):
  r = g(a, 2)
  return r
def f(n, x=None):
  y = 0
  for i in range(n):
    if i == n:
      return h(i)
  return y
"""


def inline_frames(f):
    """consts and frames for f in h() in g(), about to run g's last line with a = 'A', h's a = 'H'."""
    fc, h = f.__code__, f.__globals__["h"]
    hc, g = h.__code__, f.__globals__["g"]
    gc_ = g.__code__
    consts = [h, hc, g, gc_, "A", "B", "H"]
    call_f, call_h = offset_of(fc, "CALL", -1), offset_of(hc, "CALL")
    return_g = offset_of(gc_, "RETURN_VALUE")
    return consts, [
        frame(-1, 0, offset_after(fc, call_f), call_f, stack=[live(0)]),
        frame(1, 2, offset_after(hc, call_h), call_h, locals=[(0, const(7))]),
        frame(3, 4, offset_of(gc_, "BUILD_TUPLE"), locals=[(0, const(5)), (1, const(6)), (2, const(5))],
              stack=[const(5), const(6)]),
    ], return_g


def inlined(flags=0, source=INLINE, change=None, setup=""):
    f = fresh(source)
    consts, frames, _ = inline_frames(f)
    if change:
        change(f, consts, frames)
    e = _bridge.new_exit(blob(flags, live=[REF], frames=frames, release=[0]), (f.__code__, *consts))
    # one iteration is native: afterwards the loop is detached by the exit handler or goes on natively
    n = Native(prologue() + slot("it", f.__code__.co_nlocals) + to_buf(0, "%it") + setup + leave(e),
               "declare void @PyErr_SetNone(ptr)")
    return f, e, n


SET_KEY_ERROR = (f"  %z = load ptr, ptr inttoptr (i64 {S['PyExc_KeyError']} to ptr)\n"
                 "  call void @PyErr_SetNone(ptr %z)\n")


def test_inlined_frames_are_run():
    f, e, n = inlined()
    attach(f, n)
    g = f.__globals__["g"]
    with enabled():
        # the loop's own iterator goes on: range(1) ends after the frames have run
        assert f(1) == ("A", "B")
    assert e.count == 1
    assert g(1, 2) == (1, 2)


def test_inlined_frames_refcounts():
    f, e, n = inlined()
    attach(f, n)
    consts, _, _ = inline_frames(f)
    counts = [sys.getrefcount(c) for c in consts[:4]]
    with enabled():
        for _ in range(1000):
            f(1)
    assert [sys.getrefcount(c) for c in consts[:4]] == counts


def test_inlined_frame_raises():
    f, e, n = inlined(RAISE, setup=SET_KEY_ERROR)
    attach(f, n)
    with enabled(), pytest.raises(KeyError) as info:
        f(1)
    entries = traceback.extract_tb(info.value.__traceback__)[1:]
    assert [(t.name, t.lineno) for t in entries] == [("f", 13), ("h", 7), ("g", 4)]


def test_frames_of_a_raised_exception_live_on():
    f, e, n = inlined(RAISE, setup=SET_KEY_ERROR)
    attach(f, n)
    with enabled(), pytest.raises(KeyError) as info:
        f(1)
    tb = info.value.__traceback__.tb_next
    fr = tb.tb_next.tb_next.tb_frame
    assert fr.f_code.co_name == "g" and fr.f_locals == {"a": "A", "b": "B", "c": "A"}
    assert fr.f_back.f_code.co_name == "h" and fr.f_back.f_locals == {"a": "H"}
    assert fr.f_back.f_back.f_code.co_name == "f"
    assert fr.f_back.f_back.f_back.f_code.co_name == "test_frames_of_a_raised_exception_live_on"


CATCH = """
def g(a, b):
  c = a
  return (c,
    b)
def h(a):
  try:
    r = g(a, 2)
  except KeyError as e:
    r = e
  return r
def f(n, x=None):
  y = 0
  for i in range(n):
    if i == n:
      return h(i)
  return y
"""


def test_exception_is_caught_in_an_outer_inlined_frame():
    f, e, n = inlined(RAISE, CATCH, setup=SET_KEY_ERROR)
    attach(f, n)
    with enabled():
        error = f(1)
    assert type(error) is KeyError
    assert [(t.name, t.lineno) for t in traceback.extract_tb(error.__traceback__)] == [("h", 8), ("g", 4)]


def test_exception_is_caught_in_the_root():
    source = INLINE.replace("      return h(i)\n", "      try:\n        return h(i)\n      except KeyError as e:\n        return e\n")
    f, e, n = inlined(RAISE, source, setup=SET_KEY_ERROR)
    attach(f, n)
    with enabled():
        error = f(1)
    assert [(t.name, t.lineno) for t in traceback.extract_tb(error.__traceback__)] == [("f", 14), ("h", 7), ("g", 4)]


def test_init_frames_drop_their_result():
    def change(f, consts, frames):
        code = f.__code__
        call = offset_of(code, "CALL", -1)
        frames[0] = frame(-1, 0, offset_after(code, call), call, stack=[live(0), const(7)])
        frames[1] = frame(1, 2, offset_of(consts[1], "RETURN_VALUE"), offset_of(consts[1], "CALL"), 1, stack=[const(8)])
        consts.append(None)
        del frames[2]

    f, e, n = inlined(change=change)
    attach(f, n)
    with enabled():
        assert f(1) == "H"

    def change2(f, consts, frames):
        change(f, consts, frames)
        consts[-1] = 3

    f, e, n = inlined(change=change2)
    attach(f, n)
    with enabled(), pytest.raises(TypeError, match=r"__init__\(\) should return None, not 'int'"):
        f(1)


def test_recursion_count_is_balanced():
    f, e, n = inlined()
    attach(f, n)

    def deep(n):
        return n and 1 + deep(n - 1)

    def max_depth():
        low, high = 1, 2000
        while low < high:
            mid = (low + high + 1) // 2
            try:
                deep(mid)
                low = mid
            except RecursionError:
                high = mid - 1
        return low

    before = max_depth()
    with enabled():
        for _ in range(500):
            f(1)
    f, e, n = inlined(RAISE, CATCH, setup=SET_KEY_ERROR)
    attach(f, n)
    with enabled():
        for _ in range(500):
            f(1)
    assert max_depth() == before


# ---- sync ----

def sync_call(e, fn):
    """IR that calls fn() between sync and unsync; the result goes to %r."""
    return (f"  call void @pt_sync(ptr %ctx, ptr inttoptr (i64 {e.address} to ptr))\n"
            f"  %r = call ptr @PyObject_CallNoArgs(ptr inttoptr (i64 {id(fn)} to ptr))\n"
            f"  call void @pt_unsync(ptr %ctx, ptr inttoptr (i64 {e.address} to ptr))\n")


SYNC_HEAD = ("declare void @pt_sync(ptr, ptr)\ndeclare void @pt_unsync(ptr, ptr)\ndeclare ptr @PyObject_CallNoArgs(ptr)\n"
             "declare void @PyErr_SetNone(ptr)")


def synced(fn, source=INLINE):
    """A loop whose native code calls fn() inside inlined frames and then returns its result."""
    f = fresh(source)
    consts, frames, _ = inline_frames(f)
    sync = _bridge.new_exit(blob(live=[REF], frames=frames), (f.__code__, *consts))
    out = returns(f.__code__, live(1), [REF, REF], release=[0, 1])
    n = Native(prologue() + slot("it", 4) + to_buf(0, "%it") + sync_call(sync, fn) + to_buf(1, "%r") + leave(out), SYNC_HEAD)
    attach(f, n)
    n.keep = sync, out, fn, consts
    _bridge.attach_loop(f.__code__, header(f.__code__), n.address, n)
    return f, sync


def test_sync_shows_inlined_frames():
    seen = []

    def look():
        fr = sys._getframe(1)
        while fr:
            seen.append((fr.f_code.co_name, fr.f_lineno, dict(fr.f_locals) if len(seen) < 3 else None))
            fr = fr.f_back
        return "looked"

    f, sync = synced(look)
    with enabled():
        assert f(3) == "looked"
    assert seen[0] == ("g", 4, {"a": "A", "b": "B", "c": "A"})
    assert seen[1] == ("h", 7, {"a": "H"})
    assert seen[2][:2] == ("f", 13) and seen[2][2]["n"] == 3
    assert seen[3][0] == "test_sync_shows_inlined_frames"


def test_frames_kept_from_a_sync():
    kept = []

    def look():
        kept.append(sys._getframe(1))
        return "looked"

    f, sync = synced(look)
    with enabled():
        for _ in range(10):
            assert f(3) == "looked"
    gc.collect()
    for fr in kept:
        assert fr.f_locals == {"a": "A", "b": "B", "c": "A"} and fr.f_lineno == 4
        assert fr.f_back.f_locals == {"a": "H"}
        assert fr.f_back.f_back.f_code.co_name == "f"
    assert len(set(map(id, kept))) == 10


def test_sync_does_not_leak():
    def look():
        return None

    f, sync = synced(look)
    consts, _, _ = inline_frames(f)
    counts = [sys.getrefcount(c) for c in consts[:4]]
    with enabled():
        for _ in range(1000):
            f(3)
    assert [sys.getrefcount(c) for c in consts[:4]] == counts


def test_sync_is_reentrant():
    depth = []

    def look():
        if len(depth) < 50:
            depth.append(1)
            return f(3), len(sys._getframe(1).f_locals)
        return "bottom"

    f, sync = synced(look)
    with enabled():
        result = f(3)
    for _ in range(50):
        result, n = result
        assert n == 3
    assert result == "bottom"


# ---- hot exits and bridges ----

def test_on_hot_exit():
    f, e, n = inlined()
    attach(f, n)
    asked = []

    def on_exit(root, exit, frames, values):
        asked.append((exit, root.code, root.offset, [(*fr[:2], *map(list, fr[2:4]), *fr[4:]) for fr in frames], values))
        ok, result = root.run_frames(frames[1:])
        assert ok and frames[1][2] == []  # the frames have their own references
        _, offset, state, stack, call, drop = frames[0]
        root.write(offset, state, [*stack, result + ("asked",)])
        return 2

    with enabled(None, on_exit, exit=3):
        results = [f(1) for _ in range(8)]
    assert [len(r) for r in results] == [2, 2, 3, 2, 3, 2, 3, 2]
    exit, code, offset, frames, values = asked[0]
    assert exit is e and code is f.__code__ and e.count == 8
    assert [fr[0] and fr[0].__name__ for fr in frames] == [None, "h", "g"]
    assert frames[1][2] == ["H", NULL] and frames[2][2:4] == (["A", "B", "A"], ["A", "B"])
    assert frames[2][1] == offset_of(frames[2][0].__code__, "BUILD_TUPLE")
    assert type(values[0]).__name__ == "range_iterator"
    assert offset == frames[0][1] == offset_after(code, offset_of(code, "CALL", -1))


def test_on_hot_exit_that_does_nothing():
    f, e, n = inlined()
    attach(f, n)
    with enabled(None, lambda *a: -1, exit=2):
        assert [f(1) for _ in range(5)] == [("A", "B")] * 5
    assert e.state == "never" and e.count == 5


def test_on_hot_exit_that_fails():
    f, e, n = inlined()
    attach(f, n)
    hook, errors = sys.unraisablehook, []
    sys.unraisablehook = errors.append
    try:
        with enabled(None, lambda *a: 1 / 0, exit=2):
            assert [f(1) for _ in range(5)] == [("A", "B")] * 5
    finally:
        sys.unraisablehook = hook
    assert errors[0].exc_type is ZeroDivisionError and len(errors) == 1


def test_on_hot_exit_that_raises_in_the_root():
    f, e, n = inlined()
    attach(f, n)

    def on_exit(root, exit, frames, values):
        _, offset, state, stack, call, drop = frames[0]
        root.raise_at(call, state, stack, KeyError("by the handler"))
        return -1

    with enabled(None, on_exit, exit=1), pytest.raises(KeyError) as info:
        f(1)
    assert [(t.name, t.lineno) for t in traceback.extract_tb(info.value.__traceback__)][1:] == [("f", 13)]


def test_hot_exit_gives_typed_values():
    f = fresh(FOR)
    e = returns(f.__code__, const(1), [REF, INT, FLOAT, BOOL, REF], ["done"])
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + to_buf(1, "-1", "i64") +
                     to_buf(2, str(0x3FF8000000000000), "i64") + to_buf(3, "1", "i64") + to_buf(4, "null") + leave(e)))
    got = []

    def on_exit(root, exit, frames, values):
        got.extend(values[1:])
        return -1

    with enabled(None, on_exit, exit=1):
        assert f(5) == "done"
    assert got == [-1, 1.5, True, NULL]


def test_attach_bridge():
    f, e, n = inlined()
    attach(f, n)
    with enabled():
        assert f(1) == ("A", "B")
        out = returns(f.__code__, live(1), [REF, INT])
        bridge = Native(prologue() + to_buf(1, "99", "i64") + leave(out))
        _bridge.attach_bridge(e, bridge.address, bridge)
        assert e.state == "bridged"
        assert f(1) == 99
        assert (e.count, out.count) == (2, 1)
        _bridge.detach_bridge(e, -1)
        assert e.state == "never"
        assert f(1) == ("A", "B")


def test_jump_exit():
    f = fresh(FOR)
    out = returns(f.__code__, live(1), [REF, INT])
    second = Native(prologue() + to_buf(1, "123", "i64") + leave(out))
    jump = _bridge.new_jump_exit(second.address, second)
    assert jump.state == "jump"
    attach(f, Native(prologue() + slot("it", 4) + to_buf(0, "%it") + leave(jump)))
    with enabled():
        assert f(5) == 123
    assert jump.count == 1
    with pytest.raises(ValueError):
        _bridge.detach_bridge(jump, 1)


# ---- run_frames, called by a handler ----

def handled(call, source=INLINE):
    f = fresh(source)
    out = []

    def on_loop(root, code, offset):
        if code is f.__code__:
            out.append(call(root, f))
            root.write(offset, None, root.stack())
        return -1

    with enabled(on_loop, loop=3):
        f(10)
    return out[0]


def states(f):
    h, g = f.__globals__["h"], f.__globals__["g"]
    call = offset_of(h.__code__, "CALL")
    return [(h, offset_after(h.__code__, call), ["H", *[NULL] * (h.__code__.co_nlocals - 1)], [], call),
            (g, offset_of(g.__code__, "BUILD_TUPLE"), ["A", "B", NULL], ["A", "B"])]


def test_run_frames():
    assert handled(lambda root, f: root.run_frames(states(f))) == (True, ("A", "B"))


def test_run_frames_with_an_exception():
    ok, exc = handled(lambda root, f: root.run_frames(states(f), exc=KeyError(1)))
    assert not ok and [t.name for t in traceback.extract_tb(exc.__traceback__)] == ["h", "g"]
    ok, exc = handled(lambda root, f: root.run_frames(states(f), exc=KeyError(1)), CATCH.replace("r = e", "r = 5"))
    assert (ok, exc) == (True, 5)


def test_run_frames_drop_result():
    def call(root, f):
        g = f.__globals__["g"]
        return root.run_frames([(g, offset_of(g.__code__, "RETURN_VALUE"), None, [None], -1, True)])

    assert handled(call) == (True, None)

    def call2(root, f):
        g = f.__globals__["g"]
        return root.run_frames([(g, offset_of(g.__code__, "RETURN_VALUE"), None, ["x"], -1, True)])

    ok, exc = handled(call2)
    assert not ok and str(exc) == "__init__() should return None, not 'str'"


def test_call_from_inlined_frames():
    def look():
        fr = sys._getframe(1)
        return [(fr.f_code.co_name, fr.f_lineno), (fr.f_back.f_code.co_name, fr.f_back.f_lineno), fr.f_back.f_back.f_code.co_name]

    assert handled(lambda root, f: root.call([(None, root.offset, None, root.stack()), *states(f)], look, ())) == \
        (True, [("g", 4), ("h", 7), "f"])


def test_add_traceback():
    def call(root, f):
        exc = KeyError(1)
        root.add_traceback([(None, root.offset, None, root.stack()), *states(f)], exc)
        return exc

    exc = handled(call)
    assert [(t.name, t.lineno) for t in traceback.extract_tb(exc.__traceback__)] == [("g", 4)]
    assert exc.__traceback__.tb_frame.f_locals == {"a": "A", "b": "B"}


def test_bad_states():
    errors = []

    def call(root, f):
        g = f.__globals__["g"]
        for bad in [(g,), (1, 0, [], []), (g, 1, None, []), (g, 0, [], []), (g, 0, None, [1] * 99), 5]:
            try:
                root.run_frames([bad])
            except (TypeError, ValueError) as e:
                errors.append(e)
            try:
                root.call([(None, root.offset, None, root.stack()), states(f)[0], bad], len, ((),))
            except (TypeError, ValueError) as e:
                errors.append(e)

    handled(call)
    assert len(errors) == 12


def test_mutilated_blobs_are_refused_or_read():
    """Whatever the words say, reading them does not crash."""
    rng = random.Random(1)
    f = fresh(INLINE)
    consts, frames, _ = inline_frames(f)
    good = blob(live=[REF, INT], virtuals=[(V_LIST, live(1)), (V_TUPLE, virtual(0))], frames=frames,
                names=[(9, 5, live(1))], release=[0])
    consts = (f.__code__, *consts, "k", {})
    _bridge.new_exit(good, consts)
    words = list(struct.unpack(f"<{len(good) // 8}q", good))
    for _ in range(20_000):
        bad = list(words)
        for _ in range(rng.randint(1, 3)):
            bad[rng.randrange(len(bad))] = rng.choice([0, 1, 2, 3, -1, 7, 1 << 32, 2 << 32, 3 << 32 | 1, 1 << 62, -1 << 63,
                                                       rng.randrange(64)])
        try:
            _bridge.new_exit(struct.pack(f"<{len(bad)}q", *bad), consts)
        except ValueError:
            pass
