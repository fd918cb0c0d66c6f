"""The language server, spoken to by a real client over the pipes of a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from gconv_lint.reporters.rule_page import markdown
from gconv_lint.rulebook.load import builtin_folder, load_file
from tests.cli_support import BAD, GOOD, ROOT
from tests.lsp.editor import Editor, Talk, Talks, capabilities, conversations, span, uri_of

UTF8, UTF16, UTF32 = (types.PositionEncodingKind(name) for name in ("utf-8", "utf-16", "utf-32"))
SHUFFLE = """\
import torch


def channel_shuffle(x, groups):
    b, c, h, w = x.size()
    x = x.view(b, groups, c // groups, h, w)
    x = torch.transpose(x, 1, 2)
    return x.view(b, c, h, w)
"""
BLOCK = """\
from torch import nn


class Block(nn.Module):
    def __init__(self, c, g=1):
        super().__init__()
        self.body = nn.Conv2d(c, c, 3, groups=g)
"""
CALLER = "from block import Block\n\nnet = Block(12, 5)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a configuration that sets nothing."""
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\n")
    return tmp_path


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talks]:
    """One server for most tests."""
    with conversations(tmp_path_factory.mktemp("workspace")) as talks:
        yield talks


@pytest.fixture
def talk(talks: Talks) -> Iterator[Talk]:
    """Runs a conversation with the server; documents that it leaves open are closed."""
    yield talks.run
    talks.run(Editor.forget)


def page(code: str) -> str:
    return markdown(load_file(builtin_folder() / f"{code}.yaml"))


def codes(diagnostics: list[types.Diagnostic]) -> list[object]:
    return [each.code for each in diagnostics]


@pytest.mark.parametrize("name", ["net.ipynb", "net.ipynb#W0sZmlsZQ%3D%3D"])
def test_a_notebook_and_its_cells_are_no_python_files(folder: Path, talk: Talk, name: str) -> None:
    notebook, path = uri_of(folder / "net.ipynb"), folder / "net.py"
    cell = notebook.replace("file:", "vscode-notebook-cell:" if "#" in name else "file:") + name.removeprefix(
        "net.ipynb"
    )

    @talk
    async def conversation(one: Editor) -> None:
        one.open(cell, BAD)
        one.open(uri_of(path), BAD)
        (found,) = await one.diagnostics(uri_of(path))
        assert found.code == "GC002"
        assert cell not in one.published


def test_a_document_is_linted_as_it_is_typed(folder: Path, talk: Talk) -> None:
    path = folder / "net.py"
    path.write_text(GOOD)
    uri = uri_of(path)

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, BAD)
        (found,) = await one.diagnostics(uri)
        assert span(found.range) == (1, 7, 1, 37)
        assert (found.code, found.source, found.severity) == ("GC002", "gconv-lint", types.DiagnosticSeverity.Error)
        assert found.message.startswith("groups=4 does not divide in_channels=30\nhelp: ")
        assert found.code_description is not None
        assert found.code_description.href.endswith("/GC002.md")
        for text in (BAD + "x", BAD + "x =", "", GOOD):
            one.change(uri, text)
        assert await one.diagnostics(uri) == []
        one.change(uri, "\n" + BAD)
        (found,) = await one.diagnostics(uri)
        assert span(found.range) == (2, 7, 2, 37)
        one.save(uri)
        assert codes(await one.diagnostics(uri)) == ["GC002"]
        assert await one.close(uri) == []
        assert (one.shown, one.logged) == ([], [])


