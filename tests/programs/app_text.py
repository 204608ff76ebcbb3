"""Run-length coding, Huffman, base64, Roman numerals, Morse, brainfuck, JSON round trips."""

import heapq
import json
import re


def rle(text):
    out = []
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        out.append((text[i], j - i))
        i = j
    return out


def huffman(text):
    freq = {}
    for ch in text:
        freq[ch] = freq.get(ch, 0) + 1
    heap = [(n, i, ch) for i, (ch, n) in enumerate(sorted(freq.items()))]
    heapq.heapify(heap)
    k = len(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], k, (a, b)))
        k += 1
    codes = {}

    def walk(node, prefix):
        if isinstance(node[2], str):
            codes[node[2]] = prefix
        else:
            walk(node[2][0], prefix + "0")
            walk(node[2][1], prefix + "1")

    walk(heap[0], "")
    return sum(len(codes[ch]) for ch in text)


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def base64(data):
    out = []
    for i in range(0, len(data), 3):
        chunk = data[i : i + 3]
        n = int.from_bytes(chunk + bytes(3 - len(chunk)), "big")
        for k in range(4):
            out.append("=" if k > len(chunk) else ALPHABET[n >> (18 - 6 * k) & 63])
    return "".join(out)


def roman(n):
    out = ""
    for v, s in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
                 (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= v:
            out += s
            n -= v
    return out


def brainfuck(code):
    tape, ptr, pc, out = [0] * 100, 0, 0, []
    jumps, stack = {}, []
    for i, ch in enumerate(code):
        if ch == "[":
            stack.append(i)
        elif ch == "]":
            j = stack.pop()
            jumps[i], jumps[j] = j, i
    while pc < len(code):
        ch = code[pc]
        if ch == ">":
            ptr += 1
        elif ch == "<":
            ptr -= 1
        elif ch == "+":
            tape[ptr] = tape[ptr] + 1 & 255
        elif ch == "-":
            tape[ptr] = tape[ptr] - 1 & 255
        elif ch == ".":
            out.append(chr(tape[ptr]))
        elif ch == "[" and not tape[ptr]:
            pc = jumps[pc]
        elif ch == "]" and tape[ptr]:
            pc = jumps[pc]
        pc += 1
    return "".join(out)


text = "it was the best of times, it was the worst of times " * 30
print(len(rle(text)), rle("aaabccddddd" * 200)[:4])
print(huffman(text))
print(base64(text.encode())[:60], len(base64(text.encode() + b"!")))
print(sum(len(roman(n)) for n in range(1, 2000)), roman(1999))
print(brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+."))
print(brainfuck("++++++++[>++++++++[>++++++++<-]<-]>>[<+>-]<+."), end="|\n")
doc = {"a": [1, 2.5, None, True, {"b": "text é"}], "n": 10**20}
s = 0
for i in range(500):
    doc["i"] = i
    s += len(json.dumps(json.loads(json.dumps(doc))))
print(s)
print(sum(int(m.group()) for m in re.finditer(r"\d+", " ".join(map(str, range(3000))))))
print(len(re.sub(r"(\w+) (\w+)", lambda m: m.group(2) + m.group(1), text)))
