"""Flags that CPython's watchers raise."""

import gc
import subprocess
import sys

import pytest

from pytrace.interp import _bridge


def dict_flag(d, key):
    flag = _bridge.new_flag()
    assert _bridge.watch_dict_key(d, key, flag.address)
    return flag


@pytest.fixture(autouse=True)
def nothing_left():
    _bridge.take_invalidated()
    yield
    _bridge.take_invalidated()


@pytest.mark.parametrize("change", [
    lambda d: d.__setitem__("k", 2), lambda d: d.__delitem__("k"), lambda d: d.clear(), lambda d: d.pop("k"),
    lambda d: d.update(k=5), lambda d: d.popitem(),
])
def test_dict_changes(change):
    d = {"k": 1}
    flag = dict_flag(d, "k")
    d["other"] = 1
    del d["other"]
    d["k"] = d["k"]
    assert flag.value == 0
    change(d)
    assert flag.value == 1
    assert _bridge.take_invalidated() == [flag]
    assert _bridge.take_invalidated() == []


def test_missing_key_appears():
    d = {}
    flag = dict_flag(d, "k")
    d["j"] = 1
    assert flag.value == 0
    d["k"] = 1
    assert flag.value == 1


def test_empty_dict_is_cloned():
    d = {}
    flag = dict_flag(d, "k")
    d.update({"k": 1, "j": 2})
    assert flag.value == 1


def test_equal_keys_of_other_types():
    class S(str):
        pass

    d = {"k": 1}
    flag = dict_flag(d, "k")
    d[S("k")] = 2
    assert flag.value == 1


def test_a_key_that_is_not_interned():
    d = {"abc": 1}
    flag = dict_flag(d, "abc")
    d["".join(["a", "b", "c"])] = 2
    assert flag.value == 1


def test_dict_dies():
    d = {"k": 1}
    flag = dict_flag(d, "k")
    del d
    assert flag.value == 1


def test_many_flags_and_dicts():
    ds = [{"k": i} for i in range(1000)]
    flags = [dict_flag(d, "k") for d in ds for _ in range(2)]
    for d in ds[::2]:
        d["k"] = None
    assert [f.value for f in flags] == [1, 1, 0, 0] * 500
    del ds
    assert all(f.value for f in flags)


def test_globals_of_a_module():
    ns = {}
    exec("def f():\n  global g\n  g = 2\ng = 1\n", ns)
    flag = dict_flag(ns, "g")
    ns["f"]()
    assert flag.value == 1


def test_types():
    class Base:
        pass

    class A(Base):
        x = 1

    class B(A):
        pass

    a, b, meth = _bridge.new_flag(), _bridge.new_flag(), _bridge.new_flag()
    _bridge.watch_type(A, a.address)
    _bridge.watch_type(B, b.address)
    B.y = 1
    assert (a.value, b.value) == (0, 1)
    b2 = _bridge.new_flag()
    _bridge.watch_type(B, b2.address)
    A.f = lambda self: 1
    assert (a.value, b2.value) == (1, 1)
    _bridge.watch_type(A, meth.address)
    A().z = 3
    assert meth.value == 0
    A.__bases__ = (type("Other", (), {}),)
    assert meth.value == 1


def test_type_dies_and_its_address_is_used_again():
    for _ in range(10):
        t = type("T", (), {})
        flag = _bridge.new_flag()
        _bridge.watch_type(t, flag.address)
        t.x = 1
        assert flag.value == 1
        flag = _bridge.new_flag()
        _bridge.watch_type(t, flag.address)
        del t
        gc.collect()


def test_type_without_version_tags():
    class A:
        pass

    answers = set()
    for i in range(1100):
        flag = _bridge.new_flag()
        ok = _bridge.watch_type(A, flag.address)
        A.x = i
        assert flag.value == (1 if ok else 0)
        answers.add(ok)
    assert answers - {False}


def test_functions():
    def f(a=1, *, b=2):
        return a

    def flagged(func):
        flag = _bridge.new_flag()
        _bridge.watch_function(func, flag.address)
        return flag

    flag = flagged(f)
    f.attr = 1
    assert flag.value == 0
    f.__defaults__ = (5,)
    assert flag.value == 1
    flag = flagged(f)
    f.__kwdefaults__ = {"b": 3}
    assert flag.value == 1
    flag = flagged(f)
    f.__code__ = (lambda a=1, *, b=2: b).__code__
    assert flag.value == 1
    flag = flagged(f)
    del f
    assert flag.value == 1


