"""Globals, builtins and module attributes that change in the middle of a hot loop."""

import builtins
import types

factor = 1


def scale(n):
    global factor
    s = 0
    for i in range(n):
        s += i * factor
        if i % 1500 == 1499:
            factor += 1
    return s


def helper(x):
    return x + 1


def call_helper(n):
    global helper
    s = 0
    for i in range(n):
        s += helper(i)
        if i == 2000:
            helper = lambda x: -x  # noqa: E731
        if i == 3000:
            def helper(x, y=10):
                return x * y
    return s


def shadow_builtin(n):
    s = 0
    for i in range(n):
        s += abs(-i)
        if i == 1500:
            globals()["abs"] = lambda v: v
        if i == 2500:
            del globals()["abs"]
    return s


def patch_builtin(n):
    real = builtins.len
    s = 0
    try:
        for i in range(n):
            s += len("abc")
            if i == 1500:
                builtins.len = lambda v: 1000
            if i == 1600:
                builtins.len = real
    finally:
        builtins.len = real
    return s


def module_attribute(n):
    mod = types.ModuleType("mod")
    mod.value = 1
    s = 0
    for i in range(n):
        s += mod.value
        if i == 1800:
            mod.value = 1.5
        if i == 2500:
            mod.value = 10**20
    return s


def indirect():
    return factor


def changed_by_exec(n):
    s = 0
    for i in range(n):
        s += indirect()
        if i == 2000:
            exec("factor = 1000", globals())
    return s


print(scale(5000), factor)
print(call_helper(4000))
print(shadow_builtin(4000))
print(patch_builtin(3000))
print(module_attribute(3000))
print(changed_by_exec(3000), factor)
