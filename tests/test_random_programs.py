"""Programs made by chance print the same under pytrace; `check` has every internal error printed, too.

PYTRACE_PROGRAMS=from:to tries other seeds.
"""

import os
import subprocess
import sys

import pytest
import random_programs
import random_values

FIRST, _, END = os.environ.get("PYTRACE_PROGRAMS", "0:16").partition(":")


def outcome(text, *options):
    done = subprocess.run([sys.executable, *options, "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


SEEDS = range(int(FIRST), int(END))


@pytest.mark.parametrize(("programs", "seed"), [*[(random_programs, seed) for seed in SEEDS], *[(random_values, seed) for seed in SEEDS[:: 1 if "PYTRACE_PROGRAMS" in os.environ else 4]]])
def test_program(programs, seed):
    text = programs.program(seed)
    assert outcome(text, "-m", "pytrace", "--jit", "threshold=2,check") == outcome(text)
