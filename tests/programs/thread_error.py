"""An exception that ends a thread's hot loop: reported by threading's hook, main goes on."""

import sys
import threading


def fail(n):
    s = 0
    for i in range(n):
        s += 100 // (2500 - i)
    return s


def hook(args):
    lines = []
    tb = args.exc_traceback
    while tb:
        if tb.tb_frame.f_code.co_filename == __file__:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    print(args.exc_type.__name__, args.exc_value, lines)


threading.excepthook = hook
for _ in range(3):
    t = threading.Thread(target=fail, args=(5000,))
    t.start()
    t.join()
print(fail(2000))
switch = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
done = []


def busy(k):
    x = 0
    for i in range(20000):
        x = (x * 31 + i) & 0xFFFFFFFF
    done.append((k, x))


threads = [threading.Thread(target=busy, args=(k,)) for k in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
sys.setswitchinterval(switch)
print(sorted(done))
