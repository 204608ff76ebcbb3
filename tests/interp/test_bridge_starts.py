"""Trials of native code at functions' starts, with a clock that the program and the compiled code move themselves."""

import array
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import Native, blob, enabled, frame, leave, offset_of, prologue

from pytrace.codegen.compile import env_of
from pytrace.interp import _bridge

SOURCE = "def g(clock):\n  clock[0] += 1000\ndef f(n, clock):\n  for _ in [None] * n:\n    g(clock)\n"


class Tried:
    """A function whose compiled start only moves the clock; then CPython runs it."""

    def __init__(self, cost: int) -> None:
        ns: dict = {}
        exec(compile(SOURCE, "<string>", "exec"), ns)
        self.f, self.g = ns["f"], ns["g"]
        self.clock = array.array("q", [1])
        code = self.g.__code__
        self.exit = _bridge.new_exit(blob(frames=[frame(-1, 0, offset_of(code, "RESUME") + 2)]), (code,))
        time = self.clock.buffer_info()[0]
        move = f"  %a = load i64, ptr inttoptr (i64 {time} to ptr)\n  %b = add i64 %a, {cost}\n  store i64 %b, ptr inttoptr (i64 {time} to ptr)\n"
        self.native = Native(prologue() + move + leave(self.exit))
        _bridge.set_trials(True, time)
        _bridge.attach_loop(self.g.__code__, -1, self.native.address, self.native, 0)

    def run(self, calls: int) -> int:
        """How often the compiled code was entered."""
        before = self.exit.count
        with enabled(on_func=lambda *a: 1 << 60):
            self.f(calls, self.clock)
        return self.exit.count - before

    @property
    def state(self) -> str:
        return _bridge.loops(self.g.__code__)[0][1]


@pytest.fixture(autouse=True)
def without_trials():
    env_of(_bridge)
    yield
    _bridge.set_trials(False)


def test_a_winner_is_entered_from_then_on():
    tried = Tried(-500)
    assert 0 < tried.run(20000) < 20000
    assert tried.run(1000) == 1000
    assert tried.state == "compiled"


@pytest.mark.parametrize("cost", [-10, 0, 300])
def test_a_loser_is_tried_again_later_and_then_left_alone(cost):
    tried = Tried(cost)
    entered = [tried.run(20000) for _ in range(100)]
    assert entered[0] > 0 and entered[-1] == 0
    assert sum(1 for n in entered if n) < 25
    assert sum(entered) < 150000
    assert tried.state == "blacklisted"


def test_without_trials_it_is_always_entered():
    _bridge.set_trials(False)
    tried = Tried(300)
    _bridge.set_trials(False)
    _bridge.attach_loop(tried.g.__code__, -1, tried.native.address, tried.native, 0)
    assert tried.run(500) == 500


def test_it_is_entered_as_a_function_is():
    tried = Tried(-500)
    _bridge.set_trials(False)
    _bridge.attach_loop(tried.g.__code__, -1, tried.native.address, tried.native, 0)
    before = _bridge.loop_entries(tried.g.__code__, -1)
    tried.run(10)
    assert _bridge.loop_entries(tried.g.__code__, -1) == before + 10
    _bridge.detach_loop(tried.g.__code__, -1, 5)
    assert tried.run(10) == 0
    assert tried.state == "cold"


RECURSIVE = "def f(n):\n  return f(n - 1) if n else 0\n"
NAMESAKE = "class C:\n  def f(self, n):\n    return 0\nc = C()\ndef f(n):\n  return c.f(n)\n"


@pytest.mark.parametrize("source, state", [(RECURSIVE, "cold"), (NAMESAKE, "blacklisted")])
def test_a_function_that_only_names_itself_loses_its_event(source, state):
    ns: dict = {}
    exec(compile(source, "<string>", "exec"), ns)
    asked = []
    _bridge.set_only_recursive(True)
    try:
        with enabled(on_func=lambda *a: asked.append(1) or 1 << 60, func=6000):
            for _ in range(1000):
                ns["f"](9)
            for _ in range(9000):
                ns["f"](0)
    finally:
        _bridge.set_only_recursive(False)
    assert bool(asked) == (state == "cold")
