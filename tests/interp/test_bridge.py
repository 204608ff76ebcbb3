"""The root frame: counted, read, written, raised in, called from."""
# The functions under test have the shapes that the tests need.
# ruff: noqa: B007, B018, RET503, RET504, RUF059, UP028

import dis
import gc
import os
import signal
import sys
import threading
import traceback
import weakref

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import NULL, enabled, header, offset_after, offset_of, slot_of

from pytrace.interp import _bridge


def test_check():
    _bridge.check()


def test_null():
    assert repr(NULL) == "NULL"


def test_counts_to_the_threshold():
    seen = []

    def on_loop(root, code, offset):
        seen.append((root.code.co_name, offset, root.offset, root.func.__name__, root.is_generator))
        return -1

    def f(n):
        i = 0
        while i < n:
            i += 1
        return i

    with enabled(on_loop, loop=10):
        assert f(9) == 9
        assert not seen
        assert f(9) == 9
    h = header(f.__code__)
    assert seen == [("f", h, h, "f", False)]
    assert _bridge.loops(f.__code__)[1][:2] == (h, "blacklisted")


def test_asks_again():
    seen = []

    def on_loop(root, code, offset):
        seen.append(root.locals()[1])
        return 5

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3):
        f(20)
    assert seen == [2, 7, 12, 17]


def test_handler_errors_are_reported_and_blacklist(capsys):
    calls = []

    def on_loop(root, code, offset):
        calls.append(1)
        raise KeyError("recorder bug")

    def f(n):
        for i in range(n):
            pass
        return i

    hook, errors = sys.unraisablehook, []
    sys.unraisablehook = errors.append
    try:
        with enabled(on_loop, loop=3):
            assert f(20) == 19
    finally:
        sys.unraisablehook = hook
    assert len(calls) == 1
    assert errors[0].exc_type is KeyError


def test_root_is_invalid_afterwards():
    kept = []

    def on_loop(root, code, offset):
        kept.append(root)
        return -1

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3):
        f(20)
    with pytest.raises(RuntimeError):
        kept[0].locals()
    with pytest.raises(RuntimeError):
        kept[0].offset


def test_reads_locals_cells_stack():
    seen = {}

    def on_loop(root, code, offset):
        seen.update(locals=root.locals(), stack=root.stack(), globals=root.globals, builtins=root.builtins,
                    f_locals=root.f_locals, handled=root.handled)
        return -1

    def outer():
        free = "free"

        def f(n):
            cell = []
            g = lambda: cell  # noqa: E731
            for i in range(n):
                for j in "abcdef":
                    pass
            unbound = g, free
            return unbound

        return f

    f = outer()
    with enabled(on_loop, loop=3):
        f(2)
    names = dict(zip(f.__code__.co_varnames + f.__code__.co_cellvars + f.__code__.co_freevars, seen["locals"]))
    assert names["n"] == 2 and names["i"] == 0 and names["j"] == "c"
    assert names["unbound"] is NULL
    assert type(names["cell"]).__name__ == "cell" and names["free"].cell_contents == "free"
    assert [type(o).__name__ for o in seen["stack"]] == ["range_iterator", "str_ascii_iterator"]
    assert seen["globals"] is globals() and seen["f_locals"] is None and seen["handled"] is None
    assert seen["builtins"]["len"] is len


def test_module_code_has_names():
    seen = []

    def on_loop(root, code, offset):
        seen.append((root.func, root.f_locals, root.globals))
        return -1

    ns = {}
    with enabled(on_loop, loop=3):
        exec("for i in range(10): pass", ns)
    assert seen[0][1] is ns and seen[0][2] is ns


def test_write_local_and_leave_loop():
    def f(n):
        total = 0
        for i in range(n):
            total += 1
        return total

    code = f.__code__
    exit_to = offset_of(code, "END_FOR")

    def on_loop(root, c, offset):
        values = root.locals()
        values[slot_of(code, "total")] = 12345678901234567890
        after = offset_of(code, "LOAD_FAST", -1)
        assert after > exit_to
        root.write(after, values, [])
        return -1

    with enabled(on_loop, loop=3):
        assert f(10**8) == 12345678901234567890


