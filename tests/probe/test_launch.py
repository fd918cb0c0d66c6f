"""How our own kernels are compiled and timed, with a CuPy that a test stands in for: no GPU computes anything here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gconv_lint.costs import catalogue
from gconv_lint.probe import bench as benches
from gconv_lint.probe import events, launch
from gconv_lint.probe.bench import GpuBench
from gconv_lint.probe.gpu import Gpu
from gconv_lint.probe.kernels import movers
from gconv_lint.probe.sweep import square

SHAPE = square(1, 8, 4, 8, 3)


class CompileException(Exception):
    """What CuPy raises for a source that the compiler refuses."""


class Event:
    """Tells what happens to it."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def record(self, stream: object = None) -> None:
        self._told.append(f"record on {stream}")

    def synchronize(self) -> None:
        self._told.append("wait")


def cupy(compiles: Callable[[], Any], told: list[str]) -> Any:
    """CuPy, as far as kernels are compiled and timed with it."""

    def module(code: str, options: tuple[str, ...]) -> Any:
        told.extend(option for option in options if option.startswith("-std"))
        return SimpleNamespace(get_function=lambda name: compiles())

    cuda = SimpleNamespace(
        Event=lambda: Event(told),
        get_elapsed_time=lambda start, end: 0.5,
        compiler=SimpleNamespace(CompileException=CompileException),
        runtime=SimpleNamespace(memGetInfo=lambda: (1 << 33, 1 << 34)),
    )
    pool = SimpleNamespace(free_all_blocks=lambda: told.append("free"))
    return SimpleNamespace(cuda=cuda, RawModule=module, get_default_memory_pool=lambda: pool)


def refused() -> Any:
    raise CompileException("kernel.cu(3): error: identifier is undefined\n1 error detected")


def exhausted() -> Any:
    raise MemoryError("Out of memory allocating 1,024 bytes")


def broken() -> Any:
    raise RuntimeError("cudaErrorIllegalAddress: an illegal memory access\nwas encountered")


def install(monkeypatch: pytest.MonkeyPatch, compiles: Callable[[], Any]) -> list[str]:
    told: list[str] = []
    monkeypatch.setitem(sys.modules, "cupy", cupy(compiles, told))
    monkeypatch.setattr(benches.library, "available", lambda: False)
    return told


def test_work_is_timed_between_two_events_on_its_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    told = install(monkeypatch, SimpleNamespace)
    once = events.on_cupy(lambda: told.append("work"), launches=5, stream="a stream")
    assert once().us == 100
    assert told == ["record on a stream", "work", "record on a stream", "wait"]


def test_much_shared_memory_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, SimpleNamespace)
    spec = movers.copy(1 << 20)
    assert not hasattr(launch.compiled(spec), "max_dynamic_shared_size_bytes")
    assert launch.compiled(spec._replace(shared_bytes=64 << 10)).max_dynamic_shared_size_bytes == 64 << 10


@pytest.mark.parametrize(
    ("compiles", "fault"),
    [
        (refused, "grouped.cu does not compile: 1 error detected"),
        (exhausted, "Out of memory allocating 1,024 bytes"),
        (broken, "cudaErrorIllegalAddress: an illegal memory access"),
    ],
)
def test_what_cannot_be_run_is_a_fault_and_costs_nothing_else(
    monkeypatch: pytest.MonkeyPatch, compiles: Callable[[], Any], fault: str
) -> None:
    told = install(monkeypatch, compiles)
    bench = GpuBench(Gpu(catalogue.find("h200"), "a GPU of a test"))
    with bench.contenders({4: SHAPE}, 4, "fp16", "nhwc") as contenders:
        assert contenders == {}
    assert bench.faults == {f"grouped.cu on {SHAPE}: {fault}"}
    assert told == ["-std=c++17", "free"]
