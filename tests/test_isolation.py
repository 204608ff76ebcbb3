"""What a program does to Python must not break the JIT, and what the JIT needs must not show in the program.

Each program runs as a script in a folder of its own, under CPython and under pytrace, which must give the same output.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOOPS = """
def loops(n=3000):
    total, i = 0, 0
    while i < n:
        total += i % 7
        i += 1
    floats = [x * 0.5 for x in range(n)]
    for x in floats:
        total += len(str(int(x)))
        if isinstance(x, float) and abs(x) > 10.0:
            total += 1
    return total
"""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTRACE"))}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, *command: str, executable: str = sys.executable, **changes: str) -> tuple[int, str, str]:
    done = subprocess.run([executable, *command], cwd=folder, env=environment() | changes, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def same(folder: Path, program: str, threshold: int = 20, loops: int = 1, aborts: tuple[str, ...] = ("internal", "verify", "compile")) -> dict[str, Any]:
    """Runs the program both ways; the JIT has compiled something and met no error of its own.  Returns the statistics."""
    (folder / "program.py").write_text(LOOPS + program)
    expected = run(folder, "program.py")
    figures = folder / "figures.json"
    actual = run(folder, "-m", "pytrace", "--jit", f"threshold={threshold}", "--stats-json", str(figures), "program.py")
    assert actual == expected
    stats = json.loads(figures.read_text())
    assert stats["loops"] >= loops
    assert not set(stats["aborts"]) & set(aborts)
    return stats


# --- the program changes Python ---


@pytest.mark.parametrize("name", ["len", "isinstance", "range", "type", "print", "getattr", "tuple", "min", "any", "zip", "id", "__build_class__"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_patched_builtin(tmp_path: Path, name: str, moment: str) -> None:
    patch = f"""
import builtins
calls, original = [], builtins.{name}
def patched(*args, **kwargs):
    calls.append(1)
    return original(*args, **kwargs)
"""
    set_it, reset = f"builtins.{name} = patched\n", f"builtins.{name} = original\n"
    if name == "isinstance":  # a function for a type, as `class` would do, is what breaks isinstance(x, float)
        reset += "print('still', isinstance(1.0, float))\n"
    before = "result = loops()\n" if moment == "after" else ""
    count = "calls.__len__()" if name != "type" else "'any'"  # where `enum` was loaded before us, it runs with the program's builtins
    same(tmp_path, f"{patch}{before}{set_it}result = loops()\ncount = {count}\n{reset}print(result, count, loops())\n")


def test_patched_import(tmp_path: Path) -> None:
    same(
        tmp_path,
        """
import builtins, sys
def refuse(*args, **kwargs):
    raise ImportError("no more imports")
original, builtins.__import__ = builtins.__import__, refuse
class Finder:
    def find_spec(self, *args):
        print("asked for", args)
sys.meta_path.insert(0, Finder())
result = loops()
del sys.meta_path[0]
builtins.__import__ = original
print(result)
""",
    )


def test_no_import_system_left(tmp_path: Path) -> None:
    same(tmp_path, "import sys\nsys.path = []\nsys.meta_path = []\nsys.path_hooks.clear()\nsys.path_importer_cache.clear()\nprint(loops())\n")
    same(tmp_path, "import sys\nsys.path = sys.meta_path = sys.path_hooks = None\nsys.modules['types'] = sys.modules['typing'] = None\nprint(loops())\n")


@pytest.mark.parametrize("module, name", [("math", "sqrt"), ("time", "perf_counter"), ("math", "floor")])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_patched_extension_module(tmp_path: Path, module: str, name: str, moment: str) -> None:
    program = f"""
import {module}
calls = []
def patched(*args):
    calls.append(args)
    return 2
def work(n):
    total = 0.0
    for i in range(n):
        total += {module}.{name}({"i + 0.5" if module == "math" else ""}) {"" if module == "math" else "and 1"}
    return total
if {moment == "after"}:
    print(work(500))
{module}.{name} = patched
print(work(500), loops(), len(calls) if {moment == "after"} else "")  # `random`, which llvmlite imports, calls math.sqrt
"""
    same(tmp_path, program)


def test_hot_loops_inside_imports(tmp_path: Path) -> None:
    """The first hot loop is one of the standard library's own, in a module that we need as well."""
    same(tmp_path, "import typing, enum, dataclasses, re, ast, ctypes\nprint(loops(), enum.Enum('E', 'a b').b)\n", threshold=2)


# --- the program's modules have names of the standard library's ---

SHADOWED = ["types", "dis", "typing", "struct", "enum", "opcode", "dataclasses", "operator", "math", "ast", "ctypes", "contextlib", "inspect"]


@pytest.mark.parametrize("imported", ["before", "after", "never"])
def test_shadowed_modules(tmp_path: Path, imported: str) -> None:
    for name in SHADOWED:
        (tmp_path / f"{name}.py").write_text(f"print('the program\\'s own {name}')\nVALUE = {name!r}\n")
    body = f"import sys, {', '.join(SHADOWED)}\nprint([sys.modules[n].VALUE for n in {SHADOWED}])\n"
    program = {"before": f"{body}print(loops())\n{body}", "after": f"print(loops())\n{body}", "never": "print(loops())\n"}
    same(tmp_path, program[imported])


