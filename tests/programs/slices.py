"""Slices of lists, tuples, strings and ranges: reads, writes, deletes, steps."""


def reads(n):
    a = list(range(20))
    t = tuple(a)
    text = "abcdefghijklmnopqrst"
    s = 0
    for i in range(n):
        k = i % 20
        s += sum(a[k:]) + sum(a[:k]) + len(t[k:-1]) + len(a[::-1][k:])
        s += len(text[k : k + 3]) + len(a[-k:]) + len(a[100:]) + len(a[k:5:-1])
    return s


def writes(n):
    a = list(range(10))
    for i in range(n):
        k = i % 10
        a[k : k + 2] = [i, i + 1]
        if len(a) > 10:
            del a[10:]
        a[::2] = a[::2][::-1]
    return a


def rotate(n):
    a = list(range(7))
    for _ in range(n):
        a = a[1:] + a[:1]
    return a


def huge(n):
    a = [1, 2, 3]
    s = 0
    for _ in range(n):
        s += len(a[-(10**20) : 10**20]) + len(a[: 2**63]) + len(a[2**64 :])
    return s


def merge_sort(items):
    if len(items) < 2:
        return items
    mid = len(items) // 2
    left, right = merge_sort(items[:mid]), merge_sort(items[mid:])
    out = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]


def errors(n):
    found = set()
    a = list(range(6))
    for i in range(n):
        try:
            if i == 1500:
                a[::0]
            if i == 2000:
                a[::2] = [1]
            if i == 2500:
                a["x":]
            a[i % 6 :]
        except (ValueError, TypeError) as exc:
            found.add(str(exc))
    return sorted(found)


print(reads(3000))
print(writes(3000))
print(rotate(5000))
print(huge(3000))
print(merge_sort([(i * 7919) % 2003 for i in range(2000)])[::200])
print(errors(3000))
