"""A sibling module for main_module, runnable on its own."""

calls = 0
step = 1


def count(n):
    """Count the primes below n."""
    found = []
    for k in range(2, n):
        if all(k % p for p in found if p * p <= k):
            found.append(k)
    return len(found)


def bump():
    """Count a call, in the module's own globals."""
    global calls
    calls += step
    return step


if __name__ == "__main__":
    print(count(1500))
    print(sum(bump() for _ in range(3000)), calls)
