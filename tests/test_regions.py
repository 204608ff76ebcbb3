"""Regions: when they are made, and that the program leaves them when what they were made of has changed."""

import json
import subprocess
import sys

PROGRAM = """
{setup}

def work(n):
    total = 0
    for i in range(n):
        k = i % 5
        while k:
            {body}
            k -= 1
    return total

print(work({n}))
{after}
"""


def run(tmp_path, setup="", body="total += k if k & 1 else 2", n=6000, after="", jit="threshold=20,exit_threshold=20,check"):
    """(output, statistics)"""
    stats = tmp_path / "stats.json"
    program = PROGRAM.format(setup=setup, body=body, n=n, after=after)
    done = subprocess.run([sys.executable, "-m", "pytrace", "--jit", jit, f"--stats-json={stats}", "-c", program], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.split(), json.loads(stats.read_text())


def expected(n, step=lambda k: k if k & 1 else 2):
    return str(sum(step(k) for i in range(n) for k in range(1, i % 5 + 1)))


def test_short_inner_loops_become_one_function(tmp_path):
    out, stats = run(tmp_path)
    assert out == [expected(6000)]
    assert stats["regions"] == 1


def test_the_dump_shows_it(tmp_path):
    command = [sys.executable, "-m", "pytrace", "--jit", "threshold=20,exit_threshold=20,dump_code=asm", f"--dump-traces={tmp_path}"]
    program = PROGRAM.format(setup="", body="total += k if k & 1 else 2", n=6000, after="")
    subprocess.run([*command, "-c", program], check=True, capture_output=True)
    text = (tmp_path / "traces.txt").read_text()
    region = text[text.index("==== region: loop work") :]
    assert "\tret" in region[region.index("-- region, machine code:") :]
    events = [json.loads(line) for line in (tmp_path / "traces.jsonl").read_text().splitlines()]
    assert [len(e["traces"]) > 1 and "define" in e["llvm"] for e in events if e["event"] == "region"] == [True]


def test_not_before_it_pays(tmp_path):
    out, stats = run(tmp_path, n=300)
    assert out == [expected(300)]
    assert stats["regions"] == 0


def test_side_exits_are_few_in_a_region(tmp_path):
    """What goes around inside of it does not come back to CPython."""
    few, stats = run(tmp_path, n=60000)
    assert few == [expected(60000)]
    assert stats["regions"] == 1
    assert stats["exits"] < 1000


def test_what_is_relied_on_changes(tmp_path):
    out, stats = run(tmp_path, "def f(k):\n    return k", "total += f(k) if k & 1 else 2", after="def f(k):\n    return 3 * k\nprint(work(6000))\nprint(work(6000))")
    changed = expected(6000, lambda k: 3 * k if k & 1 else 2)
    assert out == [expected(6000), changed, changed]
    assert stats["regions"] >= 1


def test_a_region_is_freed_with_its_code(tmp_path):
    setup = """
import gc, weakref
def churn():
    namespace = {}
    exec('def g(n):\\n    t = 0\\n    for i in range(n):\\n        k = i % 5\\n        while k:\\n            t += k if k & 1 else 2\\n            k -= 1\\n    return t', namespace)
    namespace['g'](3000)
    return weakref.ref(namespace['g'])
refs = [churn() for _ in range(4)]
gc.collect()
"""
    out, stats = run(tmp_path, setup, after="print(sum(r() is not None for r in refs))")
    assert out == [expected(6000), "0"]
    assert stats["regions"] >= 3
