"""An uncaught exception out of a hot loop: its traceback with carets, exit status 1."""


def work(n):
    total = 0
    table = [3, 1, 4, 1, 5]
    for i in range(n):
        total += table[i % 5] * (100 // (2500 - i)) + table[i % 3]
    return total


print("before")
print(work(2000))
print(work(5000))
print("never")
