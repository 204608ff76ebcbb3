"""The command does what `python` does: the same stdout, stderr and exit status for the same command line."""

import json
import os
import py_compile
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytrace import settings
from pytrace.cli import parse_command

ROOT = Path(__file__).parent.parent
_ADDRESS = re.compile(rb"0x[0-9a-f]+")
PYTRACE = [sys.executable, "-m", "pytrace"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can be seen of a finished process."""

    stdout: bytes
    stderr: bytes
    status: int


def clean_environment(**changes: str) -> dict[str, str]:
    """The environment without whatever would change how python or pytrace behave."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTRACE"))}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} | changes


def run(command: list[str], cwd: Path | None = None, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Outcome:
    """Run a command to its end."""
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, timeout=120, env=clean_environment(**(environment or {})))
    return Outcome(done.stdout, done.stderr, done.returncode)


def without_addresses(outcome: Outcome) -> Outcome:
    """The outcome with the addresses in reprs made equal."""
    return Outcome(_ADDRESS.sub(b"0x", outcome.stdout), _ADDRESS.sub(b"0x", outcome.stderr), outcome.status)


Compare = Callable[..., Outcome]


def installed_command() -> str:
    """The path of the `pytrace` command of this environment."""
    return str(Path(sys.executable).parent / "pytrace")


