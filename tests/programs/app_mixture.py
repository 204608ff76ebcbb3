"""Small interpreters, parsers and encoders, coroutines, iterators, changing builtins and scopes."""

import sys, builtins, json, re, asyncio, itertools, functools, operator, collections, heapq, bisect, string, datetime, decimal, fractions, random, io, struct, textwrap, contextlib, types


def shadow(n):
    t = 0
    g = globals()
    for i in range(n):
        t += len([1, 2])
        if i == 100:
            g["len"] = lambda x: 50
        if i == 150:
            del g["len"]
        if i == 200:
            builtins.len = lambda x, l=len: l(x) + 1
        if i == 250:
            builtins.len = orig
        if i == 260:
            g["abs"] = int
        t += abs(-i)
    g.pop("abs", None)
    return t


orig = len
print(shadow(400))


def scopes(n):
    x = 0
    fs = []

    def inc():
        nonlocal x
        x += 1
        return x

    def dele():
        nonlocal y
        del y

    y = 5
    for i in range(n):
        x += inc()
        fs.append(lambda: (x, i))
        if i % 50 == 7:
            dele()
            try:
                y
            except NameError as e:
                x += len(str(e))
            y = i
        if len(fs) > 3:
            x = (x + fs.pop(0)()[1]) % 100003
    return x, [f() for f in fs]


print(scopes(500))


def gens(n):
    def g(k):
        try:
            r = yield k
            while r:
                r = yield r * 2
        except GeneratorExit:
            closed.append(k)
            raise
        finally:
            fin.append(k)
        return k

    closed = []
    fin = []
    t = 0
    for i in range(n):
        it = g(i)
        t += next(it) + it.send(3)
        if i % 3 == 0:
            it.close()
        elif i % 3 == 1:
            try:
                it.send(0)
            except StopIteration as e:
                t += e.value
        else:
            try:
                it.throw(KeyError(i))
            except KeyError as e:
                t += e.args[0]

    def sub(n):
        r = yield from g(n)
        yield r

    def acc():
        s = 0
        while True:
            s += yield s

    a = acc()
    next(a)
    for i in range(n):
        t += a.send(i) % 7
    return t, len(closed), len(fin)


print(gens(300))


