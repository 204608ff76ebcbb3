"""Hotness, the recorder and the trace IR."""
