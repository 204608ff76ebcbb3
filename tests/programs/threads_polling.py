"""Loops that sleep until another thread has changed something: a list, an attribute, a global name, a dict, a local variable's cell."""

import threading
import time

flag = False


class Job:
    def __init__(self):
        self.finished = []
        self.done = False
        self.results = {}

    def run(self):
        time.sleep(0.05)
        self.finished.append(1)
        self.done = True
        self.results["x"] = 3


def ticks(n):
    """A generator that sleeps between what it yields."""
    start = time.monotonic()
    for i in range(n):
        yield i
        time.sleep(0.002)
    assert time.monotonic() > start


def by_list(job):
    for _ in range(2000):
        if len(job.finished) >= 1:
            return "finished"
        time.sleep(0.002)
    return "timeout"


def by_attribute(job):
    n = 0
    while not job.done and n < 2000:
        n += 1
        time.sleep(0.002)
    return "finished" if job.done else "timeout"


def by_dict(job):
    for _ in range(2000):
        if "x" in job.results:
            return job.results["x"]
        time.sleep(0.002)
    return "timeout"


def by_generator(job):
    for _ in ticks(2000):
        if job.finished:
            return "finished"
    return "timeout"


def by_global():
    global flag
    flag = False

    def run():
        global flag
        time.sleep(0.05)
        flag = True

    thread = threading.Thread(target=run)
    thread.start()
    n = 0
    while not flag and n < 2000:
        n += 1
        time.sleep(0.002)
    thread.join()
    return n < 2000


def by_cell():
    ready = False

    def run():
        nonlocal ready
        time.sleep(0.05)
        ready = True

    thread = threading.Thread(target=run)
    thread.start()
    n = 0
    while not ready and n < 2000:
        n += 1
        time.sleep(0.002)
    thread.join()
    return n < 2000


def main():
    for wait in (by_list, by_attribute, by_dict, by_generator):
        for _ in range(2):
            job = Job()
            thread = threading.Thread(target=job.run)
            thread.start()
            print(wait.__name__, wait(job))
            thread.join()
    print(by_global(), by_global(), by_cell(), by_cell())


main()
