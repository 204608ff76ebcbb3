"""A generator function with keyword-only parameters."""


def gen(n, *, chain=True, step=1):
    for i in range(0, n, step):
        yield i if chain else -i
def f(n):
    t = 0
    for k in range(n):
        for x in gen(5, chain=k % 2 == 0):
            t += x
    return t
print(f(3000))