async def aio(n):
    class AI:
        def __init__(s, n):
            s.n = n

        def __aiter__(s):
            return s

        async def __anext__(s):
            if s.n <= 0:
                raise StopAsyncIteration
            s.n -= 1
            if s.n % 10 == 0:
                await asyncio.sleep(0)
            return s.n

    async def ag(k):
        for i in range(k):
            yield i
            if i % 20 == 0:
                await asyncio.sleep(0)

    @contextlib.asynccontextmanager
    async def cm(x):
        yield x

    t = 0
    async for x in AI(n):
        t += x
    async for x in ag(n):
        t += x
    t += sum([x async for x in ag(n) if x % 2])
    for i in range(n):
        async with cm(i) as v:
            t += v

    async def work(k):
        s = 0
        for i in range(k):
            s += i
            if i % 50 == 0:
                await asyncio.sleep(0)
        return s

    t += sum(await asyncio.gather(*[work(k) for k in range(n // 10)]))
    q = asyncio.Queue(3)

    async def p():
        for i in range(n):
            await q.put(i)
        await q.put(None)

    async def c():
        s = 0
        while (x := await q.get()) is not None:
            s += x
        return s

    t += (await asyncio.gather(p(), c()))[1]
    try:
        async with asyncio.timeout(0.05):
            while True:
                await asyncio.sleep(0)
    except TimeoutError:
        t += 1
    return t


print(asyncio.run(aio(200)))


def jsonenc(o):
    if o is None:
        return "null"
    if o is True:
        return "true"
    if o is False:
        return "false"
    if isinstance(o, (int, float)):
        return repr(o)
    if isinstance(o, str):
        return '"' + "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n"}.get(c, c) for c in o) + '"'
    if isinstance(o, dict):
        return "{" + ", ".join(jsonenc(str(k)) + ": " + jsonenc(v) for k, v in o.items()) + "}"
    return "[" + ", ".join(map(jsonenc, o)) + "]"


def jsondec(s):
    i = 0

    def ws():
        nonlocal i
        while i < len(s) and s[i] in " \n\t":
            i += 1

    def val():
        nonlocal i
        ws()
        c = s[i]
        if c == "{":
            d = {}
            i += 1
            ws()
            if s[i] == "}":
                i += 1
                return d
            while True:
                k = val()
                ws()
                assert s[i] == ":"
                i += 1
                d[k] = val()
                ws()
                if s[i] == "}":
                    i += 1
                    return d
                i += 1
        if c == "[":
            l = []
            i += 1
            ws()
            if s[i] == "]":
                i += 1
                return l
            while True:
                l.append(val())
                ws()
                if s[i] == "]":
                    i += 1
                    return l
                i += 1
        if c == '"':
            i += 1
            out = []
            while s[i] != '"':
                if s[i] == "\\":
                    i += 1
                    out.append({"n": "\n"}.get(s[i], s[i]))
                else:
                    out.append(s[i])
                i += 1
            i += 1
            return "".join(out)
        for w, v in (("null", None), ("true", True), ("false", False)):
            if s.startswith(w, i):
                i += len(w)
                return v
        j = i
        while i < len(s) and s[i] in "0123456789+-.eE":
            i += 1
        t = s[j:i]
        return float(t) if any(c in t for c in ".eE") else int(t)

    return val()


doc = {
    "a": [1, 2.5, -3e10, None, True, False, 'q"uo\nte'],
    "b": {"c": {}, "d": []},
    "n": 10**25,
    "l": [[i, {"k": str(i)}] for i in range(40)],
}
for _ in range(15):
    assert jsondec(jsonenc(doc)) == doc == json.loads(jsonenc(doc))
print(len(jsonenc(doc)))


def tokens(src):
    pat = re.compile(r"\s*(?:(\d+\.?\d*)|(\w+)|(.))")
    return [(m.lastindex, m.group(m.lastindex)) for m in pat.finditer(src)]


def calc(src, env):
    toks = tokens(src) + [(0, "")]
    pos = 0

    def peek():
        return toks[pos]

    def nxt():
        nonlocal pos
        pos += 1
        return toks[pos - 1]

    def expr(p=0):
        k, v = nxt()
        if k == 1:
            l = float(v) if "." in v else int(v)
        elif k == 2:
            l = env[v]
        elif v == "(":
            l = expr()
            nxt()
        elif v == "-":
            l = -expr(9)
        else:
            raise SyntaxError(v)
        while True:
            k, v = peek()
            q = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}.get(v, 0)
            if q <= p:
                return l
            nxt()
            r = expr(q if v != "^" else q - 1)
            l = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow}[v](l, r)

    return expr()


print([calc("2+3*x-(4-y)^2/2*-1.5+x^2^0.5", {"x": k, "y": k / 2}) for k in range(40)][-1])


class VM:
    def __init__(s):
        s.stack = []
        s.vars = {}

    def run(s, prog):
        pc = 0
        steps = 0
        while pc < len(prog):
            op, *a = prog[pc]
            pc += 1
            steps += 1
            match op, a:
                case "push", [x]:
                    s.stack.append(x)
                case "store", [n]:
                    s.vars[n] = s.stack.pop()
                case "load", [n]:
                    s.stack.append(s.vars[n])
                case "add" | "sub" | "mul", []:
                    b, c = s.stack.pop(), s.stack.pop()
                    s.stack.append({"add": c + b, "sub": c - b, "mul": c * b}[op])
                case "jnz", [t]:
                    if s.stack.pop():
                        pc = t
                case "call", [f, int(k)]:
                    args = s.stack[-k:]
                    del s.stack[-k:]
                    s.stack.append(f(*args))
                case _:
                    raise ValueError(op)
        return steps


vm = VM()
print(
    vm.run(
        [
            ("push", 300),
            ("store", "n"),
            ("push", 1),
            ("store", "a"),
            ("load", "a"),
            ("load", "n"),
            ("mul",),
            ("push", 1000003),
            ("call", operator.mod, 2),
            ("store", "a"),
            ("load", "n"),
            ("push", 1),
            ("sub",),
            ("store", "n"),
            ("load", "n"),
            ("jnz", 4),
        ]
    ),
    vm.vars,
)


