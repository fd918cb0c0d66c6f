from r import reg
@reg.register
def a(): return 4
