"""Nothing grows: a million exits, bridge runs, invalidations, aborts and dead code leave memory and reference counts as they were.

Each test is a program in a process of its own.  It does the same work several times over and prints, after each round, the reference counts
of the objects that it works with, the interpreter's allocated blocks and the process's memory.  The first rounds may compile; between
the last ones next to nothing may change.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

MEASURE = '''
import gc, json, resource, sys

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

def rounds(work, count, *things):
    for _ in range(count):
        work()
        gc.collect()
        print(json.dumps([[sys.getrefcount(thing) for thing in things], sys.getallocatedblocks(), resident()]))
'''


def measure(program: str, jit: str = "threshold=2") -> list[tuple[list[int], int, int]]:
    """Run a program; (reference counts, blocks, bytes) after each of its rounds."""
    command = [sys.executable, "-m", "pytrace", "--jit", jit, "-c", MEASURE + program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]  # pyright: ignore[reportReturnType]


def check(program: str, jit: str = "threshold=2", blocks: int = 200, size: int = 1 << 20, since: int = 0) -> None:
    """The last three rounds of a program are alike (what is idle may have been let go of); or they are like the three that were `since` rounds earlier."""
    done = measure(program, jit)
    last = done[-3:]
    first = done[-3 - since : -since] if since else last[:1]
    counts = [entry[0] for entry in done]
    assert all(after <= max(before) for *before, after in zip(*[e[0] for e in first], last[-1][0], strict=True)), f"reference counts: {counts}"
    assert max(e[1] for e in last) - max(e[1] for e in first) <= blocks, f"allocated blocks: {[e[1] for e in done]}"
    assert max(e[2] for e in last) - max(e[2] for e in first) <= size, f"resident memory: {[e[2] for e in done]}"


OBJECTS = """
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, other):
        return Point(self.x + other.x, self.y + other.y)

class Label(str):
    pass

origin, name, items, key = Point(1.5, 2.5), Label("name"), [Label("a"), Label("b")], 10**30

def scaled(p, k):
    t = (p, k)
    if k % 2:
        return t[0].x * k + len(name)
    return t[0].add(origin)

def short(n, k):
    here, box = origin, [name, items]
    total = 0
    for i in range(n):
        here = here.add(origin)
        pair = (here, box[i & 1], key)
        value = scaled(here, k)
        if i == n - 1 and k % 5 == 0:
            break
        total += pair[0].x
    return total, value, pair
