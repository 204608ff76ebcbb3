"""Trials of compiled loops, with a clock that the program and the compiled code move themselves."""

import array
import gc
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import PLAIN_EXIT, Native, enabled, header, leave, prologue

from pytrace.codegen.compile import env_of
from pytrace.interp import _bridge

SOURCE = "def f(n, clock):\n  for i in range(n):\n    clock[0] += 1000\n  return i\n"
MS = 1000  # steps of CPython's in a millisecond of the clock's


class Tried:
    """A loop whose compiled code only moves the clock and says how many iterations it has run; then CPython goes on."""

    def __init__(self, cost: int, iterations: int, source: str = SOURCE) -> None:
        ns: dict = {}
        exec(compile(source, "<string>", "exec"), ns)
        self.function = ns["f"]
        self.clock = array.array("q", [1])
        self.arrivals = array.array("q", [0])
        self.exit = _bridge.new_exit(PLAIN_EXIT, ())
        self.time, count = self.clock.buffer_info()[0], self.arrivals.buffer_info()[0]
        add = "".join(
            f"  %a{k} = load i64, ptr inttoptr (i64 {where} to ptr)\n  %b{k} = add i64 %a{k}, {n}\n  store i64 %b{k}, ptr inttoptr (i64 {where} to ptr)\n"
            for k, (where, n) in enumerate([(self.time, cost), (count, iterations)])
        )
        self.native = Native(prologue() + add + leave(self.exit))
        self.count = count
        _bridge.set_trials(True, self.time)
        self.attach()

    def attach(self) -> None:
        code = self.function.__code__
        _bridge.attach_loop(code, header(code), self.native.address, self.native, self.count)

    def run(self, steps: int) -> int:
        """How often the compiled code was entered."""
        before = self.exit.count
        with enabled():
            assert self.function(steps, self.clock) == steps - 1
        return self.exit.count - before

    @property
    def state(self) -> str:
        return _bridge.loops(self.function.__code__)[1][1]


@pytest.fixture(autouse=True)
def without_trials():
    env_of(_bridge)
    _bridge.compile("last", "define i64 @last_buf(ptr %ctx) {\n  ret i64 0\n}\n", "", "last", 1).wait()  # and so all before it
    _bridge.finished()  # nobody loses while something is being compiled
    yield
    _bridge.set_trials(False)


def lost() -> int:
    return _bridge.stats()["unprofitable"]


def test_winner_is_found_soon_and_stays():
    before = lost()
    tried = Tried(cost=100, iterations=9)
    assert 0 < tried.run(3 * MS) < 3 * MS  # some went to CPython
    assert tried.run(MS) == MS and tried.state == "compiled" and lost() == before


def test_loser_is_left_to_cpython():
    before = lost()
    tried = Tried(cost=2000, iterations=0)
    assert 0 < tried.run(100 * MS) < 50 * MS
    assert tried.run(MS) == 0 and tried.state == "resting" and lost() == before + 1


def test_loser_is_given_time():
    """Its exits may get bridges: the first milliseconds prove nothing."""
    tried = Tried(cost=2000, iterations=0)
    tried.run(5 * MS)
    assert tried.state == "compiled"


def test_without_a_gain_it_is_left_to_cpython():
    """Which does not need the events, then."""
    tried = Tried(cost=0, iterations=0)
    tried.run(100 * MS)
    assert tried.run(MS) == 0 and tried.state == "resting"


def test_loop_without_second_iterations_is_left_to_cpython():
    tried = Tried(cost=0, iterations=0)
    with enabled():
        for _ in range(30 * MS):
            tried.function(1, tried.clock)
    assert tried.state == "blacklisted"


def test_time_outside_of_the_loop_does_not_count():
    """One long pause between two runs, after native code was left inside of the loop."""
    tried = Tried(cost=100, iterations=9)
    for _ in range(200):
        tried.run(50)
        tried.clock[0] += 50_000_000
    assert tried.run(MS) == MS and tried.state == "compiled"