def test_write_checks_its_arguments():
    errors = []

    def on_loop(root, code, offset):
        n = len(root.locals())
        for args in [(offset + 1, None, []), (-2, None, []), (10**6, None, []), (offset, [1] * (n + 1), []),
                     (offset, None, [1] * 100), (offset, (), []), (offset, None, ())]:
            try:
                root.write(*args)
            except (ValueError, TypeError) as e:
                errors.append(str(e))
        return -1

    def f(n):
        for i in range(n):
            pass
        return i

    with enabled(on_loop, loop=3):
        assert f(10) == 9
    assert len(errors) == 7


def test_write_releases_the_old_references():
    class Dying:
        def __del__(self):
            log.append((sys._getframe(1).f_code.co_name, sys._getframe(1).f_locals["x"]))

    log = []

    def f(n):
        x = Dying()
        ref = weakref.ref(x)
        for i in range(n):
            pass
        return ref

    code = f.__code__

    def on_loop(root, c, offset):
        state = root.locals()
        state[slot_of(code, "x")] = 7
        root.write(offset, state, root.stack())
        return -1

    with enabled(on_loop, loop=3):
        assert f(10)() is None
    assert log == [("f", 7)]


def test_raise_at_uncaught():
    def f(n):
        for i in range(n):
            pass
        return len(
            i)

    code = f.__code__

    def on_loop(root, c, offset):
        root.raise_at(offset_of(code, "CALL", -1), None, [], ValueError("here"))
        return -1

    with enabled(on_loop, loop=3), pytest.raises(ValueError, match="here") as info:
        f(10)
    lines = [t.lineno - code.co_firstlineno for t in traceback.extract_tb(info.value.__traceback__)]
    assert lines[-1] == 3


def test_raise_at_with_same_handler():
    def f(n):
        try:
            for i in range(n):
                pass
            return len(i)
        except ValueError as e:
            return e, sys.exc_info()[1], e.__traceback__.tb_lineno

    code = f.__code__
    error = ValueError("here")

    def on_loop(root, c, offset):
        root.raise_at(offset_of(code, "CALL", 1), None, [], error)
        return -1

    with enabled(on_loop, loop=3):
        e, current, line = f(10)
    assert e is error and current is error and line == code.co_firstlineno + 4


def test_raise_at_with_a_handler_of_its_own():
    error = TypeError("here")

    def g(n):
        for i in range(n):
            try:
                i.real
            except TypeError as e:
                return e, sys.exc_info()[1], e.__traceback__.tb_lineno, i

    code = g.__code__
    attr = offset_of(code, "LOAD_ATTR", 0, "real")

    def on_loop(root, c, offset):
        root.raise_at(attr, None, [*root.stack(), 3], error)
        return -1

    with enabled(on_loop, loop=3):
        e, current, line, i = g(10)
    assert e is error and current is error and line == code.co_firstlineno + 3 and i == 2
    assert e.__traceback__.tb_next is None


def test_raise_at_without_handler_where_the_target_has_one():
    def f(n):
        try:
            for i in range(n):
                pass
        except ValueError:
            return "wrong handler"
        return len(i)

    code = f.__code__
    table = code.co_exceptiontable

    def on_loop(root, c, offset):
        root.raise_at(offset_of(code, "CALL", 1), None, [len, NULL, 3], ValueError("here"))
        return -1

    with enabled(on_loop, loop=3), pytest.raises(ValueError, match="here") as info:
        f(10)
    assert traceback.extract_tb(info.value.__traceback__)[-1].lineno == code.co_firstlineno + 6
    assert code.co_exceptiontable == table
    with enabled():
        assert f.__code__.co_exceptiontable == table


def test_lasti_is_pushed_for_finally():
    def f(n, log):
        for i in range(n):
            try:
                i.real
            finally:
                log.append(i)

    code = f.__code__
    attr = offset_of(code, "LOAD_ATTR", 0, "real")

    def on_loop(root, c, offset):
        root.raise_at(attr, None, [*root.stack(), 3], ValueError("here"))
        return -1

    log = []
    with enabled(on_loop, loop=3), pytest.raises(ValueError, match="here") as info:
        f(10, log)
    assert log == [0, 1, 2, 2]
    entries = traceback.extract_tb(info.value.__traceback__)
    assert [e.lineno - code.co_firstlineno for e in entries if e.name == "f"] == [3]


