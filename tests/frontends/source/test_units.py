"""What is known of the files of a run once each was read."""

from __future__ import annotations

import pytest

from gconv_lint.frontends.source import units as cut
from gconv_lint.frontends.source.units import Units

MANY = [f"m{number}.py" for number in range(20)]


def _units(texts: dict[str, bytes]) -> Units:
    units = Units([*texts], lambda data: b"noqa" in data)
    for name, data in texts.items():
        units.add(name, data)
    return units


def test_files_that_say_nothing_are_idle() -> None:
    texts = dict.fromkeys(MANY, b"x = 1\n")
    said = {"net.py": b"Conv2d(4, 4, 3, groups=2)\n", "spoken.py": b"x = 1  # noqa\n", "unreadable.py": b""}
    assert _units({**texts, **said}).idle == set(MANY)


def test_in_a_small_run_no_file_is_idle() -> None:
    assert _units(dict.fromkeys(MANY[:16], b"x = 1\n")).idle == set()


def test_a_module_of_one_name_in_two_folders_is_imported_from_both() -> None:
    units = _units({"a/x.py": b"", "b/x.py": b"", "c/y.py": b"import x\n", "d/z.py": b""})
    assert sorted(unit.names for unit in units.cut()) == [("a/x.py", "b/x.py", "c/y.py"), ("d/z.py",)]


SAYS = b"Conv2d(4, 4, 3, groups=2)\n"


def _names(texts: dict[str, bytes]) -> list[tuple[str, ...]]:
    return [unit.names for unit in _units(texts).cut()]


def test_two_large_programs_are_apart_whoever_imports_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BY_ITSELF", 100)
    large, larger = b"import b\n" + SAYS * 8, SAYS * 12
    for importing in (b"import a, b\n", b"import b\nimport a\n"):
        texts = {"train.py": importing, "a.py": large, "b.py": larger}
        assert _names(texts) == [("b.py",), ("train.py", "a.py")]


def test_small_programs_between_large_ones_stay_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BY_ITSELF", 100)
    texts = {"one.py": b"import two\n", "two.py": b"import a\n", "a.py": SAYS * 9, "b.py": b"import one\n" + SAYS * 8}
    assert _names(texts) == [("one.py", "two.py", "a.py"), ("b.py",)]


def test_a_program_is_large_by_what_is_worth_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BY_ITSELF", 100)
    many = dict.fromkeys(MANY, SAYS)
    texts = {"a.py": SAYS * 9, "b.py": b"import a\n" + b"x = 1\n" * 99, **many}
    assert ("a.py", "b.py") in _names(texts)
