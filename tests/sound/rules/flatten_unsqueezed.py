def f(img):
    x = img.unsqueeze(0)
    return x.view(x.size(1), -1)