def test_dead_flags_are_dropped():
    d = {"k": 1}
    before = sys.getrefcount(None)
    for _ in range(10_000):
        dict_flag(d, "k")
    assert sys.getrefcount(None) - before < 1000
    d["k"] = 2
    assert len(_bridge.take_invalidated()) <= 1


def test_bad_arguments():
    with pytest.raises(ValueError):
        _bridge.watch_dict_key({}, "k", 12345)
    with pytest.raises(TypeError):
        _bridge.watch_dict_key([], "k", 12345)
    with pytest.raises(TypeError):
        _bridge.watch_type(1, 12345)


def test_exception_is_kept():
    d = {"k": 1}
    flag = dict_flag(d, "k")
    with pytest.raises(KeyError):
        try:
            raise KeyError
        finally:
            d["k"] = 2
    assert flag.value == 1


def test_shutdown():
    code = ("from pytrace.interp import _bridge\nimport sys\nflags = []\n"
            "class A: pass\ndef f(): pass\n"
            "for i in range(100):\n  flag = _bridge.new_flag(); flags.append(flag)\n"
            "  _bridge.watch_dict_key(globals(), f'k{i}', flag.address)\n"
            "  _bridge.watch_dict_key(sys.modules, f'k{i}', flag.address)\n"
            "  _bridge.watch_type(A, flag.address); _bridge.watch_function(f, flag.address)\n"
            "_bridge.enable(lambda *a: -1, None, None, 10, 10, 10)\n"
            "import atexit\natexit.register(lambda: [i for i in range(100)])\n")
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_changed():
    class C:
        pass

    def f():
        pass

    d = {"k": 1, "j": 1}
    flag = dict_flag(d, "j")
    _bridge.watch_dict_key(d, "k", flag.address)
    _bridge.watch_type(C, flag.address)
    _bridge.watch_function(f, flag.address)
    assert flag.cause is None
    d["k"] = 2
    assert flag.cause == (_bridge.watch_serial(d), "k")
    C.x = 1
    assert flag.cause == (_bridge.watch_serial(d), "k")
    flags = [_bridge.new_flag() for _ in range(3)]
    _bridge.watch_type(C, flags[0].address)
    _bridge.watch_function(f, flags[1].address)
    _bridge.watch_dict_key(d, "k", flags[2].address)
    C.y = 1
    f.__defaults__ = (1,)
    d[1] = 1
    assert [x.cause for x in flags] == [(_bridge.watch_serial(C), None), (_bridge.watch_serial(f), None), None]


def test_only_what_changed_is_blamed():
    from pytrace.guards.watch import TOLERANCE, Watcher
    from pytrace.tracer.ir import Flag

    class C:
        pass

    d = {"k": 1, "j": 1}
    watcher = Watcher(_bridge)
    for n in range(TOLERANCE + 2):
        flag = Flag()
        watched = watcher.watch_key(flag, d, "k"), watcher.watch_key(flag, d, "j"), watcher.watch_type(flag, C)
        assert watched == (n <= TOLERANCE, True, True)
        d["k"] = n + 2
        watcher.note_invalidated(flag)


def test_what_takes_the_place_of_something_dead_is_not_blamed():
    from pytrace.guards.watch import TOLERANCE, Watcher
    from pytrace.tracer.ir import Flag

    watcher = Watcher(_bridge)
    addresses, serials = set(), set()
    for _ in range(200):
        d = {"k": 1}
        flag = Flag()
        assert watcher.watch_key(flag, d, "k") is True
        addresses.add(id(d))
        serials.add(_bridge.watch_serial(d))
        for _ in range(TOLERANCE + 1):
            d["k"] += 1
            watcher.note_invalidated(flag)
        assert watcher.watch_key(Flag(), d, "k") is False
    assert len(addresses) < 200 == len(serials)
    assert len(watcher.changes) <= 52


def test_a_dict_that_dies_is_blamed_alone():
    from pytrace.guards.watch import TOLERANCE, Watcher
    from pytrace.tracer.ir import Flag

    watcher = Watcher(_bridge)
    lasting = {"k": 1}
    for _ in range(TOLERANCE + 2):
        flag, d = Flag(), {"k": 1}
        assert watcher.watch_key(flag, d, "k") and watcher.watch_key(flag, lasting, "k")
        flag.seen = dict.fromkeys(flag.seen)
        del d
        assert flag.handle.value == 1
        watcher.note_invalidated(flag)