def test_open_documents_are_one_program_and_related_places_are_told(folder: Path, talk: Talk) -> None:
    block, caller = uri_of(folder / "block.py"), uri_of(folder / "caller.py")
    (folder / "block.py").write_text("# an older text\n")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(block, BLOCK)
        assert await one.diagnostics(block) == []
        one.published.clear()
        one.open(caller, "# 🦊\n" + CALLER)
        assert await one.diagnostics(caller) == []
        found = await one.diagnostics(block)
        assert codes(found) == ["GC002", "GC003"]
        related = found[0].related_information
        assert related is not None
        assert related[0].location.uri == caller
        assert span(related[0].location.range) == (3, 6, 3, 18)
        assert "Block(12, 5)" in related[0].message
        one.published.clear()
        one.change(caller, CALLER.replace("5", "4"))
        assert await one.diagnostics(caller) == []
        assert await one.diagnostics(block) == []
        one.change(caller, CALLER)
        assert await one.diagnostics(caller) == []
        one.published.clear()
        assert await one.close(caller) == []
        assert await one.diagnostics(block) == []


def test_an_editor_that_shows_no_related_places_gets_none(folder: Path) -> None:
    uri = uri_of(folder / "net.py")
    with conversations(folder, types.ClientCapabilities()) as talks:

        @talks.run
        async def conversation(one: Editor) -> None:
            one.open(uri, BLOCK + "\n\nnet = Block(12, 5)\n")
            found = await one.diagnostics(uri)
            assert codes(found) == ["GC002", "GC003"]
            assert [each.related_information for each in found] == [None, None]
            assert one.watched == []


WIDE = "from torch import nn\n\x0c\r\nx = 'é🦊'; conv = nn.Conv2d(30, 64, 3, groups=4)  # 🦊 noqa\n"


async def _positions(one: Editor, uri: str, start: int) -> None:
    one.open(uri, WIDE)
    (found,) = await one.diagnostics(uri)
    assert span(found.range) == (2, start, 2, start + 30)
    assert await one.hover(uri, 2, start) == page("GC002")
    assert await one.hover(uri, 2, start - 2) == ""


def test_positions_are_in_utf_16_unless_the_editor_asks_for_something_else(folder: Path, talk: Talk) -> None:
    talk(lambda one: _positions(one, uri_of(folder / "net.py"), 18))


@pytest.mark.parametrize(("encodings", "start"), [([UTF8, UTF16], 21), ([UTF32, UTF8], 17)])
def test_positions_are_in_the_units_of_the_editor(
    folder: Path, encodings: list[types.PositionEncodingKind], start: int
) -> None:
    with conversations(folder, capabilities(encodings)) as talks:
        talks.run(lambda one: _positions(one, uri_of(folder / "net.py"), start))


def test_hovering_shows_the_page_of_a_rule(folder: Path, talk: Talk) -> None:
    uri = uri_of(folder / "net.py")
    text = BAD.replace("groups=4)", "groups=4)  # noqa: GC101, GC002") + BAD
    named = 'name = "# noqa: GC101"  # gconv-lint: ignore[in-channels-not-divisible]\n'

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, text + named)
        assert "GC002" in codes(await one.diagnostics(uri))
        line = text.split("\n")[1]
        assert await one.hover(uri, 1, line.index("GC101") + 2) == page("GC101")
        assert await one.hover(uri, 1, line.index("GC002") + 4) == page("GC002")
        assert await one.hover(uri, 1, line.index("noqa")) == page("GC900")  # GC101 finds nothing there
        assert await one.hover(uri, 3, 12) == page("GC002")
        assert await one.hover(uri, 3, 1) == ""
        assert await one.hover(uri, 4, named.index("GC101")) == ""
        assert await one.hover(uri, 4, named.index("divisible")) == page("GC002")
        assert await one.hover(uri, 400, 3) == ""


