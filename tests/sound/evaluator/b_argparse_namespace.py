import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import argparse
def make(argv):
    p = argparse.ArgumentParser()
    p.add_argument("--g", type=int)
    args = argparse.Namespace()
    args.g = 0
    p.parse_args(argv, namespace=args)
    return nn.Conv2d(64, 64, 1, groups=args.g)
make(["--g", "4"])
