import zzz_missing
X = 1
