"""sys.settrace switched on and off in the middle of hot loops: every line event is seen."""

import sys


def helper(x):
    y = x + 1
    return y


def run(n, on, off):
    events = []

    def tracer(frame, event, arg):
        if frame.f_code.co_name in ("run", "helper"):
            events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer

    s = 0
    for i in range(n):
        if i == on:
            sys.settrace(tracer)
        s += helper(i)
        if i == off:
            sys.settrace(None)
    return s, events


def traced_loop(n):
    s = 0
    for i in range(n):
        s += i
    return s


counts = {}


def count_lines(frame, event, arg):
    if frame.f_code is traced_loop.__code__:
        key = (event, frame.f_lineno - frame.f_code.co_firstlineno)
        counts[key] = counts.get(key, 0) + 1
        return count_lines
    return None


total, seen = run(3000, 2000, 2002)
print(total, seen)
total, seen = run(3000, 2990, 5000)
sys.settrace(None)
print(total, len(seen), seen[:8])
print(traced_loop(3000))
sys.settrace(count_lines)
print(traced_loop(3000))
sys.settrace(None)
print(sorted(counts.items()))
print(traced_loop(3000))


def own_frame(n):
    lines = []

    def local(frame, event, arg):
        lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return local

    s = 0
    for i in range(n):
        if i == 2500:
            sys.settrace(lambda *args: None)
            sys._getframe().f_trace = local
        s += i
        if i == 2501:
            sys.settrace(None)
    return s, lines


print(own_frame(3000))


def jump(n):
    s = 0
    done = []

    def local(frame, event, arg):
        if event == "line" and frame.f_locals.get("i") == 2500 and not done:
            if frame.f_lineno == frame.f_code.co_firstlineno + 15:
                done.append(1)
                frame.f_lineno += 1
        return local

    sys._getframe().f_trace = local
    sys.settrace(lambda *args: None)
    for i in range(n):
        s += 1000
        s += 1
    sys.settrace(None)
    return s, done


print(jump(3000))
