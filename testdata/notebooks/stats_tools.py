"""Read by local-module.ipynb."""


def center(values):
    return sum(values) / len(values)


def spread(values):
    return max(abs(v - center(values)) for v in values)
