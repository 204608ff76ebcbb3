"""Functions entered natively; many exits; threads; limits: what has to stay flat and balanced."""
# The functions under test have the shapes that the tests need.
# ruff: noqa: RUF059

import gc
import os
import resource
import sys
import threading
import traceback

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import (
    INT,
    NULL,
    PLAIN_EXIT,
    RAISE,
    REF,
    RETURN,
    V_INSTANCE,
    V_INT,
    V_LIST,
    V_RANGE_ITER,
    V_TUPLE,
    Native,
    S,
    blob,
    const,
    enabled,
    frame,
    header,
    leave,
    live,
    null,
    offset_of,
    prologue,
    slot,
    to_buf,
    virtual,
)

from pytrace.interp import _bridge


def fresh(source, name="f", **names):
    ns = dict(names)
    exec(compile(source, "<string>", "exec"), ns)
    return ns[name]


class Point:
    pass


# ---- functions ----

FUNC = "def f(a, b):\n  x = a\n  return (x, b)\n"


def returning(f, text, operand, live_types, flags=RETURN, **kw):
    code = f.__code__
    e = _bridge.new_exit(blob(flags, live=live_types, frames=[frame(-1, 0, offset_of(code, "RETURN_VALUE"), stack=[operand])],
                              **kw), (code,))
    n = Native(prologue() + text + leave(e))
    _bridge.attach_function(code, n.address, (n, e))
    return e


def test_function_returns_a_native_value():
    f = fresh(FUNC)
    e = returning(f, to_buf(0, "41", "i64"), live(0), [INT])
    with enabled(on_func=lambda *a: 1 << 60):
        assert f(1, 2) == 41
        assert [f(1, 2) for _ in range(5)] == [41] * 5
        assert list(map(f, [1, 2], [3, 4])) == [41, 41]
    assert e.count == 8
    assert f(1, 2) == (1, 2)


def test_function_return_exits_never_become_hot():
    f = fresh(FUNC)
    e = returning(f, to_buf(0, "41", "i64"), live(0), [INT])
    with enabled(None, lambda *a: 1 / 0, lambda *a: 1 << 60, exit=2):
        assert [f(1, 2) for _ in range(5)] == [41] * 5
    assert e.count == 5


def test_function_args_refcounts():
    f = fresh(FUNC)
    a, b = object(), object()
    # takes a and b, gives b back into a's slot and returns a
    code = f.__code__
    e = _bridge.new_exit(blob(RETURN, live=[REF, REF], release=[0, 1],
                              frames=[frame(-1, 0, offset_of(code, "RETURN_VALUE"), stack=[live(0)],
                                            locals=[(0, live(1)), (1, null())])]), (code,))
    n = Native(prologue() + slot("a", 0) + slot("b", 1) + to_buf(0, "%a") + to_buf(1, "%b") + leave(e))
    _bridge.attach_function(code, n.address, n)
    counts = sys.getrefcount(a), sys.getrefcount(b)
    with enabled(on_func=lambda *a: 1 << 60):
        for _ in range(100):
            assert f(a, b) is a
    assert (sys.getrefcount(a), sys.getrefcount(b)) == counts


def test_function_exits_into_its_middle():
    f = fresh(FUNC)
    code = f.__code__
    e = _bridge.new_exit(blob(frames=[frame(-1, 0, offset_of(code, "BUILD_TUPLE"), stack=[const(1), const(1)])]), (code, "c"))
    n = Native(prologue() + leave(e))
    _bridge.attach_function(code, n.address, n)
    with enabled(on_func=lambda *a: 1 << 60):
        assert f(1, 2) == ("c", "c")


def test_function_raises():
    f = fresh(FUNC)
    code = f.__code__
    e = _bridge.new_exit(blob(RAISE, frames=[frame(-1, 0, offset_of(code, "BUILD_TUPLE"))]), (code,))
    n = Native(prologue() + f"  %z = load ptr, ptr inttoptr (i64 {S['PyExc_KeyError']} to ptr)\n"
               "  call void @PyErr_SetNone(ptr %z)\n" + leave(e), "declare void @PyErr_SetNone(ptr)")
    _bridge.attach_function(code, n.address, n)
    with enabled(on_func=lambda *a: 1 << 60), pytest.raises(KeyError) as info:
        f(1, 2)
    assert [(t.name, t.lineno) for t in traceback.extract_tb(info.value.__traceback__)][1:] == [("f", 3)]


