class Reg:
    d = {}
    @classmethod
    def register(cls, f):
        cls.d[f.__name__] = f
        return f
