"""The compiling thread: jobs in order, errors as sentences, and a process that shows nothing of it."""

import os
import subprocess
import sys
import textwrap

import pytest

from pytrace.codegen.compile import env_of
from pytrace.interp import _bridge

NAMES = iter(range(1 << 30))


@pytest.fixture(autouse=True)
def opened():
    env_of(_bridge)
    _bridge.finished()


def text(name: str, value: int = 7) -> str:
    return f"define i64 @{name}_buf(ptr %ctx) {{\n  ret i64 {value}\n}}\n"


def start(body: str | None = None, tier: int = 2, kind: int = 0):
    name = f"job_{next(NAMES)}"
    return _bridge.compile(name, text(name) if body is None else body.replace("NAME", name), "", name, tier, kind)


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def test_jobs_are_finished_in_order():
    jobs = [start() for _ in range(10)]
    jobs[-1].wait()
    assert all(job.done and job.error is None and job.buf_entry and not job.entry for job in jobs)
    assert _bridge.finished() == jobs and _bridge.finished() == []


def test_entry_and_body_call_each_other():
    name = f"job_{next(NAMES)}"
    entry = f"declare i64 @{name}_buf(ptr)\ndefine i64 @{name}(ptr %ctx) {{\n  %r = tail call i64 @{name}_buf(ptr %ctx)\n  ret i64 %r\n}}\n"
    job = _bridge.compile(name, text(name), entry, name, 2)
    job.wait()
    assert job.error is None and job.entry and job.entry != job.buf_entry
    assert job.object[:4] == job.entry_object[:4] == b"\x7fELF"
    assert all(seconds > 0 for seconds in job.seconds)


@pytest.mark.parametrize("tier", [1, 2])
def test_errors_are_sentences(tier):
    job = start("define i64 @NAME_buf( nonsense", tier)
    job.wait()
    assert job.error.startswith("LLVM cannot read the trace: ") and not job.fatal and job.buf_entry == 0
    job = start("declare i64 @nowhere()\ndefine i64 @NAME_buf(ptr %ctx) {\n  %r = call i64 @nowhere()\n  ret i64 %r\n}\n", tier)
    job.wait()
    assert job.error.startswith("LLVM cannot link the trace: ") and job.buf_entry == 0
    after = start(tier=tier)
    after.wait()
    assert after.error is None


def test_texts():
    source = "define i64 @NAME_buf(ptr %ctx) {\n  %x = add i64 20, 22\n  ret i64 %x\n}\n"
    assembly, llvm = start(source, kind=1), start(source, kind=2)
    llvm.wait()
    assert b"$42" in assembly.object and b"ret i64 42" in llvm.object and llvm.buf_entry == 0


def test_bad_arguments():
    for arguments in [("a", "", "", "l", 0), ("a", "", "", "l", 3), ("a", "", "", "l", 2, 3), ("a" * 200, "", "", "l", 2)]:
        with pytest.raises(ValueError):
            _bridge.compile(*arguments)
    with pytest.raises(TypeError):
        _bridge.compile("a", b"", "", "l", 2)


def test_no_thread_stays():
    start().wait()
    before = threads()
    for _ in range(20):
        start().wait()
    for _ in range(1000):
        if threads() == before:
            break
        os.sched_yield()
    assert threads() <= before


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # pytest's own threads
def test_fork_waits_for_the_thread_and_goes_on():
    """The child has one thread, and both processes can compile what was left to do."""
    jobs = [start() for _ in range(20)]
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            jobs[-1].wait()
            code = 0 if all(job.error is None and job.buf_entry for job in [*jobs, start()][:-1]) else 2
        finally:
            os._exit(code)
    jobs[-1].wait()
    assert os.waitpid(pid, 0)[1] == 0
    assert all(job.error is None and job.buf_entry for job in jobs)


def run(program: str, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *options, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=100)


START = """
import os, sys
from pytrace.codegen.compile import env_of
from pytrace.interp import _bridge
env_of(_bridge)
def start(n):
    name = f"job_{n}"
    return _bridge.compile(name, f"define i64 @{name}_buf(ptr %ctx) {{\\n  ret i64 7\\n}}\\n", "", name, 2)
"""


def test_no_warning_at_a_fork():
    """CPython warns when a process with more than one thread forks."""
    done = run(START + "jobs = [start(n) for n in range(50)]\nif os.fork():\n    os.wait()\nprint('ok')\n", "-W", "error")
    assert done.returncode == 0 and done.stdout == "ok\nok\n" and done.stderr == ""


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "os._exit(4)", "1/0", "os.kill(os.getpid(), 15)"])
def test_exit_in_the_middle(end):
    done = run(START + f"jobs = [start(n) for n in range(200)]\nprint('ok', flush=True)\n{end}\n")
    assert done.stdout == "ok\n"
    assert done.returncode == {"": 0, "sys.exit(3)": 3, "os._exit(4)": 4, "1/0": 1}.get(end, -15)
    assert ("ZeroDivisionError" in done.stderr) == (end == "1/0")


def test_library_that_cannot_be_loaded(tmp_path):
    (tmp_path / "lib.so").write_text("no library")
    done = run(f"""
        from pytrace.interp import _bridge
        _bridge.open_llvm({str(tmp_path / "lib.so")!r})
        job = _bridge.compile("a", "", "", "l", 2)
        job.wait()
        print(job.fatal, job.error)
    """)
    assert done.stdout.startswith("True llvmlite cannot be loaded: ")
