"""Sound programs that an early evaluator or rule reported."""

from __future__ import annotations

PROGRAMS = {
    "a dataclass works out its groups": """
@dataclass
class Config:
    dim: int = 64
    groups: int = 0
    def __post_init__(self):
        if self.groups == 0:
            self.groups = self.dim
class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.conv = nn.Conv2d(cfg.dim, cfg.dim, 3, groups=cfg.groups)
Net(Config())
""",
    "an inherited __post_init__": """
@dataclass
class Base:
    groups: int = 0
    def __post_init__(self):
        self.groups = self.groups or 4
@dataclass
class Config(Base):
    dim: int = 64
nn.Conv2d(Config().dim, 64, 3, groups=Config().groups)
""",
    "a frozen dataclass": """
@dataclass(frozen=True)
class Config:
    dim: int = 64
    groups: int = 0
    def __post_init__(self):
        object.__setattr__(self, "groups", self.dim)
nn.Conv2d(64, 64, 3, groups=Config().groups)
""",
    "a class variable is no field": """
@dataclass
class Config:
    K: ClassVar[int] = 5
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(4).groups)
""",
    "a field without init": """
@dataclass
class Config:
    a: int = field(init=False, default=5)
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(4).groups)
""",
    "attrs": """
import attr
@attr.s(auto_attribs=True)
class Config:
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(groups=4).groups)
""",
    "pydantic": """
from pydantic import BaseModel
class Config(BaseModel):
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(groups=4).groups)
""",
    "a decorator that sets a default": """
def inject(f):
    @functools.wraps(f)
    def w(*a, **k):
        k.setdefault("groups", 4)
        return f(*a, **k)
    return w
@inject
def mk(c, groups=5):
    return nn.Conv2d(c, c, 3, groups=groups)
mk(12)
""",
    "a decorator that changes what is returned": """
def less(f):
    def w():
        return f() - 1
    return w
@less
def groups():
    return 5
nn.Conv2d(12, 12, 3, groups=groups())
""",
    "a decorator of a constructor": """
def inject(f):
    def w(self, *a, **k):
        k["groups"] = 4
        return f(self, *a, **k)
    return w
class Net(nn.Module):
    @inject
    def __init__(self, c, groups=5):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, groups=groups)
Net(12)
""",
    "a decorator of a class": """
def four(cls):
    cls.groups = 4
    return cls
@four
class Net(nn.Module):
    groups = 5
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Net()
""",
    "a loop of the module": """
g = 8
while 12 % g:
    g -= 1
nn.Conv2d(12, 12, 3, groups=g)
""",
    "a loop of the module that breaks": """
G = 5
for k in range(5):
    if 12 % G == 0:
        break
    G -= 1
def build():
    return nn.Conv2d(12, 12, 3, groups=G)
""",
    "a table under another name": """
BASE = {"c": 12, "g": 5}
SMALL = BASE
SMALL["g"] = 4
nn.Conv2d(12, 12, 3, groups=BASE["g"])
""",
    "a counter": """
cnt = [0]
def mk():
    cnt[0] += 1
    return cnt[0]
mk()
mk()
nn.Conv2d(10, 10, 3, groups=mk() + 2)
""",
    "a library that may be missing": """
try:
    import some_optional_lib
    HAS = True
except ImportError:
    HAS = False
def build(c):
    return nn.Conv2d(c, c, 3, groups=8 if HAS else 4)
build(12)
""",
    "a variable that may be missing": """
def build():
    try:
        g = int(os.environ["X"])
        h = 5
    except KeyError:
        h = 4
    return nn.Conv2d(12, 12, 3, groups=h)
build()
""",
    "a call that may fail": """
import outside
def build():
    g = 4
    try:
        outside.call()
        g = 5
    except Exception:
        pass
    return nn.Conv2d(12, 12, 3, groups=g)
build()
""",
    "mmcv's test for norms": """
from torch.nn.modules.batchnorm import _BatchNorm
def width(norm):
    return 8 if isinstance(norm, _BatchNorm) else 7
nn.Conv2d(64, 64, 3, groups=width(nn.BatchNorm2d(64)))
""",
    "a private base class": """
g = 8 if isinstance(nn.Conv2d(3, 3, 1), nn.modules.conv._ConvNd) else 7
nn.Conv2d(64, 64, 3, groups=g)
""",
    "abstract kinds of numbers and containers": """
from collections import abc as kinds
a = 8 if isinstance(4, numbers.Real) else 7
b = 8 if isinstance([4], kinds.MutableSequence) else 7
c = 8 if isinstance([4], kinds.Collection) else 7
d = 8 if isinstance({}, kinds.MutableMapping) else 7
e = 7 if isinstance({}, OrderedDict) else 8
for g in (a, b, c, d, e):
    nn.Conv2d(64, 64, 3, groups=g)
""",
    "a class by its long name": """
g = 8 if nn.modules.conv.Conv2d is nn.Conv2d else 7
h = 8 if nn.modules.activation.ReLU is nn.ReLU else 7
nn.Conv2d(64, 64, 3, groups=g)
nn.Conv2d(64, 64, 3, groups=h)
""",
    "two layers of a script": """
x = torch.randn(1, 8, 8, 8)
dw = nn.Conv2d(8, 8, 3, padding=1, groups=8)
pw = nn.Conv2d(8, 16, 1)
y = dw(x)
z = pw(y)
""",
    "a model and a layer behind it": """
class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8)
    def forward(self, x):
        return self.conv(x)
model = Depthwise()
y = model(torch.randn(1, 8, 8, 8))
z = nn.Conv2d(8, 4, 1)(y)
""",
    "a fixed filter": """
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.conv.weight.data.fill_(1 / 9.0)
        self.conv.weight.requires_grad_(False)
    def forward(self, x):
        return self.conv(x)
print(Blur()(torch.randn(1, 8, 8, 8)))
""",
    "a frozen model": """
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
    def forward(self, x):
        return self.conv(x)
blur = Blur()
for p in blur.parameters():
    p.requires_grad = False
print(blur(torch.randn(1, 8, 8, 8)))
""",
    "a convolution in forward with weights of its own": """
class Net(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        k.weight.data = torch.ones(1, 1, 3, 3)
        return k(x)
class Other(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        nn.init.constant_(k.weight, 1.0)
        return k(x)
""",
    "layers that are made once, in a loop": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList()
    def forward(self, xs):
        while len(self.convs) < len(xs):
            self.convs.append(nn.Conv2d(3, 3, 1))
        return [c(x) for c, x in zip(self.convs, xs)]
""",
    "a base class with placeholders": """
class BaseStem(nn.Module):
    groups = 0
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, groups=self.groups)
class Stem4(BaseStem):
    groups = 4
