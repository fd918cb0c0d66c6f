from r import Reg
@Reg.register
def a(): return 4
