"""The language server: what an editor says to lints and answers, over standard input and output."""

from __future__ import annotations

import asyncio
import os
import threading
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from lsprotocol import types
from pygls import uris
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from gconv_lint import __version__, config_files, gitignore
from gconv_lint.files import shown
from gconv_lint.lsp.actions import Text, quick_fixes
from gconv_lint.lsp.diagnostics import Diagnostics
from gconv_lint.lsp.linting import Linted, lint
from gconv_lint.lsp.pages import encloses, pages
from gconv_lint.lsp.positions import Positions
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Report
from gconv_lint.reporters.excerpt import split_lines

#: Seconds without a key stroke after which a changed text is linted.
PATIENCE = 0.2
#: Bytes of stack for the thread that lints: deeply nested code needs more than some systems give a thread.
_STACK = 64 << 20
#: Files that settings come from, and what git ignores.
_SETTINGS = f"**/{{{','.join((*config_files.OWN, config_files.SHARED, gitignore.FILE))}}}"


class Seen(NamedTuple):
    """The last report on a document, and the texts that it is about, by path."""

    report: Report
    made: Diagnostics
    texts: Mapping[str, Text]

    def of(self, path: str) -> list[Finding]:
        """The findings in a file."""
        return [finding for finding in self.report.findings if os.path.abspath(finding.place.path) == path]


class Server(LanguageServer):
    """Lints all open documents together whenever one of them changes: they may import each other."""

    def __init__(self) -> None:
        # Whole texts: pygls counts a form feed as the end of a line when it applies a part.
        super().__init__("gconv-lint", __version__, types.TextDocumentSyncKind.Full)
        threading.stack_size(_STACK)
        self._worker = ThreadPoolExecutor(1, "lint")
        self._waiting: asyncio.Task[None] | None = None
        self._seen: dict[str, Seen] = {}
        self._complaints: set[str] = set()

    def lint_soon(self, patience: float = 0.0) -> None:
        """Lint all open documents once nothing changed for ``patience`` seconds; earlier requests are dropped."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.create_task(self._lint(patience))

    def close(self, uri: str) -> None:
        """Forget a document and clear its diagnostics; others may have rested on its text."""
        self._seen.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        self.lint_soon()

    async def _lint(self, patience: float) -> None:
        await asyncio.sleep(patience)
        texts = self._texts()
        try:
            work = {path: each.text for path, each in texts.items()}
            found = await asyncio.get_running_loop().run_in_executor(self._worker, lambda: list(lint(work)))
            for linted in found:
                self._publish(linted, texts)
            self._complain({linted.complaint for linted in found} - {""})
        except Exception:
            self._log(f"internal error, please report it:\n{traceback.format_exc()}")

    def _texts(self) -> dict[str, Text]:
        """The open Python files by absolute path."""
        return {
            path_of(document): Text(document.uri, document.version, document.source)
            for document in self.workspace.text_documents.values()
            if _is_python(document)
        }

    def _publish(self, linted: Linted, texts: Mapping[str, Text]) -> None:
        made = Diagnostics(linted.report, self.workspace.position_codec, related=self._shows_related())
        by_path = made.by_path()
        named = {name: texts[path] for path in linted.paths for name in (path, shown(path))}
        for path in linted.paths:
            uri, version, _ = texts[path]
            self._seen[uri] = Seen(linted.report, made, named)
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=by_path.get(path, []))
            )
        for problem in linted.report.problems:
            if os.path.abspath(problem.path) not in texts:
                self._log(f"{problem.path}: {problem.message}" if problem.path else problem.message)

    def _complain(self, complaints: set[str]) -> None:
        """Show what is wrong with the settings, once for as long as it is wrong."""
        for complaint in sorted(complaints - self._complaints):
            params = types.ShowMessageParams(types.MessageType.Error, f"gconv-lint: {complaint}")
            self.window_show_message(params)
        self._complaints = complaints

    def _log(self, message: str) -> None:
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, f"gconv-lint: {message}"))

    def _shows_related(self) -> bool:
        field = "text_document.publish_diagnostics.related_information"
        return bool(get_capability(self.client_capabilities, field, False))

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """The pages of the rules that the text speaks of at a position."""
        document = self.workspace.get_text_document(uri)
        lines = split_lines(document.source)
        at = Positions(lines, self.workspace.position_codec).line_and_column(position)
        text = pages(document.source, lines, at, self._current(document))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    def actions(self, uri: str, wanted: types.Range) -> list[types.CodeAction]:
        """The fixes of what is found in a range."""
        document = self.workspace.get_text_document(uri)
        findings = self._current(document)
        if not findings:
            return []
        positions = Positions(split_lines(document.source), self.workspace.position_codec)
        start, end = positions.line_and_column(wanted.start), positions.line_and_column(wanted.end)
        touched = [f for f in findings if encloses(f, start) or start <= (f.place.line, f.place.column) <= end]
        _, made, texts = self._seen[uri]
        return list(quick_fixes(touched, made, texts))

    def _current(self, document: TextDocument) -> list[Finding]:
        """What was found in a document, unless any text that counted there has changed since."""
        seen = self._seen.get(document.uri)
        if seen is None or any(self._version(each.uri) != each.version for each in seen.texts.values()):
            return []
        return seen.of(path_of(document))

    def _version(self, uri: str) -> int | None:
        open_now = self.workspace.text_documents.get(uri)
        return open_now.version if open_now is not None else None

    def shutdown(self) -> None:
        """End, without the work that is waiting."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]


def _is_python(document: TextDocument) -> bool:
    """Whether a document is a Python file; a notebook is none, and what editors send of it are cells."""
    path = document.path
    return path.endswith(".py") or (document.language_id == "python" and not path.endswith(".ipynb"))


def path_of(document: TextDocument) -> str:
    """The absolute path of a document; one that was never saved is taken to be in the current folder."""
    return os.path.abspath(uris.to_fs_path(document.uri) or document.path)


def create() -> Server:
    """A server that answers what editors ask."""
    server = Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def now(server: Server, _: Any) -> None:
        server.lint_soon()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(server: Server, _: types.DidChangeTextDocumentParams) -> None:
        server.lint_soon(PATIENCE)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        only = params.context.only
        wanted = only is None or any(kind in ("", types.CodeActionKind.QuickFix) for kind in only)
        return server.actions(params.text_document.uri, params.range) if wanted else []

    @server.feature(types.INITIALIZED)
    async def initialized(server: Server, _: types.InitializedParams) -> None:
        field = "workspace.did_change_watched_files.dynamic_registration"
        if get_capability(server.client_capabilities, field, False):
            await _watch_settings(server)

    return server


async def _watch_settings(server: Server) -> None:
    watcher = types.FileSystemWatcher(glob_pattern=_SETTINGS)
    registration = types.Registration(
        "settings",
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.DidChangeWatchedFilesRegistrationOptions([watcher]),
    )
    await server.client_register_capability_async(types.RegistrationParams([registration]))
