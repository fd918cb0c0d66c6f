import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 4, num_layers=1, batch_first=True)

    def forward(self, x):
        _, hidden = self.rnn(x)
        return hidden.view(hidden.size(1), -1)


M()(torch.zeros(2, 3, 4))
