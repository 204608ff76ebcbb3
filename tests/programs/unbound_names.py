"""Unbound locals, deleted locals, missing globals and free variables, inside hot loops."""


def maybe(n):
    hits = 0
    for i in range(n):
        try:
            if i % 1000 == 999:
                del value  # noqa: F821
            else:
                value = i
            hits += value > -1
        except UnboundLocalError as exc:
            print(i, exc)
    return hits


def delete_twice(n):
    x = 1
    for i in range(n):
        try:
            if i >= n - 2:
                del x
        except UnboundLocalError as exc:
            print(i, exc)
    return "x" in locals()


def free_variable(n):
    def inner():
        return cell + 1

    s = 0
    for i in range(n):
        try:
            if i == n // 2:
                del cell
            elif i != n // 2 + 1:
                cell = i
            s += inner()
        except NameError as exc:
            print(i, type(exc).__name__, exc)
    return s


def missing_global(n):
    s = 0
    for i in range(n):
        try:
            s += later  # noqa: F821
        except NameError as exc:
            if i in (0, 1499):
                print(i, exc, exc.name)
            if i == 1499:
                globals()["later"] = 5
    return s


def deleted_global(n):
    global temp
    temp = 1
    s = 0
    for i in range(n):
        s += temp
        if i == 2000:
            del temp
    return s


print(maybe(3500))
print(delete_twice(3000))
print(free_variable(3000))
print(missing_global(3000))
try:
    deleted_global(3000)
except NameError as exc:
    print(exc)


def first_unbound(flag, n):
    for _ in range(n):
        if flag:
            y = 1
        flag = True
    return y


print(first_unbound(False, 3000))
try:
    print(first_unbound(False, 1))
except UnboundLocalError as exc:
    print(exc)
