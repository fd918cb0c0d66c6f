"""Sound programs, by what makes them hard to follow: each of them runs, and none has a mistake to report."""

from __future__ import annotations

from tests.sound_programs import basics, iteration, objects, scopes

#: What every program begins with.
IMPORTS = """
import abc
import copy
import functools
import math
import numbers
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import nn
"""
PROGRAMS = {
    f"{module.__name__.rpartition('.')[2]}: {name}": text
    for module in (basics, iteration, objects, scopes)
    for name, text in module.PROGRAMS.items()
}