def test_on_hot_func():
    f = fresh(FUNC)
    seen = []

    def on_func(root, code):
        if code is f.__code__:
            seen.append((root.locals(), root.stack(), root.func))
            root.write(offset_of(code, "RETURN_VALUE"), None, ["written"])
        return 2

    with enabled(on_func=on_func, func=3):
        assert [f(i, 0) for i in range(6)] == [(0, 0), (1, 0), "written", (3, 0), "written", (5, 0)]
    assert seen[0] == ([2, 0, NULL], [], f)


def test_plain_function_entry():
    f = fresh(FUNC)
    e = _bridge.new_exit(PLAIN_EXIT, ())
    n = Native(prologue() + leave(e))
    _bridge.attach_function(f.__code__, n.address, n)
    with enabled(on_func=lambda *a: 1 << 60):
        assert f(1, 2) == (1, 2)
        _bridge.detach_function(f.__code__, -1)
        assert f(1, 2) == (1, 2)
    assert e.count == 1


def test_generator_functions_are_entered():
    f = fresh("def f(n):\n  x = n\n  yield x\n  return x\n")
    seen = []

    def on_func(root, code):
        if code is f.__code__:
            seen.append(root.is_generator)
            state = root.locals()
            state[0] = "changed"
            root.write(root.offset, state, root.stack())
        return 1 << 60

    with enabled(on_func=on_func, func=1):
        assert list(f(1)) == ["changed"]
    assert seen == [True]


# ---- many exits ----

def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def flat(run, warm=20_000, times=200_000, allowed=1 << 20):
    run(warm)
    gc.collect()
    before, objects = rss(), len(gc.get_objects())
    run(times)
    gc.collect()
    assert rss() - before < allowed
    assert len(gc.get_objects()) - objects < 100


INLINE = """
def g(a, b):
  c = a
  return (c, b)
def f(n, it):
  for i in it:
    if i is n:
      return g(i, n)
"""


def endless(exit_of):
    """A loop of n iterations, each of which ends in an exit: native code takes the iterator and exits to FOR_ITER."""
    f = fresh("def f(n, x=None):\n  for i in range(n):\n    pass\n  return x\n")
    e = exit_of(f)
    n = Native(prologue() + slot("it", f.__code__.co_nlocals) + to_buf(0, "%it") + slot("i", 2) + to_buf(1, "%i") + leave(e))
    _bridge.attach_loop(f.__code__, header(f.__code__), n.address, (n, e))
    return f, e


def to_loop(f, virtuals=(), x=None, consts=()):
    """An exit that goes on at FOR_ITER; x's slot gets what the operand says."""
    code = f.__code__
    slots = [(2, live(1))] + ([(1, x)] if x is not None else [])
    return _bridge.new_exit(blob(live=[REF, REF], virtuals=virtuals, release=[0, 1],
                                 frames=[frame(-1, 0, header(code), locals=slots, stack=[live(0)])]), (code, *consts))


def test_plain_exits_are_flat():
    f, e = endless(to_loop)
    with enabled():
        flat(f, times=1_000_000)
    assert e.count > 1_000_000


def test_hot_exits_are_flat():
    f, e = endless(to_loop)

    def on_exit(root, exit, frames, values):
        _, offset, state, stack, *_ = frames[0]
        root.write(offset, state, stack)
        return 1

    with enabled(None, on_exit, exit=1):
        flat(f, 2000, 20_000)


def test_inlined_exits_are_flat():
    f = fresh(INLINE)
    g, code = f.__globals__["g"], f.__code__
    call = offset_of(code, "CALL")
    e = _bridge.new_exit(blob(
        live=[REF], release=[0], virtuals=[(V_LIST, virtual(1), virtual(0)), (V_TUPLE, virtual(2), const(1)), (V_INT, const(4)),
                                           (V_INSTANCE, const(3), const(5), virtual(0))],
        frames=[frame(-1, 0, offset_of(code, "RETURN_VALUE"), call, stack=[]),
                frame(1, 2, offset_of(g.__code__, "BUILD_TUPLE"), locals=[(0, virtual(3))], stack=[virtual(0), const(4)])]),
        (code, g, g.__code__, Point, 12345, "attr"))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") + leave(e))
    _bridge.attach_loop(code, header(code), n.address, (n, e))

    def run(times):
        for _ in range(times):
            f(5, iter((1, 2)))

    with enabled():
        flat(run, 5000, 100_000)


