"""The C extension; everything else about the package is in pyproject.toml."""

from glob import glob

from setuptools import Extension, setup

sources = sorted(glob("interp/*.c"))
bridge = Extension(
    "pytrace.interp._bridge",
    sources=sources,
    depends=sorted(glob("interp/*.h")),
    extra_compile_args=["-O2", "-fno-strict-aliasing"],
    optional=True,  # without a compiler pytrace installs, says so when it starts, and runs plain CPython
)

setup(ext_modules=[bridge] if sources else [])