def frames_seen():
    f, names = sys._getframe(), []
    while f is not None:
        names.append(f.f_code.co_name)
        f = f.f_back
    return names


def run_with_call(call, loop=3):
    """f's loop calls call(root, code) in its handler; returns (what f's caller saw, what the call gave)."""
    out = []

    def f(n):
        for i in range(n):
            pass
        return i

    def on_loop(root, c, offset):
        if c is not f.__code__:
            return -1
        out.append(call(root, c, offset))
        root.write(offset, None, root.stack())
        return -1

    with enabled(on_loop, loop=loop):
        _bridge.forget(f.__code__)
        assert f(10) == 9
    return out[0]


def test_call_hides_the_recorder():
    def call(root, code, offset):
        return root.call([(None, offset, None, root.stack())], frames_seen, ())

    ok, names = run_with_call(call)
    assert ok and names[:3] == ["frames_seen", "f", "run_with_call"]
    assert "on_loop" not in names and "call" not in names


def test_call_passes_keywords():
    ok, value = run_with_call(
        lambda root, code, offset: root.call([(None, offset, None, root.stack())], dict, ([(1, 2)],), {"a": 3}))
    assert ok and value == {1: 2, "a": 3}


def test_call_sees_the_line_and_locals():
    def look():
        f = sys._getframe(1)
        return f.f_lineno, f.f_locals["i"], f.f_lasti

    def call(root, code, offset):
        state = root.locals()
        state[1] = "other"
        return root.call([(None, offset_of(code, "RETURN_VALUE"), state, root.stack())], look, ()), code

    (ok, (line, i, lasti)), code = run_with_call(call)
    assert ok and i == "other" and line == code.co_firstlineno + 3 and lasti == offset_of(code, "RETURN_VALUE")


def test_call_returns_exceptions_with_the_callees_traceback():
    def bad():
        raise KeyError("x")

    ok, exc = run_with_call(lambda root, code, offset: root.call([(None, offset, None, root.stack())], bad, ()))
    assert not ok and type(exc) is KeyError
    assert [t.name for t in traceback.extract_tb(exc.__traceback__)] == ["bad"]


def test_call_hides_the_recorders_exceptions():
    def look():
        try:
            raise ValueError
        except ValueError as e:
            context = e.__context__
        return sys.exc_info()[1], context

    def call(root, code, offset):
        try:
            raise KeyError("the recorder's own")
        except KeyError:
            result = root.call([(None, offset, None, root.stack())], look, ())
            assert type(sys.exc_info()[1]) is KeyError
            return result

    assert run_with_call(call) == (True, (None, None))


def test_call_from_generator_recorder():
    def look():
        return sys.exc_info()[1]

    def call(root, code, offset):
        def gen():
            try:
                raise KeyError("the recorder's own")
            except KeyError:
                yield root.call([(None, offset, None, root.stack())], look, ())

        return next(gen())

    assert run_with_call(call) == (True, None)


def test_handled_exception_of_the_frame():
    got = []

    def f(n):
        try:
            raise ValueError("handled")
        except ValueError as e:
            for i in range(n):
                pass
            return e, sys.exc_info()[1]

    def on_loop(root, code, offset):
        got.append(root.handled)
        got.append(root.call([(None, offset, None, root.stack())], lambda: sys.exc_info()[1], ())[1])
        root.write(offset, None, root.stack())
        return -1

    with enabled(on_loop, loop=3):
        e, current = f(10)
    assert got == [e, e] and current is e


def test_set_handled_exception():
    error = ValueError("set")
    got = []

    def f(n):
        for i in range(n):
            got.append(sys.exc_info()[1])

    def on_loop(root, code, offset):
        root.handled = error if root.handled is None else None
        return 4

    with enabled(on_loop, loop=3):
        f(8)
    assert got == [None] * 3 + [error] * 4 + [None]
    assert sys.exc_info()[1] is None


