def f(x):
    x = x.transpose(0, 1).contiguous()
    y = x
    return y.reshape(y.size(1), -1).shape
