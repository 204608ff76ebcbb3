"""Compare interpreters side by side, in one run: CPython, pytrace and others, on the programs in `programs/`.

    python -m pyperformance_runs.compare                                   # all programs: python, pytrace
    python -m pyperformance_runs.compare nbody fib --pypy PYPY3 -o out.json
    python -m pyperformance_runs.compare --interp "jail=chroot ROOT python3" --map-path jail=/here:/there

Each process runs one program again and again for `--seconds`. Processes of all interpreters alternate, so that a slow
minute of the machine hits all of them. For every program and interpreter the table shows

- first: the time of a process's first iteration (warm-up and all), in milliseconds;
- job: how many times faster than CPython the whole job is. The job is as many iterations as CPython does in
  `--seconds`; every iteration from the first on counts, so all compilation is included. `~`: the interpreter did not
  get that far in the time given, so the rest is taken at its steady speed;
- steady: how many times faster the median iteration is once warm (the later half of a process's iterations).

Each number is the median over processes. Start-up of the process itself is not included. Checksums must be equal
everywhere; the exit status is 1 if one is not, or if an interpreter failed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shlex
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))
BASELINE = "python"


@dataclass(slots=True)
class Interpreter:
    """A name, the command that runs a script, and how paths look from within it (`old` becomes `new`)."""

    name: str
    command: list[str]
    old: str = ""
    new: str = ""

    def path(self, path: Path) -> str:
        """Return `path` as this interpreter sees it."""
        text = str(path)
        return self.new + text.removeprefix(self.old) if self.old and text.startswith(self.old) else text


@dataclass(slots=True)
class Samples:
    """What the processes of one interpreter measured on one program; times are in seconds, one list a process."""

    times: list[list[float]] = field(default_factory=list)
    checksums: list[str] = field(default_factory=list)
    peaks_kib: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def first(self) -> float:
        """Return the median time of the first iterations."""
        return statistics.median(times[0] for times in self.times)

    def steady(self) -> float:
        """Return the median over processes of the median iteration in the later half."""
        return statistics.median(settled(times) for times in self.times)

    def job(self, iterations: int) -> tuple[float, bool]:
        """Return the median time of the first `iterations`, and whether most processes ended before them."""
        totals = [sum(t[:iterations]) + max(0, iterations - len(t)) * settled(t) for t in self.times]
        return statistics.median(totals), statistics.median(map(len, self.times)) < iterations


@dataclass(slots=True)
class Row:
    """One interpreter on one program, as compared with CPython; times are in seconds."""

    program: str
    interpreter: str
    first: float
    steady: float
    job: float
    extrapolated: bool
    job_ratio: float
    steady_ratio: float
    first_ratio: float


def settled(times: list[float]) -> float:
    """Return the median of the later half of the iterations."""
    return statistics.median(times[len(times) // 2 :])


def measure(interpreter: Interpreter, program: str, seconds: float, size: int | None, samples: Samples) -> None:
    """Run one process and add what it measured, or how it failed, to `samples`."""
    command = [
        *interpreter.command,
        interpreter.path(HERE / "worker.py"),
        interpreter.path(HERE / "programs" / f"{program}.py"),
        str(seconds),
    ]
    if size is not None:
        command.append(str(size))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10 * seconds + 120, check=False)
    except subprocess.TimeoutExpired:
        samples.errors.append("did not end in time")
        return
    except OSError as error:
        samples.errors.append(f"could not be started: {error}")
        return
    try:
        if done.returncode:
            raise ValueError
        result = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = done.stderr.strip().splitlines()[-1:] or ["nothing on standard error"]
        samples.errors.append(f"ended with status {done.returncode}: {last[0]}")
        return
    samples.times.append(result["times"])
    samples.checksums.append(result["checksum"])
    samples.peaks_kib.append(result["peak_kib"])


def compare(program: str, samples: dict[str, Samples], seconds: float) -> list[Row]:
    """Return a row for every interpreter that has times; empty if CPython has none."""
    base = samples[BASELINE]
    if not base.times:
        return []
    iterations = max(1, int(statistics.median(count_within(times, seconds) for times in base.times)))
    base_job, _ = base.job(iterations)
    rows = []
    for name, own in samples.items():
        if own.times:
            job, extrapolated = own.job(iterations)
            ratios = (base_job / job, base.steady() / own.steady(), base.first() / own.first())
            rows.append(Row(program, name, own.first(), own.steady(), job, extrapolated, *ratios))
    return rows


def count_within(times: list[float], seconds: float) -> int:
    """Return how many iterations were begun within `seconds`."""
    total = 0.0
    for count, time in enumerate(times):
        if total >= seconds:
            return count
        total += time
    return len(times)


def problems(program: str, samples: dict[str, Samples]) -> list[str]:
    """Return a sentence for every failed process and every checksum that differs from CPython's."""
    expected = samples[BASELINE].checksums[:1]
    found = []
    for name, own in samples.items():
        found += [f"{program}: {name} {error}" for error in own.errors]
        wrong = {text for text in own.checksums if [text] != expected} if expected else set()
        found += [f"{program}: {name} computed {text}, CPython {expected[0]}" for text in sorted(wrong)]
    return found


def geometric_mean(values: list[float]) -> float:
    """Return the geometric mean of positive values."""
    return math.exp(statistics.fmean(map(math.log, values)))


