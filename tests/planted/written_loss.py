"""A script that writes its loss out."""

import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self, bands=8):
        super().__init__()
        self.first = nn.Conv2d(bands, bands, 3, padding=1, groups=bands)
        self.second = nn.Conv2d(bands, bands, 5, padding=2, groups=bands)  # expect: GC102

    def forward(self, x):
        return x + self.second(torch.relu(self.first(x)))


model = Smoother()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(2):
    clean = torch.rand(4, 8, 16, 16)
    noisy = clean + 0.1 * torch.randn_like(clean)
    loss = (model(noisy) - clean).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
