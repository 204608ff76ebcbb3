"""Loops become hot after a time, with a clock that the program moves itself."""

import array
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import enabled

from pytrace.interp import _bridge

SOURCE = """
def f(n, clock, step):
    for i in range(n):
        clock[0] += step
"""


@pytest.fixture
def clock():
    clock = array.array("q", [1])
    _bridge.set_trials(True, clock.buffer_info()[0])
    yield clock
    _bridge.set_trials(False)
    _bridge.set_hot_time(0)


def fresh() -> dict:
    ns: dict = {}
    exec(compile(SOURCE, "<string>", "exec"), ns)
    return ns


@pytest.mark.parametrize("step, ns", [(1000, 100_000), (1000, 1_000_000), (10, 100_000), (100_000, 3_000_000)])
def test_asked_when_the_time_is_over(clock, step, ns):
    asked = []

    def on_loop(root, code, header):
        asked.append(clock[0])
        return -1

    _bridge.set_hot_time(ns)
    with enabled(on_loop):
        fresh()["f"](4 * ns // step, clock, step)
    assert len(asked) == 1 and ns <= asked[0] <= ns + 40 * step


def test_an_interval_of_the_systems_does_not_make_a_loop_hot(clock):
    asked = []
    _bridge.set_hot_time(100_000_000)
    with enabled(lambda root, code, header: asked.append(1) or -1):
        fresh()["f"](6, clock, 10_000_000_000)
    assert not asked


def test_without_a_time_events_are_counted(clock):
    asked = []

    def on_loop(root, code, header):
        asked.append(clock[0])
        return -1

    _bridge.set_hot_time(0)
    with enabled(on_loop, loop=50):
        fresh()["f"](100, clock, 1000)
    assert asked == [50_001]
