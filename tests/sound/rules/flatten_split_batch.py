def f(batch):
    for x in batch.split(1):
        yield x.view(x.size(1), -1)
