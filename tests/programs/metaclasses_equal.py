"""Classes whose metaclass has an equality and a hash of its own, or none: nobody asks for it unless the program does."""


class Meta(type):
    def __eq__(self, o): return True
class C(metaclass=Meta):
    x = 3
    def m(self): return 4
    def __add__(self, o): return 1
    def __getitem__(self, i): return i
    def __iter__(self): return iter([1])
    def __len__(self): return 2
    def __contains__(self, x): return True
def f(c, n):
    t = 0
    for i in range(n):
        t += c.x + c.m() + (c + 1) + c[2] + len(c) + (3 in c) + isinstance(c, int)
        for z in c: t += z
        if c: t += 1
        t += hash(str(c)[:3])*0
        c.y = i
        x = f"{c}"
        t += c == 4
        t += type(c) is C
    return t
print(f(C(), 20))
class Meta2(type):
    def __eq__(self, o): return True
    def __hash__(self): return hash(int)
class C(metaclass=Meta2):
    x = 3
    def m(self): return 4
    def __add__(self, o): return 1
    def __getitem__(self, i): return i
    def __iter__(self): return iter([1])
    def __len__(self): return 2
    def __contains__(self, x): return True
print(f(C(), 20))
class Meta3(type):
    def __hash__(self): raise ValueError("asked")
class C(metaclass=Meta3):
    x = 3
    def m(self): return 4
    def __add__(self, o): return 1
    def __getitem__(self, i): return i
    def __iter__(self): return iter([1])
    def __len__(self): return 2
    def __contains__(self, x): return True
def g(c, n):
    t = 0
    kept = []
    for i in range(n):
        t += c.x + c.m() + (c + 1) + c[2] + len(c) + (3 in c) + isinstance(c, int)
        for z in c: t += z
        if c: t += 1
        c.y = i
        x = f"{c}"[:3]
        t += c == 4
        t += type(c) is C
        c2 = C()
        c2.z = c
        c = c2
        kept.append(c)
        a, b = c, c2
        t += a is b
        t += -c.x + (not c)
        try: c[1:2] = c; t += 1
        except TypeError: t += 2
        try: t += c < c
        except TypeError: t += 3
        try: raise c
        except TypeError: t += 4
        for q in zip([c], [c2]): t += len(q)
        for q in enumerate([c]): t += len(q)
        t += c in [c2]
        del kept[:]
    return t
print(g(C(), 40))
