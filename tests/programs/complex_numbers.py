"""Complex arithmetic, a Mandelbrot set and errors of complex numbers."""


def mandelbrot(width, height, limit):
    total = 0
    rows = []
    for y in range(height):
        row = ""
        for x in range(width):
            c = complex(3.0 * x / width - 2.0, 2.4 * y / height - 1.2)
            z = 0j
            n = 0
            while abs(z) < 2.0 and n < limit:
                z = z * z + c
                n += 1
            total += n
            row += " .:-=+*#%@"[n * 9 // limit]
        rows.append(row.rstrip())
    return total, rows


def roots(n):
    w = complex(0.6, 0.8)
    z = 1 + 0j
    s = 0
    for k in range(n):
        z *= w
        s += z / (1 + k)
        s -= z.conjugate() * 0.5
        s += z.real - z.imag * 1j
    return s


def errors(n):
    out = []
    for i in range(n):
        try:
            if i == 1500:
                1j < 2j  # noqa: B015
            elif i == 2000:
                (1 + 1j) / 0
            elif i == 2500:
                (1 + 1j) // 2
            else:
                (1 + 1j) * i
        except (TypeError, ZeroDivisionError) as exc:
            out.append((i, type(exc).__name__, str(exc)))
    return out


count, picture = mandelbrot(40, 16, 30)
print(count)
print("\n".join(picture))
r = roots(5000)
print(f"{r.real:.9f} {r.imag:.9f}")
for e in errors(3000):
    print(e)
print((-0.0 + 0j), 1j**2, (1 + 2j) ** -2, complex("1+2j") == 1 + 2j, (2 + 0j) == 2)
