"""The form of rule files as a JSON Schema, by which editors complete and check them."""

from __future__ import annotations

from typing import Any

from gconv_lint import facts
from gconv_lint.model.fixes import ACTION_ARGUMENTS
from gconv_lint.rulebook.schema import CATEGORIES, OPTIONAL, PATH, REQUIRED, SAFETIES, SEVERITIES

URL = "https://raw.githubusercontent.com/gconv-lint/gconv-lint/main/docs/rule-schema.json"
_TEXT = {"type": "string", "minLength": 1}
_FILES = {"type": "object", "propertyNames": {"pattern": f"^{PATH.pattern}$"}, "additionalProperties": _TEXT}
_TEXTS = {"type": "array", "items": _TEXT}


def _mapping(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _example() -> dict[str, Any]:
    given = {"code": _TEXT, "files": _FILES}
    one_of = [{"required": [key]} for key in given]
    changed = {"oneOf": [_TEXT, _FILES]}
    others = {"options": {"type": "object"}, "thread": _TEXT, "model": _TEXT, "input": _TEXT, "fixed": changed}
    return {**_mapping({"name": _TEXT}, **given, **others), "oneOf": one_of}


def _options() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _mapping({"default": {}, "doc": _TEXT})}


def schema() -> dict[str, Any]:
    """The schema of one rule file."""
    kinds = {"enum": sorted(facts.kinds())}
    examples = {"type": "array", "minItems": 1, "items": _example()}
    keys: dict[str, Any] = {
        "code": {"type": "string", "pattern": r"^[A-Z]{2,6}\d{3}$"},
        "name": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "severity": {"enum": list(SEVERITIES)},
        "category": {"enum": list(CATEGORIES)},
        "default": {"type": "boolean"},
        "preview": {"type": "boolean"},
        "since": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "match": {"oneOf": [kinds, {"type": "array", "minItems": 1, "items": kinds}]},
        "strict": {"enum": list(SEVERITIES)},
        "exceptions": _TEXTS,
        "references": _TEXTS,
        "fix": _mapping(
            {"safety": {"enum": list(SAFETIES)}, "description": _TEXT},
            **{"action": {"enum": list(ACTION_ARGUMENTS)}, "with": {"type": "object"}, "title": _TEXT},
        ),
        "options": _options(),
        "opinion": _mapping({"for": _TEXT, "against": _TEXT}),
        "examples": _mapping({"bad": examples, "good": examples}, undecided=examples),
    }
    properties = {key: keys.get(key, _TEXT) for key in (*REQUIRED, *OPTIONAL)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": URL,
        "title": "A rule of gconv-lint",
        "type": "object",
        "required": list(REQUIRED),
        "properties": properties,
        "additionalProperties": False,
    }
