"""The alarm for loops that wait without events."""

import os
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from bridge_helpers import only_tests

from pytrace.interp import _bridge

SECONDS = 30


@pytest.fixture
def told():
    """What on_compiled was told: whether the alarm had rung."""
    seen = []
    _bridge.take_alarm()
    _bridge.set_trials(True)
    _bridge.enable(only_tests(lambda *a: -1), None, None, 1, 1 << 60, 1 << 60, lambda root: seen.append(_bridge.take_alarm()) or 0)
    yield seen
    _bridge.disable()
    _bridge.set_trials(False)


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def step() -> None:
    for _ in range(3):
        pass


def spin(seen: list, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and True not in seen:
        step()


def test_it_is_told_though_no_loop_has_events(told):
    spin(told, 0.2)
    assert True not in told
    before = threads()
    _bridge.set_alarm()
    _bridge.set_alarm()
    assert threads() == before + 1
    spin(told, SECONDS)
    assert told.count(True) == 1 and threads() == before


@pytest.mark.filterwarnings("error")
def test_it_rings_at_a_fork_which_sees_no_thread(told):
    before = threads()
    _bridge.set_alarm()
    pid = os.fork()
    if pid == 0:
        os._exit(threads())
    assert threads() == before
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    spin(told, SECONDS)
    assert told.count(True) == 1
