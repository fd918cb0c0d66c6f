def g(): return 4
