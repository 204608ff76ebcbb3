"""What the recorder writes down for whole loops, seen through --dump-traces."""

import json
import subprocess
import sys

NESTED = """
def work(n, rows):
    total = 0
    for i in range(n):
        for row in rows:
            for k in range(5):
                total += row * k
    return total

print(work(3000, [1, 2, 3]))
"""


def traces(program, tmp_path):
    """The recorded traces of a program, as dicts of the dump."""
    subprocess.run([sys.executable, "-m", "pytrace", "--jit", "threshold=3900", f"--dump-traces={tmp_path}", "-c", program], check=True, capture_output=True, text=True)
    found = []
    for path in tmp_path.glob("*.jsonl"):
        found += [json.loads(line) for line in path.read_text().splitlines()]
    return found


def test_iterators_enter_in_parts(tmp_path):
    text = "\n".join(str(record) for record in traces(NESTED, tmp_path))
    for part in ("new_range_iter:start", "new_range_iter:len", "new_list_iter:seq", "new_list_iter:index"):
        assert part in text


def test_enumerate_and_zip_enter_in_parts(tmp_path):
    program = """
def work(n, items):
    t = 0
    for _ in range(n):
        for i, (x, y) in enumerate(zip(items, (4, 5, 6))):
            t += i * x * y
    return t

print(work(3000, [1, 2, 3]))
"""
    text = "\n".join(str(record) for record in traces(program, tmp_path))
    of = "new_enumerate/new_zip2/new_list_iter/new_tuple_iter"
    for part in ("0.0.seq", "0.0.index", "0.1.seq", "0.1.index", "count"):
        assert f"{of}:{part}" in text


def test_a_last_iteration_is_not_a_loop(tmp_path):
    """A recording that begins in the loop's last iteration is thrown away: another iteration becomes the loop."""
    program = "def work(n):\n    t = 0\n    for i in range(n):\n        for k in range(10):\n            t += k\n    return t\nprint(work(2000))"
    records = traces(program, tmp_path)
    assert any("loop-left" in str(r) for r in records)
    assert any("loop" in str(r) and "int_add" in str(r) for r in records)
