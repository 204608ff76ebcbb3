"""What pytrace keeps for itself is none of the program's garbage collector's business."""

import sys
from pathlib import Path

from test_isolation import run

PROGRAM = """
import gc

def sums(n):
    total = 0
    for i in range(n):
        total += i if i % 3 else 2 * i
    return total

def pairs(n):
    made = []
    for i in range(n):
        made.append((i, str(i)))
    return len(made)

def ours():
    return sum(type(o).__module__.startswith("pytrace.") for o in gc.get_objects())

gc.collect()
objects, pytraces, counts = len(gc.get_objects()), ours(), gc.get_stats()
for _ in range(30):
    sums(1000)
    pairs(100)
more = gc.get_stats()
print([after["collections"] - before["collections"] for before, after in zip(counts, more)])
gc.collect()
print(ours() - pytraces <= 0, len(gc.get_objects()) - objects < 600)
"""


def test_nothing_of_ours_is_collected(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    expected = run(tmp_path, "program.py")
    assert expected[1].endswith("True True\n")
    status, out, err = run(tmp_path, "-m", "pytrace", "--jit", "threshold=20", "--stats", "program.py")
    assert (status, out) == expected[:2]
    assert "loops compiled" in err


def test_young_objects_of_the_program_are_still_collected(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        """
import gc

class Node:
    alive = 0
    def __init__(self):
        self.me = self
        Node.alive += 1
    def __del__(self):
        Node.alive -= 1

def make(n):
    for i in range(n):
        held = [Node(), (i, {i: [i]})]
        held.append(held)

for _ in range(5):
    make(1000)
gc.collect()
print(Node.alive)
"""
    )
    expected = run(tmp_path, "program.py")
    assert expected == (0, "0\n", "")
    assert run(tmp_path, "-m", "pytrace", "--jit", "threshold=20", "program.py", executable=sys.executable) == expected
