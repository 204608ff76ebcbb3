"""Native code entered from the interpreter, and its exits."""

import gc
import os
import sys
import traceback

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import (  # noqa: E402
    BOOL, FLOAT, INT, NULL, PLAIN_EXIT, RAISE, REF, S, V_BOOL, V_CELL, V_COMPLEX, V_FLOAT, V_FUNCTION, V_INSTANCE, V_INT,
    V_LIST, V_LIST_ITER, V_METHOD, V_RANGE_ITER, V_SLICE, V_TUPLE, V_TUPLE_ITER, Native, blob, const, enabled, frame, header,
    leave, live, moves, null, offset_after, offset_of, prologue, slot, slot_of, to_buf, virtual,
)

from pytrace.interp import _bridge  # noqa: E402


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
                blob(frames=[frame(-1, 0, 0)], release=[0])]:
        with pytest.raises(ValueError):
            _bridge.new_exit(bad, (code,))
