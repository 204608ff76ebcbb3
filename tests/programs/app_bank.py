"""An event simulation with classes, inheritance, logging of events and error paths."""

import heapq
import random


class InsufficientFunds(Exception):
    """Too little money."""


class Account:
    """A balance with a history."""

    fee = 0

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(("d", amount))

    def withdraw(self, amount):
        total = amount + self.fee
        if total > self.balance:
            raise InsufficientFunds(f"{self.owner}: {self.balance} < {total}")
        self.balance -= total
        self.history.append(("w", amount))
        return amount


class Savings(Account):
    """Pays interest."""

    rate = 0.01

    def interest(self):
        self.deposit(int(self.balance * self.rate))


class Checking(Account):
    """Costs a fee."""

    fee = 1


class Simulation:
    """A queue of timed events."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.queue = []
        self.now = 0
        self.seq = 0
        kinds = (Savings, Checking, Account)
        self.accounts = [kinds[i % 3](f"owner{i}", 1000) for i in range(9)]
        self.failed = 0

    def schedule(self, delay, fn, *args):
        self.seq += 1
        heapq.heappush(self.queue, (self.now + delay, self.seq, fn, args))

    def transfer(self):
        a, b = self.rng.sample(self.accounts, 2)
        amount = self.rng.randrange(1, 400)
        try:
            b.deposit(a.withdraw(amount))
        except InsufficientFunds:
            self.failed += 1
        self.schedule(self.rng.randrange(1, 10), self.transfer)

    def pay(self, account):
        account.interest()
        self.schedule(50, self.pay, account)

    def run(self, until):
        steps = 0
        while self.queue and self.queue[0][0] < until:
            self.now, _, fn, args = heapq.heappop(self.queue)
            fn(*args)
            steps += 1
        return steps


sim = Simulation(42)
for k in range(4):
    sim.schedule(k, sim.transfer)
for account in sim.accounts:
    if isinstance(account, Savings):
        sim.schedule(50, sim.pay, account)
print(sim.run(5000), sim.failed)
for account in sim.accounts:
    print(type(account).__name__, account.owner, account.balance, len(account.history))
poor = Checking("poor", 100)
while True:
    poor.withdraw(0)
