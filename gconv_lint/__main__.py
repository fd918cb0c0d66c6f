"""``python -m gconv_lint`` is the ``gconv-lint`` command."""

import sys

from gconv_lint.cli import process

sys.exit(process())
