"""Instances made, given attributes and freed by the bridge: as CPython's own, whatever one asks of them."""

import ctypes
import gc
import sys
import weakref

import pytest

from pytrace.interp import _bridge

SYMBOLS = _bridge.symbols()
P = ctypes.c_void_p

_make = ctypes.PYFUNCTYPE(ctypes.py_object, P, ctypes.POINTER(P))(SYMBOLS["pt_make_instance"])
_new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(SYMBOLS["pt_new_instance"])
_add = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int64)(SYMBOLS["pt_add_attribute"])
_release = ctypes.PYFUNCTYPE(ctypes.c_int, P)(SYMBOLS["pt_release"])
_incref = ctypes.pythonapi.Py_IncRef
_incref.argtypes = [ctypes.py_object]


def make(maker, *values):
    """An instance with these attributes."""
    array = (P * (len(values) + 1))()
    for k, v in enumerate(values):
        if v is not Ellipsis:
            _incref(v)
            array[k] = id(v)
    return _make(maker.address, array)


def release(holder):
    """Gives up the one object in a list by pt_release; whether it did."""
    obj = holder.pop()
    assert sys.getrefcount(obj) == 2
    address = id(obj)
    _incref(obj)
    del obj
    done = _release(address)
    if not done:
        ctypes.pythonapi.Py_DecRef(ctypes.cast(address, ctypes.py_object))
    return bool(done)


def new_class(name="C", bases=(), **attributes):
    return type(name, bases, attributes)


def warm(cls, *names):
    """Lets the class's shared keys know these names."""
    for _ in range(3):
        obj = cls()
        for name in names:
            setattr(obj, name, 1)


def test_attributes_in_order():
    cls = new_class()
    warm(cls, "a", "b", "c")
    maker = _bridge.new_maker(cls, ("c", "a"))
    obj = make(maker, [1], [2])
    assert type(obj) is cls
    assert _bridge.has_inline_values(obj)
    assert list(vars(obj).items()) == [("c", [1]), ("a", [2])]
    obj.b = 5
    assert list(vars(obj)) == ["c", "a", "b"]
    del obj.c
    obj.c = 6
    assert list(vars(obj).items()) == [("a", [2]), ("b", 5), ("c", 6)]


def test_names_the_class_does_not_know_yet():
    cls = new_class()
    maker = _bridge.new_maker(cls, ("p", "q"))
    for k in range(5):
        assert vars(make(maker, k, -k)) == {"p": k, "q": -k}


def test_an_attribute_that_is_missing():
    cls = new_class()
    warm(cls, "a", "b")
    assert vars(make(_bridge.new_maker(cls, ("a", "b")), ..., 3)) == {"b": 3}


def test_more_names_than_keys_are_shared():
    cls = new_class()
    names = tuple(f"n{k}" for k in range(40))
    warm(cls, *names)
    maker = _bridge.new_maker(cls, names)
    for _ in range(3):
        obj = make(maker, *range(40))
        assert list(vars(obj).items()) == list(zip(names, range(40)))


def test_after_new_names():
    cls = new_class()
    warm(cls, "a")
    maker = _bridge.new_maker(cls, ("a",))
    first = make(maker, 1)
    other = cls()
    for k in range(50):
        setattr(other, f"x{k}", k)
        obj = make(maker, k)
        obj.x3 = "x"
        assert vars(obj) == {"a": k, "x3": "x"}
    assert vars(first) == {"a": 1}


def test_the_collector_sees_them():
    cls = new_class()
    warm(cls, "a")
    maker = _bridge.new_maker(cls, ("a",))
    gc.collect()
    gc.disable()
    try:
        before = gc.get_count()[0]
        objects = [make(maker, k) for k in range(100)]
        assert 100 <= gc.get_count()[0] - before <= 130
        assert all(map(gc.is_tracked, objects))
        young = [o for o in gc.get_objects(generation=0) if type(o) is cls]
        assert young == objects
        del young
        objects[0].a = objects
        seen = weakref.ref(objects[0])
        del objects
        assert seen() is not None
        gc.collect()
        assert seen() is None
    finally:
        gc.enable()


