"""What a script sees of itself: __name__, __file__, argv, import of a sibling, module state, pickling."""

import os
import pickle
import sys

import app_primes_helper

print(__name__, os.path.basename(__file__), [os.path.basename(a) for a in sys.argv])
print(os.path.basename(sys.path[0]), sys.modules["__main__"].__dict__ is globals())
print(sorted(k for k in globals() if k.startswith("__") and k != "__annotations__"))
print(__doc__ is not None, __spec__, __builtins__ is sys.modules["builtins"], sys.flags.optimize)


class Item:
    """Pickled and read back."""

    def __init__(self, v):
        self.v = v


s = 0
for i in range(300):
    s += pickle.loads(pickle.dumps(Item(i))).v
print(s, Item.__module__)
print(app_primes_helper.count(3000), app_primes_helper.calls)
for i in range(3000):
    s += app_primes_helper.bump()
    if i == 2000:
        app_primes_helper.step = 100
print(s, app_primes_helper.calls)
print(sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(), sys.exc_info())
