"""`python -m pytrace`, and the target of the command's own re-execution.

The command runs this file by its path when the interpreter has to start again with other options (see cli.py). Those
may be -I, -S or -E, so the package is not looked for on sys.path but imported from where this file is.
"""

if __package__:
    from .cli import main
else:
    import sys

    parent = __file__.rpartition("/")[0].rpartition("/")[0]
    sys.path.insert(0, parent)
    try:
        from pytrace.cli import main
    finally:
        sys.path.remove(parent)

main()