@pytest.fixture(params=["off", "on"])
def same(request: pytest.FixtureRequest, tmp_path: Path) -> Compare:
    """`same(*arguments)` asserts that pytrace and python do the same, and returns what python did."""
    if request.param == "on":
        pytest.importorskip("pytrace.driver")
    jit = "off" if request.param == "off" else "threshold=2"

    def compare(*arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Outcome:
        changes = dict(environment or {})
        expected = run([sys.executable, *arguments], tmp_path, stdin, changes)
        actual = run([installed_command(), *arguments], tmp_path, stdin, changes | {"PYTRACE": jit})
        assert without_addresses(actual) == without_addresses(expected)
        return expected

    return compare


STATE = """
import sys
print(__name__, __doc__, __package__, __spec__ and __spec__.name)
print(__loader__.__class__.__name__, getattr(__loader__, "path", None))
print(list(globals()), globals().get("__file__"), globals().get("__cached__"), globals().get("__annotations__"))
print(sys.argv, sys.orig_argv, sys.path, sys.flags, sys.warnoptions, sys._xoptions, sys.dont_write_bytecode)
print(__builtins__.__name__, sys.modules["__main__"].__dict__ is globals(), sys.executable, sys.stdout.line_buffering)
"""

DEEP = """
import sys
def f(n):
    if n == 0:
        raise ValueError("bottom", sys.argv)
    try:
        f(n - 1)
    except ValueError as error:
        raise KeyError(n) from error
"""


def state(tmp_path: Path) -> str:
    (tmp_path / "state.py").write_text(STATE)
    return "state.py"


# --- what the program sees ---


def test_script(same: Compare, tmp_path: Path) -> None:
    same(state(tmp_path), "a", "-c", "--stats", "b c")


def test_script_by_other_paths(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.symlink(tmp_path / state(tmp_path), tmp_path / "folder" / "link.py")
    for path in ("./state.py", str(tmp_path / "state.py"), "folder/link.py", "folder/../state.py"):
        same(path)


def test_script_with_a_dash(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "-x.py").write_text(STATE)
    same("--", "-x.py", "1")
    assert same("-B", "--", "-x.py", "1").status == 0


def test_command(same: Compare) -> None:
    same("-c", STATE, "a", "-v")
    same("-c" + STATE, "b")


def test_module(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("print('package', __name__)")
    (tmp_path / "package" / "__main__.py").write_text(STATE)
    state(tmp_path)
    for arguments in (["-m", "state", "a"], ["-mpackage", "-m"], ["-m", "package.__main__"], ["-m", "package.missing"]):
        same(*arguments)
    same("-m", "no_such_module")
    same("-m", "json.tool", "--indent", "1", stdin=b"[1, 2]")


def test_standard_input(same: Compare) -> None:
    source = STATE.encode() + b"print(repr(sys.stdin.read()))\n1/0\n"
    same(stdin=source)
    same("-", "a", "-c", stdin=source)
    same(stdin=b"")


def test_directories_and_archives(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    same("folder")
    (tmp_path / "folder" / "__main__.py").write_text(STATE + DEEP + "f(2)\n")
    same("folder", "a")
    same("-I", "folder", "a")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.write(tmp_path / "folder" / "__main__.py", "__main__.py")
    same("app.zip", "a")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("other.py", "")
    same("empty.zip")


def test_compiled_file(same: Compare, tmp_path: Path) -> None:
    py_compile.compile(str(tmp_path / state(tmp_path)), cfile=str(tmp_path / "state.pyc"))
    same("state.pyc", "a")
    os.rename(tmp_path / "state.pyc", tmp_path / "state.exe")
    same("state.exe")
    (tmp_path / "bad.pyc").write_bytes(b"nonsense, and not compiled code")
    same("bad.pyc")


OPTIONS = """
-E; -I; -O; -OO; -P; -q; -s; -S; -u; -B; -b; -bb; -d; -x; -R; -IS; -OEs; -ISB -X dev; -X utf8; -Xfrozen_modules=off;
-W error; -Wdefault -Wignore::UserWarning; --check-hash-based-pycs never
"""


@pytest.mark.parametrize("options", [text.strip() for text in OPTIONS.split(";")])
def test_options(same: Compare, tmp_path: Path, options: str) -> None:
    script = state(tmp_path)
    environment = {"PYTHONPATH": "/nowhere", "PYTHONWARNINGS": "once"}
    body = STATE + "import warnings\nassert not print('assert')\nprint(b'' == '')\nwarnings.warn('w')\n"
    (tmp_path / script).write_text(body)
    same(*options.split(), script, "-O", environment=environment)
    same(*options.split(), "-c", body, "-O", environment=environment)
    same(*options.split(), "-m", "state", environment=environment)
    same(*options.split(), "-", "x", stdin=body.encode(), environment=environment)


def test_verbose_option(tmp_path: Path) -> None:
    done = run([installed_command(), "-v", "-c", "print(6 * 7)"], tmp_path, environment={"PYTRACE": "off"})
    assert done.stdout == b"42\n"
    assert b"import 'site'" in done.stderr


def test_interactive_option(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "names.py").write_text("a = 1\nraise SystemExit(3)\n")
    same("-i", "names.py", stdin=b"print(a)\n")
    same("-i", "-c", "b = 2", stdin=b"print(b)\n")


def test_first_line_skipped_keeps_line_numbers(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("this is not python\nprint(1)\n1/0\n")
    same("-x", "x.py")


def test_informative_options(same: Compare) -> None:
    for option in (
        "-V",
        "-VV",
        "--version",
        "--help-env",
        "--help-xoptions",
        "-Z",
        "--no-such-option",
        "-c",
        "-m",
        "-W",
    ):
        same(option)
    same("-O", "-J", "x")


def test_help_adds_our_options(tmp_path: Path) -> None:
    expected = run([sys.executable, "-h"], tmp_path)
    for option in ("-h", "--help", "-?"):
        actual = run([installed_command(), option], tmp_path)
        assert actual.stdout == expected.stdout + settings.help_text().encode()
        assert (actual.status, actual.stderr) == (0, b"")


# --- how a program ends ---


@pytest.mark.parametrize(
    "source",
    [
        DEEP + "f(3)",
        "raise SystemExit",
        "raise SystemExit(7)",
        "raise SystemExit(-1)",
        "raise SystemExit('last words')",
        "raise SystemExit(None)",
        "raise SystemExit((1, 2))",
        "import sys; sys.exit(256 + 3)",
        "import os; os._exit(9)",
        "raise KeyboardInterrupt",
        "class K(KeyboardInterrupt): pass\nraise K('sub')",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nfor i in range(10**8): pass",
        "import sys\ndef hook(*a): print(a[:2], a[2].tb_next, sys.last_traceback is a[2])\nsys.excepthook = hook\n1/0",
        "import sys\ndef hook(*a): raise ValueError('in hook')\nsys.excepthook = hook\n1/0",
        "import sys\ndef hook(*a): raise SystemExit(5)\nsys.excepthook = hook\n1/0",
        "import sys\nsys.excepthook = None\n1/0",
        "import sys\ndel sys.excepthook\n1/0",
        "import sys, atexit\natexit.register(lambda: print(sys.excepthook is sys.__excepthook__, sys.last_exc))\n1/0",
        "import atexit\natexit.register(lambda: print('bye', globals().get('__file__')))\nprint('work')",
        "import atexit\natexit.register(lambda: 1/0)\n",
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.1), print('thread'))).start()",
        "import threading\nt = threading.Thread(target=lambda: 1/0)\nt.start(); t.join()",
        "class D:\n    def __del__(self): print('deleted')\nd = D()",
        "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2)])])",
        "import warnings\nwarnings.warn('here')\ndef f(): warnings.warn('caller', stacklevel=2)\nf()",
        "print('\\ud800')",
        "import sys\nsys.stdout.write('no newline')",
        "raise MemoryError",
        "x: int = 1\nprint(__annotations__)",
        "import traceback\ntry: 1/0\nexcept Exception: traceback.print_exc()",
        "from __future__ import annotations\nx: undefined = 1",
        "await 1",
    ],
)
def test_endings(same: Compare, tmp_path: Path, source: str) -> None:
    (tmp_path / "ending.py").write_text(source)
    same("ending.py")
    same("-c", source)
    same("-m", "ending")
    same(stdin=source.encode())


@pytest.mark.parametrize(
    "source",
    [
        b"def f(:\n    pass\n",
        b"print(1)\n  print(2)\n",
        b"x = (1,\n",
        b"'unterminated\n",
        b"\xff = 1\n",
        b"# coding: latin-1\nprint('\xe9')\n1/0\n",
        b"# coding: nonsense\nprint(1)\n",
        b"\xef\xbb\xbfprint('mark')\n",
        b"# coding: latin-1\nprint('\xe9'\n",
        b"print(1)\0print(2)\n",
        b"print('\\d')\n",
        b"print('\\d')\nx = = 1\n",
        b"return 1\n",
        b"print(1)\r\nprint(2)\r1/0",
        b"",
        b"\n\n",
        b"if True:\n",
        b"\tif x:\n        y\n",
    ],
)
def test_sources(same: Compare, tmp_path: Path, source: bytes) -> None:
    (tmp_path / "source.py").write_bytes(source)
    same("source.py")
    same("-W", "error", "source.py")
    same("-m", "source")
    same(stdin=source)
    if b"\0" not in source:
        same("-c", os.fsdecode(source))


@pytest.mark.parametrize(
    "source",
    [
        "import sys\ndef f(): return 1 + f()\nf()",
        "import sys\ndef f(n):\n    try: return f(n + 1)\n    except RecursionError: return n\nprint(f(0))",
        "import traceback, inspect, sys\ntraceback.print_stack()\nprint(len(inspect.stack()), sys._getframe().f_back)",
        "import warnings\nwarnings.warn('far', stacklevel=9)",
        "import sys\nsys.setrecursionlimit(50)\ndef f(n): return n and f(n - 1)\nfor n in range(40, 60): print(f(n))",
    ],
)
def test_nothing_of_ours_is_on_the_stack(same: Compare, tmp_path: Path, source: str) -> None:
    bridge = pytest.importorskip("pytrace.interp._bridge")
    (tmp_path / "stack.py").write_text(source)
    same("stack.py")
    same("-c", source)
    same(stdin=source.encode())
    if not hasattr(bridge, "run_call"):
        pytest.skip("the bridge cannot hide the frame that calls runpy")
    same("-m", "stack")
    same("-O", "-m", "stack")


def test_missing_and_unreadable_files(same: Compare, tmp_path: Path) -> None:
    same("missing.py", "a")
    same("-O", "missing.py", "a")
    same("")
    (tmp_path / "file").write_text("")
    same("file/script.py")


def test_environment_variables_of_python(same: Compare, tmp_path: Path) -> None:
    script = state(tmp_path)
    for name, value in (
        ("PYTHONOPTIMIZE", "1"),
        ("PYTHONSAFEPATH", "1"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONPATH", "lib"),
    ):
        same(script, environment={name: value})
        same("-E", script, environment={name: value})
        same("-m", "state", environment={name: value, "PYTHONPATH": "."})


def test_broken_pipe(tmp_path: Path) -> None:
    source = "import sys\nfor i in range(20000): print(i)\n"
    outcomes = []
    for command in ([sys.executable], [installed_command()]):
        process = subprocess.Popen(
            [*command, "-c", source],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(PYTRACE="off"),
        )
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        outcomes.append((process.stderr.read(), process.wait()))
        process.stderr.close()
    assert outcomes[0] == outcomes[1]


def test_output_that_cannot_be_flushed(same: Compare) -> None:
    for source in ("import os\nprint(1)\nos.close(1)", "import os\nprint(1)\nos.close(1)\n1/0"):
        same("-c", source)


def test_interrupt_kills_as_it_kills_python() -> None:
    outcomes = []
    for command in ([sys.executable], [installed_command()]):
        process = subprocess.Popen(
            [*command, "-c", "print('up', flush=True)\nimport time\ntime.sleep(60)"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(PYTRACE="off"),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
        )
        assert process.stdout is not None
        process.stdout.read(2)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        outcomes.append((process.communicate(), process.returncode))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] == -signal.SIGINT


def test_multiprocessing(same: Compare, tmp_path: Path) -> None:
    (tmp_path / "pool.py").write_text(
        "import multiprocessing as m, sys\n"
        "def f(x): return x * x, __name__\n"
        "if __name__ == '__main__':\n"
        "    m.set_start_method(sys.argv[1])\n"
        "    with m.Pool(2) as p: print(p.map(f, range(5)))\n"
    )
    for method in ("fork", "spawn", "forkserver"):
        same("pool.py", method)
    same("-m", "pool", "spawn")


# --- settings and our own options ---


def test_run_as_a_module(tmp_path: Path) -> None:
    script = state(tmp_path)
    expected = run([sys.executable, "-O", script, "a"], tmp_path)
    assert run([*PYTRACE[:1], "-O", *PYTRACE[1:], script, "a"], tmp_path, environment={"PYTRACE": "off"}) == expected
    assert run([*PYTRACE, "-O", script, "a"], tmp_path, environment={"PYTRACE": "off"}) == expected


def test_run_by_path_without_site(tmp_path: Path) -> None:
    code = "import pytrace.tracer, pytrace.settings; print(pytrace.tracer.__name__)"
    done = run([installed_command(), "-I", "-S", "-c", code], tmp_path, environment={"PYTRACE": "off"})
    assert (done.stdout, done.stderr, done.status) == (b"pytrace.tracer\n", b"", 0)


def test_own_options_are_invisible_to_the_program(tmp_path: Path) -> None:
    script = state(tmp_path)
    expected = run([sys.executable, "-B", script, "a", "--stats"], tmp_path)
    own = ["--jit", "off", "--jit=threshold=3,check", "-B", script, "a", "--stats"]
    assert run([installed_command(), *own], tmp_path) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("speed=9", "unknown setting 'speed'"),
        ("threshold=soon", "setting 'threshold' cannot take 'soon'"),
        ("threshold", "setting 'threshold' cannot take no value"),
        ("threshold=0", "setting 'threshold' cannot take '0'"),
        ("off=maybe", "setting 'off' cannot take 'maybe'"),
        ("passes=cse", "setting 'passes' cannot take 'cse'"),
    ],
)
def test_bad_settings(tmp_path: Path, text: str, complaint: str) -> None:
    for arguments, environment in ((["--jit", text], {}), ([f"--jit={text}"], {}), ([], {"PYTRACE": text})):
        done = run([installed_command(), *arguments, "-c", "print(1)"], tmp_path, environment=environment)
        assert done.status == 2
        assert done.stdout == b""
        assert done.stderr.decode().startswith(f"pytrace: {complaint}")
        assert done.stderr.count(b"\n") == 1


def test_an_own_option_lacks_its_argument(tmp_path: Path) -> None:
    for option in ("--jit", "--stats-json"):
        done = run([installed_command(), option], tmp_path)
        assert (done.status, done.stderr.decode()) == (2, f"pytrace: argument expected for the {option} option\n")


def test_settings_text() -> None:
    values = settings.parse("threshold=2, exit-threshold=7,passes=-cse-unroll+-dead_code,check,perf_map,dump=/tmp/x")
    chosen = settings.Settings(**values)
    assert (chosen.threshold, chosen.exit_threshold, chosen.check, chosen.perf_map) == (2, 7, True, True)
    assert chosen.passes == ("cse", "unroll", "dead_code")
    assert chosen.dump == "/tmp/x"
    assert settings.Settings() == settings.Settings().replace(threshold=1).replace(threshold=None)
    assert {chosen: 1}[chosen.replace()] == 1
    with pytest.raises(AttributeError):
        chosen.threshold = 3
    with pytest.raises(settings.SettingsError):
        settings.Settings(speed=9)


def test_command_line_is_parsed_once_for_both() -> None:
    command = parse_command(["-OW", "error", "--stats", "--jit", "check", "-Xdev", "--stats-json=f", "-m", "x", "--stats"])
    assert command.options == ["-OW", "error", "-Xdev"]
    assert command.mine == ["--stats", "--jit", "check", "--stats-json=f"]
    assert command.jit == {"stats": True, "check": True, "stats_json": "f"}
    assert command.plain == ["-OW", "error", "-Xdev", "-m", "x", "--stats"]
    assert (command.kind, command.rest) == ("-m", ["x", "--stats"])


def test_readme_lists_the_settings() -> None:
    assert settings.readme_table() in (ROOT / "README.md").read_text()


def test_statistics(tmp_path: Path) -> None:
    arguments = ["--stats", "--stats-json", "figures.json", "--jit", "off", "-c", "print(1)"]
    done = run([installed_command(), *arguments], tmp_path)
    assert (done.stdout, done.status) == (b"1\n", 0)
    assert done.stderr.startswith(b"pytrace: ")
    assert isinstance(json.loads((tmp_path / "figures.json").read_text()), dict)


def test_statistics_text() -> None:
    from pytrace.report import render

    text = render({"loops": 1234, "aborts": {"too long": 2, "yield": 5}, "time_native": 0.5, "time_total": 2.0})
    assert re.search(r"loops compiled +1,234\n", text)
    assert re.search(r"recordings aborted +7\n.*yield +5\n.*too long +2\n", text)
    assert re.search(r"in native code +0\.500 s +25\.0%\n", text)


def test_public_interface(tmp_path: Path) -> None:
    source = (
        "import sys, pytrace\n"
        "assert 'pytrace.driver' not in sys.modules and 'llvmlite' not in sys.modules\n"
        "with pytrace.enabled(off=True): pass\n"
        "pytrace.disable()\n"
        "print(pytrace.enable(off=True), pytrace.stats())\n"
        "try: pytrace.enable(speed=9)\n"
        "except ValueError as error: print(error)\n"
    )
    done = run([sys.executable, "-c", source], tmp_path)
    assert done.status == 0, done.stderr
    assert done.stdout.startswith(b"False {}\nunknown setting 'speed'")


def test_a_broken_installation_runs_plain_cpython(tmp_path: Path) -> None:
    source = "import sys\nsys.modules['pytrace.driver'] = None\nimport pytrace\nprint(pytrace.enable())\n"
    done = run([sys.executable, "-c", source], tmp_path)
    assert (done.stdout, done.status) == (b"False\n", 0)
    assert re.fullmatch(rb"pytrace: [^\n]+; running on plain CPython\n", done.stderr)


@pytest.mark.parametrize("option", ["-b", "-bb"])
def test_warnings_about_bytes(tmp_path: Path, option: str) -> None:
    (tmp_path / "program.py").write_text("""
words = {"a": 1, "b": 2}
for i in range(40):
    key = "a" if i < 30 else b"a"
    try:
        found = key in words, key == "a", key in ["a"]
    except BytesWarning as error:
        found = str(error)
print(found)
""")
    python = run([sys.executable, option, "program.py"], tmp_path)
    for command in ([sys.executable, option, "-m", "pytrace"], [sys.executable, "-m", "pytrace", option]):
        assert run([*command, "--jit", "threshold=2", "program.py"], tmp_path) == python
    assert b"BytesWarning" in python.stderr or b"Comparison" in python.stdout


def test_an_installation_without_its_c_extension(tmp_path: Path) -> None:
    pytest.importorskip("pytrace.driver")
    for missing in ("sys.modules['pytrace.interp._bridge'] = None", "sys.modules['pytrace.interp'] = type(sys)('x')"):
        done = run([sys.executable, "-c", f"import sys, pytrace\n{missing}\nprint(pytrace.enable())"], tmp_path)
        assert (done.stdout, done.status) == (b"False\n", 0)
        assert done.stderr.startswith(b"pytrace: its C extension is not built for Python ")
        assert done.stderr.endswith(b"; running on plain CPython\n") and done.stderr.count(b"\n") == 1


def test_nothing_is_imported_that_python_does_not_import(tmp_path: Path) -> None:
    source = "import sys; print(*sorted(sys.modules))"
    plain = run([sys.executable, "-c", source], tmp_path).stdout.split()
    ours = run([installed_command(), "-c", source], tmp_path, environment={"PYTRACE": "off"}).stdout.split()
    extra = {name.decode() for name in set(ours) - set(plain)}
    assert all(name.startswith("pytrace") for name in extra), extra