def test_collections_happen_as_often():
    cls = new_class()
    warm(cls, "a")
    maker = _bridge.new_maker(cls, ("a",))
    runs = []

    def count(phase, info):
        if phase == "start":
            runs.append(info["generation"])

    gc.collect()
    gc.callbacks.append(count)
    try:
        keep = []
        for k in range(10 * gc.get_threshold()[0]):
            keep.append(make(maker, k))
        made = len(runs)
        del keep, runs[:]
        gc.collect()
        runs.clear()
        keep = []
        for k in range(10 * gc.get_threshold()[0]):
            obj = cls()
            obj.a = k
            keep.append(obj)
        assert abs(made - len(runs)) <= 1
    finally:
        gc.callbacks.remove(count)


def test_references():
    cls = new_class()
    warm(cls, "a", "b")
    maker = _bridge.new_maker(cls, ("a", "b"))
    value = object()
    before = sys.getrefcount(value), sys.getrefcount(cls)
    for _ in range(1000):
        holder = [make(maker, value, 1.5)]
        assert sys.getrefcount(value) == before[0] + 1
        assert release(holder)
    assert (sys.getrefcount(value), sys.getrefcount(cls)) == before


def test_memory_goes_both_ways():
    cls = new_class()
    warm(cls, "a", "b")
    maker = _bridge.new_maker(cls, ("a", "b"))
    before = sys.getallocatedblocks()
    for _ in range(40):
        objects = [make(maker, k, float(k)) for k in range(500)]
        while len(objects) > 250:  # half of them die our way
            assert release(objects)
    del objects
    assert sys.getallocatedblocks() - before < 3000  # 2048 may be kept for numbers


def test_new_instance():
    class Slots:
        __slots__ = ("x", "y")

    obj = _new(Slots)
    assert not hasattr(obj, "x")
    obj.x = 1
    assert obj.x == 1 and gc.is_tracked(obj)
    cls = new_class()
    warm(cls, "a")
    obj = _new(cls)
    assert vars(obj) == {} and gc.is_tracked(obj)
    obj = _new(cls)
    obj.a = 3
    assert _bridge.has_inline_values(obj) and vars(obj) == {"a": 3}


def test_slots_are_filled():
    class A:
        __slots__ = ("a", "b")

    class B(A):
        __slots__ = ("c",)

    maker = _bridge.new_maker(B, ("c", "a"))
    value = [1]
    for k in range(30):
        obj = make(maker, value, k)
        assert type(obj) is B and obj.c is value and obj.a == k and not hasattr(obj, "b")
    assert sys.getrefcount(value) == 3
    A.a = property(lambda self: "property", lambda self, v: KEEP.append(v))
    obj = make(maker, 1, 2)
    assert obj.c == 1 and obj.a == "property" and KEEP == [2]
    KEEP.clear()


def test_slots_of_a_class_with_a_dict():
    class A:
        __slots__ = ("a", "__dict__")

    obj = make(_bridge.new_maker(A, ("a", "b")), 1, 2)
    assert obj.a == 1 and vars(obj) == {"b": 2}


def test_add_attribute():
    cls = new_class()
    warm(cls, "a", "b")
    place = _bridge.inline_index(cls, "b")
    obj = cls()
    assert _add(obj, "b", [7], place) == 0
    obj.a = 1
    assert list(vars(obj).items()) == [("b", [7]), ("a", 1)]
    obj = cls()
    d = obj.__dict__
    assert _add(obj, "b", 8, place) == 0
    assert d == {"b": 8} and len(d) == 1 and obj.b == 8
    assert _add(obj, "b", 9, place) == 0
    assert d == {"b": 9}


# -- renewing


_renew = ctypes.PYFUNCTYPE(ctypes.c_ssize_t, P, P, ctypes.POINTER(P), ctypes.c_uint64)(SYMBOLS["pt_renew"])