def test_shadowed_one_by_one(tmp_path: Path) -> None:
    for name in ("types", "typing", "struct", "re"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.py").write_text("raise ImportError('not to be imported')\n")
        same(folder, f"print(loops())\ntry:\n    import {name}\nexcept ImportError as e:\n    print(e)\n")


def test_shadowed_package(tmp_path: Path) -> None:
    (tmp_path / "ctypes").mkdir()
    (tmp_path / "ctypes" / "__init__.py").write_text("from . import util\nVALUE = 1\n")
    (tmp_path / "ctypes" / "util.py").write_text("VALUE = 2\n")
    same(tmp_path, "import ctypes.util, sys\nprint(loops())\nimport ctypes.util as u\nprint(u.VALUE, ctypes.VALUE, 'ctypes._endian' in sys.modules)\n")


# --- what must stay as it was ---


def test_nothing_is_touched(tmp_path: Path) -> None:
    same(
        tmp_path,
        """
import sys, linecache, warnings
def state():
    return (list(sys.path), list(sys.meta_path), list(sys.path_hooks), sorted(sys.path_importer_cache), sorted(linecache.cache),
            list(warnings.filters), sys.dont_write_bytecode, sys.warnoptions, sys.getrecursionlimit(), sys.gettrace())
before = state()
result = loops()
after = state()
print(result, [a == b for a, b in zip(before, after)])
""",
    )


def test_warnings_are_errors(tmp_path: Path) -> None:
    same(tmp_path, "import warnings\nwarnings.simplefilter('error')\nprint(loops())\n")


# --- limits ---


@pytest.mark.parametrize("limit", [25, 60, 200])
def test_low_recursion_limit(tmp_path: Path, limit: int) -> None:
    same(tmp_path, f"import sys\nsys.setrecursionlimit({limit})\nprint(loops(), sys.getrecursionlimit())\n")


def test_deep_recursion_at_the_first_hot_loop(tmp_path: Path) -> None:
    same(
        tmp_path,
        """
import sys
depths = []
def down(n):
    try:
        return down(n + 1)
    except RecursionError:
        depths.append(n)
        total = 0
        for i in range(3000):
            total += i
        return total
print(down(0), depths, loops())
def up(n):
    return 1 + up(n + 1)
total = 0
for i in range(60):
    try:
        up(0)
    except RecursionError as e:
        total += len(str(e))
print(total)
""",
    )


def test_recursion_in_a_recorded_call(tmp_path: Path) -> None:
    """The recorder may use more of the stack than the limit; what it calls for the program may not."""
    same(
        tmp_path,
        """
class Deep:
    def __init__(self): self.n = 0
    def __add__(self, other):
        def down(n):
            self.n = n
            return down(n + 1)
        try:
            down(1)
        except RecursionError:
            pass
        return self.n
deep = Deep()
def work():
    seen = set()
    for i in range(200):
        seen.add(deep + 1)
    return len(seen), max(seen) > 900
print(work())
""",
        loops=0,
    )


# --- signals ---


def test_signals_while_recording_and_compiling(tmp_path: Path) -> None:
    """A timer fires every 2 ms through the import of the JIT, recordings and compilations; its handler raises now and then."""
    same(
        tmp_path,
        """
import signal
class Tick(Exception):
    pass
ticks = lost = 0
def on_tick(number, frame):
    global ticks
    ticks += 1
    if ticks % 5 == 0 and (frame.f_code.co_name == "<lambda>" or frame.f_code is work.__code__ and frame.f_lineno in guarded):
        raise Tick
kinds = [lambda x: x + 1, lambda x: x * 2.0, lambda x: (x, x)[1], lambda x: [x][0] - 1]
def work(f):
    i = done = caught = 0
    while i < 4000:
        try:
            while i < 4000:
                f(i)
                i += 1
                done += 1
        except Tick:
            caught += 1
            if done not in (i, i - 1):
                return "lost", i, done
            done = i
    return done == i
first = work.__code__.co_firstlineno
guarded = range(first + 5, first + 8)
results = []
signal.signal(signal.SIGALRM, on_tick)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
for f in kinds * 8:
    results.append(work(f))
signal.setitimer(signal.ITIMER_REAL, 0)
print(set(results))
""",
    )


def test_interrupt_during_the_first_compilation(tmp_path: Path) -> None:
    same(
        tmp_path,
        """
import signal
signal.setitimer(signal.ITIMER_REAL, 0.02)
signal.signal(signal.SIGALRM, signal.default_int_handler)
i = steps = 0
try:
    while True:
        i += 1
        steps += 1
except KeyboardInterrupt:
    print("interrupted", i - steps in (0, 1))
""",
    )


# --- broken installations ---


def test_without_llvmlite(tmp_path: Path) -> None:
    """A Python that has no packages says so in one sentence at the first hot loop, and the program goes on."""
    (tmp_path / "bin").mkdir()
    bare = tmp_path / "bin" / "python"
    bare.symlink_to(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    (tmp_path / "program.py").write_text(LOOPS + "print(loops())\nprint(loops())\n")
    status, out, err = run(tmp_path, "-S", "-m", "pytrace", "--jit", "threshold=20", "program.py", executable=str(bare), PYTHONPATH=str(ROOT))
    assert (status, out) == run(tmp_path, "program.py")[:2]
    assert err == "pytrace: llvmlite is not installed; running on plain CPython\n"


def test_statistics(tmp_path: Path) -> None:
    """Times are in seconds, aborts come with the sentences of the table, and shares add up to less than the whole."""
    stats = same(tmp_path, "def gen(n):\n    for i in range(n):\n        yield i\nprint(loops(2_000_000), sum(gen(3000)))\n")
    assert 0.005 < stats["time_native"] < stats["time_total"] < 60
    parts = [stats[name] for name in ("time_native", "time_recording", "time_optimizing", "time_codegen", "time_llvm")]
    assert all(part >= 0 for part in parts) and sum(parts) <= stats["time_total"] * 1.01
    assert stats["exits"] > 0 and stats["native_entries"] > 0
    assert set(stats["abort_reasons"]) == set(stats["aborts"]) and stats["aborts"]
    assert all(sentence and " " in sentence for sentence in stats["abort_reasons"].values())
