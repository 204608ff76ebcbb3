"""Calls out of compiled code: which of them show the frames by native code, and which by the bridge's pt_sync.  (What is seen: tests/programs/frames_*.py.)"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PY313 = sys.version_info >= (3, 13)

HEAD = """
def other(*args):
    return args


def inner(x, y):
    z = x * 2
    other(z)
    return y


class Pair:
    def __init__(self, a):
        self.a = a
"""

LOOPS = {
    "plain": ("def f(n):\n    x = 0.5\n    for i in range(n):\n        x += 1.0\n        other()\n", True),
    "inlined": ("def f(n):\n    x = 0.5\n    for i in range(n):\n        x += inner(i, 1.0)\n", True),
    "iterator on the stack": ("def f(n):\n    for i in range(n):\n        for c in 'ab', 'cd':\n            other(c)\n", True),
    "an object that is never made": ("def f(n):\n    for i in range(n):\n        p = Pair(i)\n        other(i)\n", False),
    "generator": ("def g(n):\n    x = 0.5\n    for i in range(n):\n        x += 1.0\n        other()\n    yield x\n\n\ndef f(n):\n    return list(g(n))\n", False),
    "names of a module": ("def f(n):\n    ns = {'n': n, 'other': other}\n    exec('for i in range(n):\\n    other(i)', ns)\n", False),
}


def syncs(tmp_path: Path, text: str, n: int) -> int:
    program, out = tmp_path / "program.py", tmp_path / "stats.json"
    program.write_text(f"{HEAD}\n\n{text}\n\nf({n})\n")
    subprocess.run([sys.executable, "-m", "pytrace", "--jit", "threshold=5", "--stats-json", str(out), str(program)], check=True, cwd=tmp_path)
    return json.loads(out.read_text())["syncs"]


@pytest.mark.parametrize("name", LOOPS)
def test_who_shows_the_frames(tmp_path: Path, name: str) -> None:
    text, native = LOOPS[name]
    grows = syncs(tmp_path, text, 3000) - syncs(tmp_path, text, 1000)
    if native and PY313:
        assert grows == 0
    else:
        assert grows >= 2000
