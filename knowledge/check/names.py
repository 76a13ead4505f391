"""Writes names.yaml: what "from module import *" binds, for modules that notebooks star-import.

Run it with the libraries installed: python names.py > names.yaml
"""

import importlib
import importlib.metadata
import sys

MODULES = """
IPython.display bisect cmath collections contextlib copy csv ctypes dataclasses datetime decimal enum fractions
functools glob heapq io ipywidgets itertools json math matplotlib.pylab matplotlib.pyplot multiprocessing numpy
numpy.fft numpy.linalg numpy.random numpy.testing operator os os.path pandas pathlib pickle pprint pylab queue random
re scipy scipy.integrate scipy.interpolate scipy.linalg scipy.optimize scipy.signal scipy.special scipy.stats
seaborn shutil socket sklearn.metrics sklearn.model_selection sklearn.preprocessing statistics statsmodels.api string
struct subprocess sympy sympy.abc sys threading time tkinter tkinter.ttk turtle typing urllib.parse urllib.request
uuid warnings
""".split()


def star_names(module):
    """The names that a star import binds (the language reference, section 7.11)."""
    namespace = {}
    exec(f"from {module} import *", namespace)
    namespace.pop("__builtins__")
    return sorted(namespace)


def lines(names, width=116):
    line = ""
    for name in names:
        if line and len(line) + 1 + len(name) > width:
            yield line
            line = name
        else:
            line = f"{line} {name}".strip()
    if line:
        yield line


def main():
    python = ".".join(map(str, sys.version_info[:2]))
    documents = {}
    for module in MODULES:
        documents.setdefault(module.split(".")[0], []).append(module)
    print('# What "from module import *" binds. Written by names.py; edit that instead.')
    for library, modules in documents.items():
        root = importlib.import_module(library)
        try:
            version = importlib.metadata.version({"pylab": "matplotlib", "sklearn": "scikit-learn"}.get(library, library))
        except importlib.metadata.PackageNotFoundError:
            version = python
        print(f'---\nlibrary: {library}\nchecked: "{version}"\nnames:')
        for module in modules:
            print(f"  {module}: >-")
            for line in lines(star_names(module)):
                print(f"    {line}")


if __name__ == "__main__":
    main()
