"""The engine: rules over layers and constructs built by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gconv_lint import engine
from gconv_lint.model.constructs import Construct
from gconv_lint.model.dims import Sym
from gconv_lint.model.findings import RuleInfo, Severity
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import CallSite, ConvAttrs, Layer
from gconv_lint.model.places import Place, Related
from gconv_lint.rulebook import Rule, rules


@dataclass(frozen=True, kw_only=True)
class Program:
    layers: tuple[Layer, ...] = ()
    graphs: tuple[LayerGraph, ...] = ()
    constructs: tuple[Construct, ...] = ()


def place(line: int, path: str = "model.py") -> Place:
    return Place(path=path, line=line, column=9, end_line=line, end_column=60)


def conv(line: int = 10, trace: tuple[Related, ...] = (), may_raise: bool = False, **arguments: Any) -> Layer:
    attributes = ConvAttrs(**{"rank": 2, "in_channels": 30, "out_channels": 32, "kernel_size": 3, **arguments})
    site = CallSite(function="Conv2d", class_name="Block", method="__init__", target="conv")
    return Layer(
        id=0, kind="conv", name="conv", place=place(line), conv=attributes, site=site, trace=trace, may_raise=may_raise
    )


def rule(code: str) -> Rule:
    return next(rule for rule in rules() if rule.info.code == code)


def made_rule(when: str, **parts: Any) -> Rule:
    info = RuleInfo(
        code="XX001", name="x", severity=Severity.WARNING, category="style", default=True, summary="a rule of a test"
    )
    return Rule(**{"info": info, "match": ("conv",), "when": when, "message": "message", "help": "help", **parts})


def lint(*layers: Layer, by: Rule, strict: bool = False, **options: Any) -> engine.Outcome:
    return engine.run(Program(layers=layers), [by], {by.info.code: options} if options else None, strict=strict)


def test_a_finding_states_the_facts() -> None:
    (finding,) = lint(conv(groups=4), by=rule("GC002")).findings
    assert finding.rule.code == "GC002"
    assert finding.message == "groups=4 does not divide in_channels=30"
    assert "in_channels=30 and out_channels=32, nearest to 4: 1, 2" in finding.help
    assert finding.place == place(10)
    assert finding.facts["in_channels"] == 30
    assert finding.facts["groups"] == 4


def test_no_finding_where_the_condition_is_false() -> None:
    findings, undecided, skipped = lint(conv(groups=2), by=rule("GC002"))[:3]
    assert (findings, dict(undecided), skipped) == ((), {}, ())


def test_what_is_unknown_is_counted_and_silent() -> None:
    layers = [conv(groups=Sym.atom("groups")), conv(line=20, groups=Sym.atom("groups"))]
    findings, undecided, _ = lint(*layers, by=rule("GC002"))[:3]
    assert findings == ()
    assert dict(undecided) == {"GC002": 2}


def test_a_place_that_is_reported_is_not_undecided() -> None:
    outcome = lint(conv(groups=Sym.atom("groups")), conv(groups=4), by=rule("GC002"))
    assert len(outcome.findings) == 1
    assert not outcome.undecided


def test_contexts_of_one_place_share_a_finding() -> None:
    calls = [Related(message=f"groups={g} comes from here", place=place(100 + g)) for g in (4, 7, 8, 9, 11)]
    layers = [conv(groups=call.place.line - 100, trace=(call,)) for call in calls]
    (finding,) = lint(*layers, by=rule("GC002")).findings
    assert finding.message == "groups=4 does not divide in_channels=30"
    assert [related.place.line for related in finding.related] == [104, 107, 108]
    assert finding.related[-1].message == "groups=8 comes from here (and 2 more)"


def test_innermost_calls_of_all_contexts_come_first() -> None:
    inner, outer, other = (Related(message=text, place=place(line)) for text, line in (("a", 1), ("b", 2), ("c", 3)))
    layers = [conv(groups=4, trace=(inner, outer)), conv(groups=7, trace=(other, outer))]
    (finding,) = lint(*layers, by=rule("GC002")).findings
    assert [related.message for related in finding.related] == ["a", "c", "b"]


def test_equal_contexts_keep_their_calls() -> None:
    calls = [Related(message="here", place=place(line)) for line in (1, 2)]
    (finding,) = lint(*(conv(groups=4, trace=(call,)) for call in calls), by=rule("GC002")).findings
    assert len(finding.related) == 2


def test_values_that_are_equal_but_of_another_type_are_judged_apart() -> None:
    outcome = lint(conv(groups=1), conv(groups=True), by=rule("GC001"))
    assert [finding.message for finding in outcome.findings] == [
        "groups=True is a bool, but groups has to be a positive int"
    ]


def test_arguments_that_cannot_be_hashed_are_judged() -> None:
    assert len(lint(conv(groups=4, kernel_size=[3, 3]), by=rule("GC002")).findings) == 1


def test_code_that_expects_the_error_is_left_alone() -> None:
    assert not lint(conv(groups=4, may_raise=True), by=rule("GC002")).findings
    assert lint(conv(groups=4, may_raise=True), by=made_rule("groups > 1")).findings


def test_a_rule_that_fails_is_given_up_with_a_reason(monkeypatch: Any) -> None:
    def failing(*_: Any) -> Any:
        raise RecursionError("too deep")

    monkeypatch.setattr(engine, "compile_predicate", lambda *_: failing)
    findings, _, skipped = lint(conv(groups=4), conv(line=30, groups=4), by=rule("GC002"))[:3]
    assert findings == ()
    (problem,) = skipped
    assert problem.message == "rule GC002 is skipped: it failed here with RecursionError: too deep"
    assert (problem.path, problem.line) == ("model.py", 10)


def test_options_replace_defaults() -> None:
    layer = conv(in_channels=64, out_channels=64, groups=8)
    assert not lint(layer, by=rule("GC301")).findings
    assert len(lint(layer, by=rule("GC301"), min_group_width=16).findings) == 1


def test_a_rule_without_its_threshold_judges_nothing() -> None:
    layer = conv(in_channels=64, out_channels=64, groups=Sym.atom("groups"))
    findings, undecided, _ = lint(layer, by=rule("GC303"))[:3]
    assert findings == ()
    assert not undecided
    assert lint(conv(in_channels=64, out_channels=64, groups=64), by=rule("GC303"), max_groups=32).findings


def test_strict_makes_disconnection_an_error() -> None:
    connection = Construct(
        kind="connection",
        place=place(5),
        values={"model": "Net", "components": 8, "depthwise_only": True, "convs": 1, "channels": 8},
    )
    for strict, severity in ((False, Severity.WARNING), (True, Severity.ERROR)):
        (finding,) = engine.run(Program(constructs=(connection,)), [rule("GC102")], strict=strict).findings
        assert finding.severity is severity
        assert finding.facts["components"] == 8


def test_expected_components_fire_when_the_number_differs() -> None:
    values = {"model": "Net", "components": 8, "depthwise_only": True, "convs": 1, "channels": 8}
    program = Program(constructs=(Construct(kind="connection", place=place(5), values=values),))
    for expected, findings in ((8, 0), (4, 1)):
        outcome = engine.run(program, [rule("GC102")], {"GC102": {"expected_components": expected}})
        assert len(outcome.findings) == findings


def test_findings_are_ordered_by_place_then_code() -> None:
    layers = [conv(line=20, groups=4), conv(line=3, out_channels=30, groups=4)]
    found = engine.run(Program(layers=tuple(layers)), [rule("GC003"), rule("GC002")]).findings
    assert [(f.place.line, f.rule.code) for f in found] == [(3, "GC002"), (3, "GC003"), (20, "GC002")]


def test_fingerprints_survive_moved_lines_and_folders() -> None:
    (here,) = lint(conv(line=10, groups=4), by=rule("GC002")).findings
    (below,) = lint(conv(line=99, groups=4), by=rule("GC002")).findings
    moved = conv(groups=4)._replace(place=place(10, path="src\\model.py"))
    (there,) = lint(moved, by=rule("GC002")).findings
    assert here.fingerprint == below.fingerprint == there.fingerprint


def test_fingerprints_tell_findings_apart() -> None:
    found = lint(conv(line=10, groups=4), conv(line=20, groups=4), conv(line=30, groups=7), by=rule("GC002")).findings
    assert len({finding.fingerprint for finding in found}) == 3


def test_texts_that_are_unknown_read_so() -> None:
    (finding,) = lint(
        conv(groups=4), by=made_rule("groups > 1", message="{target} in {method} by {num_groups}")
    ).findings
    assert finding.message == "conv in __init__ by unknown"


def test_rules_of_other_kinds_do_not_apply() -> None:
    assert not lint(conv(groups=4)._replace(kind="functional_conv"), by=rule("GC002")).findings
