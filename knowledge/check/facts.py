"""The entries of facts.txt, read as the Go package reads them (../README.md has the language)."""

import dataclasses
import re

LISTS = ("same view elem elems holds mutates mutates-held consumes keeps keeps-elems calls asks unpacks draws base includes").split()
FLAGS = "class immutable attr linked carries spreads zips opaque iterator".split()


@dataclasses.dataclass
class Condition:
    op: str  # "if", "if not", "if address" or "unless"
    parameter: str
    also: "Condition | None" = None

    def holds(self, call):
        if self.also and not self.also.holds(call):
            return False
        given, value = call.argument(self.parameter)
        if self.op == "if":
            return given and value is not False and value is not None
        if self.op == "if address":
            return given and isinstance(value, str) and "://" in value
        if self.op == "if not":
            return given and value is not True
        return not given or value is False or value is None


@dataclasses.dataclass
class Fact:
    path: str
    text: str
    flags: set = dataclasses.field(default_factory=set)
    results: list = dataclasses.field(default_factory=list)  # (type as written, condition or None)
    lists: dict = dataclasses.field(default_factory=dict)  # word → [(parameter, condition or None)]
    effects: dict = dataclasses.field(default_factory=dict)  # word → condition or None

    def says(self, word, place, call):
        """Whether the word is said of what stands at this place of the call: "self", a position or a keyword."""
        for parameter, condition in self.lists.get(word, ()):
            if place in call.places(parameter) and (condition is None or condition.holds(call)):
                return True
        return False

    def has_effect(self, kind, call):
        return kind in self.effects and (self.effects[kind] is None or self.effects[kind].holds(call))

    def result(self, call):
        """The type of the result as written, or None."""
        for written, condition in self.results:
            if condition is not None and condition.holds(call):
                return written
        return next((written for written, condition in self.results if condition is None), None)


def parse(path, text):
    fact = Fact(path, text)
    for clause in text.split(";"):
        clause, condition = split_condition(clause.strip())
        if clause.startswith("->"):
            fact.results.append((clause[2:].strip(), condition))
            continue
        word, _, rest = clause.partition(" ")
        if word in FLAGS:
            fact.flags.add(word)
        elif word in LISTS:
            fact.lists.setdefault(word, []).extend((p, condition) for p in rest.replace(",", " ").split())
        elif word != "pure":
            fact.effects[word] = condition
    return fact


def split_condition(clause):
    found = re.search(r" (if not|if address|if|unless) (\S+)$", clause)
    if not found:
        return clause, None
    rest, also = split_condition(clause[: found.start()])
    return rest, Condition(found[1], found[2], also)


class Base:
    """All entries, with the lookup of the Go package."""

    def __init__(self, path):
        self.text = {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, _, text = line.rstrip("\n").partition("\t")
                self.text[key] = text
        self.parsed = {}

    def fact(self, path):
        if path not in self.parsed:
            text = self.text.get(path)
            self.parsed[path] = None if text is None or text.startswith("alias ") else parse(path, text)
        return self.parsed[path]

    def bases(self, path):
        order = []

        def visit(p):
            if p not in order:
                order.append(p)
                fact = self.fact(p)
                for name, _ in fact.lists.get("base", ()) if fact else ():
                    visit(self.absolute(path, name))

        visit(path)
        return order

    def member(self, owner, name):
        """The fact of a member of a class."""
        order = self.bases(owner)
        for suffix in (name, "*"):
            for c in order:
                if c + "." + suffix in self.text:
                    return self.fact(self.canonical(c + "." + suffix))
        return None

    def included(self, module):
        fact = self.fact(module)
        names = [name for name, _ in fact.lists.get("includes", ())] if fact else []
        near = [module.split(".")[0] + "." + name for name in names]
        return names + near

    def absolute(self, path, name):
        library = path.split(".")[0]
        for candidate in (library + "." + name, "builtins." + name, name):
            candidate = self.canonical(candidate)
            fact = self.fact(candidate)
            if fact and "class" in fact.flags:
                return candidate
        return name

    def canonical(self, path):
        for _ in range(8):
            text = self.text.get(path, "")
            if not text.startswith("alias "):
                return path
            target = text[6:]
            near = path.split(".")[0] + "." + target
            path = near if near in self.text and near != path else target
        return path

    def subclasses(self, path):
        return [p for p, text in self.text.items()
                if " base " in text and "class" in text and path in self.bases(p)]
