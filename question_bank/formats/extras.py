"""What a form of file can't say itself, written beside a question in JSON, with a digest of what it was written for.

Once somebody edits the question in another program, the digest no longer fits: then the question itself counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from question_bank.formats.entries import KIND_WORDS, Entry
from question_bank.formats.records import TEXT_FIELDS
from question_bank.kinds.settings import write_settings

ASIDE = "floorready"
"""Name of the element, or the file, that holds it."""


def extras_of(entry: Entry) -> dict[str, Any]:
    """Return everything a record of this question would hold, but for its knowledge point."""
    row = entry.row
    return {
        "kind": KIND_WORDS[entry.kind],
        "stem": row.stem,
        "options": list(row.options),
        "answer": row.answer,
        "explanation": row.explanation,
        "difficulty": entry.difficulty,
        "points": f"{entry.points / 100:g}",
        "settings": write_settings(row.settings),
    }


def write_extras(said: Mapping[str, Any]) -> str:
    """Return extras as one line of JSON in ASCII."""
    return json.dumps(said, ensure_ascii=True, sort_keys=True)


def read_extras(text: str) -> dict[str, Any]:
    """Read extras; {} for anything that is none."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or not isinstance(said.get("options", []), list):
        return {}
    fields: dict[str, Any] = {name: str(said[name]) for name in TEXT_FIELDS if isinstance(said.get(name), str)}
    return {**fields, "options": [str(one) for one in said.get("options", [])][:20]}