def test_user_code_in_calls_is_counted():
    inner = []

    def g(n):
        for i in range(n):
            pass
        return i

    def on_loop(root, code, offset):
        if code is g.__code__:
            inner.append(frames_seen()[0])
            return -1
        result = root.call([(None, offset, None, root.stack())], g, (20,))
        root.write(offset, None, root.stack())
        assert result == (True, 19)
        return -1

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3):
        f(10)
    assert inner == ["frames_seen"]


def test_recorder_survives_the_recursion_limit():
    depth = []

    def deep(n):
        return n and 1 + deep(n - 1)

    def on_loop(root, code, offset):
        depth.append(deep(3000))
        ok, exc = root.call([(None, offset, None, root.stack())], deep, (2000,))
        depth.append(type(exc))
        root.write(offset, None, root.stack())
        return -1

    def f(n):
        for i in range(n):
            pass

    before = sys.getrecursionlimit()
    with enabled(on_loop, loop=3):
        f(10)
    assert depth == [3000, RecursionError] and sys.getrecursionlimit() == before


def test_recursion_limit_changed_in_a_call():
    def deep(n):
        return n and 1 + deep(n - 1)

    before = sys.getrecursionlimit()

    def on_loop(root, code, offset):
        root.call([(None, offset, None, root.stack())], sys.setrecursionlimit, (5000,))
        root.write(offset, None, root.stack())
        return -1

    def f(n):
        for i in range(n):
            pass

    try:
        with enabled(on_loop, loop=3):
            f(10)
            assert deep(4000) == 4000
    finally:
        sys.setrecursionlimit(before)
    with pytest.raises(RecursionError):
        deep(1100)


def test_generators_are_roots():
    seen = []

    def gen(n):
        total = 0
        for i in range(n):
            total += i
            yield total

    def on_loop(root, code, offset):
        seen.append(root.is_generator)
        state = root.locals()
        state[slot_of(code, "total")] = 1000
        root.write(offset, state, root.stack())
        gc.collect()
        return -1

    with enabled(on_loop, loop=3):
        assert list(gen(5)) == [0, 1, 3, 1003, 1007]
    assert seen == [True]


def test_raise_in_generator():
    def gen(n):
        for i in range(n):
            yield i

    def on_loop(root, code, offset):
        root.raise_at(offset, None, root.stack(), ValueError("here"))
        return -1

    with enabled(on_loop, loop=3), pytest.raises(ValueError, match="here"):
        list(gen(10))


def test_settrace_keeps_us_away():
    seen = []

    def on_loop(root, code, offset):
        seen.append(code)
        return -1

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3):
        old = sys.gettrace()
        sys.settrace(lambda *a: None)
        try:
            f(50)
        finally:
            sys.settrace(old)
        assert not seen
        sys.setprofile(lambda *a: None)
        f(50)
        sys.setprofile(None)
        assert not seen
        f(100)
    assert seen == [f.__code__]


def test_other_tools_keep_us_away():
    seen = []
    mon = sys.monitoring

    def on_loop(root, code, offset):
        seen.append(code)
        return -1

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3):
        mon.use_tool_id(3, "other")
        mon.set_local_events(3, f.__code__, mon.events.LINE)
        f(50)
        assert not seen
        mon.set_local_events(3, f.__code__, 0)
        mon.set_events(3, mon.events.PY_START)
        f(50)
        assert not seen
        mon.set_events(3, 0)
        mon.free_tool_id(3)
        f(100)
    assert seen == [f.__code__]


def test_enable_twice():
    with enabled(), pytest.raises(RuntimeError):
        _bridge.enable(None, None, None, 1, 1, 1)
    with enabled():
        pass
    assert sys.monitoring.get_tool(5) is None


