"""From traces to machine code: LLVM text, exit descriptions, compiling and linking."""
