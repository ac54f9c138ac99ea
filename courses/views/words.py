"""Words of courses in the reader's language: titles, kinds, states, knowledge points."""

from typing import Any

from flask_babel import get_locale, pgettext

from courses.rules.editions import EditionState
from courses.rules.units import UnitKind
from courses.views import bp
from lms.kernel.i18n import _
from lms.web.formatting import list_of


def in_english() -> bool:
    """Tell whether this page is read in English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def localised(thing: Any, name: str = "title") -> str:
    """Return a thing's title (or summary, notice ...) as the reader reads it: the English one where there is one."""
    english = getattr(thing, f"{name}_en", "") if in_english() else ""
    return str(english or getattr(thing, name))


def kind_name(kind: str) -> str:
    """Return what a kind of unit is called."""
    names: dict[str, str] = {
        UnitKind.PAGE: pgettext("kind of unit", "Page"), UnitKind.DOCUMENT: pgettext("kind of unit", "Document"),
        UnitKind.VIDEO: pgettext("kind of unit", "Film"), UnitKind.TEST: pgettext("kind of unit", "Test"),
        UnitKind.CALL: _("Simulated call"),
    }
    return names[kind]


def state_name(state: str) -> str:
    """Return what a state of an edition is called."""
    names: dict[str, str] = {
        EditionState.DRAFT: _("Draft"), EditionState.REVIEW: _("In review"), EditionState.PUBLISHED: _("Published"),
    }
    return names[state]


def setting_names(names: list[str]) -> str:
    """Return what the settings of a unit are called, joined."""
    called: dict[str, str] = {
        "kind": _("Kind"), "chapter": _("Chapter"), "title": _("Title"), "title_en": _("Title in English"),
        "minutes": _("Minutes"), "points": _("Knowledge points"), "required": _("Needed to finish the course"),
        "seconds": _("Seconds to spend on it"), "questions": _("Questions drawn"), "pass_percent": _("Percent to pass"),
        "film_percent": _("Percent of the film to watch"), "script": _("Call script"), "file": _("File"),
        "captions": _("Captions"),
    }
    return list_of([called[name] for name in names])


ICONS = {"page": "file", "document": "note", "video": "video", "test": "list", "call": "phone"}


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words of courses under one name."""
    return {"course_words": {"title": localised, "kind": kind_name, "state": state_name, "icon": ICONS,
                             "settings": setting_names}}
