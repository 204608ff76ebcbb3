"""What a called function sees of the frames of a loop that calls it: by every way there is to read, keep and write them."""

import ctypes
import gc
import inspect
import sys
import threading
import traceback
import weakref
from collections import Counter

get_locals = getattr(ctypes.pythonapi, "PyEval_GetFrameLocals" if sys.version_info >= (3, 13) else "PyEval_GetLocals")
get_locals.restype = ctypes.py_object if sys.version_info >= (3, 13) else ctypes.c_void_p
frame_locals = ctypes.pythonapi.PyFrame_GetLocals
frame_locals.restype = ctypes.py_object
frame_locals.argtypes = [ctypes.py_object]
get_var = ctypes.pythonapi.PyFrame_GetVarString
get_var.restype = ctypes.py_object
get_var.argtypes = [ctypes.py_object, ctypes.c_char_p]


def show(mapping):
    return sorted((k, v) for k, v in dict(mapping).items() if type(v) in (int, float, bool, str, type(None)) and k != "n")


class Thing:
    def __init__(self, name):
        self.name = name


def call(look, *args):
    """Not inlined."""
    return look(*args)


# -- unboxed numbers, one object in several variables, variables that are not bound


def numbers(n, look, every):
    out, x, k, big, yes, both = [], 0.5, 1000, 1 << 40, True, "s"
    for i in range(n):
        x, k, big, yes = x * 1.25 + 1.0, k + i, big + k, i % 2 == 0
        same = both
        got = call(look)
        if i % every == 0:
            out.append(got)
        x -= i
        if i == n - 1:
            del same
    return out, x, k, big, yes


def caller_locals():
    return show(sys._getframe(2).f_locals)


def caller_var():
    f = sys._getframe(2)
    return get_var(f, b"x"), get_var(f, b"k"), get_var(f, b"yes"), get_var(f, b"same")


def caller_c_locals():
    return show(frame_locals(sys._getframe(2)))


def caller_by_stack():
    return show(inspect.stack(0)[2].frame.f_locals)


def caller_by_thread():
    me, out = threading.get_ident(), []
    t = threading.Thread(target=lambda: out.append(show(sys._current_frames()[me].f_back.f_back.f_back.f_back.f_locals)))
    t.start()
    wait_for(t)
    return [(k, v) for k, v in out[0] if k in ("x", "k", "big", "yes")] if out else out


def wait_for(t):
    t.join()


for look in caller_locals, caller_var, caller_c_locals, caller_by_stack:
    print(look.__name__, numbers(120, look, 29))


def directly(n):
    """C functions that read the frame that calls them."""
    out, x, k, t = [], 0.25, 7, "text"
    for i in range(n):
        x, k = x + i, k * 3 % 1001
        for read in (locals, vars):
            got = show(read())
        names = dir()
        value = eval("x + k")
        exec("pass")
        c = bool(get_locals())
        if i % 31 == 0:
            out.append((got, names, value, c, t))
    return out[-2:]


print(directly(100))


# -- inlined frames


def inner(a, b):
    c = a * 2
    d = [c, b]
    e = middle(c, d)
    return c + len(d) + e


def middle(p, q):
    r = p + 0.5
    s = call(chain)
    return s and int(r) % 7


def chain():
    f, out = sys._getframe(2), []
    for _ in range(3):
        out.append((f.f_code.co_name, f.f_lineno, show(f.f_locals)))
        f = f.f_back
    chains.append(out)
    return len(chains) % 3


chains = []


def inlined(n):
    total = 0
    for i in range(n):
        total += inner(i, str(i))
    return total


print(inlined(100))
for line in chains[0], chains[40], chains[99]:
    print(line)


def keep():
    kept.append(sys._getframe(2))


kept = []


def keeping(i, text):
    a = i * 1.5
    b = text + "!"
    call(keep)
    a += 1
    b = [b, a]
    return a


def keep_loop(n):
    total = 0.0
    for i in range(n):
        total += keeping(i, "t%d" % i)
    return total


print(keep_loop(100))
print([(f.f_code.co_name, f.f_lineno, show(f.f_locals)) for f in kept[::33]])
gc.collect()
for f in kept:
    f.clear()
kept.clear()


# -- objects that only the loop refers to: they must live as long as it refers to them, and no longer


def no_look():
    sys._getframe(2)


def dying(n, look):
    deaths = []
    first = Thing("first")
    for i in range(n):
        t = Thing(i)
        w = weakref.ref(t, lambda r, i=i: deaths.append(i))
        u = t
        call(look)
        assert w() is t
        del t
        call(look)
        assert w() is u
        u = None
        if len(deaths) != i + 1:
            print("late", i)
            break
        call(look)
    return len(deaths), first.name


print(dying(100, no_look), dying(100, caller_locals))


def emptied(n):
    """What was borrowed from a list that the callee empties."""
    out = []
    for i in range(n):
        box = [Thing(i)]
        x = box[0]
        call(empty, box)
        out.append(x.name + len(box))
    return sum(out)