def heading(names: list[str]) -> str:
    """Return the table's head."""
    columns = [f"{name[:24]:>26}" for name in names]
    units = [f"{'first ms':>10}{'job':>8}{'steady':>8}" for _ in names]
    return f"{'':20}{''.join(columns)}\n{'program':20}{''.join(units)}"


def line(program: str, names: list[str], rows: list[Row]) -> str:
    """Return one line of the table."""
    by_name = {row.interpreter: row for row in rows}
    cells = []
    for name in names:
        row = by_name.get(name)
        if row is None:
            cells.append(f"{'-':>10}{'-':>8}{'-':>8}")
        else:
            job = ("~" if row.extrapolated else "") + f"{row.job_ratio:.2f}"
            cells.append(f"{row.first * 1000:>10.1f}{job:>8}{row.steady_ratio:>8.2f}")
    return f"{program:20}{''.join(cells)}"


def means(names: list[str], rows: list[Row]) -> str:
    """Return the table's last line: geometric means of the ratios, over the programs that every interpreter ran."""
    done = {name: {row.program for row in rows if row.interpreter == name} for name in names}
    common = set.intersection(*done.values())
    if not common:
        return "no program ran under every interpreter"
    cells = []
    for name in names:
        own = [row for row in rows if row.interpreter == name and row.program in common]
        first, job, steady = (
            geometric_mean([getattr(row, key) for row in own]) for key in ("first_ratio", "job_ratio", "steady_ratio")
        )
        cells.append(f"{first:>9.2f}x{job:>8.2f}{steady:>8.2f}")
    return f"{f'geometric mean ({len(common)})':20}{''.join(cells)}"


def interpreters(args: argparse.Namespace) -> list[Interpreter]:
    """Return the interpreters that the command line asks for, CPython first."""
    found = [Interpreter(BASELINE, [args.python])]
    if not args.no_pytrace:
        jit = ["--jit", args.jit] if args.jit else []
        found.append(Interpreter("pytrace", [args.python, "-m", "pytrace", *jit]))
    if args.pypy:
        found.append(Interpreter("pypy", shlex.split(args.pypy)))
    for text in args.interp:
        name, _, command = text.partition("=")
        if not command:
            raise SystemExit(f"--interp wants NAME=COMMAND, not {text!r}")
        found.append(Interpreter(name, shlex.split(command)))
    names = [interpreter.name for interpreter in found]
    if len(set(names)) < len(names):
        raise SystemExit(f"two interpreters have the same name: {', '.join(names)}")
    for text in args.map_path:
        name, _, paths = text.partition("=")
        old, colon, new = paths.partition(":")
        if not colon or name not in names:
            raise SystemExit(f"--map-path wants NAME=OLD:NEW with the name of an interpreter, not {text!r}")
        chosen = found[names.index(name)]
        chosen.old, chosen.new = old, new
    return found


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="names of programs (default: all)")
    parser.add_argument("--python", default=sys.executable, help="CPython, to compare with (default: this one)")
    parser.add_argument("--no-pytrace", action="store_true", help="leave pytrace out")
    parser.add_argument("--jit", default="", metavar="SETTINGS", help="settings for pytrace's --jit")
    parser.add_argument("--pypy", metavar="COMMAND", help="PyPy's path or command")
    parser.add_argument("--interp", action="append", default=[], metavar="NAME=COMMAND", help="one more interpreter")
    parser.add_argument(
        "--map-path", action="append", default=[], metavar="NAME=OLD:NEW", help="paths as an interpreter sees them"
    )
    parser.add_argument(
        "--processes", type=int, default=3, help="processes for each program and interpreter (default: 3)"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each process runs (default: 5)")
    parser.add_argument("--size", type=int, help="size for all programs, instead of their own")
    parser.add_argument("--cpu", type=int, help="run everything on this processor")
    parser.add_argument("-o", "--output", type=Path, help="write all times and ratios as JSON")
    args = parser.parse_args(argv)
    unknown = sorted(set(args.programs) - set(PROGRAMS))
    if unknown:
        parser.error(f"no such program: {', '.join(unknown)}; there are {', '.join(PROGRAMS)}")
    if args.processes < 1:
        parser.error("--processes must be at least 1")
    return args


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table and return the exit status."""
    args = parse(argv)
    chosen = interpreters(args)
    names = [interpreter.name for interpreter in chosen]
    if args.cpu is not None:
        os.sched_setaffinity(0, {args.cpu})
    everything: dict[str, dict[str, Samples]] = {}
    rows: list[Row] = []
    complaints: list[str] = []
    print(heading(names), flush=True)
    for program in args.programs or PROGRAMS:
        samples = everything[program] = {name: Samples() for name in names}
        for _ in range(args.processes):
            for interpreter in chosen:
                measure(interpreter, program, args.seconds, args.size, samples[interpreter.name])
        own = compare(program, samples, args.seconds)
        rows += own
        complaints += problems(program, samples)
        print(line(program, names, own), flush=True)
    print(means(names, rows))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if args.output:
        document = {
            "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
            "seconds": args.seconds,
            "processes": args.processes,
            "size": args.size,
            "interpreters": {interpreter.name: interpreter.command for interpreter in chosen},
            "rows": [asdict(row) for row in rows],
            "samples": {p: {n: asdict(s) for n, s in group.items()} for p, group in everything.items()},
            "problems": complaints,
        }
        args.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
