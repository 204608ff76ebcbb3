"""A recording given up right at a loop header leaves the stack as it is there."""

def test_nested_front():
    return [[y for y in [x, x + 1]] for x in [1,3,5]]
for i in range(8):
    print(test_nested_front())
