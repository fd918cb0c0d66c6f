class Reg:
    def __init__(self): self.d = {}
    def register(self, f):
        self.d[f.__name__] = f
        return f
reg = Reg()
