"""sys.setprofile and sys.monitoring switched on in the middle of hot loops: all calls are seen."""

import sys


def leaf(x):
    return abs(x)


def branch(x):
    return leaf(x) + leaf(-x)


def run(n, on, off):
    counts = {}

    def profiler(frame, event, arg):
        name = arg.__name__ if event.startswith("c_") else frame.f_code.co_name
        if name != "setprofile":
            counts[event, name] = counts.get((event, name), 0) + 1

    s = 0
    for i in range(n):
        if i == on:
            sys.setprofile(profiler)
        s += branch(i)
        if i == off:
            sys.setprofile(None)
    return s, sorted(counts.items())


def monitored(n, on, off):
    mon = sys.monitoring
    counts = {}

    def start(code, offset):
        counts[code.co_name] = counts.get(code.co_name, 0) + 1

    mon.use_tool_id(mon.PROFILER_ID, "corpus")
    mon.register_callback(mon.PROFILER_ID, mon.events.PY_START, start)
    s = 0
    for i in range(n):
        if i == on:
            mon.set_events(mon.PROFILER_ID, mon.events.PY_START)
        s += branch(i)
        if i == off:
            mon.set_events(mon.PROFILER_ID, 0)
    mon.register_callback(mon.PROFILER_ID, mon.events.PY_START, None)
    mon.free_tool_id(mon.PROFILER_ID)
    return s, sorted(counts.items())


def line_monitor(n):
    mon = sys.monitoring
    lines = {}

    def line(code, number):
        key = number - code.co_firstlineno
        lines[key] = lines.get(key, 0) + 1

    mon.use_tool_id(mon.COVERAGE_ID, "corpus")
    mon.register_callback(mon.COVERAGE_ID, mon.events.LINE, line)
    mon.set_local_events(mon.COVERAGE_ID, branch.__code__, mon.events.LINE)
    mon.set_local_events(mon.COVERAGE_ID, leaf.__code__, mon.events.LINE)
    s = 0
    for i in range(n):
        s += branch(i)
    mon.set_local_events(mon.COVERAGE_ID, branch.__code__, 0)
    mon.set_local_events(mon.COVERAGE_ID, leaf.__code__, 0)
    mon.free_tool_id(mon.COVERAGE_ID)
    return s, lines


print(run(3000, 2000, 2100))
print(run(3000, 0, 2999))
print(monitored(3000, 2000, 2100))
print(line_monitor(2500))
print(run(3000, 5000, 5000))
