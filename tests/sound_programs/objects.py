"""Sound programs about classes: orders of bases, attribute hooks, metaclasses and remembered properties."""

from __future__ import annotations

PROGRAMS = {
    "bases in the order of Python": """
class A:
    groups = 3
class B(A):
    pass
class C(A):
    groups = 4
class D(B, C):
    pass
nn.Conv2d(64, 64, 1, groups=D.groups)
class X: pass
class Y: pass
class P(X, Y):
    g = 4
class Q(Y):
    g = 3
class R(P, Q): pass
nn.Conv2d(64, 64, 1, groups=R.g)
""",
    "super() in the order of Python": """
class Base:
    def width(self): return 1
class Left(Base):
    def width(self): return super().width() * 2
class Right(Base):
    def width(self): return super().width() + 1
class Both(Left, Right):
    pass
nn.Conv2d(64, 64, 1, groups=4 if Both().width() == 4 else 3)
""",
    "an object that decides what it stores": """
class Even:
    def __init__(self, groups):
        self.groups = groups
    def __setattr__(self, name, value):
        super().__setattr__(name, value + value % 2)
nn.Conv2d(64, 64, 1, groups=Even(3).groups)
e = Even(1)
e.groups = 7
nn.Conv2d(64, 64, 1, groups=e.groups)
""",
    "an object that decides what is read": """
class Even:
    def __init__(self, groups):
        self.groups = groups
    def __getattribute__(self, name):
        return 4
nn.Conv2d(64, 64, 1, groups=Even(3).groups)
class Lazy:
    def __getattr__(self, name):
        return 4
nn.Conv2d(64, 64, 1, groups=Lazy().groups)
nn.Conv2d(64, 64, 1, groups=getattr(Lazy(), "groups", 3))
nn.Conv2d(64, 64, 1, groups=4 if hasattr(Lazy(), "groups") else 3)
""",
    "a metaclass that makes something else": """
class Meta(type):
    def __call__(cls, groups):
        made = super().__call__(4)
        return made
class Box(metaclass=Meta):
    def __init__(self, groups):
        self.groups = groups
nn.Conv2d(64, 64, 1, groups=Box(3).groups)
class Sub(Box):
    pass
nn.Conv2d(64, 64, 1, groups=Sub(3).groups)
""",
    "a metaclass that changes attributes": """
class Meta(type):
    def __new__(mcs, name, bases, table):
        table["groups"] = 4
        return super().__new__(mcs, name, bases, table)
class Box(metaclass=Meta):
    groups = 3
nn.Conv2d(64, 64, 1, groups=Box.groups)
nn.Conv2d(64, 64, 1, groups=Box().groups)
""",
    "a property that is remembered": """
class Box:
    def __init__(self):
        self.base = 2
    @functools.cached_property
    def groups(self):
        return self.base * 2
b = Box()
b.groups
b.base = 3
nn.Conv2d(64, 64, 1, groups=4 if b.groups == 4 else 3)
def make():
    b = Box()
    b.groups
    b.base = 5
    nn.Conv2d(64, 64, 1, groups=b.groups)
    b.groups = 8
    nn.Conv2d(64, 64, 1, groups=b.groups)
make()
""",
    "a function whose results are remembered": """
state = {"groups": 4}
@functools.lru_cache
def groups():
    return state["groups"]
groups()
state["groups"] = 3
nn.Conv2d(64, 64, 1, groups=groups())
""",
    "operators that classes define": """
class Width:
    def __init__(self, n):
        self.n = n
    def __add__(self, other):
        return Width(4)
    def __eq__(self, other):
        return True
    def __iadd__(self, other):
        self.n = 4
        return self
    def __len__(self):
        return 4
    def __contains__(self, item):
        return True
    def __getitem__(self, index):
        return 4
    def __iter__(self):
        return iter([4])
    def __int__(self):
        return 4
    def __bool__(self):
        return False
def make():
    w = Width(3)
    nn.Conv2d(64, 64, 1, groups=(w + 1).n)
    v = w
    v += 1
    nn.Conv2d(64, 64, 1, groups=w.n)
    nn.Conv2d(64, 64, 1, groups=len(w))
    nn.Conv2d(64, 64, 1, groups=w[0])
    nn.Conv2d(64, 64, 1, groups=int(w))
    nn.Conv2d(64, 64, 1, groups=4 if w == 9 and 7 in w and not w else 3)
    for g in w:
        nn.Conv2d(64, 64, 1, groups=g)
make()
""",
}
