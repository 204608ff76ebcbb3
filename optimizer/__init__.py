"""The passes over a trace."""
