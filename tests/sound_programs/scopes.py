"""Sound programs about names: late binding, patches, aliases, and state that other files change."""

from __future__ import annotations

PROGRAMS = {
    "functions of a comprehension see its last value": """
makers = [lambda: nn.Conv2d(64, 64, 1, groups=g) for g in (3, 4)]
makers[0]()
""",
    "functions of a comprehension see no variable of the same name": """
g = 3
def make():
    g = 3
    makers = [lambda: nn.Conv2d(64, 64, 1, groups=g) for g in (4, 4)]
    return makers[0]()
make()
""",
    "functions of a table see its last value": """
makers = {k: (lambda: nn.Conv2d(64, 64, 1, groups=k)) for k in (3, 4)}
makers[3]()
""",
    "a comprehension in a function that is called later": """
def make():
    fs = [functools.partial(lambda g: nn.Conv2d(64, 64, 1, groups=g), n) for n in (2, 4)]
    return [f() for f in fs]
make()
""",
    "a walrus in a comprehension": """
def make():
    last = 3
    [last := n for n in (1, 2, 4)]
    return nn.Conv2d(64, 64, 1, groups=last)
make()
""",
    "a table updated through another name": """
first = {"groups": 3}
second = first
second |= {"groups": 4}
nn.Conv2d(64, 64, 1, groups=first["groups"])
def make():
    a = {"groups": 3}
    b = a
    b |= {"groups": 4}
    nn.Conv2d(64, 64, 1, groups=a["groups"])
    c = [1, 1]
    d = c
    d *= 2
    nn.Conv2d(64, 64, 1, groups=4 if len(c) == 4 else 3)
    e = [1]
    h = e
    h += (1, 2, 3)
    nn.Conv2d(64, 64, 1, groups=4 if len(e) == 4 else 3)
make()
""",
    "a layer that is replaced by another": """
class Mine(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
before = nn.Conv2d
nn.Conv2d = Mine
nn.Conv2d(64, 64, 1, groups=3)
nn.Conv2d = before
""",
    "a layer that is replaced by name": """
class Mine(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
def patch():
    before = torch.nn.Conv2d
    setattr(torch.nn, "Conv2d", Mine)
    nn.Conv2d(64, 64, 1, groups=3)
    torch.nn.Conv2d = before
patch()
""",
    "a long helper that changes a nested object": """
class Inner:
    pass
def tune(model):
    cfg = model.cfg
    inner: dict = model.table
    total = 0
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    total += 1
    cfg.groups: int = 4
    inner["groups"] = 4
    model.steps[0].append(4)
    setattr(model.cfg, "more", 4)
    return total
class Model:
    def __init__(self):
        self.cfg = Inner()
        self.cfg.groups = 3
        self.cfg.more = 3
        self.table = {"groups": 3}
        self.steps = [[]]
def make():
    m = Model()
    tune(m)
    nn.Conv2d(64, 64, 1, groups=m.cfg.groups)
    nn.Conv2d(64, 64, 1, groups=m.cfg.more)
    nn.Conv2d(64, 64, 1, groups=m.table["groups"])
    nn.Conv2d(64, 64, 1, groups=3 if not m.steps[0] else 4)
make()
""",
    "a default that is evaluated once": """
def grow(items=[]):
    items.append(1)
    return len(items)
grow()
grow()
grow()
nn.Conv2d(64, 64, 1, groups=4 if grow() == 4 else 3)
""",
    "a method that code from outside calls": """
import contextlib
def make():
    state = []
    class C:
        def close(self):
            state.append(1)
    x = C()
    with contextlib.closing(x):
        pass
    nn.Conv2d(64, 64, 1, groups=4 if state == [1] else 3)
make()
""",
    "methods that a base from outside is made of": """
import collections.abc
class Steps(collections.abc.MutableSequence):
    def __init__(self):
        self.lst = []
    def __getitem__(self, i):
        return self.lst[i]
    def __setitem__(self, i, v):
        self.lst[i] = v
    def __delitem__(self, i):
        del self.lst[i]
    def __len__(self):
        return len(self.lst)
    def insert(self, i, v):
        self.lst.insert(i, v)
def make():
    s = Steps()
    s.append(0)
    s.extend((1, 2, 3))
    nn.Conv2d(64, 64, 1, groups=4 if len(s) == 4 else 3)
make()
""",
    "coroutines that run later": """
import asyncio
def make():
    box = []
    n = 0
    async def run():
        nonlocal n
        n += 1
        box.append(1)
    waiting = run()
    nn.Conv2d(64, 64, 1, groups=4 if n == 0 and not box else 3)
    asyncio.run(waiting)
    nn.Conv2d(64, 64, 1, groups=4 if n == 1 and box == [1] else 3)
make()
""",
}
