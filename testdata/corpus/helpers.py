"""Functions that own_helpers.ipynb uses."""

SMALLEST = 1e-9


def normalised(values):
    total = sum(values) or SMALLEST
    return [v / total for v in values]


def cap(values, limit):
    for i, v in enumerate(values):
        values[i] = min(v, limit)


def rounded(values, digits):
    return [round(v, digits) for v in values]


def compose(*functions):
    def composed(value):
        for f in functions:
            value = f(value)
        return value

    return composed


class Recorder:
    def __init__(self):
        self.notes = []

    def note(self, value):
        self.notes.append(value)

    def best(self):
        return max(self.notes)
