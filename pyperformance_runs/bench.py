"""Benchmark the programs with pyperf, for results that `pyperf compare_to` and `pyperf stats` read.

    python -m pyperformance_runs.bench -o python.json
    python -m pyperformance_runs.bench --programs nbody,fib --fast -o python.json

pyperf's `--python` names the interpreter that its worker processes run on; it must be one executable file. For pytrace,
write a launcher once, and give it as the workers' interpreter:

    printf '#!/bin/sh\\nexec python -m pytrace "$@"\\n' > pytrace-python && chmod +x pytrace-python
    python -m pyperformance_runs.bench --python "$PWD/pytrace-python" -o pytrace.json
    python -m pyperf compare_to python.json pytrace.json --table

pyperf must be importable under the workers' interpreter too. A JIT wants more warm-ups and more values a process than
pyperf takes by default for CPython: `--warmups 10 --values 10 --processes 5`, and `--loops 1`, so that each value is
one iteration. `compare.py` shows first iterations and whole jobs, which pyperf leaves out.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from types import ModuleType

import pyperf

DIRECTORY = Path(__file__).resolve().parent / "programs"
NAMES = sorted(path.stem for path in DIRECTORY.glob("*.py"))


def load(name: str) -> ModuleType:
    """Import a program by its name."""
    spec = importlib.util.spec_from_file_location(name, DIRECTORY / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forward(command: list[str], args: argparse.Namespace) -> None:
    """Pass our own option on to the worker processes."""
    if args.programs:
        command.extend(("--programs", args.programs))


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    runner = pyperf.Runner(add_cmdline_args=forward)
    runner.metadata["description"] = "pytrace's own benchmark programs"
    runner.argparser.add_argument("--programs", help=f"names, separated by commas (default: all of {', '.join(NAMES)})")
    args = runner.parse_args()
    names = args.programs.split(",") if args.programs else NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        runner.argparser.error(f"no such program: {', '.join(unknown)}")
    for name in names:
        program = load(name)
        runner.bench_func(name, program.run, program.SIZE)


if __name__ == "__main__":
    main()
