"""A small numeric loop, hot enough to be worth compiling."""


def collatz_steps(limit: int) -> tuple[int, int]:
    """The start below `limit` with the longest Collatz sequence, and that sequence's number of steps."""
    best, best_steps = 1, 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > best_steps:
            best, best_steps = start, steps
    return best, best_steps


start, steps = collatz_steps(100_000)
print(f"Hello from a hot loop: {start} needs {steps} Collatz steps to reach 1.")
