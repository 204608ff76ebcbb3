"""CPython as it is: frames, layouts, bytecode and the meaning of each opcode."""
