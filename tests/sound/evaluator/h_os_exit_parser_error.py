import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import argparse
def make(c):
    p = argparse.ArgumentParser()
    if 64 % c:
        p.error("bad groups")
    return nn.Conv2d(64, 64, 1, groups=c)
make(4)
try: make(3)
except SystemExit: pass
