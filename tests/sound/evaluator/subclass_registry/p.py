from r import Base
class A(Base): pass