def empty(box):
    box.clear()
    gc.collect(0)


print(emptied(150))


def counted(n):
    """Reference counts as a called function sees them."""
    seen = []
    for i in range(n):
        one = Thing(i)
        two = three = Thing(-i)
        call(count, seen)
        del three
    return seen[n // 2 :]  # not while something is recorded


def count(seen):
    f = sys._getframe(2)
    seen.append((sys.getrefcount(get_var(f, b"one")), sys.getrefcount(get_var(f, b"two"))))


print(Counter(counted(1000)).most_common(1)[0][0])


# -- writing


def write(name, value):
    f = sys._getframe(2)
    f.f_locals[name] = value


def written(n):
    x, k, t = 0.5, 1, Thing("t")
    seen = []
    for i in range(n):
        x += 1.0
        k += 1
        if i % 10 == 7:
            call(write, "x", -2.0 * i)
        elif i % 10 == 8:
            call(write, "k", k)
        elif i % 10 == 9:
            call(write, "t", Thing(i))
        else:
            call(write, "unused", i)
        seen.append(t.name)
    return x, k, seen[-12:]


print(written(200))


def write_twice(value):
    f = sys._getframe(2)
    f.f_locals["a"] = Thing("gone")
    f.f_locals["a"] = value
    f.f_back.f_locals["total"] = value.name


def into_inlined(i):
    a = Thing(i)
    b = a
    call(write_twice, Thing(i * 2))
    return a.name + b.name


def inlined_written(n):
    total = 0
    for i in range(n):
        total += into_inlined(i)
    return total


print(inlined_written(60))


def write_and_raise():
    f = sys._getframe(2)
    f.f_locals["x"] = 99
    raise ValueError("written")


def raised(n):
    out = []
    for i in range(n):
        x = Thing(i)
        try:
            if i % 3:
                call(no_look)
            else:
                call(write_and_raise)
        except ValueError as e:
            out.append(e.__traceback__.tb_frame.f_locals["x"] if type(x) is int else x.name)
    return out


print(raised(30))


# -- exceptions: frames in tracebacks


def fails(i, data):
    half = i / 2
    if i == 70:
        call(fail, data)
    call(no_look)
    return half


def fail(data):
    raise KeyError(len(data))


def failing(n):
    total = 0.0
    for i in range(n):
        data = [i, total]
        total += fails(i, data)
    return total


try:
    failing(100)
except KeyError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, show(tb.tb_frame.f_locals) if tb.tb_frame.f_code.co_name in ("failing", "fails") else "")
        tb = tb.tb_next
    traceback.print_exc(file=sys.stdout)


# -- super() by way of C


class Base:
    def who(self):
        return "base"


class Derived(Base):
    def who(self):
        out = []
        for i in range(60):
            f = i * 0.5
            out.append(call_super().who())
            out.append([s.who() for s in map(lambda _: super(), "a")][0] if sys.version_info < (3, 12) else f)
        __class__
        return len(out), out[0], out[-2]


call_super = super
try:
    print(Derived().who())
except RuntimeError as e:
    print(e)


# -- somebody begins to trace


def begin_tracing():
    events.clear()
    sys._getframe(2).f_trace = tracer
    sys.settrace(tracer)


def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced":
        events.append((event, frame.f_lineno, show(frame.f_locals)))
    return tracer


events = []


def traced(n):
    x = 1.0
    for i in range(n):
        x += i
        if i == n - 2:
            call(begin_tracing)
        else:
            call(no_look)
    return x


print(traced(80))
sys.settrace(None)
print(events)


# -- a deep data stack: frames that do not fit into a chunk any more


def deep(n, k):
    if n:
        return deep_call(n, k)
    total = 0
    for i in range(40):
        total += small(i, k)
    return total


def deep_call(n, k):
    return call(deep, n - 1, k + 1)


def small(i, k):
    j = i + k
    call(no_look)
    return j


print([deep(d, 0) for d in range(0, 200, 7)])


# -- generators: the collector looks into their frames


def generator(n):
    a = [Thing(0)]
    a.append(a)
    for i in range(n):
        b = a
        c = [b, i]
        call(gc.collect, 0)
        yield len(a) + len(c) + c[1]


print(sum(generator(100)))


# -- one frame's variables over many calls


def identity(n):
    out = []
    text = "x" * n
    thing = Thing("y")
    for i in range(n):
        a = call(variable, "text") is text
        b = call(variable, "thing") is thing
        c = call(variable, "i") == i
        d = type(call(variable, "i")) is int
        out.append((a, b, c, d))
    return set(out)


def variable(name):
    return sys._getframe(2).f_locals[name]


print(identity(100))


def collected(n):
    """Numbers that somebody keeps stay what they were."""
    out, x, k = [], 0.5, 300
    for i in range(n):
        x, k = x + 1.5, k + 1000
        call(collect, out)
    return out[:3], out[-3:], len({id(v) for v in out})


def collect(out):
    f = sys._getframe(2)
    out += [f.f_locals["x"], f.f_locals["k"]]


print(collected(100))
