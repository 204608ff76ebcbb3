"""From a trace to machine code, by way of LLVM."""
