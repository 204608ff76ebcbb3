"""Programs that go on while their loops are compiled: the same output, whenever the compiled code arrives."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_isolation import LOOPS, run

UNTIL_COMPILED = """
import os, sys, time
def work(n):
    total = 0
    for i in range(n):
        total = (total * 31 + i) % 1000003
        if i % 3 == 0:
            total += len(str(i))
    return total
def busy(seconds=1.0):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        assert work(2000) == expected
expected = work(2000)
"""


def same(folder: Path, program: str, settings: str = "threshold=30,wait=0", *options: str) -> dict:
    (folder / "program.py").write_text(LOOPS + UNTIL_COMPILED + program)
    expected = run(folder, *options, "program.py")
    figures = folder / "figures.json"
    actual = run(folder, *options, "-m", "pytrace", "--jit", settings, "--stats-json", str(figures), "program.py")
    assert actual == expected
    stats = json.loads(figures.read_text())
    assert not set(stats["aborts"]) & {"internal", "verify", "compile"}
    return stats


def test_code_is_attached_while_the_program_runs(tmp_path: Path) -> None:
    stats = same(tmp_path, "busy()\nprint(loops())\n")
    assert stats["loops"] >= 1 and stats["native_entries"] > 0 and stats["time_llvm"] > 0


def test_nothing_of_llvmlite_is_imported(tmp_path: Path) -> None:
    same(tmp_path, "busy(0.3)\nprint('llvmlite' in sys.modules, 'threading' in sys.modules, 'ctypes' in sys.modules)\n")


def test_nothing_is_waited_for_without_a_threshold(tmp_path: Path) -> None:
    stats = same(tmp_path, "busy(2.0)\n", "check")
    assert stats["loops"] >= 1 and stats["native_entries"] > 0


def test_frames_of_the_thread_are_not_seen(tmp_path: Path) -> None:
    program = """
import _thread, threading
seen = set()
for k in range(300):
    work(100 + k)
    seen.add((len(sys._current_frames()), _thread._count(), len(threading.enumerate())))
print(seen)
"""
    same(tmp_path, program)


def test_forks_at_any_time(tmp_path: Path) -> None:
    """No warning about threads, and parent and children compute the same."""
    program = """
for k in range(12):
    work(50 * k)
    pid = os.fork()
    if not pid:
        os._exit(work(3000) % 100)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != work(3000) % 100:
        print("wrong in", k)
print(work(100000))
"""
    same(tmp_path, program, "threshold=30,wait=0", "-W", "error")


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "os._exit(4)", "1 / 0"])
def test_exits_before_the_code_is_there(tmp_path: Path, end: str) -> None:
    (tmp_path / "program.py").write_text(f"{LOOPS}{UNTIL_COMPILED}print(work(100), flush=True)\n{end}\n")
    assert run(tmp_path, "-m", "pytrace", "--jit", "threshold=30,wait=0", "program.py") == run(tmp_path, "program.py")


def test_program_changes_meanwhile(tmp_path: Path) -> None:
    """What was recorded is out of date when its code arrives."""
    program = """
def scale(x):
    return x * 2
def scaled(n):
    total = 0
    for i in range(n):
        total += scale(i)
    return total
results = []
for k in range(400):
    exec(f"def scale(x):\\n    return x * {k % 5}")
    results.append(scaled(100 + k % 3))
print(sum(results), results[:20])
"""
    same(tmp_path, program)


def test_threads(tmp_path: Path) -> None:
    program = """
import threading
results = []
def run():
    results.append([work(3000 + k) for k in range(60)])
threads = [threading.Thread(target=run) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(all(r == results[0] for r in results), results[0][:5])
"""
    same(tmp_path, program)


def test_signals_go_to_the_program(tmp_path: Path) -> None:
    program = """
import signal
count = 0
def handler(*_):
    global count
    count += 1
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
busy(1.0)
signal.setitimer(signal.ITIMER_REAL, 0)
print(count > 50)
"""
    same(tmp_path, program)
