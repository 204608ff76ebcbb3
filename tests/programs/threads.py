"""Threads running hot loops at once, with locks, queues, thread locals and events."""

import queue
import threading

lock = threading.Lock()
shared = 0
local = threading.local()


def add(n):
    global shared
    for _ in range(n):
        with lock:
            shared += 1


def private(n, out, k):
    local.total = 0
    for i in range(n):
        local.total += i * k
    out[k] = local.total


def producer(q, n):
    for i in range(n):
        q.put(i)
    q.put(None)


def run_all(threads):
    for t in threads:
        t.start()
    for t in threads:
        t.join()


run_all([threading.Thread(target=add, args=(3000,)) for _ in range(4)])
print(shared)
results = {}
run_all([threading.Thread(target=private, args=(10000, results, k)) for k in range(4)])
print(sorted(results.items()), hasattr(local, "total"))
q = queue.Queue(maxsize=100)
t = threading.Thread(target=producer, args=(q, 3000))
t.start()
s = 0
while (item := q.get()) is not None:
    s += item
t.join()
print(s)

stop = False


def spin():
    n = 0
    while not stop:
        n += 1
    results["spin"] = n > 0


t = threading.Thread(target=spin)
t.start()
while threading.active_count() < 2:
    pass
for i in range(20000):
    s ^= i
stop = True
t.join(20)
print(t.is_alive(), results["spin"], s)
barrier = threading.Barrier(3)
order = []


def phases(name):
    for phase in range(50):
        for _ in range(100):
            pass
        with lock:
            order.append(phase)
        barrier.wait()


run_all([threading.Thread(target=phases, args=(k,)) for k in range(3)])
print(order == sorted(order), len(order))
