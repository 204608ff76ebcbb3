"""locals(), vars(), exec, eval and compile inside hot loops."""


def snapshot(n):
    s = 0
    for i in range(n):
        t = i * 2
        d = locals()
        s += d["i"] + d["t"]
    return s, sorted(locals())


def one_look(n):
    total = 0.5
    for i in range(n):
        total += i
        if i == 2500:
            print(sorted(locals().items()))
    return total


def evaluates(n):
    code = compile("a * b + 1", "<expr>", "eval")
    s = 0
    for a in range(n):
        b = a % 7  # noqa: F841
        s += eval(code)
        s += eval("a - b")
    return s


def executes(n):
    space = {"total": 0}
    code = compile("total += i * k\nlast = i", "<stmt>", "exec")
    for i in range(n):
        space["i"] = i
        space["k"] = 2
        exec(code, space)
    return space["total"], space["last"]


def loop_inside_exec():
    space = {}
    exec(
        """
s = 0
for i in range(5000):
    s += i * i % 7
def f(n):
    t = 0
    for j in range(n):
        t += j ^ s
    return t
r = f(5000)
""",
        space,
    )
    return space["s"], space["i"], space["r"]


class Watching(dict):
    """A namespace that counts what is stored."""

    stores = 0

    def __setitem__(self, key, value):
        Watching.stores += 1
        dict.__setitem__(self, key, value)


def watched_namespace():
    space = Watching()
    exec("t = 0\nfor k in range(3000):\n    t += k\n", {}, space)
    return space["t"], Watching.stores


def error_inside(n):
    found = []
    for i in range(n):
        try:
            eval("1 // (i % 1000)")
        except ZeroDivisionError as exc:
            tb = exc.__traceback__.tb_next
            found.append((i, tb.tb_frame.f_code.co_filename, tb.tb_lineno))
    return found


print(snapshot(3000))
print(one_look(3000))
print(evaluates(2000))
print(executes(3000))
print(loop_inside_exec())
print(watched_namespace())
print(error_inside(2500))
