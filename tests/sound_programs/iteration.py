"""Sound programs with generators, iterators, views and containers that change while somebody walks over them."""

from __future__ import annotations

PROGRAMS = {
    "a generator is used up": """
numbers = (n for n in (1, 2, 4))
first = list(numbers)
again = list(numbers)
nn.Conv2d(64, 64, 1, groups=4 if not again else 3)
""",
    "a generator in a variable runs late": """
def make():
    groups = 3
    convs = (nn.Conv2d(64, 64, 1, groups=groups) for _ in range(2))
    groups = 4
    return list(convs)
make()
""",
    "a generator function runs late": """
class Maker:
    groups = 3
    def __init__(self):
        self.width = 3
    def layers(self):
        yield nn.Conv2d(64, 64, 1, groups=self.width)
m = Maker()
it = m.layers()
m.width = 4
list(it)
""",
    "a generator that is asked for one item": """
def count():
    yield 4
    yield 3
it = count()
nn.Conv2d(64, 64, 1, groups=next(it))
rest = list(it)
nn.Conv2d(64, 64, 1, groups=4 if rest == [3] else 3)
""",
    "a generator of a function called twice": """
def widths(n):
    return (2 ** i for i in range(n))
a = sum(widths(3))
b = sum(widths(3))
nn.Conv2d(64, 64, 1, groups=4 if b == 7 else 3)
""",
    "a map, a filter and a zip are used up": """
for make in (lambda: map(int, [1, 2]), lambda: filter(None, [1, 2]), lambda: zip([1], [2]), lambda: reversed([1, 2]),
             lambda: enumerate([1, 2])):
    it = make()
    list(it)
    nn.Conv2d(64, 64, 1, groups=3 if list(it) else 4)
""",
    "an iterator is no list": """
for it in (map(int, [1]), zip([1]), (x for x in [1]), iter([1]), {}.items(), {}.keys(), {}.values(), reversed([1])):
    nn.Conv2d(64, 64, 1, groups=3 if isinstance(it, (list, tuple)) else 4)
""",
    "views of a table see what is added": """
table = {"a": 1}
keys, values, items = table.keys(), table.values(), table.items()
table["b"] = 2
nn.Conv2d(64, 64, 1, groups=4 if len(keys) == 2 and len(values) == 2 and len(items) == 2 else 3)
nn.Conv2d(64, 64, 1, groups=4 if "b" in keys and 2 in values and ("b", 2) in items else 3)
nn.Conv2d(64, 64, 1, groups=4 if list(keys) == ["a", "b"] else 3)
""",
    "a view is no list": """
table = {"a": 1}
nn.Conv2d(64, 64, 1, groups=3 if table.keys() == ["a"] else 4)
nn.Conv2d(64, 64, 1, groups=4 if table.keys() == {"a"} else 3)
""",
    "a list that grows under a loop": """
steps = [1]
for s in steps:
    if len(steps) < 4:
        steps.append(s)
nn.Conv2d(64, 64, 1, groups=len(steps))
""",
    "a list that shrinks under a loop": """
steps = [1, 2, 3, 4, 5, 6]
seen = 0
for s in steps:
    seen += 1
    steps.remove(s)
nn.Conv2d(66, 66, 1, groups=seen)
nn.Conv2d(66, 66, 1, groups=len(steps))
""",
    "a list whose items are replaced under a loop": """
steps = [3, 3]
for s in steps:
    steps[1] = 4
nn.Conv2d(64, 64, 1, groups=s)
""",
    "a loop over what another loop has begun": """
it = iter([3, 4])
for first in it:
    break
for second in it:
    nn.Conv2d(64, 64, 1, groups=second)
""",
    "a generator that stops early": """
def layers(n):
    for i in range(5):
        if i == n:
            return
        yield i
nn.Conv2d(64, 64, 1, groups=len(list(layers(4))))
""",
    "any and all stop where they know": """
it = iter([0, 1, 0])
any(it)
nn.Conv2d(64, 64, 1, groups=4 if list(it) == [0] else 3)
it = iter([0, 1, 0, 5])
1 in it
nn.Conv2d(64, 64, 1, groups=4 if list(it) == [0, 5] else 3)
""",
    "rows that are taken in pairs": """
it = iter([1, 2, 3, 4])
pairs = list(zip(it, it))
nn.Conv2d(64, 64, 1, groups=4 if pairs == [(1, 2), (3, 4)] else 3)
""",
    "a generator that sees its caller's changes": """
seen = []
def walk(n):
    for i in range(n):
        yield len(seen)
for k in walk(2):
    seen.append(k)
nn.Conv2d(64, 64, 1, groups=4 if seen == [0, 1] else 3)
""",
    "a generator that is handed on": """
def outer(it):
    yield from it
    yield 4
*_, last = outer(iter([3]))
nn.Conv2d(64, 64, 1, groups=last)
""",
    "a generator that nobody runs": """
class Box:
    def __init__(self):
        self.groups = 4
    def spoil(self):
        self.groups = 3
        yield 1
b = Box()
b.spoil()
nn.Conv2d(64, 64, 1, groups=b.groups)
""",
    "a comprehension is evaluated where it stands": """
x = 4
squares = [x for x in (1, 2, 3)]
nn.Conv2d(64, 64, 1, groups=x)
""",
}
