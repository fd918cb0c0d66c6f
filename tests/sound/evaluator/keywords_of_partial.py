from functools import partial

from torch import nn

make = partial(nn.Conv2d, groups=3)
make.keywords["groups"] = 4
make(64, 64, 1)
updated = partial(nn.Conv2d, groups=3)
updated.keywords.update(groups=4)
updated(64, 64, 1)
read = partial(nn.Conv2d, kernel_size=1, groups=3)
nn.Conv2d(64, 64, **{**read.keywords, "groups": 4})
