"""What compiling may cost, and code that is compiled in a hurry first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytrace.budget import ALLOWANCE, EARLY, ENTRY, MOST, SAVED, SHARE, START, Budget
from pytrace.codegen.emit import without_ticks
from pytrace.jit import Jit

PROGRAM = """
def steps(n):
    total = 0
    for start in range(1, n):
        x = start
        while x != 1:
            if x % 2 == 0:
                x //= 2
            else:
                x = 3 * x + 1
            total += 1
    return total


print([steps(20000) for _ in range(6)])
"""


class Clock:
    def __init__(self) -> None:
        self.now = self.saved = 0.0


def budget() -> tuple[Budget, Clock]:
    c = Clock()
    return Budget(lambda: c.saved, lambda: c.now), c


def test_the_allowance_is_there_after_some_seconds() -> None:
    b, c = budget()
    assert b.allows(0)
    b.spent, b.traces = START * 0.9, 9
    assert b.allows(0)
    assert not b.allows(2)
    b.spent = START * 1.1
    assert not b.allows(0)
    assert b.refusals == 2
    c.now = EARLY
    assert b.allows(0)
    b.spent = (ALLOWANCE + SHARE * EARLY) * 1.1
    assert b.is_tight()
    assert not b.allows(0)


def test_it_grows_with_the_programs_time() -> None:
    b, c = budget()
    b.spent, b.traces = ALLOWANCE + 1.0, 1000
    c.now = 0.9 / SHARE
    assert not b.allows(0)
    c.now = 1.1 / SHARE
    assert b.allows(0)


def test_time_in_compiled_code_is_worth_more_but_not_all_of_it() -> None:
    b, c = budget()
    c.now = 10.0
    without = b.income()
    c.saved = 1.0
    assert b.income() == pytest.approx(without + SAVED)
    c.saved = 100.0
    assert b.income() == pytest.approx(without + MOST * c.now)


def test_text_for_the_other_tier() -> None:
    text = "a\n%n = add i64 %o, 1 ; tick\n%b = and i1 %q, %s ; both\nbr i1 %b"
    assert without_ticks(text) == "a\n%b = or i1 %q, false\nbr i1 %b"


@pytest.mark.parametrize("settings", ["exit_threshold=300", "wait"])
def test_hot_code_is_compiled_again(tmp_path: Path, settings: str) -> None:
    program, out = tmp_path / "program.py", tmp_path / "stats.json"
    program.write_text(PROGRAM)
    expected = subprocess.run([sys.executable, str(program)], check=True, capture_output=True).stdout
    command = [sys.executable, "-m", "pytrace", "--jit", settings, "--stats-json", str(out), str(program)]
    assert subprocess.run(command, check=True, cwd=tmp_path, capture_output=True).stdout == expected
    figures = json.loads(out.read_text())
    assert figures["loops"] >= 1
    assert figures["improved"] >= 1


def test_nothing_is_compiled_twice_with_a_threshold(tmp_path: Path) -> None:
    program, out = tmp_path / "program.py", tmp_path / "stats.json"
    program.write_text(PROGRAM)
    subprocess.run([sys.executable, "-m", "pytrace", "--jit", "threshold=10", "--stats-json", str(out), str(program)], check=True, cwd=tmp_path, capture_output=True)
    assert json.loads(out.read_text())["improved"] == 0


def test_a_loop_that_is_entered_again_and_again_earns_bridges() -> None:
    b, _ = budget()
    b.spent, b.traces = 1.0, 100
    assert not b.allows(0)
    assert b.earn(int(0.5 * b.price() / ENTRY), 0.0) == 0.0
    enough = int(1.5 * b.price() / ENTRY)
    price = b.earn(enough, 0.0)
    assert price == b.price()
    assert b.earn(enough, price) == 0.0, "these entries have been counted"
    assert b.earned == price
    assert not b.allows(0), "it pays for that bridge and for nothing else"


@pytest.mark.parametrize("affordable", [True, False])
def test_a_loop_is_not_given_up_where_there_is_no_budget_to_record_it_again(affordable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytrace.jit._is_plain", lambda token: True)
    ended: list[int] = []
    token = SimpleNamespace(compiled=SimpleNamespace(jump_exit=SimpleNamespace(count=1000)), key=(1, 2))
    place = SimpleNamespace(reviews=0, attempts=3, bridges=3)
    jit = SimpleNamespace(aborts={}, _affords=lambda: affordable, _end=lambda t, wait: ended.append(wait))
    again = Jit._review(cast(Any, jit), SimpleNamespace(count=1000), SimpleNamespace(early=True, since=(0, 0)), token, cast(Any, place))
    assert (again, ended) == ((False, [1]) if affordable else (True, []))