def test_fixes_are_quick_fixes(folder: Path, talk: Talk) -> None:
    uri = uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, SHUFFLE)
        (found,) = await one.diagnostics(uri)
        (action,) = await one.actions(uri, found.range)
        assert action.title == "GC010: Replace the last `view` by `reshape`"
        assert (action.kind, action.is_preferred) == (types.CodeActionKind.QuickFix, True)
        assert [each.range for each in action.diagnostics or ()] == [found.range]
        assert action.edit is not None
        assert action.edit.changes is not None
        ((edit,),) = action.edit.changes.values()
        assert list(action.edit.changes) == [uri]
        lines = SHUFFLE.split("\n")
        line = lines[edit.range.start.line]
        assert edit.range.start.line == edit.range.end.line
        after = line[: edit.range.start.character] + edit.new_text + line[edit.range.end.character :]
        assert after == "    return x.reshape(b, c, h, w)"
        top = types.Range(types.Position(0, 0), types.Position(0, 0))
        assert await one.actions(uri, top) == []
        assert await one.actions(uri, found.range, only=["source.organizeImports"]) == []
        assert len(await one.actions(uri, found.range, only=["quickfix"])) == 1
        one.change(uri, "\n" + SHUFFLE)
        assert await one.actions(uri, found.range) == []  # places of a text that is no more


def test_unsafe_fixes_say_so(folder: Path, talk: Talk) -> None:
    uri = uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, BAD)
        (found,) = await one.diagnostics(uri)
        (action,) = await one.actions(uri, found.range)
        assert action.title.startswith("GC002: Use groups=2")
        assert action.title.endswith("(unsafe)")
        assert not action.is_preferred


def test_a_bad_configuration_is_one_message_until_it_changes(folder: Path, talk: Talk) -> None:
    settings = folder / "pyproject.toml"
    settings.write_text('[tool.gconv-lint]\nselct = ["GC1"]\n')
    uri, other = uri_of(folder / "net.py"), uri_of(folder / "other.py")
    event = types.FileEvent(uri_of(settings), types.FileChangeType.Changed)
    changed = types.DidChangeWatchedFilesParams([event])

    @talk
    async def conversation(one: Editor) -> None:
        (watched,) = await one.told(lambda: one.watched)
        names = ".gconv-lint.toml", "gconv-lint.toml", "pyproject.toml", ".gitignore"
        assert all(name in str(watched.register_options) for name in names)
        one.open(uri, BAD)
        one.open(other, BAD)
        assert await one.diagnostics(uri) == []
        assert await one.diagnostics(other) == []
        one.change(uri, BAD + "\n")
        assert await one.diagnostics(uri) == []
        await one.told(lambda: one.shown)
        assert len(one.shown) == 1
        assert one.shown[0].type == types.MessageType.Error
        assert "unknown key `selct` (did you mean `select`?)" in one.shown[0].message
        settings.write_text("[tool.gconv-lint]\n")
        one.published.clear()
        one.client.workspace_did_change_watched_files(changed)
        assert codes(await one.diagnostics(uri)) == ["GC002"]
        settings.write_text("[tool.gconv-lint]\nselect = 3\n")
        one.client.workspace_did_change_watched_files(changed)
        await one.told(lambda: len(one.shown) == 2)
        assert "`select` cannot be 3" in one.shown[1].message


def test_each_project_has_its_own_settings(folder: Path, talk: Talk) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "gconv-lint.toml").write_text('ignore = ["GC002"]\n')
    quiet, loud = uri_of(inner / "net.py"), uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(quiet, BAD)
        one.open(loud, BAD)
        assert codes(await one.diagnostics(loud)) == ["GC002"]
        assert await one.diagnostics(quiet) == []


def test_a_file_outside_of_the_workspace(folder: Path, talk: Talk, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "gconv-lint.toml").write_text('extend-select = ["GC301"]\n[rules.GC301]\nmin-group-width = 64\n')
    uri = uri_of(elsewhere / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, BAD.replace("30", "32"))
        assert codes(await one.diagnostics(uri)) == ["GC301"]


def test_documents_that_were_never_saved_and_files_that_are_left_out(folder: Path, talk: Talk) -> None:
    (folder / "pyproject.toml").write_text('[tool.gconv-lint]\nextend-exclude = ["vendor"]\n')
    vendored, notes = uri_of(folder / "vendor" / "net.py"), uri_of(folder / "notes.txt")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(vendored, BAD)
        one.open(notes, BAD, language="plaintext")
        one.open("untitled:Untitled-1", BAD)
        assert codes(await one.diagnostics("untitled:Untitled-1")) == ["GC002"]
        assert await one.diagnostics(vendored) == []
        assert notes not in one.published


