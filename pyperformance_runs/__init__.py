"""Benchmark programs, their runners and comparisons between interpreters."""
