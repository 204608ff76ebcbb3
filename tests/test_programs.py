"""Whole programs: under pytrace each must do, byte for byte, what it does under CPython.

Every `programs/*.py` runs as `PYTHON program` and as `PYTHON -m pytrace [--jit SETTINGS] program`, both in the
programs' folder. Standard output, standard error and exit status must be equal. CPython's answer is taken once per
session.

To run one program under one setting: `pytest tests/test_programs.py -k "int_shifts and threshold"`.
"""

from __future__ import annotations

import difflib
import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PROGRAMS = Path(__file__).parent / "programs"
NAMES = sorted(path.name for path in PROGRAMS.glob("*.py"))
SETTINGS = ("", "threshold=2,check")  # check: what the verifier refuses is written to standard error
TIME_LIMIT = 60  # seconds, per process
IGNORED = {"PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHONOPTIMIZE", "PYTHONTRACEMALLOC"}


# What is known to differ, and why; `None`: under any settings.
DIFFERS = {}
if sys.version_info < (3, 13):
    DIFFERS["refcounts.py", "threshold=2,check"] = "3.12: a trace that calls out holds a reference beside those of the frames that it shows"


class Outcome(NamedTuple):
    """What a process did: its exit status (negative: killed by that signal) and all that it wrote."""

    status: int
    stdout: bytes
    stderr: bytes


def environment() -> dict[str, str]:
    """Return the environment of both runs: fixed hash seed, plain UTF-8 text, nothing that changes the output."""
    env = {name: value for name, value in os.environ.items() if name not in IGNORED}
    return env | {
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHON_COLORS": "0",
        "NO_COLOR": "1",
    }


def run(*arguments: str) -> Outcome:
    """Run this interpreter with `arguments` in the programs' folder; `TimeoutExpired` after the time limit."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROGRAMS,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@functools.cache
def reference(name: str) -> Outcome:
    """Return what CPython does with the program `name`."""
    return run(name)


def difference(stream: str, expected: bytes, actual: bytes) -> str:
    """Return a unified diff of two outputs, with bytes that are not text made visible."""
    before, after = (text.decode("utf-8", "backslashreplace").splitlines() for text in (expected, actual))
    lines = difflib.unified_diff(before, after, f"{stream}, CPython", f"{stream}, pytrace", lineterm="", n=2)
    return "\n".join(lines) or f"{stream} differs in line ends: {expected[-40:]!r}, {actual[-40:]!r}"


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings or "default")
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.removesuffix(".py"))
def test_program(name: str, settings: str, request: pytest.FixtureRequest) -> None:
    """The program does the same under pytrace as under CPython."""
    reason = DIFFERS.get((name, None)) or DIFFERS.get((name, settings))
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    expected = reference(name)
    jit = ("--jit", settings) if settings else ()
    actual = run("-m", "pytrace", *jit, name)
    if actual != expected:
        report = [f"{name} under {settings or 'default'} settings: status {expected.status} became {actual.status}"]
        for stream, before, after in zip(("stdout", "stderr"), expected[1:], actual[1:], strict=True):
            if before != after:
                report.append(difference(stream, before, after))
        pytest.fail("\n".join(report), pytrace=False)


def test_there_are_programs() -> None:
    """The corpus was found: an empty parametrization would pass in silence."""
    assert len(NAMES) >= 90
