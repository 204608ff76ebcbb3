"""gc.collect and cycles inside hot loops; counts of live objects stay put."""

import gc
import weakref


class Node:
    """A part of a cycle."""

    live = 0

    def __init__(self):
        Node.live += 1
        self.peer = None

    def __del__(self):
        Node.live -= 1


def cycles(n):
    collected = 0
    for i in range(n):
        a, b = Node(), Node()
        a.peer, b.peer = b, a
        if i % 500 == 499:
            a = b = None
            gc.collect()
            collected += Node.live
    return collected


def collect_often(n):
    s = 0
    keep = []
    for i in range(n):
        keep.append([i])
        if i % 300 == 0:
            gc.collect()
        s += keep[i // 2][0]
    return s


def weak_dict(n):
    d = weakref.WeakValueDictionary()
    s = 0
    for i in range(n):
        node = Node()
        d[i] = node
        s += len(d)
    return s


gc.disable()
print(cycles(2000))
gc.enable()
print(cycles(2000))
print(collect_often(2500))
print(weak_dict(2000))
gc.collect()
print(Node.live)
gc.set_threshold(10, 3, 3)
pairs = []
for i in range(4000):
    pairs.append((i, [i]))
    if len(pairs) > 50:
        pairs.clear()
print(len(pairs), gc.isenabled())
callbacks = []
gc.callbacks.append(lambda phase, info: callbacks.append(phase))
for i in range(2000):
    x = [i]
    x.append(x)
gc.callbacks.pop()
print(callbacks.count("start") == callbacks.count("stop"), len(callbacks) > 10)
