"""Programs made by chance print the same under pytrace; `check` has every internal error printed, too.

PYTRACE_PROGRAMS=from:to tries other seeds.
"""

import os
import subprocess
import sys

import pytest
from random_programs import program

FIRST, _, END = os.environ.get("PYTRACE_PROGRAMS", "0:16").partition(":")


def outcome(text, *options):
    done = subprocess.run([sys.executable, *options, "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("seed", range(int(FIRST), int(END)))
def test_program(seed):
    text = program(seed)
    assert outcome(text, "-m", "pytrace", "--jit", "threshold=2,check") == outcome(text)
