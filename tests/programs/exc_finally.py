"""finally blocks run in order on every way out of a loop's body: break, continue, return, raise."""


def ways(n):
    log = [0, 0, 0, 0]
    for i in range(n):
        try:
            if i % 3 == 0:
                continue
            if i % 1500 == 1499:
                break
            log[0] += 1
        finally:
            log[1] += 1
        log[2] += 1
    else:
        log[3] = -1
    return log


def returns(n):
    done = 0
    for i in range(n):
        try:
            try:
                if i == 2500:
                    return "inner", done
            finally:
                done += 1
        finally:
            done += 10
    return "end", done


def override(n):
    for i in range(n):
        try:
            if i == 1800:
                raise KeyError(i)
        finally:
            if i == 1800:
                return "swallowed"  # noqa: B012
    return "end"


def raising_finally(n):
    seen = []
    for i in range(n):
        try:
            try:
                if i % 1000 == 999:
                    raise KeyError(i)
            finally:
                if i % 2000 == 1999:
                    {}[i, "finally"]
        except KeyError as exc:
            seen.append((exc.args, repr(exc.__context__)))
    return seen


def else_clause(n):
    a = b = c = 0
    for i in range(n):
        try:
            x = 10 // (i % 7)
        except ZeroDivisionError:
            a += 1
        else:
            b += x
        finally:
            c += 1
    return a, b, c


def nested_order(n):
    out = []
    for i in range(n):
        try:
            try:
                try:
                    if i == n - 1:
                        raise ValueError("x")
                finally:
                    if i > n - 3:
                        out.append("f1")
            except TypeError:
                out.append("no")
            finally:
                if i > n - 3:
                    out.append("f2")
        except ValueError:
            out.append("caught")
    return out


print(ways(1400), ways(4000))
print(returns(1000), returns(4000))
print(override(1000), override(3000))
print(raising_finally(4000))
print(else_clause(5000))
print(nested_order(2500))
