"""The devices that there are: those of devices.yaml, and device files that a calibration wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gconv_lint import whole_files
from gconv_lint.model.devices import SIZES, Ceilings, Device, Efficiency
from gconv_lint.words import nearest

#: What estimates are for where nobody names a device.
DEFAULT = "h100"
_TABLE = Path(__file__).with_name("devices.yaml")


class DeviceError(ValueError):
    """A device that does not exist, or a device file that cannot be used: one sentence."""


def folder() -> Path:
    """Where calibrations are kept: ``GCONV_LINT_DEVICES``, or a folder of the user's own configuration."""
    named = os.environ.get("GCONV_LINT_DEVICES")
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(named or os.path.join(home, "gconv-lint", "devices"))


def devices() -> dict[str, Device]:
    """All devices by name; a calibrated one stands in place of its datasheet. Raises ``DeviceError``."""
    found = dict(_shipped())
    for path in sorted(folder().glob("*.json")):
        device = from_file(path)
        found[device.name] = device
    return found


def find(name: str) -> Device:
    """The device of that name, or that a device file (``*.json``) describes. Raises ``DeviceError``."""
    if name.endswith(".json"):
        return from_file(Path(name))
    known = devices()
    if name.lower() not in known:
        raise DeviceError(f"there is no device `{name}`{nearest(name, known)}; allowed are {', '.join(known)}")
    return known[name.lower()]


def named_like(title: str) -> Device | None:
    """The device that a driver calls ``title``, such as ``NVIDIA H100 80GB HBM3``; ``None`` for one of another make."""
    words = {word.removesuffix("gb") for word in title.lower().replace("-", " ").split()}
    matches = [
        device
        for name, device in devices().items()
        if (parts := set(name.split("-"))) <= words and not (words & _OTHER_MAKES) - parts
    ]
    return max(matches, key=lambda device: len(device.name), default=None)


#: Words of a name that tell a GPU from another one of the same number.
_OTHER_MAKES = frozenset(["ti", "super", "laptop", "pcie", "nvl", "mobile", "d"])


def from_file(path: Path) -> Device:
    """The device that a device file describes. Raises ``DeviceError``."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        device = _device(data["name"], data)
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        allowed = "a file that `gconv-lint probe --calibrate` wrote"
        raise DeviceError(f"{path}: is no device file; allowed is {allowed}") from None
    return device


def to_file(device: Device, path: Path) -> None:
    """Write a device file, whole or not at all. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole_files.replace(str(path), (json.dumps(as_data(device), indent=2) + "\n").encode())


def as_data(device: Device) -> dict[str, Any]:
    """A device as plain data, with the keys of devices.yaml."""
    ceilings = device.ceilings
    return {
        "name": device.name,
        "title": device.title,
        "capability": device.capability,
        "sms": device.sms,
        "clock": device.clock_ghz,
        "tensor_clock": device.tensor_clock_ghz,
        "flops": dict(device.flops),
        "bandwidth": device.bandwidth,
        "l2": device.l2_mb,
        "shared": device.shared_kb,
        "printed": dict(device.printed),
        "source": device.source,
        "calibrated": device.calibrated,
        "ceilings": None if ceilings is None else {"copy": ceilings.copy, "flops": dict(ceilings.flops)},
        "efficiencies": [list(each) for each in device.efficiencies],
    }


@cache
def _shipped() -> Mapping[str, Device]:
    import yaml

    table = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {name: _device(name, data) for name, data in table.items()}


def _device(name: str, data: Mapping[str, Any]) -> Device:
    ceilings, flops = data.get("ceilings"), data["flops"]
    return Device(
        name=_word(name),
        title=_word(data["title"]),
        capability=_version(data["capability"]),
        sms=_count(data["sms"]),
        clock_ghz=_positive(data["clock"]),
        tensor_clock_ghz=_positive(data.get("tensor_clock", data["clock"])),
        flops={"fp32": _count(flops["fp32"]), **{_dtype(each): _count(rate) for each, rate in flops.items()}},
        bandwidth=_positive(data["bandwidth"]),
        l2_mb=_positive(data["l2"]),
        shared_kb=_count(data["shared"]),
        printed=dict(data.get("printed", {})),
        source=str(data.get("source", "")),
        calibrated=str(data.get("calibrated", "")),
        ceilings=None if ceilings is None else _ceilings(ceilings["copy"], ceilings["flops"]),
        efficiencies=tuple(_efficiency(*each) for each in data.get("efficiencies", ())),
    )


def _ceilings(copy: Any, flops: Mapping[str, Any]) -> Ceilings:
    return Ceilings(_positive(copy), {_dtype(each): _positive(rate) for each, rate in flops.items()})


def _efficiency(dtype: str, layout: str, kind: str, width: int, share: float) -> Efficiency:
    return Efficiency(_dtype(dtype), str(layout), str(kind), _count(width), _positive(share))


def _positive(value: Any) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError(value)
    return number


def _count(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ValueError(value)
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _version(value: Any) -> str:
    major, minor = map(int, _word(value).split("."))
    return f"{major}.{minor}"


def _dtype(name: str) -> str:
    if name not in SIZES:
        raise ValueError(name)
    return name