def renew(maker, holder, *values):
    """Puts an instance into the one place of a list; whether it is the old one, and whether the old one is left to the caller."""
    array = (P * (len(values) + 1))()
    kinds = 0
    for k, v in enumerate(values):
        if type(v) is float:
            kinds |= 1 << 2 * k
            array[k] = int.from_bytes(ctypes.c_double(v), sys.byteorder)
        elif type(v) is int:
            kinds |= 2 << 2 * k
            array[k] = v & (1 << 64) - 1
        else:
            _incref(v)
            array[k] = id(v)
    items = P.from_address(id(holder) + 24).value
    old = id(holder[0])
    new = _renew(maker.address, items, array, kinds)
    if new & 1:
        ctypes.pythonapi.Py_DecRef(ctypes.cast(old, ctypes.py_object))
    assert id(holder[0]) == new & -2
    return new & -2 == old, bool(new & 1)


class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b


def pairs():
    warm(lambda: Pair(0, 0), "a", "b")
    maker = _bridge.new_maker(Pair, ("a", "b"))
    make(maker, 1.5, 2.5)
    return maker


@pytest.mark.parametrize("old", [(1.5, 2.5), (1, 2.5), (10**12, -(10**12)), ("x" * 3, None), (10**30, 1.5)])
@pytest.mark.parametrize("new", [(4.5, -0.0), (7, 10**15), (-(2**62), 3.5), (None, "new"), ("a" * 5, 1)])
def test_renewed(old, new):
    maker = pairs()
    holder = [Pair(*old)]
    assert renew(maker, holder, *new) == (True, False)
    assert list(vars(holder[0]).items()) == list(zip("ab", new))
    assert (type(holder[0].a), type(holder[0].b)) == (type(new[0]), type(new[1]))


def test_numbers_that_others_hold_are_left_alone():
    maker = pairs()
    a, b = 10**12 + len(SYMBOLS), float(len(SYMBOLS))
    copies = a + 0, b + 0.0
    holder = [Pair(a, b)]
    assert renew(maker, holder, 5 * 10**12, 7.5) == (True, False)
    assert (a, b) == copies and vars(holder[0]) == {"a": 5 * 10**12, "b": 7.5}


class Derived(Pair):
    pass


def odd(change):
    obj = Pair(1.5, 2.5)
    change(obj)
    return obj


OTHERS = [
    lambda: Derived(1.5, 2.5),
    lambda: Pair([], 2.5),
    lambda: Pair(1.5, gc),
    lambda: odd(lambda o: setattr(o, "c", 1)),
    lambda: odd(lambda o: delattr(o, "a")),
    lambda: odd(lambda o: (delattr(o, "a"), setattr(o, "a", 1))),
    lambda: None,
    lambda: 1.5 * len("abc"),
]


@pytest.mark.parametrize("k", range(len(OTHERS)))
def test_not_renewed(k):
    holder = [OTHERS[k]()]
    assert renew(pairs(), holder, 7, 8.5)[1] is False
    assert type(holder[0]) is Pair and list(vars(holder[0]).items()) == [("a", 7), ("b", 8.5)]


def test_known_elsewhere():
    maker, holder = pairs(), [Pair(1.5, 2.5)]
    other, ref = holder[0], weakref.ref(holder[0])
    assert renew(maker, holder, 7.5, 8.5) == (False, False)
    assert (other.a, holder[0].a) == (1.5, 7.5) and ref() is other
    del other
    assert ref() is None
    ref = weakref.ref(holder[0])
    assert renew(maker, holder, 9.5, 9.5) == (False, True)
    assert ref() is None
    d = holder[0].__dict__
    assert renew(maker, holder, 1, 2) == (False, True)
    assert d == {"a": 9.5, "b": 9.5} and vars(holder[0]) == {"a": 1, "b": 2}


def test_a_finalizer():
    class Late(Pair):
        pass

    maker, holder = _bridge.new_maker(Late, ("a", "b")), [Late(1, 2)]
    warm(lambda: Late(0, 0), "a", "b")
    make(maker, 1, 2)
    assert renew(maker, holder, 3, 4) == (True, False)
    Late.__del__ = lambda self: KEEP.append(self.a)
    assert renew(maker, holder, 5, 6) == (False, True)
    assert KEEP == [3]
    KEEP.clear()


# -- dying


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes) if not attributes else [setattr(self, k, v) for k, v in attributes.items()]


class Final:
    dead = 0

    def __del__(self):
        Final.dead += 1


