"""A new rule file that keeps its promises as it is, to be changed from there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from gconv_lint.rulebook.json_schema import URL
from gconv_lint.rulebook.schema import RuleError

PREFIX = "OWN"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TEMPLATE = """\
# yaml-language-server: $schema={url}
code: {code}
name: {name}
summary: The groups of a convolution have a width that is no multiple of 8.
severity: warning                      # error | warning | info
category: design                       # correctness | connectivity | design | training | style
default: true                          # whether it is on without being selected
since: "0.1.0"
match: conv                            # what it is about; the words of `when` follow from this
when: groups > 1 and group_width % 8 != 0
message: "the groups are {{group_width}} channels wide, which is no multiple of 8"
help: "choose groups so that in_channels / groups is a multiple of 8"
why: |
  Say here why this matters to you.
exceptions: []
fix:
  safety: none
  description: Choose another group count.
references: []
examples:
  bad:
    - name: groups of 4 channels
      code: |
        from torch import nn

        conv = nn.Conv2d(32, 64, 3, groups=8)  # expect: {code}
  good:
    - name: groups of 16 channels
      code: |
        from torch import nn

        conv = nn.Conv2d(64, 64, 3, groups=4)
  undecided:
    - name: a width that nobody knows
      code: |
        from torch import nn


        def build(width):
            return nn.Conv2d(width, 64, 3, groups=4)
"""


def create(name: str, folder: Path, known: Mapping[str, str]) -> Path:
    """Write the file of a new rule into ``folder`` under the next free code; ``known`` has that of each rule by name.

    Raises ``RuleError`` for a name that is none or taken, and where the file cannot be written.
    """
    if name in known:
        raise RuleError(f"`{name}` is already a rule, {known[name]}")
    if not _NAME.fullmatch(name):
        raise RuleError(f"`{name}` is no name of a rule; allowed are words in lower case joined by hyphens")
    taken = {path.stem for path in folder.glob("*.y*ml")} if folder.is_dir() else set()
    code = next(code for code in (f"{PREFIX}{number:03}" for number in range(1, 1000)) if code not in taken)
    path = folder / f"{code}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_TEMPLATE.format(url=URL, code=code, name=name), encoding="utf-8")
    except OSError as error:
        raise RuleError(f"{path}: cannot be written: {error.strerror}") from None
    return path
