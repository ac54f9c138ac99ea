"""Words that templates of this area need: names of kinds, states, points, letters of options."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, pgettext

from question_bank import wording


def in_english() -> bool:
    """Tell whether the reader reads English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def point_label(row: Any) -> str:
    """Return the name of a row's knowledge point in the reader's language, "" where it has none."""
    return str((row.point_name_en or row.point_name) if in_english() else row.point_name) if row.point else ""


def letters() -> str:
    """Return the signs options are lettered with in the reader's language."""
    return str(pgettext("letters of options", "ABCDEFGHIJ"))


CONTEXT: dict[str, Any] = {
    "kind_names": wording.KIND_NAMES,
    "kind_signs": wording.KIND_SIGNS,
    "difficulty_names": wording.DIFFICULTY_NAMES,
    "state_names": wording.STATE_NAMES,
    "source_names": wording.SOURCE_NAMES,
    "verdict_names": wording.VERDICT_NAMES,
    "field_names": wording.FIELD_NAMES,
    "import_state_names": wording.IMPORT_STATE_NAMES,
    "why_names": wording.WHY_NAMES,
    "say_where": wording.say_where,
    "say_likeness": wording.say_likeness,
    "say_fix": wording.say_fix,
}
"""Given to every template of this area."""