def its(n):
    t = 0
    for a, b in itertools.product(range(n // 10), "ab"):
        t += a + ord(b)
    for k, g in itertools.groupby(range(n), lambda x: x // 7):
        t += k * len(list(g))
    for a, b, c in zip(itertools.count(), itertools.cycle([1, 2, 3]), range(n)):
        t += a * b + c
    for x in itertools.chain.from_iterable([range(i % 5) for i in range(n)]):
        t += x
    for i, (a, b) in enumerate(itertools.pairwise(range(n)), 5):
        t += i * (b - a)
    for x in itertools.islice(itertools.accumulate(range(n)), 3, n, 4):
        t += x
    for x in map(lambda a, b: a * b, range(n), reversed(range(n))):
        t += x
    for x in filter(None, (i % 3 for i in range(n))):
        t += x
    t += functools.reduce(lambda a, b: (a * 3 + b) % 1000, range(n), 7)
    h = []
    for i in range(n):
        heapq.heappush(h, (i * 7919 % 101, i))
        t += heapq.heappop(h)[0] if i % 3 == 0 else 0
    l = []
    for i in range(n):
        bisect.insort(l, i * 31 % 97, key=lambda x: -x)
    t += sum(sorted(range(n), key=lambda x: (x % 10, -x))[:20]) + sum(l[:10])
    return t


print(its(400))


def dec(n):
    with decimal.localcontext() as c:
        c.prec = 20
        x = decimal.Decimal(1)
        f = fractions.Fraction(0)
        for i in range(1, n):
            x = x / 3 + i
            f += fractions.Fraction(1, i) if i < 40 else 0
        d = datetime.date(2000, 1, 1)
        t = 0
        for i in range(n):
            d += datetime.timedelta(days=i % 9)
            t += d.weekday() + d.day
        return str(x), f.numerator % 10**9, t


print(dec(300))


def ex(n):
    ns = {"n": n}
    exec(
        "t = 0\nfor i in range(n):\n    t += i\n    def f(x): return x + t\n    t -= f(1) % 3\nclass K:\n    s = 0\n    for j in range(50): s += j\n",
        ns,
    )
    return ns["t"], ns["K"].s, ns["K"].j, [eval("a + b", {"a": i}, {"b": 2}) for i in range(n)][-1]


print(ex(300))


def mat(n):
    r = 0
    for i in range(n):
        x = [i % 5, {"k": i}, (1, 2), "s", None, [1, [2, i]], range(3)][i % 7]
        match x:
            case int(v) if v > 2:
                r += v
            case {"k": v, **rest}:
                r += v + len(rest)
            case (1, int(y)):
                r += y
            case [1, [2, z]] if z:
                r += z
            case str() | None:
                r += 7
            case _:
                r -= 1
    return r


print(mat(700))


def fmt(n):
    o = io.StringIO()
    for i in range(n):
        print(
            f"{i:05d}|{i / 7:8.3f}|{i!r:>4}|{'x' * (i % 3):<4}|{i:#x}|{-i:,}|{i % 2 == 0}",
            "%d %s %5.1f %x" % (i, i, i, i),
            "{:>{w}}".format(i, w=i % 9),
            file=o,
            sep=";",
        )
    return hash(o.getvalue()) if 0 else o.getvalue()[-120:]


print(fmt(300))


def byt(n):
    b = bytearray()
    t = 0
    for i in range(n):
        b.append(i % 256)
        b += struct.pack("<hI", i % 1000, i)
        t += b[i] + b[-1] + len(b[i : i + 3])
        b[i] = 255 - b[i]
        mv = memoryview(b)
        t += mv[i]
        mv.release()
        t += int.from_bytes(i.to_bytes(4, "big"), "little") % 13
        try:
            b[i] = 256
        except ValueError:
            t += 1
    return t, bytes(b[:9])


print(byt(400))
r = random.Random(5)
print(sum(r.randrange(10) + r.random() + r.choice("abc").count("a") for _ in range(500)), r.sample(range(50), 5), r.gauss(0, 1))


def globs(n):
    global gx
    for i in range(n):
        gx = gx + 1 if i % 7 else gx * 1.0
        if i % 100 == 5:
            del gx
            globals()["gx"] = 3
    return gx


gx = 0
print(globs(500))
cnt = collections.Counter()
dd = collections.defaultdict(list)
dq = collections.deque(maxlen=5)
od = collections.OrderedDict()
cm = collections.ChainMap({}, {"z": 1})
for i in range(500):
    cnt[i % 7] += 1
    cnt.update("ab")
    dd[i % 3].append(i)
    dq.append(i)
    dq.appendleft(-i)
    od[i % 11] = i
    od.move_to_end(i % 11, last=i % 2 == 0)
    cm[i % 3] = cm["z"]
print(cnt.most_common(2), len(dd[1]), dq, list(od)[:4], len(cm))