""",
    "an abstract base class": """
class BaseStem(nn.Module, abc.ABC):
    channels = 0
    groups = 0
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(self.channels, self.channels, 3, groups=self.groups)
    @abc.abstractmethod
    def forward(self, x):
        ...
""",
    "attributes by way of __dict__": """
class Net(nn.Module):
    groups = 5
    def __init__(self, **kw):
        super().__init__()
        self.__dict__.update(kw)
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Net(groups=4)
class Other(nn.Module):
    groups = 5
    def __init__(self, **kw):
        super().__init__()
        vars(self).update(kw)
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Other(groups=4)
""",
    "attributes by names that are not known": """
class Net(nn.Module):
    groups = 5
    def __init__(self, groups=4):
        super().__init__()
        self.save(locals())
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
    def save(self, ns):
        for k, v in ns.items():
            setattr(self, k, v)
Net()
""",
    "a property with a setter": """
class Net(nn.Module):
    def __init__(self, g):
        super().__init__()
        self.groups = g
        self.c = nn.Conv2d(12, 12, 3, groups=self.groups)
    @property
    def groups(self):
        return self._g
    @groups.setter
    def groups(self, v):
        self._g = math.gcd(v, 12)
Net(8)
""",
    "a match that takes another case": """
def mk(kind, c):
    match kind:
        case "g8":
            return nn.Conv2d(c, c, 3, groups=8)
        case _:
            return nn.Conv2d(c, c, 3)
mk("x", 5)
""",
    "groups of users": """
def enrol(user, name):
    user.groups = [name]
