"""Loops that are entered with other types than they were recorded with."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_isolation import same

COUNT = """
def count(a, n):
    for i in range(n):
        a = a + 1
    return a
"""


def test_another_type_is_recorded(tmp_path: Path) -> None:
    """First ints, then floats only: after as many refusals as make a loop hot there is code that takes them."""
    program = COUNT + "print(sum(count(1, 30) for _ in range(50)), sum(count(0.5, 30) for _ in range(500)))"
    stats = same(tmp_path, program, threshold=20, loops=2)
    assert stats["aborts"]["refused"] == 1 and 20 <= stats["plain_exits"] < 60


def test_types_in_turn(tmp_path: Path) -> None:
    """Slots that vary enter as references, so that one code takes all."""
    program = COUNT + "print(sum(count(k % 2 or 0.5, 30) for k in range(1000)))"
    stats = same(tmp_path, program, threshold=20, loops=1)
    assert stats["aborts"].get("refused", 0) <= 4 and stats["plain_exits"] < 1000


def test_refused_for_ever_it_is_left_to_cpython(tmp_path: Path) -> None:
    """A variable that is unbound when the loop begins, or bound to anything, in turn."""
    program = """
def run(bound, n):
    if bound:
        x = bound
    for i in range(n):
        if i > 1:
            x = i
    return x
values = [None, 1, 2.5, "text", 1 << 70, (), []]
print(sum(len(str(run(values[k % 7], 20 + k % 5))) for k in range(5000)))
"""
    stats = same(tmp_path, program, threshold=20, loops=1)
    assert stats["plain_exits"] < 10000
