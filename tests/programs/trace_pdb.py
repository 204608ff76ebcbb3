"""pdb with scripted commands inside a hot loop: breakpoints, steps, locals, changed variables."""

import io
import pdb
import sys


def helper(x):
    y = x + 1
    return y


def run(n):
    s = 0
    for i in range(n):
        if i == 2000:
            debugger.set_trace()
        s += helper(i)
    return s


commands = "p i, s\nstep\nstep\np sorted(locals())\nup\np s\n!s = 5\ndown\nreturn\nnext\np s\nnext\np i\ncontinue\n"
debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=sys.stdout, nosigint=True, readrc=False)
debugger.use_rawinput = False
debugger.prompt = "(pdb) "
out = io.StringIO()
debugger.stdout = out
print(run(1500))
print(run(3000))
text = out.getvalue().replace(__file__, "FILE")
print("\n".join(line for line in text.splitlines() if "importlib" not in line and "runpy" not in line))
print(run(1500))
