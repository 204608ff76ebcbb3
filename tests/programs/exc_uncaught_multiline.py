"""The carets of an uncaught error in a long expression over several lines, at module level."""

table = {k: [k, k * 2, k * 3] for k in range(2000)}
text = "é∀ wide"
s = 0
for i in range(4000):
    s += (
        table[i % 1999][1]
        + table.get(
            i, [0, 0, 0]
        )[0] * (len(text) -
                table[i + (0 if i < 3500 else 5)][2]
                if i < 1900 else 2)
        + sum(x for x in (1, 2)) + ("é∀", table[i % 7][0], table[1999 if i < 3333 else i][0])[2]
    )
print("never")
