"""Strings in hot loops: building, slicing, searching, translating, comparing."""


def build(n):
    s = ""
    for i in range(n):
        s += chr(97 + i % 26)
    return len(s), s[:10], s[-5:]


def shared_build(n):
    s = ""
    kept = []
    for i in range(n):
        s += "xy"
        if i % 1000 == 0:
            kept.append(s)
    return [len(k) for k in kept], len(s)


def joined(n):
    parts = []
    for i in range(n):
        parts.append(str(i))
        parts.append(",")
    return len("".join(parts))


def palindromes(n):
    return sum(1 for i in range(n) if str(i) == str(i)[::-1])


def caesar(text, k):
    out = []
    for ch in text:
        if ch.isalpha():
            base = ord("a") if ch.islower() else ord("A")
            out.append(chr((ord(ch) - base + k) % 26 + base))
        else:
            out.append(ch)
    return "".join(out)


def words(text):
    counts = {}
    for w in text.split():
        w = w.strip(".,").lower()
        counts[w] = counts.get(w, 0) + 1
    return sorted(counts.items())


def search(text, n):
    s = 0
    for i in range(n):
        s += text.find("q", i % 40) + text.count("o") + text.startswith("The") + ("fox" in text)
        s += len(text.replace("o", "00")) + text.index("b")
    return s


def wide(n):
    s = ""
    for i in range(n):
        s = s[-50:] + ("é" if i % 3 else "∀" if i % 7 else "\U0001f600")
    return len(s), sum(ord(c) for c in s)


def compare(n):
    s = 0
    names = ["alpha", "beta", "gamma", "alphabet"]
    for i in range(n):
        a, b = names[i % 4], names[(i + 1) % 4]
        s += (a < b) + 2 * (a == b) + 4 * (a >= b) + ("%s-%s" % (a, b)).count("a") + len(a * 3)
    return s


TEXT = "The quick brown fox, that jumps over the lazy dog. "
print(build(5000))
print(shared_build(3500))
print(joined(4000))
print(palindromes(6000))
print(caesar(TEXT * 60, 3)[-60:])
print(words(TEXT * 100))
print(search(TEXT, 3000))
print(wide(4000))
print(compare(4000))
try:
    t = "a"
    for i in range(3000):
        t = t[1:] + ("b" if i < 2500 else 5)
except TypeError as exc:
    print(i, exc)