def test_raising_exits_are_flat():
    f = fresh(INLINE)
    g, code = f.__globals__["g"], f.__code__
    e = _bridge.new_exit(blob(RAISE, live=[REF], release=[0], frames=[
        frame(-1, 0, offset_of(code, "RETURN_VALUE"), offset_of(code, "CALL")),
        frame(1, 2, offset_of(g.__code__, "BUILD_TUPLE"), locals=[(0, const(2))])]), (code, g, g.__code__))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") +
               f"  %z = load ptr, ptr inttoptr (i64 {S['PyExc_KeyError']} to ptr)\n"
               "  call void @PyErr_SetNone(ptr %z)\n" + leave(e), "declare void @PyErr_SetNone(ptr)")
    _bridge.attach_loop(code, header(code), n.address, (n, e))

    def run(times):
        for _ in range(times):
            try:
                f(5, iter((1, 2)))
            except KeyError:
                pass

    with enabled():
        flat(run, 2000, 50_000)


def test_raising_in_the_root_is_flat():
    f = fresh("def f(n):\n  try:\n    for i in range(n):\n      pass\n  except ValueError:\n    return 1\n  return len(i)\n")
    g = fresh("def f(n):\n  for i in range(n):\n    try:\n      i.real\n    except ValueError:\n      return 1\n")

    def on_loop(root, code, offset):
        if code is f.__code__:
            root.raise_at(offset_of(code, "CALL", 1), None, [len, NULL, 3], ValueError("here"))
        elif code is g.__code__:
            root.raise_at(offset_of(code, "LOAD_ATTR"), None, [*root.stack(), 3], ValueError("here"))
        return 1

    def run(times):
        for _ in range(times):
            try:
                f(5)
            except ValueError:
                pass
            assert g(5) == 1

    with enabled(on_loop, loop=1):
        flat(run, 300, 5000)


def test_calls_and_frames_in_handlers_are_flat():
    f = fresh(INLINE)
    g = f.__globals__["g"]

    def on_loop(root, code, offset):
        here = [(None, offset, None, root.stack())]
        root.call(here, len, ((),))
        root.call([*here, (g, offset_of(g.__code__, "BUILD_TUPLE"), [1, 2, NULL], [1, 2])], sys._getframe, ())
        root.run_frames([(g, offset_of(g.__code__, "BUILD_TUPLE"), None, [1, 2])])
        root.run_frames([(g, offset_of(g.__code__, "BUILD_TUPLE"), None, [1, 2])], exc=KeyError(1))
        root.write(offset, root.locals(), root.stack())
        return 1

    def run(times):
        for _ in range(times):
            f(5, (1, 2))

    with enabled(on_loop, loop=1):
        _bridge.forget(f.__code__)
        flat(run, 300, 5000)


def test_bridges_attached_and_dropped_are_flat():
    def run(times):
        for _ in range(times):
            f = fresh("def f(n, x=None):\n  for i in range(n):\n    pass\n  return x\n")
            e = to_loop(f)
            jump = _bridge.new_jump_exit(1234)
            _bridge.attach_bridge(e, 1234, jump)
            _bridge.attach_loop(f.__code__, header(f.__code__), 1234, None)

    run(10)
    flat(run, 200, 2000)


# ---- data stack ----

def test_frames_larger_than_a_chunk_of_the_data_stack():
    body = "".join(f"  x{i} = a\n" for i in range(3000))
    f = fresh("def g(a):\n" + body + "  return (a, x2999)\ndef f(n, it):\n  for i in it:\n    if i is n:\n      return g(i)\n")
    g, code = f.__globals__["g"], f.__code__
    e = _bridge.new_exit(blob(
        live=[REF], release=[0],
        frames=[frame(-1, 0, offset_of(code, "RETURN_VALUE"), offset_of(code, "CALL")),
                *[frame(1, 2, offset_of(g.__code__, "RETURN_VALUE"), locals=[(i, const(3)) for i in range(3000)])] * 2,
                frame(1, 2, offset_of(g.__code__, "BUILD_TUPLE"), stack=[const(3), const(3)])]),
        (code, g, g.__code__, "value"))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") + leave(e))
    _bridge.attach_loop(code, header(code), n.address, (n, e))

    def run(times):
        for _ in range(times):
            assert f(5, iter((1, 2))) == ("value", "value")

    def deep(n):
        return deep(n - 1) if n else run(3)

    with enabled():
        run(10)
        for depth in range(0, 400, 13):
            deep(depth)
        flat(run, 50, 1000)


# ---- limits and threads ----

