"""The main thread is known as such, whoever imports threading first."""

total = 0
for i in range(5000):
    total += i
print(total)

import threading

print(threading.current_thread() is threading.main_thread(), threading.current_thread().name, threading.active_count())
print(threading.main_thread().ident == threading.get_ident())
