"""An n-body system, a pendulum, Newton's method and numerical integration."""

import math


class Body:
    """A point mass."""

    def __init__(self, x, y, vx, vy, m):
        self.x, self.y, self.vx, self.vy, self.m = x, y, vx, vy, m


def advance(bodies, dt, steps):
    for _ in range(steps):
        for i in range(len(bodies)):
            a = bodies[i]
            for j in range(i + 1, len(bodies)):
                b = bodies[j]
                dx = a.x - b.x
                dy = a.y - b.y
                d2 = dx * dx + dy * dy + 0.01
                mag = dt / (d2 * math.sqrt(d2))
                a.vx -= dx * b.m * mag
                a.vy -= dy * b.m * mag
                b.vx += dx * a.m * mag
                b.vy += dy * a.m * mag
        for b in bodies:
            b.x += dt * b.vx
            b.y += dt * b.vy


def energy(bodies):
    e = 0.0
    for i, a in enumerate(bodies):
        e += 0.5 * a.m * (a.vx**2 + a.vy**2)
        for b in bodies[i + 1 :]:
            e -= a.m * b.m / math.hypot(a.x - b.x, a.y - b.y)
    return e


def integrate(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        s += f(a + i * h)
    return s * h


def newton(f, x):
    steps = 0
    while abs(f(x)) > 1e-12:
        d = (f(x + 1e-7) - f(x - 1e-7)) / 2e-7
        x -= f(x) / d
        steps += 1
        if steps > 100:
            break
    return round(x, 9)


def pendulum(n):
    th, w = 1.0, 0.0
    turns = 0
    for _ in range(n):
        w -= math.sin(th) * 0.01
        old = th
        th += w * 0.01
        if old > 0 >= th:
            turns += 1
    return f"{th:.9f}", turns


bodies = [Body(0, 0, 0, 0, 100), Body(10, 0, 0, 3, 1), Body(0, 15.0, -2.5, 0, 2), Body(-20, 0, 0, -2, 0.5)]
print(f"{energy(bodies):.9f}")
advance(bodies, 0.01, 1500)
print(f"{energy(bodies):.9f}")
print([f"{b.x:.6f}" for b in bodies])
print(f"{integrate(lambda x: x * x, 0, 3, 5000):.9f} {integrate(math.sin, 0.0, math.pi, 5000):.9f}")
print(newton(lambda x: x**3 - 2 * x - 5, 2), newton(lambda x: math.cos(x) - x, 1.0))
print(sum(newton(lambda x: x * x - k, k) for k in range(2, 60)))
print(pendulum(12000))
