class Base:
    subs = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Base.subs[cls.__name__] = cls
