"""What is known of the files of a run once each was read."""

from __future__ import annotations

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
