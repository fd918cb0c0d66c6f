class Op:
    pass


def parse():
    op = Op()
    op.groups = 3
    layer = Op()
    layer.groups = 2
    return op


parse()
