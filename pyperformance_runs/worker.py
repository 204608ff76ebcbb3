"""Time one benchmark program inside one process, under any interpreter (no imports but the standard library's).

`worker.py PROGRAM SECONDS [SIZE]` repeats `run(size)` for SECONDS and prints one line of JSON: the time of every
iteration in seconds, in order and with nothing left out, the checksum and the process's peak memory.
"""

import importlib.util
import json
import resource
import sys
import time

MINIMUM = 3  # iterations, however slow


def load(path: str):
    """Import the program at `path` as a module."""
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure, and print the result."""
    program = load(sys.argv[1])
    seconds = float(sys.argv[2])
    size = int(sys.argv[3]) if len(sys.argv) > 3 else program.SIZE
    clock = time.perf_counter
    times = []
    checksums = set()
    end = clock() + seconds
    while len(times) < MINIMUM or clock() < end:
        start = clock()
        checksum = program.run(size)
        times.append(clock() - start)
        checksums.add(repr(checksum))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"times": times, "checksum": " != ".join(sorted(checksums)), "peak_kib": peak}))


if __name__ == "__main__":
    main()