def test_recursion_through_native_code():
    """Each level is entered from native code: C stack must not run out, and the limit is CPython's."""
    f = fresh("def f(n, x):\n  for i in range(3):\n    x(n)\n  return n\n")
    code = f.__code__
    e = _bridge.new_exit(blob(RAISE, live=[REF], release=[0], frames=[frame(-1, 0, offset_of(code, "CALL", 1), stack=[live(0)])]),
                         (code,))
    ok = _bridge.new_exit(blob(live=[REF, REF], release=[0, 1],
                               frames=[frame(-1, 0, header(code), stack=[live(0)])]), (code,))
    at = _bridge.new_exit(blob(live=[REF], frames=[frame(-1, 0, offset_of(code, "CALL", 1), stack=[live(0)])]), (code,))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") + slot("n", 0) + slot("x", 1) +
               f"  call void @pt_sync(ptr %ctx, ptr inttoptr (i64 {at.address} to ptr))\n"
               "  %r = call ptr @PyObject_CallOneArg(ptr %x, ptr %n)\n"
               f"  call void @pt_unsync(ptr %ctx, ptr inttoptr (i64 {at.address} to ptr))\n"
               "  %bad = icmp eq ptr %r, null\n  br i1 %bad, label %raise, label %good\nraise:\n" + leave(e) +
               "good:\n" + to_buf(1, "%r") + leave(ok),
               "declare void @pt_sync(ptr, ptr)\ndeclare void @pt_unsync(ptr, ptr)\ndeclare ptr @PyObject_CallOneArg(ptr, ptr)")
    _bridge.attach_loop(code, header(code), n.address, (n, e, ok, at))

    def stop(n):
        return None

    def forever(n):
        return f(n + 1, forever)

    with enabled():
        assert f(0, stop) == 0
        assert ok.count == 3
        with pytest.raises(RecursionError):
            f(0, forever)
        old = sys.getrecursionlimit()
        sys.setrecursionlimit(100_000)
        try:
            if sys.version_info >= (3, 13):
                with pytest.raises(RecursionError):
                    f(0, forever)
        finally:
            sys.setrecursionlimit(old)
    assert f(0, stop) == 0


def test_threads():
    f, e = endless(to_loop)
    failures = []

    def work():
        try:
            for _ in range(20):
                if f(1000, "x") != "x":
                    failures.append(1)
        except BaseException as exc:
            failures.append(exc)

    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with enabled():
            threads = [threading.Thread(target=work) for _ in range(8)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
    finally:
        sys.setswitchinterval(old)
    assert not failures and e.count == 8 * 20 * 1000


def test_threads_attach_and_detach():
    f, e = endless(to_loop)
    code = f.__code__
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") + slot("i", 2) + to_buf(1, "%i") + leave(e))
    stop = []
    failures = []

    def work():
        while not stop:
            if f(100, "x") != "x":
                failures.append(1)

    with enabled():
        threads = [threading.Thread(target=work) for _ in range(3)]
        for t in threads:
            t.start()
        for _ in range(300):
            _bridge.detach_loop(code, header(code), -1)
            _bridge.attach_loop(code, header(code), n.address, (n, e))
        stop.append(1)
        for t in threads:
            t.join()
    assert not failures


def test_generator_with_exits_while_collecting():
    f = fresh("def f(n):\n  x = []\n  x.append(x)\n  for i in range(n):\n    x[0]\n    if i % 100 == 0:\n      yield i\n")
    code = f.__code__
    e = _bridge.new_exit(blob(live=[REF], release=[0], frames=[frame(-1, 0, header(code), stack=[live(0)])]), (code,))
    n = Native(prologue() + slot("it", 3) + to_buf(0, "%it") + leave(e))
    _bridge.attach_loop(code, header(code), n.address, (n, e))
    with enabled():
        for i in f(2000):
            if i % 500 == 0:
                gc.collect()
    assert e.count > 1900


def test_range_iterator_virtual_in_a_running_loop():
    f = fresh("def f(n, x=None):\n  s = 0\n  for i in range(n):\n    s += i\n  return s\n")
    code = f.__code__
    # whatever the iterator was, the loop goes on with one over 3 numbers: it ends after each exit's iteration
    e = _bridge.new_exit(blob(live=[REF, INT], virtuals=[(V_RANGE_ITER, const(1), const(2), live(1))], release=[0],
                              frames=[frame(-1, 0, header(code), stack=[virtual(0)])]), (code, 10, 1))
    n = Native(prologue() + slot("it", 4) + to_buf(0, "%it") + to_buf(1, "0", "i64") + leave(e))
    _bridge.attach_loop(code, header(code), n.address, (n, e))
    with enabled():
        assert f(100) == 0
    assert e.count == 1
