"""The settings of one run: for each file those of the nearest configuration file, then those of the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint import config_files, fix_settings, model_settings, rule_settings
from gconv_lint.fix_settings import Fixing
from gconv_lint.model.findings import Severity
from gconv_lint.model.targets import Target
from gconv_lint.patterns import Patterns
from gconv_lint.rulebook import Rule
from gconv_lint.selection import Choice, SettingError, chosen, codes
from gconv_lint.settings import EXCLUDED, ROOTS_BUDGET, check


class FileIgnore(NamedTuple):
    """Rules that are left out in the files of a pattern, or in all other files."""

    pattern: Patterns
    elsewhere: bool
    codes: frozenset[str]


class Config(NamedTuple):
    """What a run does: ``active`` holds codes, ``options`` and ``severities`` what was set for a rule, by code.

    ``where`` is the configuration file, empty for none; ``values`` what it and the command line set, by key.
    """

    active: frozenset[str]
    options: Mapping[str, Mapping[str, Any]] = {}
    severities: Mapping[str, Severity] = {}
    strict: bool = False
    output_format: str = "full"
    statistics: bool = False
    exclude: tuple[Patterns, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    file_ignores: tuple[FileIgnore, ...] = ()
    models: tuple[Target, ...] = ()
    roots: bool = False
    roots_budget: float = ROOTS_BUDGET
    fixing: Fixing = Fixing()
    baseline: str = ""
    cache_dir: str = ""
    where: str = ""
    values: Mapping[str, Any] = {}
    #: the rules that there are; none stands for those that gconv-lint comes with
    rules: tuple[Rule, ...] = ()
    #: selectors that do nothing, each with the sentence that says why
    warnings: tuple[str, ...] = ()

    @property
    def main(self) -> Config:
        """The settings of the run as a whole."""
        return self

    def of(self, _path: str) -> Config:
        """The settings for a file: these, whatever the file."""
        return self

    def excludes(self, path: str) -> bool:
        """Whether a pattern of ``exclude`` matches the file or folder with this absolute path itself."""
        return any(patterns.match(path) for patterns in self.exclude)

    def excludes_any(self, path: str) -> bool:
        """Whether a pattern of ``exclude`` matches this absolute path or a folder that it is in."""
        return any(patterns.match_any(path) for patterns in self.exclude)

    def active_in(self, path: str) -> frozenset[str]:
        """The rules for one file."""
        if not self.file_ignores:
            return self.active
        real = os.path.realpath(path)
        ignored = (each.codes for each in self.file_ignores if each.pattern.match_any(real) is not each.elsewhere)
        return self.active.difference(*ignored)


class Flags(NamedTuple):
    """What the command line sets: selectors, ``--config`` and ``--isolated``, and values by key."""

    choice: Choice = Choice()
    config: tuple[str, ...] = ()
    isolated: bool = False
    values: Mapping[str, Any] = {}


def load(paths: Sequence[str], rules: Sequence[Rule], flags: Flags | None = None) -> Config:
    """The settings of a run over ``paths`` as a whole: those of the folder that holds all of them.

    Raises ``SettingError`` when a file, a key, a value or a selector cannot be used.
    """
    return Configs(paths, rules, flags).main


class Configs:
    """The settings of a run, and of each file in it.

    Raises ``SettingError`` as ``load`` does.
    """

    def __init__(self, paths: Sequence[str], rules: Sequence[Rule], flags: Flags | None = None) -> None:
        self._flags = flags or Flags()
        named, self._overrides = config_files.named(self._flags.config)
        self._fixed = named is not None or self._flags.isolated
        self._by_folder: dict[str, Config] = {}
        self._by_file: dict[str, Config] = {}
        above = os.path.commonpath([os.path.realpath(path) for path in paths or [""]])
        self._rules = _extended(rules, named if self._fixed else config_files.nearest(above), self._overrides)
        self.main = self._made(named, os.getcwd()) if self._fixed else self._in_folder(above)

    def of(self, path: str) -> Config:
        """The settings for a file, by the nearest configuration file."""
        return self.main if self._fixed else self._in_folder(os.path.dirname(os.path.abspath(path)))

    def excludes(self, path: str) -> bool:
        """Whether the settings of the folder that an absolute path is in leave it out."""
        return self.of(path).excludes(path)

    def _in_folder(self, folder: str) -> Config:
        if folder not in self._by_folder:
            self._by_folder[folder] = self._nearest(folder)
        return self._by_folder[folder]

    def _nearest(self, folder: str) -> Config:
        where = config_files.in_folder(folder)
        above = os.path.dirname(folder)
        if where is not None:
            return self._made(where, folder)
        return self._made(None, os.getcwd()) if above == folder else self._in_folder(above)

    def _made(self, where: str | None, root: str) -> Config:
        key = where or ""
        if key not in self._by_file:
            self._by_file[key] = _made(self._rules, key, root, self._flags, self._overrides)
        return self._by_file[key]


def _extended(rules: Sequence[Rule], where: str | None, overrides: Mapping[str, Any]) -> Sequence[Rule]:
    """The rules with those that the configuration of the run brings."""
    own = check(where, config_files.table(where)).get("extend-rules", ()) if where else ()
    over = check("--config", overrides).get("extend-rules", ())
    paths = [*(os.path.join(os.path.dirname(where or ""), path) for path in own), *over]
    if not paths:
        return rules
    from gconv_lint.rulebook.own import documents, extended
    from gconv_lint.rulebook.schema import RuleError

    try:
        return extended(rules, [document.rule for document in documents(paths)])
    except RuleError as error:
        raise SettingError(str(error).partition("\n")[0]) from None


def _made(rules: Sequence[Rule], where: str, root: str, flags: Flags, overrides: Mapping[str, Any]) -> Config:
    own = check(where, config_files.table(where)) if where else {}
    over = check("--config", overrides)
    values = {**own, **over, **flags.values}
    by_rule = rule_settings.read(f"{where}: rules", own.get("rules", {}), rules)
    for code, (table, severity) in rule_settings.read("--config: rules", over.get("rules", {}), rules).items():
        known, before = by_rule.get(code, ({}, None))
        by_rule[code] = {**known, **table}, severity or before
    active, warnings = _active(rules, where, own, over, flags, bool(values.get("preview")))
    return Config(
        active=active,
        options={code: table for code, (table, _) in by_rule.items() if table},
        severities={code: severity for code, (_, severity) in by_rule.items() if severity is not None},
        strict=values.get("strict", False),
        output_format=values.get("output-format", "full"),
        statistics=values.get("statistics", False),
        exclude=_exclude(root, own, {**over, **flags.values}),
        force_exclude=values.get("force-exclude", False),
        respect_gitignore=values.get("respect-gitignore", True),
        file_ignores=_file_ignores(rules, where, root, own, over, flags.values),
        models=_models("--config", over, "") if "models" in over else _models(where, own, os.path.dirname(where)),
        roots=values.get("roots", False),
        roots_budget=values.get("roots-budget", ROOTS_BUDGET),
        fixing=fix_settings.read(where, values, rules),
        baseline=_file("baseline", root, own, {**over, **flags.values}),
        cache_dir=_file("cache-dir", root, own, {**over, **flags.values}),
        where=where,
        values=values,
        rules=tuple(rules),
        warnings=warnings,
    )


def _models(name: str, values: Mapping[str, Any], folder: str) -> tuple[Target, ...]:
    return model_settings.read(name, values.get("models", ()), folder)


def _exclude(root: str, own: Mapping[str, Any], over: Mapping[str, Any]) -> tuple[Patterns, ...]:
    """The patterns of the file, relative to its folder, and of the command line, relative to the current one."""
    here = os.getcwd()
    first = Patterns(over["exclude"], here) if "exclude" in over else Patterns(own.get("exclude", EXCLUDED), root)
    return first, Patterns(own.get("extend-exclude", ()), root), Patterns(over.get("extend-exclude", ()), here)


def _file(key: str, root: str, own: Mapping[str, Any], over: Mapping[str, Any]) -> str:
    """A path of the file, relative to its folder, or of the command line, relative to the current one."""
    if key in over or key not in own:
        return str(over.get(key, ""))
    return os.path.relpath(os.path.join(root, own[key]))


def _file_ignores(
    rules: Sequence[Rule],
    where: str,
    root: str,
    own: Mapping[str, Any],
    over: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> tuple[FileIgnore, ...]:
    key, more = "per-file-ignores", "extend-per-file-ignores"
    by_file, by_word, by_flag = (own, f"{where}: ", root), (over, "--config: ", os.getcwd()), (flags, "--", os.getcwd())
    found = [next((each for each in (by_flag, by_word) if key in each[0]), by_file)]
    tables = [(values.get(key, {}), name + key, base) for values, name, base in found]
    wider = [by_file, by_flag if more in flags else by_word]
    tables += [(values.get(more, {}), name + more, base) for values, name, base in wider]
    infos = [rule.info for rule in rules]
    return tuple(
        FileIgnore(Patterns([pattern.removeprefix("!")], base), pattern.startswith("!"), codes(name, selectors, infos))
        for table, name, base in tables
        for pattern, selectors in table.items()
    )


def _choice(values: Mapping[str, Any]) -> Choice:
    return Choice(
        select=values.get("select"), extend_select=values.get("extend-select", ()), ignore=values.get("ignore", ())
    )


def _active(
    rules: Sequence[Rule], where: str, own: Mapping[str, Any], over: Mapping[str, Any], flags: Flags, preview: bool
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The rules that are on, and a sentence for each that is selected by itself and still in preview."""
    infos = [rule.info for rule in rules]
    choices = [_choice(own), _choice(over), flags.choice]
    for name, choice in zip((where, "--config"), choices, strict=False):
        try:
            chosen(infos, [choice])
        except SettingError as error:
            raise SettingError(f"{name}: {error}") from None
    active = chosen(infos, choices)
    if preview:
        return active, ()
    early = {info.code: info for info in infos if info.preview and info.code in active}
    named = {selector for choice in choices for selector, on in choice.verdicts() if on}
    warnings = [
        f"selecting `{info.code}` does nothing: it is in preview, which `--preview` turns on"
        for info in early.values()
        if named & {info.code, info.name}
    ]
    return active - early.keys(), tuple(warnings)