class Small:
    __slots__ = ("a", "b")


def slotted(a):
    obj = Small()
    obj.a = a
    return obj


PLAIN = [
    lambda: 1.5 * len("x"),
    lambda: [1, 2, 3],
    lambda: [1.5, [2, ("a", {})]],
    lambda: {"a": [1]},
    lambda: Plain(a=1.5, b=[2]),
    lambda: Plain(a=Plain(b=Plain(c=1))),
    lambda: slotted([1]),
    lambda: slotted(Plain(a=1)),
    lambda: iter([1]),
    lambda: slice(1000, None, Plain(a=[1])),
    lambda: Plain(a=gc),
    lambda: Plain(a=Plain).__init__,
]


@pytest.mark.parametrize("k", range(len(PLAIN)))
def test_plain_deaths(k):
    assert _bridge.dies_plainly(PLAIN[k]())
    for _ in range(2):  # at first blocks are kept for numbers to come
        before = sys.getallocatedblocks()
        for _ in range(4000):
            assert release([PLAIN[k]()])
    assert sys.getallocatedblocks() - before < 1000


def weakly():
    obj = Plain(a=1)
    KEEP.append(weakref.ref(obj, KEEP.append))
    return obj


def twice(inner):
    return Plain(a=inner, b=inner)


def with_dict():
    obj = Plain(a=1)
    obj.__dict__["b"] = 2
    return obj


KEEP = []
DEEP = []
NOT_PLAIN = [
    Final,
    lambda: Plain(a=Final()),
    lambda: [Final()],
    lambda: {"a": (Final(),)},
    lambda: slotted(Final()),
    lambda: twice(Final()),
    lambda: [twice(Plain(a=Final()))],
    weakly,
    lambda: Plain(a=weakly()),
    lambda: (k for k in [1]),
    lambda: slice(None, Final()),
    lambda: Plain(a=lambda: 0),
    with_dict,
    lambda: [0] * 20000,
]


@pytest.mark.parametrize("k", range(len(NOT_PLAIN)))
def test_other_deaths(k):
    assert not _bridge.dies_plainly(NOT_PLAIN[k]())
    assert not release([NOT_PLAIN[k]()])
    KEEP.clear()


def test_a_finalizer_that_comes_later():
    class Late:
        pass

    assert release([Late()])
    Late.__del__ = lambda self: KEEP.append("late")
    assert not release([Late()])
    assert KEEP == ["late"]
    KEEP.clear()
    del Late.__del__
    assert release([Late()])


def test_a_class_with_another_base():
    class A:
        def __del__(self):
            KEEP.append("A")

    class B:
        pass

    class C(B):
        pass

    obj = C()
    assert release([C()])
    C.__bases__ = (A,)
    assert not release([C()])
    del obj
    assert KEEP == ["A", "A"]
    KEEP.clear()


def test_many_classes():
    """More than the bridge remembers, one inside the other."""
    classes = [new_class(f"C{k}", __slots__=("a", "b")) if k % 2 else new_class(f"C{k}") for k in range(400)]
    before = sys.getallocatedblocks()
    for k in range(400):
        obj = None
        for cls in [*classes, *classes][k : k + 12]:
            outer = cls()
            outer.a, outer.b = obj, [k]
            obj = outer
        outer = None
        holder = [obj]
        del obj, cls
        assert release(holder)
    assert sys.getallocatedblocks() - before < 2000


def test_shared_ones_live_on():
    inner = Plain(a=1)
    assert release([twice(inner)])
    assert sys.getrefcount(inner) == 2 and inner.a == 1


def test_long_chains_are_left_to_cpython():
    chain = None
    for _ in range(10000):
        chain = Plain(a=chain)
    holder = [chain]
    del chain
    assert not release(holder)


def test_a_class_dies_after_its_instances():
    cls = new_class()
    warm(cls, "a")
    maker = _bridge.new_maker(cls, ("a",))
    ref = weakref.ref(cls)
    assert release([make(maker, 1)])
    obj = make(maker, 2)
    del cls, maker
    gc.collect()
    assert ref() is type(obj)
    del obj
    gc.collect()
    assert ref() is None
