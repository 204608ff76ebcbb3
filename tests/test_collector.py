"""How often the collector of cycles runs while compiled code makes objects, and the memory that they come from."""

from __future__ import annotations

import json
import subprocess
import sys

PREAMBLE = """
import gc, json, resource, sys


class Node:
    def __init__(self, value):
        self.value = value
        self.other = None


def collections():
    return gc.get_stats()[1]["collections"]


"""

KEPT = """
def make(n):
    nodes = []
    for i in range(n):
        nodes.append(Node(float(i)))
    return nodes


counts = []
for _ in range(12):
    before = collections()
    kept = make(150000)
    del kept
    counts.append(collections() - before)
print(json.dumps(counts))
"""

CYCLES = """
class Marked(Node):
    alive = most = 0

    def __init__(self, value):
        self.value = value
        self.other = None
        Marked.alive += 1
        Marked.most = max(Marked.most, Marked.alive)

    def __del__(self):
        Marked.alive -= 1


def cycles(n):
    recent = [None] * 5000
    for i in range(n):
        a = Node(i)
        b = Marked(i)
        a.other = b
        b.other = a
        recent[i % 5000] = a  # outlives a young collection or two


def straight(n):
    nodes = []
    for i in range(n):
        nodes.append(Node(float(i)))


gc.collect()
for _ in range(PATIENCE):
    straight(150000)
cycles(400000)
print(json.dumps(Marked.most))
"""

ARENAS = """
def build(n):
    out = []
    for i in range(n):
        out.append(Node(float(i)))
    return len(out)


faults = []
for _ in range(10):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    build(100000)
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(json.dumps(faults))
"""

OFF = """
gc.disable()
before = gc.get_count()[1], collections()
kept = []
for i in range(100000):
    kept.append(Node(i))
print(json.dumps([before[0] == gc.get_count()[1], collections() - before[1]]))
"""


def run(program: str, *options: str) -> list:
    done = subprocess.run([sys.executable, "-m", "pytrace", *options, "-c", PREAMBLE + program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_older_generations_are_looked_at_less_often_while_nothing_is_found() -> None:
    plain, compiled = run(KEPT, "--jit", "off"), run(KEPT, "--jit", "threshold=50")
    assert min(plain) >= 5
    assert sum(compiled[6:]) * 3 < sum(plain[6:])


def test_cycles_are_collected_as_early_as_ever_where_there_are_some() -> None:
    for before in (0, 12):
        program = CYCLES.replace("PATIENCE", str(before))
        plain, compiled = run(program, "--jit", "off"), run(program, "--jit", "threshold=50")
        assert compiled < plain * 1.5


def test_empty_arenas_are_kept() -> None:
    faults = run(ARENAS, "--jit", "threshold=50")
    assert min(faults[3:]) < 1200  # twice as many when the kernel has to give each page again


def test_nothing_is_counted_differently_while_the_collector_is_off() -> None:
    assert run(OFF, "--jit", "threshold=50") == [True, 0]