@pytest.mark.parametrize("steps", [2, 3, 10])
def test_time_between_calls_does_not_count(steps):
    """Loops of few iterations in a function that is called again and again, with its frame in the same place."""
    before = lost()
    tried = Tried(cost=2000, iterations=0)
    with enabled():
        for _ in range(400 * MS // steps):
            tried.function(steps, tried.clock)
            tried.clock[0] += 50_000
            if lost() > before:
                break
    assert lost() == before + 1


def test_loop_of_which_nothing_is_learned_rests():
    """Two iterations a call, of little time: after some ten thousand events it does not matter who would win."""
    source = "def f(n, clock):\n  for i in range(2):\n    clock[0] += 1\n  return n - 1\n"
    before = lost()
    tried = Tried(cost=1, iterations=0, source=source)
    with enabled():
        for _ in range(40_000):
            tried.function(2, tried.clock)
    assert tried.state == "resting" and lost() == before + 1


def test_collections_of_older_objects_do_not_count():
    """They would make CPython the loser here, in whose turns they are."""
    source = "def f(n, clock):\n  for i in range(n):\n    clock[0] += 1000\n    i % 64 or is_cpythons_turn() and collect(clock)\n  return i\n"
    before = lost()
    tried = Tried(cost=500, iterations=0, source=source)
    entered = [0]

    def is_cpythons_turn():
        entered.append(tried.exit.count)
        return entered.pop(0) == entered[0]

    def collect(clock):
        gc.collect(1)
        clock[0] += 1_000_000

    tried.function.__globals__.update(is_cpythons_turn=is_cpythons_turn, collect=collect)
    tried.run(200 * MS)
    assert tried.state == "resting" and lost() == before + 1


def test_a_loop_that_collects_all_the_time_is_tried_all_the_same():
    before = lost()
    tried = Tried(cost=100_000, iterations=0, source="def f(n, clock):\n  for i in range(n):\n    clock[0] += 50_000\n    collect(1)\n  return i\n")
    tried.function.__globals__["collect"] = gc.collect
    tried.run(3 * MS)
    assert tried.state == "resting" and lost() == before + 1


RECURSIVE = "def f(n, clock):\n  for i in range(min(n, 4)):\n    clock[0] += 1000\n    i and n > 4 and f(n - 4, clock)\n  return n - 1\n"


def test_loop_that_recurs_is_tried_between_its_deeper_calls():
    """The outermost call comes to its header four times in all, the innermost ones some hundred thousand times."""
    before = lost()
    tried = Tried(cost=100, iterations=9, source=RECURSIVE)
    tried.run(40)
    assert tried.state == "compiled" and lost() == before
    tried = Tried(cost=2000, iterations=0, source=RECURSIVE)
    tried.run(40)
    assert tried.state == "resting" and lost() == before + 1


def test_attached_again_it_is_tried_again():
    tried = Tried(cost=2000, iterations=0)
    tried.run(100 * MS)
    assert tried.state == "resting"
    tried.attach()
    assert tried.state == "compiled" and tried.run(2 * MS) > 0


def test_new_code_behind_an_exit_begins_a_new_trial():
    tried = Tried(cost=100, iterations=9)
    tried.run(3 * MS)
    assert tried.run(MS) == MS
    _bridge.try_again(tried.function.__code__, header(tried.function.__code__))
    assert tried.run(MS) < MS


def test_without_trials_everything_is_entered():
    tried = Tried(cost=2000, iterations=0)
    _bridge.set_trials(False)
    tried.attach()
    assert tried.run(30 * MS) == 30 * MS


def test_loser_has_another_chance_with_a_new_bridge():
    tried = Tried(cost=2000, iterations=0)
    tried.run(100 * MS)
    assert tried.run(MS) == 0
    code = tried.function.__code__
    _bridge.try_again(code, header(code))
    assert tried.state == "compiled" and tried.run(5 * MS) > 0


def test_losses_are_limited():
    tried = Tried(cost=2000, iterations=0)
    entered = tried.run(100 * MS)
    assert not _bridge.may_lose() and entered < 60 * MS
