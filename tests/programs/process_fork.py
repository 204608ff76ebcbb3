"""fork, multiprocessing and subprocess from programs with hot loops; atexit order."""

import atexit
import multiprocessing
import os
import subprocess
import sys


def work(n):
    s = 0
    for i in range(n):
        s += i * i % 7
    return s


def forked(n):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.write(write, str(work(n)).encode())
        os._exit(3)
    os.close(write)
    text = os.read(read, 100).decode()
    os.close(read)
    return text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def fork_in_loop(n):
    s = 0
    pid = None
    for i in range(n):
        s += i
        if i == 2500:
            pid = os.fork()
    if pid == 0:
        os._exit(s % 200)
    return s % 200, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    atexit.register(print, "first registered, last run")
    atexit.register(lambda: print("work at exit", work(3000)))
    print(work(5000))
    print(forked(4000))
    print(fork_in_loop(4000))
    sys.stdout.flush()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(work, [1000, 2000, 3000]))
    code = "s = 0\nfor i in range(3000): s += i\nprint(s)\nraise SystemExit(4)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    print(done.stdout.strip(), done.returncode)
