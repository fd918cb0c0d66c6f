"""Sound programs that a careless evaluator or rule would report: most of them once were."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gconv_lint import api
from tests.sound_programs import IMPORTS, PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_reported(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(IMPORTS + PROGRAMS[name])
    report = api.check([str(path)])
    assert report.problems == ()
    assert [f"{finding.rule.code}: {finding.message}" for finding in report.findings] == []


PROJECTS = {
    "a constant that another file sets": {
        "consts.py": "GROUPS = 3\n",
        "main.py": "import consts\nconsts.GROUPS = 4\nimport net\n",
        "net.py": "import consts\nfrom torch import nn\nnn.Conv2d(64, 64, 1, groups=consts.GROUPS)\n",
    },
    "an object that another file changes": {
        "settings.py": "class Config:\n    def __init__(self):\n        self.groups = 3\n\ncfg = Config()\ntable = {'groups': 3}\nsizes = [3]\n",
        "main.py": "from settings import cfg, sizes, table\n\ndef tune():\n    cfg.groups = 4\n    table['groups'] = 4\n    sizes.append(3)\ntune()\nimport net\n",
        "net.py": "from settings import cfg, sizes, table\nfrom torch import nn\nnn.Conv2d(64, 64, 1, groups=cfg.groups)\nnn.Conv2d(64, 64, 1, groups=table['groups'])\nnn.Conv2d(64, 64, 1, groups=3 if len(sizes) == 1 else 4)\n",
    },
    "a class that another file changes": {
        "settings.py": "class Config:\n    groups = 3\n",
        "main.py": "import settings\nfrom settings import Config\nConfig.groups = 4\nimport net\n",
        "net.py": "from settings import Config\nfrom torch import nn\nnn.Conv2d(64, 64, 1, groups=Config.groups)\nnn.Conv2d(64, 64, 1, groups=Config().groups)\n",
    },
    "a layer that another file replaces": {
        "main.py": "from torch import nn\n\nclass Mine(nn.Module):\n    def __init__(self, *args, **kwargs):\n        super().__init__()\nbefore = nn.Conv2d\nnn.Conv2d = Mine\nimport net\nnn.Conv2d = before\n",
        "net.py": "from torch import nn\nnn.Conv2d(64, 64, 1, groups=3)\n",
    },
}


@pytest.mark.parametrize("name", PROJECTS)
def test_nothing_is_reported_in_a_project(name: str, tmp_path: Path) -> None:
    for file, text in PROJECTS[name].items():
        (tmp_path / file).write_text(text)
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True, timeout=120)
    report = api.check([str(tmp_path)])
    assert report.problems == ()
    assert [f"{finding.rule.code}: {finding.message}" for finding in report.findings] == []


#: Modules that some programs import and that are nowhere: what they hold cannot be known.
OUTSIDE = ("pydantic", "outside", "extlib", "local_settings_ext", "tuner")


@pytest.mark.parametrize("name", [n for n, text in PROGRAMS.items() if not any(word in text for word in OUTSIDE)])
def test_the_program_is_sound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch itself builds and runs it."""
    module = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    exec(compile(IMPORTS + PROGRAMS[name], name, "exec"), module.__dict__)
