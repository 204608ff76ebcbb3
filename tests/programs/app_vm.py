"""A small stack machine that runs programs in its own bytecode."""

PUSH, ADD, SUB, MUL, LT, JMP, JZ, LOAD, STORE, PRINT, HALT, MOD = range(12)


class Machine:
    """A stack, eight registers and a program counter."""

    def __init__(self, code):
        self.code = code
        self.stack = []
        self.regs = [0] * 8
        self.pc = 0
        self.steps = 0
        self.out = []

    def run(self):
        code = self.code
        stack = self.stack
        while True:
            op, arg = code[self.pc]
            self.pc += 1
            self.steps += 1
            if op == PUSH:
                stack.append(arg)
            elif op == LOAD:
                stack.append(self.regs[arg])
            elif op == STORE:
                self.regs[arg] = stack.pop()
            elif op == ADD:
                b = stack.pop()
                stack.append(stack.pop() + b)
            elif op == SUB:
                b = stack.pop()
                stack.append(stack.pop() - b)
            elif op == MUL:
                b = stack.pop()
                stack.append(stack.pop() * b)
            elif op == MOD:
                b = stack.pop()
                stack.append(stack.pop() % b)
            elif op == LT:
                b = stack.pop()
                stack.append(stack.pop() < b)
            elif op == JMP:
                self.pc = arg
            elif op == JZ:
                if not stack.pop():
                    self.pc = arg
            elif op == PRINT:
                self.out.append(stack.pop())
            elif op == HALT:
                return self.steps
            else:
                raise ValueError(op)


def summing(n, k):
    return [
        (PUSH, 0), (STORE, 0), (PUSH, 0), (STORE, 1),
        (LOAD, 0), (PUSH, n), (LT, 0), (JZ, 19),
        (LOAD, 1), (LOAD, 0), (PUSH, k), (MUL, 0), (ADD, 0), (STORE, 1),
        (LOAD, 0), (PUSH, 1), (ADD, 0), (STORE, 0), (JMP, 4),
        (LOAD, 1), (PRINT, 0), (LOAD, 0), (PUSH, 7), (MOD, 0), (PRINT, 0), (HALT, 0),
    ]


for n, k in ((3000, 3), (2000, 0.5), (1500, 2**60), (100, -1)):
    m = Machine(summing(n, k))
    print(m.run(), m.out, m.stack)
bad = Machine(summing(2000, 1))
bad.code[18] = (99, 0)
try:
    bad.run()
except ValueError as exc:
    print("bad opcode", exc)
bad = Machine([(PUSH, 1), (JMP, 0)])
bad.code = bad.code * 1 + [(HALT, 0)]
bad.code[1] = (JZ, 0)
print(bad.run())
bad = Machine(summing(2000, 1))
bad.code[13] = (ADD, 0)
bad.run()
