"""Fixtures shared by all tests: running the same command line under python and under pytrace."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

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
