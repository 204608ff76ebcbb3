"""The memory that objects come from: it goes back, and what stands in it stays what it was."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, random, threading

class Node:
    def __init__(self, value):
        self.value = value

def resident():
    "MiB that nobody but this process can have."
    with open("/proc/self/smaps_rollup") as f:
        sizes = {words[0]: int(words[1]) for words in map(str.split, f) if words[-1] == "kB"}
    return sizes["Rss:"] - sizes["LazyFree:"] >> 10

def build(n):
    out = []
    for i in range(n):
        out.append(Node(float(i)))
    return out

def check(nodes):
    total = 0.0
    for node in nodes:
        total += node.value
    return total

build(1000)
before = resident()
for turn in range(3):
    nodes = build(1_000_000)  # some 200 MiB
    full = resident()
    assert full > before + 100, (before, full)
    assert check(nodes) == 499999500000.0
    if turn == 1:  # holes
        random.seed(turn)
        random.shuffle(nodes)
        del nodes[200_000:]
        kept = check(nodes)
        more = build(300_000)
        assert check(nodes) == kept and check(more) == 44999850000.0
        del more
    if turn == 2:  # a copy of the process has its own
        pid = os.fork()
        if pid == 0:
            del nodes
            os._exit(check(build(500_000)) != 124999750000.0)
        assert os.waitpid(pid, 0)[1] == 0
        assert check(nodes) == 499999500000.0
    del nodes
    after = resident()
    assert after < before + 60, (before, full, after)

results = []
threads = [threading.Thread(target=lambda: results.append(check(build(200_000)))) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
assert results == [19999900000.0] * 4
print("fine")
"""

INTERPRETERS = """
import sys, threading
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
WORK = "total = 0\\nfor turn in range(3):\\n  kept = [[i] for i in range(200_000)]\\n  total += sum(k[0] for k in kept)\\nassert total == 59999700000, total\\n"
def run():
    for _ in range(2):
        interpreter = interpreters.create()
        problem = interpreters.run_string(interpreter, WORK)
        assert problem is None, problem
        interpreters.destroy(interpreter)
threads = [threading.Thread(target=run) for _ in range(3)]
for t in threads: t.start()
exec(WORK)
for t in threads: t.join()
print("fine")
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-m", "pytrace", "--jit", "threshold=50", "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="the kernel does not tell")
def test_memory_goes_back_and_holds_what_it_held() -> None:
    assert run(PROGRAM) == "fine\n"


def test_interpreters_with_a_gil_of_their_own() -> None:
    assert run(INTERPRETERS) == "fine\n"
