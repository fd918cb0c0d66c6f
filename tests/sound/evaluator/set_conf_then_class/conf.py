class Conf:
    def __init__(self): self.g = 3
    def set(self, **k): self.__dict__.update(k)
conf = Conf()
