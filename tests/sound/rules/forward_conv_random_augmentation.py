from torch import nn


class RandomConv(nn.Module):
    "Random convolution augmentation (Xu et al. 2021): new random weights each call are wanted."

    def forward(self, x):
        return nn.Conv2d(3, 3, 3, padding=1).requires_grad_(False)(x)