def test_what_python_cannot_parse_is_a_diagnostic(folder: Path, talk: Talk) -> None:
    uri = uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, "from torch import nn\nconv = nn.Conv2d(30, groups=4\n")
        (found,) = await one.diagnostics(uri)
        assert found.message == "cannot be parsed: '(' was never closed"
        assert (found.range.start.line, found.code) == (1, None)
        one.change(uri, "# coding: nonsense\n" + BAD)
        assert len(await one.diagnostics(uri)) == 1
        one.change(uri, "# coding: latin-1\nfrom torch import nn\nx = 'é'; " + BAD.split("\n")[1])
        (found,) = await one.diagnostics(uri)
        assert span(found.range) == (2, 16, 2, 46)
        one.change(uri, "# coding: latin-1\nfrom torch import nn\nx = '畳'; " + BAD.split("\n")[1])
        await one.diagnostics(uri)


def test_known_findings_are_not_told(folder: Path, talk: Talk) -> None:
    from gconv_lint import cli

    (folder / "net.py").write_text(BAD)
    assert cli.main(["--isolated", "--write-baseline", str(folder / "known.json"), str(folder / "net.py")]) == 0
    (folder / "pyproject.toml").write_text('[tool.gconv-lint]\nbaseline = "known.json"\n')
    uri = uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, BAD)
        assert await one.diagnostics(uri) == []
        one.change(uri, BAD + "nn.Conv2d(30, 64, 3, groups=8)\n")
        assert [each.range.start.line for each in await one.diagnostics(uri)] == [2]


def test_own_rules_have_a_page(folder: Path, talk: Talk) -> None:
    from gconv_lint import cli

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert cli.main(["rule", "--new", "narrow-groups"]) == 0
    (folder / "pyproject.toml").write_text('[tool.gconv-lint]\nextend-rules = ["lint_rules"]\nselect = ["ALL"]\n')
    (rule,) = (folder / "lint_rules").glob("*.yaml")
    bad = load_file(rule).examples.bad[0]
    (text,) = bad.files.values()
    uri = uri_of(folder / "net.py")

    @talk
    async def conversation(one: Editor) -> None:
        one.open(uri, text)
        found = {each.code: each for each in await one.diagnostics(uri)}
        at = found[rule.stem].range.start
        assert f"narrow-groups ({rule.stem})" in await one.hover(uri, at.line, at.character)
        assert found[rule.stem].code_description is None


def _ended(folder: Path, *before: str) -> tuple[int, str]:
    """The exit code of a server that nobody talks to, and its standard error; ``before`` holds other modules."""
    command = [sys.executable, "-m", "gconv_lint", "lsp"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([*before, str(ROOT)])}
    ran = subprocess.run(command, cwd=folder, env=env, input=b"", capture_output=True, timeout=60, check=False)
    return ran.returncode, ran.stderr.decode()


def test_the_server_ends_with_its_input(folder: Path) -> None:
    assert _ended(folder) == (0, "")


def test_an_interrupted_server_ends_at_once(folder: Path) -> None:
    command = [sys.executable, "-m", "gconv_lint", "lsp"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, env=env, **pipes) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}'
        server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"Content-Length")  # it is listening
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 130
        assert server.stderr.read() == b"gconv-lint: interrupted\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_server_without_streams_is_one_sentence(folder: Path, closed: str) -> None:
    script = f'"{sys.executable}" -m gconv_lint lsp {closed}'
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"gconv-lint: the language server talks over standard input and output")


def test_a_server_without_pygls_says_how_to_get_it(folder: Path) -> None:
    (folder / "missing" / "pygls").mkdir(parents=True)
    missing = "raise ModuleNotFoundError('no pygls', name='pygls')\n"
    (folder / "missing" / "pygls" / "__init__.py").write_text(missing)
    code, said = _ended(folder, str(folder / "missing"))
    assert code == 2
    assert said.endswith("`pip install 'gconv-lint[lsp]'` does\n")
