"""An editor for tests: a language client that talks to the real server in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import BaseLanguageClient
from pygls.uris import from_fs_path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60


class Editor:
    """Opens, changes, saves and closes documents, and keeps what the server says."""

    def __init__(self, client: BaseLanguageClient) -> None:
        self.client = client
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = defaultdict(list)
        self.shown: list[types.ShowMessageParams] = []
        self.logged: list[types.LogMessageParams] = []
        self.watched: list[types.Registration] = []
        self._news = asyncio.Condition()
        self._versions: dict[str, int] = {}

    async def told(self, what: Callable[[], Any]) -> Any:
        """Wait until ``what`` is true, and give it."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(what), PATIENCE)
        return what()

    async def tell(self) -> None:
        """Wake up who waits."""
        async with self._news:
            self._news.notify_all()

    async def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of the document as it is now."""
        version = self._versions.get(uri)

        def current() -> Any:
            return [each for each in self.published[uri] if each.version == version]

        return list((await self.told(current))[-1].diagnostics)

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document."""
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, text: str) -> None:
        """Replace the text of an open document."""
        self._versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._versions[uri], uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def save(self, uri: str) -> None:
        """Say that a document was saved, after forgetting what was said about it."""
        self.published.pop(uri, None)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def close(self, uri: str) -> list[types.Diagnostic]:
        """Close a document: what is left of its diagnostics."""
        self.published.pop(uri, None)
        del self._versions[uri]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
        return list((await self.told(lambda: self.published[uri]))[-1].diagnostics)

    async def forget(self) -> None:
        """Close what is open, and forget what was said."""
        for uri in list(self._versions):
            await self.close(uri)
        for said in (self.published, self.shown, self.logged):
            said.clear()

    async def hover(self, uri: str, line: int, character: int) -> str:
        """The text shown at a position."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        hover = await self.client.text_document_hover_async(params)
        if hover is None:
            return ""
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    async def actions(self, uri: str, at: types.Range, only: list[str] | None = None) -> list[types.CodeAction]:
        """The code actions on a range."""
        context = types.CodeActionContext([], only)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
        return [each for each in await self.client.text_document_code_action_async(params) or [] if _is_action(each)]


Talked = Callable[[Editor], Awaitable[None]]
Talk = Callable[[Talked], None]


def _is_action(each: types.Command | types.CodeAction) -> bool:
    return isinstance(each, types.CodeAction)


def uri_of(path: Path) -> str:
    """The URI of a file."""
    uri = from_fs_path(str(path))
    assert uri
    return uri


def span(one: types.Range) -> tuple[int, int, int, int]:
    """A range as four numbers."""
    return one.start.line, one.start.character, one.end.line, one.end.character


def capabilities(encodings: Sequence[types.PositionEncodingKind] = ()) -> types.ClientCapabilities:
    """What the editor of the tests can do."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings or None),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True)
        ),
        workspace=types.WorkspaceClientCapabilities(
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        ),
    )


@asynccontextmanager
async def _editor(folder: Path, able: types.ClientCapabilities) -> AsyncIterator[Editor]:
    """An editor with ``folder`` as its workspace; the server has to end well."""
    client = BaseLanguageClient("editor", "1")
    one = Editor(client)
    for method, keep in (
        (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, lambda params: one.published[params.uri].append(params)),
        (types.WINDOW_SHOW_MESSAGE, one.shown.append),
        (types.WINDOW_LOG_MESSAGE, one.logged.append),
        (types.CLIENT_REGISTER_CAPABILITY, lambda params: one.watched.extend(params.registrations)),
    ):
        client.feature(method)(_keeper(one, keep))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    await client.start_io(sys.executable, "-m", "gconv_lint", "lsp", cwd=folder, env=environment)
    params = types.InitializeParams(capabilities=able, process_id=os.getpid(), root_uri=uri_of(folder))
    await client.initialize_async(params)
    client.initialized(types.InitializedParams())
    yield one
    await client.shutdown_async(None)
    client.exit(None)
    server = client._server
    assert server is not None
    assert await asyncio.wait_for(server.wait(), PATIENCE) == 0
    await client.stop()


def _keeper(one: Editor, keep: Callable[[Any], object]) -> Callable[[Any], Awaitable[None]]:
    async def kept(params: Any) -> None:
        keep(params)
        await one.tell()

    return kept


class Talks:
    """Conversations with one server, one after the other."""

    def __init__(self, one: Editor, loop: asyncio.AbstractEventLoop) -> None:
        self._one = one
        self._loop = loop

    def run(self, conversation: Talked) -> None:
        """Have a conversation to its end."""
        self._loop.run_until_complete(conversation(self._one))


@contextmanager
def conversations(folder: Path, able: types.ClientCapabilities | None = None) -> Iterator[Talks]:
    """A server for a workspace, which ends with the last conversation."""
    loop = asyncio.new_event_loop()
    whole = _editor(folder, able or capabilities())
    try:
        one = loop.run_until_complete(whole.__aenter__())
        yield Talks(one, loop)
        loop.run_until_complete(whole.__aexit__(None, None, None))
    finally:
        loop.close()
