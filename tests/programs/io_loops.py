"""print, files, StringIO and standard error written from hot loops; the order within each stream."""

import io
import os
import sys
import tempfile


def prints(n):
    for i in range(n):
        if i % 400 == 0:
            print(i, end=";")
        if i % 700 == 0:
            print("err", i, file=sys.stderr)
        if i % 1000 == 0:
            sys.stdout.write("\n")
            sys.stdout.flush()


def memory(n):
    out = io.StringIO()
    for i in range(n):
        print(i, i / 2, sep=",", file=out)
    out.seek(0)
    s = 0.0
    for line in out:
        a, b = line.split(",")
        s += int(a) + float(b)
    return s


def files(n):
    path = os.path.join(tempfile.mkdtemp(), "data.txt")
    with open(path, "w") as f:
        for i in range(n):
            f.write(f"{i} {i * i}\n")
    with open(path) as f:
        s = sum(int(line.split()[1]) for line in f)
    with open(path, "rb") as f:
        count = 0
        while chunk := f.read(100):
            count += chunk.count(b"\n")
    os.remove(path)
    os.rmdir(os.path.dirname(path))
    try:
        for _ in range(2000):
            f.read(1) if _ == 1999 else f.closed
    except ValueError as exc:
        print(exc)
    return s, count


class Tee:
    """A stream that counts what is written."""

    def __init__(self):
        self.n = 0

    def write(self, text):
        self.n += len(text)


prints(2500)
print()
print(memory(3000))
print(files(3000))
tee, sys.stdout = sys.stdout, Tee()
for i in range(3000):
    print("hidden", i)
    if i == 2500:
        count, sys.stdout = sys.stdout.n, tee
    if i > 2500 and i < 2503:
        print("shown", i)
    if i == 2502:
        sys.stdout = Tee()
sys.stdout = tee
print(count)
print(sys.stdin.read() == "")
