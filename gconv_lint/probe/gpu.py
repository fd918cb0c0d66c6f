"""Whether there is a GPU that can be used, what it is, and what is missing where there is none."""

from __future__ import annotations

import os
import shutil
from typing import Any, NamedTuple

from gconv_lint.costs import catalogue
from gconv_lint.model.devices import Device
from gconv_lint.selection import SettingError

#: The name of whatever GPU is here.
AUTO = "auto"
_INSTALL = "`pip install 'gconv-lint[gpu]'` installs it"


class Missing(NamedTuple):
    """Why nothing can be measured here, in one sentence; ``expected`` is set where there seems to be a GPU."""

    sentence: str
    expected: bool


class Gpu(NamedTuple):
    """A GPU that works: ``identity`` names it with its driver and the versions that times depend on."""

    device: Device
    identity: str


def look() -> Gpu | Missing:
    """The GPU of this machine, or what is missing to use one; imports CuPy only where there seems to be one.

    Raises ``SettingError`` for a calibration that cannot be read.
    """
    if not _seems_present():
        return Missing("there is no NVIDIA GPU here", expected=False)
    try:
        import cupy
    except Exception as error:  # whatever a build for another NumPy or CUDA raises
        reason = "is not installed" if isinstance(error, ModuleNotFoundError) else f"does not load ({_line(error)})"
        return Missing(f"there is a GPU here, but CuPy, which measures with it, {reason}; {_INSTALL}", expected=True)
    try:
        broken = _broken(cupy)
        if broken is None:
            return _found(cupy)
    except RuntimeError as error:  # CUDA's own errors
        broken = _line(error)
    return Missing(
        f"there is a GPU here, but CUDA cannot use it ({broken}); an NVIDIA driver of at least version 525 for "
        "`cupy-cuda12x`, or 580 for `cupy-cuda13x`, is needed",
        expected=True,
    )


def _broken(cupy: Any) -> str | None:
    """Why CUDA does not work; ``None`` where it does."""
    try:
        if cupy.cuda.is_available():
            return None
        cupy.cuda.runtime.getDeviceCount()
    except Exception as error:
        return _line(error)
    return "it shows no device"


def device_of(name: str) -> Device:
    """The device of that name or file; of ``auto`` the one that is here, or else ``catalogue.DEFAULT``.

    Raises ``SettingError``.
    """
    here = look() if name == AUTO else None
    if isinstance(here, Gpu):
        return here.device
    try:
        return catalogue.find(catalogue.DEFAULT if name == AUTO else name)
    except catalogue.DeviceError as error:
        raise SettingError(str(error)) from None


def _seems_present() -> bool:
    return os.path.exists("/dev/nvidia0") or os.path.exists("/dev/nvhost-gpu") or bool(shutil.which("nvidia-smi"))


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _found(cupy: Any) -> Gpu:
    runtime = cupy.cuda.runtime
    properties = runtime.getDeviceProperties(cupy.cuda.runtime.getDevice())
    title = properties["name"].decode()
    try:
        device = catalogue.named_like(title) or _described(title, properties, runtime)
    except catalogue.DeviceError as error:
        raise SettingError(str(error)) from None
    versions = [f"driver CUDA {runtime.driverGetVersion()}", f"CuPy {cupy.__version__}"]
    return Gpu(device, ", ".join([title, *versions, *_torch_versions()]))


def _torch_versions() -> list[str]:
    from gconv_lint.probe import library

    return library.versions()


#: Numbers of CUDA's device attributes: clocks in kHz, the bus in bits.
_CLOCK, _MEMORY_CLOCK, _BUS = 13, 36, 37


def _described(title: str, properties: Any, runtime: Any) -> Device:
    """A GPU that the table does not have: its parts by CUDA, their rates by the nearest architecture in the table."""
    capability = f"{properties['major']}.{properties['minor']}"
    older = [each for each in catalogue.devices().values() if _version(each.capability) <= _version(capability)]
    like = max(older, key=lambda each: _version(each.capability), default=catalogue.find(catalogue.DEFAULT))
    number = runtime.getDevice()
    clock, memory, bus = (runtime.deviceGetAttribute(each, number) for each in (_CLOCK, _MEMORY_CLOCK, _BUS))
    return like._replace(
        name="-".join(title.lower().replace("nvidia", "").split()),
        title=title,
        capability=capability,
        sms=properties["multiProcessorCount"],
        clock_ghz=clock / 1e6,
        tensor_clock_ghz=clock / 1e6,
        bandwidth=2 * memory * bus / 8 / 1e6,
        l2_mb=properties["l2CacheSize"] / (1 << 20),
        printed={},
        source="",
        ceilings=None,
        efficiencies=(),
    )


def _version(capability: str) -> tuple[int, ...]:
    return tuple(map(int, capability.split(".")))
