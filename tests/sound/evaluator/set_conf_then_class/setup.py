from conf import conf
conf.set(g=4)
