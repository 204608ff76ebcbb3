"""logging finds the caller's function and line from inside hot loops."""

import io
import logging

stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)s %(funcName)s:%(lineno)d %(message)s"))
log = logging.getLogger("corpus")
log.addHandler(handler)
log.setLevel(logging.INFO)


def step(i):
    log.debug("hidden %d", i)
    if i % 700 == 699:
        log.info("step %d", i)
    return i & 3


def run(n):
    s = 0
    for i in range(n):
        s += step(i)
        if i % 1300 == 1299:
            log.warning("run %s", s)
        if i == 2000:
            try:
                s += [][i]
            except IndexError:
                log.exception("failed")
    return s


print(run(3000))
print(stream.getvalue().replace(__file__, "FILE"))
