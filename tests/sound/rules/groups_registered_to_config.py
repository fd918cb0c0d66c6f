import types

from torch import nn


def register_to_config(init):
    import inspect

    def inner(self, *a, **k):
        b = inspect.signature(init).bind(self, *a, **k)
        b.apply_defaults()
        object.__setattr__(
            self, "config", types.SimpleNamespace(**{n: v for n, v in b.arguments.items() if n != "self"})
        )
        init(self, *a, **k)

    return inner


class Net(nn.Module):
    @register_to_config
    def __init__(self, c=8, groups=2):
        super().__init__()
        self.conv = nn.Conv2d(self.config.c, self.config.c, 1, groups=self.config.groups)


assert Net().conv.groups == 2
