"""What recording and compiling may cost: a program that gains nothing must not lose much.

All that the JIT does takes the program's time, in its own thread or in the compiling one.  It may take an allowance in the first seconds, a small share of the time
that the program runs, and more of it in as far as compiled code is faster than CPython, as trials have shown: then the next trace is likely to pay, too.  So a program
that gains gets all of its branches compiled soon, and one with thousands of branches, of which none is much used, is left alone.  A loop that is entered and left again
and again gets bridges for what that has cost, or it would never come to gain anything.

Not where a threshold is given: what happens then must not depend on time.
"""

from __future__ import annotations

import time
from typing import Any

START = 0.06  # seconds
ALLOWANCE = 0.15  # which is reached after
EARLY = 2.0  # seconds of the program's
SHARE = 0.012  # of the time that the program runs
SAVED = 0.5  # of the time that compiled code saves, but
MOST = 0.2  # of all
ENTRY = 1.5e-7  # seconds: what entering and leaving native code costs, at least
BESIDE = 0.5  # what a second of LLVM counts, which works beside the program, in a thread of its own


class Budget:
    """Seconds of CPU time.  `saved`: what compiled code has saved."""

    __slots__ = ("clock", "earned", "saved", "refusals", "spent", "traces")

    def __init__(self, saved: Any, clock: Any = time.process_time) -> None:
        self.saved = saved
        self.clock = clock
        self.spent = 0.0
        self.traces = 0  # that it was spent on
        self.refusals = 0
        self.earned = 0.0  # by loops that are entered very often

    def income(self) -> float:
        now = self.clock()
        return self.earned + START + (ALLOWANCE - START) * min(now / EARLY, 1.0) + SHARE * now + min(SAVED * max(self.saved(), 0.0), MOST * now)

    def is_tight(self) -> bool:
        """Whether the allowance is spent."""
        return self.spent > ALLOWANCE

    def price(self) -> float:
        """What a trace costs."""
        return self.spent / self.traces if self.traces else 0.0

    def earn(self, entries: int, earned: float) -> float:
        """What one more bridge may cost a loop that was entered so often, and got `earned` in that way before; 0: nothing.

        An entry and an exit take time, which a bridge saves; what else it saves nobody knows before.  So as much may be spent on a loop's bridges as its entries have cost.
        """
        price = self.price()
        if entries * ENTRY < earned + price:
            return 0.0
        self.earned += price
        return price

    def allows(self, waiting: int) -> bool:
        """Whether one more trace may be recorded.  `waiting`: traces that are being compiled, at a price that is not known yet."""
        if self.spent + self.price() * (waiting + 0.5) <= self.income():
            return True
        self.refusals += 1
        return False


__all__ = ["ALLOWANCE", "BESIDE", "Budget", "EARLY", "ENTRY", "SAVED", "MOST", "SHARE", "START"]
