from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.groups = self.width()

    def width(self):
        return 3


class Executed(Base):
    exec("def width(self): return 4")


class Named(Base):
    locals()["width"] = lambda self: 4


class Updated(Base):
    vars().update(width=lambda self: 4)


class Answering(Base):
    def __getattribute__(self, name):
        if name == "width":
            return lambda: 4
        return super().__getattribute__(name)


nn.Conv2d(64, 64, 1, groups=Executed().groups)
nn.Conv2d(64, 64, 1, groups=Named().groups)
nn.Conv2d(64, 64, 1, groups=Updated().groups)
nn.Conv2d(64, 64, 1, groups=Answering().groups)