def test_run_code():
    ns = {}
    code = compile("import sys\nback = sys._getframe().f_back\nexc = sys.exc_info()[1]\nx = 1\n", "prog", "exec")
    try:
        raise ValueError
    except ValueError:
        _bridge.run_code(code, ns)
    assert ns["back"] is None and ns["exc"] is None and ns["x"] == 1
    code = compile("def f():\n  1/0\nf()\n", "prog", "exec")
    with pytest.raises(ZeroDivisionError) as info:
        _bridge.run_code(code, {})
    names = [(t.filename, t.name) for t in traceback.extract_tb(info.value.__traceback__)]
    assert names[1:] == [("prog", "<module>"), ("prog", "f")]


def test_threads_count_together():
    seen = []

    def on_loop(root, code, offset):
        seen.append(threading.get_ident())
        return 1000

    def f(n):
        total = 0
        for i in range(n):
            total += i
        return total

    results = []
    with enabled(on_loop, loop=1000):
        threads = [threading.Thread(target=lambda: results.append(f(100_000))) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert results == [sum(range(100_000))] * 4
    assert 390 <= len(seen) <= 400


def test_extended_arg_is_stepped_over():
    body = "".join(f"    if x == {i}: y = {i}\n" for i in range(300))
    ns = {}
    exec("def f(n):\n  for x in range(n):\n" + body + "  return x\n", ns)
    f = ns["f"]
    jumps = [i for i in dis.get_instructions(f.__code__, show_caches=False) if i.opname.startswith("POP_JUMP")]
    h = header(f.__code__)

    def on_loop(root, code, offset):
        root.write(offset, None, root.stack())
        return 3

    with enabled(on_loop, loop=3):
        assert f(400) == 399
    assert jumps and h


def test_layout_and_symbols():
    layout, symbols = _bridge.layout(), _bridge.symbols()
    assert layout["ob_refcnt"] == 0 and layout["ob_type"] == 8 and layout["float.ob_fval"] == 16
    for name in ("pt_sync", "PyNumber_Add", "PyFloat_Type", "_Py_NoneStruct", "pow"):
        assert symbols[name] > 0
    assert symbols["_Py_NoneStruct"] == id(None) and symbols["PyFloat_Type"] == id(float)


def test_offset_after_helper():
    code = (lambda a: a + 1).__code__
    assert offset_after(code, offset_of(code, "BINARY_OP")) == offset_of(code, "RETURN_VALUE")


def test_signals_wait_for_the_handler():
    steps = []

    class Interrupt(Exception):
        pass

    def interrupt(signum, frame):
        steps.append(("signal", frame.f_code.co_name))
        raise Interrupt

    def on_loop(root, code, offset):
        if code is f.__code__:
            signal.raise_signal(signal.SIGUSR1)
            for _ in range(100):
                len(steps)
            steps.append("recorded")
        return -1

    def f(n):
        try:
            for i in range(n):
                pass
        except Interrupt:
            return "interrupted", i
        return "missed"

    old = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with enabled(on_loop, loop=3):
            assert f(10) in [("interrupted", 2), ("interrupted", 3)]
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert steps == ["recorded", ("signal", "f")]


def test_signals_in_calls():
    class Interrupt(Exception):
        pass

    def interrupt(signum, frame):
        raise Interrupt

    def work():
        signal.raise_signal(signal.SIGUSR1)
        for _ in range(100):
            pass

    old = signal.signal(signal.SIGUSR1, interrupt)
    try:
        ok, exc = run_with_call(lambda root, code, offset: root.call([(None, offset, None, root.stack())], work, ()))
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert not ok and type(exc) is Interrupt


def test_signals_still_work_afterwards():
    got = []
    old = signal.signal(signal.SIGUSR1, lambda *a: got.append(1))
    try:
        run_with_call(lambda root, code, offset: None)
        signal.raise_signal(signal.SIGUSR1)
        for _ in range(10):
            pass
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert got == [1]


def test_what_is_no_exception_is_the_programs():
    def on_loop(root, code, offset):
        if code is f.__code__:
            raise SystemExit(5)
        return -1

    def f(n):
        for i in range(n):
            pass

    with enabled(on_loop, loop=3), pytest.raises(SystemExit) as info:
        f(10)
    assert [t.name for t in traceback.extract_tb(info.value.__traceback__)][1:] == ["f"]
