"""sys.monitoring: tools that are switched on behind or inside of hot loops, and the tool id that pytrace uses."""

import sys

mon = sys.monitoring
E = mon.events
calls = []


def leaf(x):
    return x + 1


def after_loops(n):
    """Events that are set between two loops are seen at once."""
    mon.use_tool_id(3, "corpus")
    s = 0
    for event in range(n):
        s += event
    for event in (E.PY_START, E.PY_RETURN, E.LINE):
        mon.register_callback(3, event, lambda code, *args: calls.append(code.co_name))
    mon.set_events(3, E.PY_START | E.PY_RETURN | E.LINE)
    leaf(1)
    mon.set_events(3, 0)
    mon.free_tool_id(3)
    seen = len(calls), sorted(set(calls))
    calls.clear()
    return s, seen


def local(n, on, off):
    """Local events on a function that the loop calls, switched on and off in the middle."""
    mon.use_tool_id(2, "corpus")
    count = 0

    def start(code, offset):
        nonlocal count
        count += 1

    mon.register_callback(2, E.PY_START, start)
    s = 0
    for i in range(n):
        if i == on:
            mon.set_local_events(2, leaf.__code__, E.PY_START)
        s += leaf(i)
        if i == off:
            mon.set_local_events(2, leaf.__code__, 0)
    mon.free_tool_id(2)
    return s, count


def every_tool(n):
    """All ids are free; who takes one has it."""
    out = [(mon.get_tool(k), mon.get_events(k)) for k in range(6)]
    for k in range(6):
        for mistake in (lambda: mon.set_events(k, E.JUMP), lambda: mon.set_local_events(k, leaf.__code__, E.LINE)):
            try:
                mistake()
            except ValueError as error:
                out.append(str(error))
        mon.use_tool_id(k, f"tool {k}")
        hits = 0

        def jump(code, a, b):
            nonlocal hits
            hits += 1

        mon.register_callback(k, E.JUMP, jump)
        mon.set_events(k, E.JUMP)
        s = 0
        for i in range(n):
            s += leaf(i)
        out.append((s, hits, mon.get_tool(k), mon.get_events(k), sorted(mon._all_events())))
        mon.set_events(k, 0)
        try:
            mon.use_tool_id(k, "again")
        except ValueError as error:
            out.append(str(error))
        out.append(mon.register_callback(k, E.JUMP, None) is jump)
        mon.free_tool_id(k)
        mon.free_tool_id(k)
        out.append((mon.get_tool(k), mon._all_events()))
    return out


def opcodes(n):
    """f_trace_opcodes that is set before sys.settrace is called."""
    events = []

    def tracer(frame, event, arg):
        events.append((event, frame.f_code.co_name))
        if event == "return" and frame.f_code is leaf.__code__:
            sys.settrace(None)
        return tracer

    def begin():
        frame = sys._getframe(1)
        frame.f_trace = tracer
        frame.f_trace_opcodes = True
        sys.settrace(tracer)

    s = 0
    for i in range(n):
        if i == n - 1:
            begin()
        s += leaf(i)
    return s, events


print(after_loops(5000), after_loops(50), after_loops(5000))
print(local(9000, 5000, 5010), local(9000, 0, 8999), local(9000, 9001, 9001))
for line in every_tool(5000):
    print(line)
print(opcodes(5000))
print(local(9000, 5000, 5010), sum(leaf(i) for i in range(5000)))
