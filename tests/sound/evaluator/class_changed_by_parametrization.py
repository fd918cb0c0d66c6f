from torch import nn
from torch.nn.utils import parametrizations, parametrize


class Same(nn.Module):
    def forward(self, weight):
        return weight


conv = nn.Conv2d(64, 64, 1)
parametrize.register_parametrization(conv, "weight", Same())
nn.Conv2d(64, 64, 1, groups=4 if type(conv) is not nn.Conv2d else 3)
nn.Conv2d(64, 64, 1, groups=3 if type(conv) in (nn.Conv2d, nn.Linear) else 4)

normed = parametrizations.weight_norm(nn.Conv2d(64, 64, 1))
nn.Conv2d(64, 64, 1, groups=4 if type(normed) is not nn.Conv2d else 3)
spectral = nn.Conv2d(64, 64, 1)
nn.utils.parametrizations.spectral_norm(spectral)
nn.Conv2d(64, 64, 1, groups=4 if spectral.__class__ != nn.Conv2d else 3)
