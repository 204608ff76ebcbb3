"""Coroutines, async generators, async for and async with, with and without asyncio."""

import asyncio


async def double(x):
    return x * 2


async def chain(x, depth):
    if depth == 0:
        return x
    return await chain(x + 1, depth - 1)


class Ticker:
    """An asynchronous iterator."""

    def __init__(self, n):
        self.n = n
        self.i = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        return self.i


class Lock:
    """An asynchronous context manager."""

    held = 0

    async def __aenter__(self):
        Lock.held += 1
        return self

    async def __aexit__(self, kind, value, tb):
        Lock.held -= 1
        return kind is KeyError


async def agen(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("agen closed", n)


class Suspend:
    """Gives control back to whoever drives the coroutine."""

    def __await__(self):
        got = yield "suspended"
        return got


async def suspending(n):
    s = 0
    for _ in range(n):
        s += await Suspend()
    return s


def drive(coro, values):
    coro.send(None)
    try:
        for v in values:
            coro.send(v)
    except StopIteration as exc:
        return exc.value


async def main():
    s = 0
    for i in range(2000):
        s += await double(i)
    print(s)
    s = 0
    for i in range(300):
        s += await chain(i, 6)
    print(s)
    s = 0
    async for v in Ticker(2500):
        s += v
    async for v in agen(2000):
        s += v
    print(s, sum([v async for v in agen(1500) if v % 2]))
    for i in range(2000):
        async with Lock() as lock:
            if i % 100 == 0:
                raise KeyError(i)
            s += lock.held
    print(s, Lock.held)
    results = await asyncio.gather(*(worker(k) for k in range(4)))
    print(results, order[:8], len(order))
    try:
        async with asyncio.timeout(0.02):
            while True:
                await asyncio.sleep(0)
    except TimeoutError:
        print("timeout")
    task = asyncio.create_task(cancelled())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")


order = []


async def worker(k):
    s = 0
    for i in range(200):
        s += i * k
        order.append(k)
        await asyncio.sleep(0)
    return s


async def cancelled():
    try:
        while True:
            await asyncio.sleep(0)
    finally:
        print("cleaned up")


async def failing(n):
    for i in range(n):
        await double(1 // (1500 - i))


print(drive(suspending(3000), range(3000)))
asyncio.run(main())
try:
    asyncio.run(failing(2000))
except ZeroDivisionError as exc:
    print(exc)