class Optimizer:
    def __init__(self, inner, params):
        self.inner = inner
        self.inner.groups = list(params)
""",
    "groups of a layer without weights": """
class Shuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups
    def forward(self, x):
        return F.channel_shuffle(x, self.groups)
s = Shuffle(2)
s.groups = 4
""",
    "groups of a class": """
class Net(nn.Module):
    groups = 2
    @classmethod
    def configure(cls, g):
        cls.groups = g
Net.groups = 4
""",
    "statistics of a weight": """
def channel_statistics(w):
    return w.view(w.size(1), -1)
def of_weight(weight):
    return weight.reshape(weight.shape[1], -1).norm(dim=1)
""",
    "no input channels": """
layer = nn.Conv2d(0, 12, 3)
""",
    "a division that was made exact": """
class Net(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        dim = dim // heads * heads
        self.heads = heads
        self.weight = nn.Parameter(torch.randn(dim, dim // heads, 3, 3))
    def forward(self, x):
        return F.conv2d(x, self.weight, groups=self.heads)
""",
    "a layer that is kept beside its successor": """
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_rgb = nn.Conv2d(16, 3, 1)
    def add_layer(self):
        self.old_rgb = self.to_rgb
        self.to_rgb = nn.Conv2d(16, 3, 1)
    def forward(self, x):
        return self.to_rgb(x)
""",
    "a new classifier": """
class Net(nn.Module):
    def __init__(self, n=10):
        super().__init__()
        self.fc = nn.Conv2d(8, n, 1)
    def reset_classifier(self, n):
        self.fc = nn.Conv2d(8, n, 1)
    def forward(self, x):
        return self.fc(x)
""",
    "an item that is deleted": """
def make():
    w = [3, 64, 128]
    del w[0]
    return nn.Conv2d(w[0], w[1], 3, groups=32)
make()
""",
    "an entry that is deleted": """
def make():
    cfg = {"groups": 3}
    del cfg["groups"]
    return nn.Conv2d(64, 64, 3, groups=cfg.get("groups", 4))
make()
""",
    "settings from outside": """
from extlib import cfg
a = nn.Conv2d(64, 64, 3, groups=3 if cfg.MODEL.DW else 4)
b = nn.Conv2d(64, 64, 3, groups=4 if cfg.MODEL.NORM is None else 3)
c = nn.Conv2d(64, 64, 3, groups=cfg.K if isinstance(cfg.K, int) else 3)
""",
    "a flag of torch": """
from torch.backends import cudnn
conv = nn.Conv2d(64, 64, 3, groups=3 if cudnn.benchmark else 4)
""",
    "a later star import": """
GROUPS = 3
from local_settings_ext import *
conv = nn.Conv2d(64, 64, 3, groups=GROUPS)
other = nn.Conv2d(64, 64, 3, groups=3 if USE_DW else 4)
""",
    "a function from a star import": """
from local_settings_ext import *
def make():
    w = [3, 64]
    normalise(w)
    return nn.Conv2d(64, 64, 3, groups=w[0])
make()
""",
    "an unknown spread over defaults": """
import json
def make(user):
    cfg = {"groups": 0, "width": 64, **json.loads(user)}
    return nn.Conv2d(64, 64, 1, groups=cfg["groups"])
make('{"groups": 4}')
""",
    "a global that a function sets": """
GROUPS = 0
STATE = {"groups": 0}
class Cfg:
    g = 0
    @classmethod
    def load(cls, g):
        cls.g = g
def configure(n):
    global GROUPS
    GROUPS = n
    STATE["groups"] = n
    Cfg.g = n
def make(c):
    nn.Conv2d(64, c, 3, groups=GROUPS)
    nn.Conv2d(64, c, 3, groups=STATE["groups"])
    return nn.Conv2d(64, c, 3, groups=Cfg.g)
""",
    "an object of the module that is loaded later": """
class Cfg:
    def __init__(self):
        self.groups = 0
    def load(self, path):
        self.groups = int(open(path).read())
cfg = Cfg()
def main(path):
    cfg.load(path)
    return make()
def make():
    return nn.Conv2d(64, 64, 3, groups=cfg.groups)
""",
    "a counter object": """
class Counter:
    def __init__(self):
        self.n = 3
    def next(self):
        self.n += 1
        return self.n
C = Counter()
C.next()
conv = nn.Conv2d(64, 64, 3, groups=C.n)
""",
    "an object that is given away": """
import argparse
class Opt:
    def __init__(self):
        self.groups = 0
def make():
    p = argparse.ArgumentParser()
    p.add_argument("--groups", type=int)
    opt = Opt()
    p.parse_args(["--groups", "4"], namespace=opt)
    return nn.Conv2d(64, 64, 3, groups=opt.groups)
make()
""",
    "a container that is given away by keyword": """
import tuner
def make():
    w = {"groups": 3}
    tuner.tune(into=w)
    return nn.Conv2d(64, 64, 3, groups=w["groups"])
make()
""",
    "an iterator that is begun": """
def make():
    dims = map(int, "3,64,128".split(","))
    stem = next(dims)
    return [nn.Conv2d(d, d, 3, groups=d // 2 if d > 3 else 2) for d in dims]
make()
""",
    "a type error that is expected": """
def make(k=3):
    try:
        iter(k)
    except TypeError:
        k = k + 1
    return nn.Conv2d(64, 64, 3, groups=k)
make()
""",
    "an attribute that is missing": """
class Cfg:
    pass
def make():
    c = Cfg()
    try:
        g = c.deep
        g = 3
    except AttributeError:
        g = 4
    return nn.Conv2d(64, 64, 3, groups=g)
make()
""",
    "a handler for a whole family": """
def make():
    try:
        g = {}["x"]
    except LookupError:
        g = 4
    except Exception:
        g = 3
    return nn.Conv2d(64, 64, 3, groups=g)
make()
""",
    "an error of one's own": """
class Bad(ValueError):
    pass
def make():
    try:
        raise Bad()
    except ValueError:
        g = 4
    except Exception:
        g = 3
    return nn.Conv2d(64, 64, 3, groups=g)
make()
""",
    "a loop whose first round is another": """
def make(chs):
    st = {"g": 0}
    for i, c in enumerate(chs):
        if i == 0:
            st["g"] = 4
        else:
            nn.Conv2d(64, 64, 3, groups=st["g"])
""",
    "a loop that starts itself": """
class Net(nn.Module):
    def __init__(self, chs):
        super().__init__()
        self.g = 0
        for i, c in enumerate(chs):
            if i == 0:
                self.start()
            else:
                self.add_module(str(i), nn.Conv2d(64, 64, 3, groups=self.g))
    def start(self):
        self.g = 4
""",
    "a class below a dataclass": """
@dataclass
class Base:
    groups: int = 3
class Sub(Base):
    pass
conv = nn.Conv2d(64, 64, 3, groups=Sub(groups=4).groups)
""",
    "a decorator that returns a lambda": """
def plus(fn):
    return lambda g: fn(g + 1)
@plus
def make(g):
    return nn.Conv2d(64, 64, 3, groups=g)
make(3)
""",
    "a decorator that binds": """
def four(fn):
    return functools.partial(fn, groups=4)
@four
def make(groups=3):
    return nn.Conv2d(64, 64, 3, groups=groups)
make()
""",
    "a decorator that is a class": """
class Plus:
    def __init__(self, fn):
        self.fn = fn
    def __call__(self, g):
        return self.fn(g + 1)
@Plus
def make(g):
    return nn.Conv2d(64, 64, 3, groups=g)
make(3)
""",
    "a context that changes the state": """
import contextlib
STATE = {"groups": 3}
@contextlib.contextmanager
def groups(n):
    STATE["groups"] = n
    yield
def make():
    return nn.Conv2d(64, 64, 3, groups=STATE["groups"])
with groups(4):
    conv = make()
""",
    "sets": """
s = {1, 2}
s.add(5)
s.add(8)
a = nn.Conv2d(64, 64, 1, groups=len(s) if len(s) != 2 else 3)
b = nn.Conv2d(64, 64, 1, groups=4 if {1, 2} == {2, 1} else 3)
c = nn.Conv2d(64, 64, 1, groups=3 if isinstance({3}, (list, tuple)) else 4)
""",
    "sets that are computed": """
a = nn.Conv2d(64, 64, 1, groups=4 if {x for x in (1, 2)} == {x for x in (2, 1)} else 3)
b = nn.Conv2d(64, 64, 1, groups=3 if isinstance({x for x in (3,)}, tuple) else 4)
""",
    "a container that holds itself": """
import outside
def make():
    w = [3]
    w.append(w)
    outside.tune(w)
    return nn.Conv2d(64, 64, 1, groups=w[0])
make()
""",
    "a sequence that is named over": """
def make():
    m = nn.Sequential(nn.Conv2d(64, 64, 1, groups=2), nn.Identity(), nn.Conv2d(128, 64, 1, groups=2), nn.ReLU())
    m.add_module("1", nn.Conv2d(64, 128, 1))
    return m
make()
""",
    "members of an enumeration": """
import enum
class Mode(enum.Enum):
    OFF = 0
    ON = 1
a = nn.Conv2d(64, 64, 3, groups=4 if Mode.OFF else 3)
b = nn.Conv2d(64, 64, 3, groups=3 if Mode.ON == 1 else 4)
""",
    "what can be called and iterated": """
from collections.abc import Callable, Iterable
def width(norm=nn.BatchNorm2d):
    return 4 if isinstance(norm, Callable) else 3
a = nn.Conv2d(64, 64, 3, groups=width())
b = nn.Conv2d(64, 64, 3, groups=4 if isinstance(range(3), Iterable) else 3)
c = nn.Conv2d(64, 64, 3, groups=4 if isinstance(nn.Sequential(), Iterable) else 3)
""",
    "two objects of one class": """
class C:
    def __init__(self, g):
        self.g = g
a, b = C(1), C(1)
conv = nn.Conv2d(64, 64, 3, groups=3 if a is b else 4)
""",
    "arguments of built-ins": """
a = nn.Conv2d(64, 64, 3, groups=4 if round(1.6, ndigits=1) < 2 else 3)
b = nn.Conv2d(64, 64, 3, groups=int("100", base=2))
c = nn.Conv2d(64, 64, 3, groups=4 if math.isclose(1.0, 1.1, rel_tol=0.5) else 3)
d = nn.Conv2d(64, 64, 3, groups=4 if len(f"{'abc'!r}") == 5 else 3)
e = nn.Conv2d(64, 64, 3, groups=+True)
def f(g):
    if g == 1.0:
        nn.Conv2d(64, 64, 1, groups=g)
f(1)
m = nn.Conv2d(64, 64, 3, padding=1)
h = nn.Conv2d(64, 64, 3, groups=4 if m.padding == (1, 1) else 3)
""",
    "a shuffle by assignment": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 3, padding=1, groups=2)
        self.b = nn.Conv2d(64, 64, 3, padding=1, groups=2)
    def forward(self, x):
        y = self.a(x)
        z = y.clone()
        z[:, 0::2] = y[:, :32]
        z[:, 1::2] = y[:, 32:]
        return self.b(z)
Net()(torch.zeros(1, 64, 8, 8))
""",
    "a sum in place": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 3, padding=1, groups=2)
        self.p = nn.Conv2d(64, 64, 1)
        self.b = nn.Conv2d(64, 64, 3, padding=1, groups=2)
    def forward(self, x):
        y = self.a(x)
        y.add_(self.p(y))
        return self.b(y)
Net()(torch.zeros(1, 64, 8, 8))
""",
    "a sequence whose layer is replaced": """
def make():
    m = nn.Sequential(nn.Conv2d(64, 64, 1, groups=2), nn.Identity(), nn.Conv2d(128, 64, 1, groups=2), nn.ReLU())
    m[1] = nn.Conv2d(64, 128, 1)
    return m
make()
""",
    "a sequence whose layer is deleted": """
def make():
    m = nn.Sequential(nn.Conv2d(64, 64, 1, groups=2), nn.Conv2d(128, 64, 1, groups=2), nn.ReLU())
    del m[1]
    return m
make()
""",
    "a hook that mixes": """
m = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8))
w = nn.Conv2d(8, 8, 1)
m.register_forward_hook(lambda mod, i, o: w(o))
y = m(torch.zeros(1, 8, 8, 8))
print(y.shape)
""",
}