"""


NO_BRIDGES = "exit_threshold=1000000000"


@pytest.mark.parametrize("jit, size", [("threshold=2", 1), (f"threshold=2,{NO_BRIDGES}", 1), (NO_BRIDGES, 32)], ids=["bridges", "exits", "timed"])
def test_exits(jit: str, size: int) -> None:
    """A million times through exits with objects that were never made and frames that were inlined; or through bridges, which take a while to be complete.

    Where it goes by time, better code may be compiled in the last round, for which LLVM takes some MiB the first time.
    """
    check(
        OBJECTS
        + textwrap.dedent("""
        def work():
            for k in range(50000):
                short(5, k)

        rounds(work, 18, origin, name, items, items[0], key, Point, scaled, short)
        """),
        jit,
        size=size << 20,
    )


def test_exceptions() -> None:
    """Exceptions that compiled code raises or catches leave nothing behind."""
    check(
        OBJECTS
        + textwrap.dedent("""
        def failing(k):
            try:
                if k % 3 == 0:
                    raise ValueError(origin)
                return scaled(origin, k).x if k % 3 == 1 else items[k]
            except (ValueError, AttributeError) as error:
                return error.args

        def work():
            for k in range(30000):
                try:
                    failing(k)
                except IndexError as error:
                    assert error.__traceback__ is not None

        rounds(work, 6, origin, name, items, items[0], key, Point, scaled)
        """)
    )


def test_invalidations() -> None:
    """Globals, class attributes, methods and defaults that change in the middle of loops, over and over."""
    check(
        OBJECTS
        + textwrap.dedent("""
        import types
        factor = 1

        def times(x, k=2):
            return x * factor * k

        def loop(n, space):
            total = 0
            for i in range(n):
                total += times(i) + space["one"](i) + space["C"]().m(i)
            return total

        SOURCE = '''
        K = 1
        class C:
            a = 1
            def m(self, x): return x + self.a + K
        def one(x): return x + K
        def run(n):
            total = 0
            c = C()
            for i in range(n):
                total += one(i) + c.m(i)
                if i == n // 2:
                    global K
                    K += 1
                    C.a += 1
            return total
        '''
        code = compile(SOURCE, "space", "exec")

        def work():
            global factor
            for k in range(10):
                space = {}
                exec(code, space)
                for _ in range(4):
                    factor += 1
                    times.__defaults__ = (k,)
                    Point.extra = k
                    loop(20, space)
                    space["run"](40)

        rounds(work, 17, origin, name, Point, scaled, times, loop, code)
        """),
        blocks=120,
        since=6,
    )


def test_time_does_not_matter() -> None:
    """With a threshold the same is compiled and let go of, whatever the clocks say in between."""
    program = OBJECTS + textwrap.dedent("""
        import itertools, types, pytrace

        def work():
            for k in range(40):
                space = {"k": k}
                exec("def run(n):\\n t = 0\\n for i in range(n): t += k\\n return t\\nrun(9); k += 1; run(9)", space)
                short(9, k)

        work()
        if fast:
            clock = itertools.count(0, 1000.0)
            sys.modules["pytrace.jit"].time = types.SimpleNamespace(perf_counter=lambda: next(clock), thread_time=lambda: next(clock))
        work()
        work()
        stats = pytrace.stats()
        print(json.dumps([stats[name] for name in ("loops", "bridges", "invalidations")]))
        """)
    slow, fast = measure("fast = False\n" + program), measure("fast = True\n" + program)
    assert slow == fast
    assert slow[0][0] > 50


def test_dead_code() -> None:
    """Code from `exec` does not outlive its namespace for ever, however hot it was."""
    program = """
        import sys, weakref
        SOURCE = '''
        K = 1
        class C:
            a = 1
            def m(self, x): return x + self.a
        def helper(x): return x + K
        def work(n):
            o = C()
            s = 0
            for i in range(n):
                s += helper(i) + o.m(i)
            return s
        big = bytearray(1 << 20)
        r = work(30)
        for i in range(30):
            r += i
        '''

        class Sentinel:
            pass

        def one(k):
            space = {"__name__": f"dynamic{k}", "sentinel": Sentinel()}
            exec(compile(SOURCE, f"dynamic{k}", "exec"), space)
            return weakref.ref(space["sentinel"])

        one(0)
        sys.modules["pytrace.trees"].IDLE_TREES = 16

        def work():
            seen = [one(k) for k in range(30)]
            gc.collect()
            alive = sum(ref() is not None for ref in seen)
            assert alive < 20, alive

        rounds(work, 6)
    """
    check(textwrap.dedent(program), blocks=6000, size=32 << 20)


def test_aborts() -> None:
    """Recordings that come to nothing, of code that lives on and of code that does not."""
    program = OBJECTS + textwrap.dedent("""
        def each():
            yield from (origin, name)

        def unfit(n):
            out = []
            for i in range(n):
                x = origin if i % 2 else name
                with open("/dev/null") as file:
                    out.append((file.name, x))
                a, *b = each()
            return out

        def raising(n):
            for i in range(n):
                if i == 2:
                    raise KeyError(origin, items)

        def work():
            for k in range(150):
                for function in (unfit, raising):
                    copy = type(function)(function.__code__.replace(co_name=f"{function.__name__}{k}"), globals())
                    for f in (function, copy):
                        try:
                            f(12)
                        except KeyError:
                            pass

        rounds(work, 12, origin, name, items, unfit, raising, unfit.__code__)
        """)
    check(program)
