"""Words of people's pages: states, roles, fields, and what is wrong with a row, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Final

from lms.access.identity import Role
from lms.kernel.i18n import _, _l
from lms.people.models import Employment, ImportKind, PersonState, UnitKind
from lms.people.rules.roster import Move
from lms.people.rules.rows import RowProblem
from lms.web.shell import locale_code

STATES: Final = {
    PersonState.PROBATION: _l("Probation"), PersonState.ACTIVE: _l("In service"), PersonState.ON_LEAVE: _l("On leave"),
    PersonState.LEFT: _l("Has left"),
}
STATE_LOOKS: Final = {
    PersonState.PROBATION: "coach", PersonState.ACTIVE: "ok", PersonState.ON_LEAVE: "soon", PersonState.LEFT: "",
}
EMPLOYMENTS: Final = {
    Employment.FULL_TIME: _l("Full-time"), Employment.PART_TIME: _l("Part-time"), Employment.TEMPORARY: _l("Temporary"),
}
UNIT_KINDS: Final = {
    UnitKind.SITE: _l("Site"), UnitKind.DEPARTMENT: _l("Department"), UnitKind.TEAM: _l("Team"),
}
ROLES: Final = {
    Role.LEARNER: _l("Learner"), Role.MENTOR: _l("Mentor"), Role.TRAINER: _l("Trainer"), Role.ASSESSOR: _l("Assessor"),
    Role.REVIEWER: _l("Business reviewer"), Role.MANAGER: _l("Manager"), Role.HR: _l("HR"),
    Role.TRAINING_ADMIN: _l("Training administrator"), Role.AUDITOR: _l("Auditor"),
    Role.SYSTEM_ADMIN: _l("System administrator"),
}
ROLE_NOTES: Final = {
    Role.MENTOR: _l("Has learners, signs off lists, writes notes."),
    Role.TRAINER: _l("Writes courses and questions, holds classes, invigilates."),
    Role.ASSESSOR: _l("Marks practical stations and confirms simulated calls; needs a licence too."),
    Role.REVIEWER: _l("Reviews and releases content for the business."),
    Role.MANAGER: _l("Sees their part's floor board, files and forecasts; asks for and approves waivers."),
    Role.HR: _l("Imports rosters, keeps people and the organisation up to date."),
    Role.TRAINING_ADMIN: _l("Owns programmes, certifications and rules."),
    Role.AUDITOR: _l("Reads everything, changes nothing."),
    Role.SYSTEM_ADMIN: _l("Manages sign-ins, roles, keys and settings."),
}
MOVES: Final = {
    Move.NEW: _l("New"), Move.CHANGED: _l("Changed"), Move.LEAVING: _l("Leaving"), Move.RETURNING: _l("Returning"),
    Move.REMOVED: _l("Taken back"),
}
MOVE_LOOKS: Final = {
    Move.NEW: "ok", Move.CHANGED: "coach", Move.LEAVING: "no", Move.RETURNING: "soon", Move.REMOVED: "no",
}
IMPORT_KINDS: Final = {
    ImportKind.PEOPLE: _l("People"), ImportKind.SHIFTS: _l("Shifts"), ImportKind.LEAVE: _l("Leave of absence"),
    ImportKind.HEADS: _l("Heads needed"),
}
FIELDS: Final = {
    "staff_no": _l("Staff number"), "name": _l("Name"), "name_latin": _l("Name in Latin letters"), "unit": _l("Team"),
    "parent_unit": _l("Department or site"), "post": _l("Post"), "employment": _l("Kind of employment"),
    "state": _l("State"),
    "hired_on": _l("First day"), "left_on": _l("Last day"), "email": _l("E-mail"), "phone": _l("Phone"),
    "queues": _l("Queues"), "queue": _l("Queue"), "date": _l("Date"), "start": _l("Begins"), "end": _l("Ends"),
    "reason": _l("Reason"), "weekday": _l("Weekday"), "heads": _l("Heads"), "ends_at": _l("Ends"),
}
WEEKDAYS: Final = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
                   _l("Sunday"))

_Sentence = Callable[[Mapping[str, str]], str]
_SENTENCES: Final[Mapping[str, _Sentence]] = {
    "missing": lambda it: _("%(field)s is empty.", field=field_name(it)),
    "missing_for_new": lambda it: _("%(field)s is empty; somebody new needs one.", field=field_name(it)),
    "staff_no_malformed": lambda it: _("“%(value)s” is no staff number: letters, digits, dots and hyphens only.",
                                       value=it["value"]),
    "staff_no_twice": lambda it: _("Staff number %(value)s stands in %(cell)s already.", value=it["value"],
                                   cell=it["cell"]),
    "name_malformed": lambda it: _("“%(value)s” is no name.", value=it["value"]),
    "glyph_missing": lambda it: _("The certificate font lacks “%(value)s”. The certificate stands, its print waits.",
                                  value=it["value"]),
    "date_malformed": lambda it: _("“%(value)s” is no date. Write it as 2026-03-02.", value=it["value"]),
    "date_order": lambda it: _("“%(value)s”: day or month first? Write it as 2026-03-02.", value=it["value"]),
    "date_impossible": lambda it: _("There is no such day: “%(value)s”.", value=it["value"]),
    "time_malformed": lambda it: _("“%(value)s” is no time. Write it as 08:30.", value=it["value"]),
    "time_missing": lambda it: _("“%(value)s” has no time, and there is no date column beside it.", value=it["value"]),
    "phone_malformed": lambda it: _("“%(value)s” is no phone number.", value=it["value"]),
    "phone_shortened": lambda it: _("“%(value)s”: the spreadsheet cut the number short. Format the column as text.",
                                    value=it["value"]),
    "email_malformed": lambda it: _("“%(value)s” is no e-mail address.", value=it["value"]),
    "state_unknown": lambda it: _("“%(value)s” is no state: 试用, 在职, 休假 or 离职.", value=it["value"]),
    "employment_unknown": lambda it: _("“%(value)s” is no kind of employment: 全职, 兼职 or 临时.", value=it["value"]),
    "unit_unknown": lambda it: _("There is no unit “%(value)s”. Add it to the organisation, or correct the name.",
                                 value=it["value"]),
    "unit_elsewhere": lambda it: _("“%(found)s” exists, but not where “%(value)s” says.", found=it["found"],
                                   value=it["value"]),
    "unit_ambiguous": lambda it: _("Several units are called “%(value)s”: %(found)s. Use the code.", value=it["value"],
                                   found=it["found"]),
    "unit_out_of_reach": lambda it: _("“%(value)s” isn't in your part of the organisation.", value=it["value"]),
    "person_out_of_reach": lambda it: _("%(value)s isn't in your part of the organisation.", value=it["value"]),
    "person_unknown": lambda it: _("Nobody with the staff number %(value)s works in your part.", value=it["value"]),
    "post_unknown": lambda it: _("There is no post “%(value)s”.", value=it["value"]),
    "queue_unknown": lambda it: _("There is no queue “%(value)s”.", value=it["value"]),
    "left_in_future": lambda it: _("The last day %(value)s is still to come. Import it on that day.",
                                   value=it["value"]),
    "left_before_hired": lambda it: _("The last day %(value)s is before the first.", value=it["value"]),
    "overlaps": lambda it: _("Overlaps with the row at %(cell)s.", cell=it["cell"]),
    "shift_length": lambda _it: _("A shift lasts up to 24 hours and ends after it begins."),
    "ends_before_start": lambda _it: _("The end lies before the beginning."),
    "weekday_unknown": lambda it: _("“%(value)s” is no weekday.", value=it["value"]),
    "hours_malformed": lambda it: _("“%(value)s”: give whole hours, e.g. 8-12.", value=it["value"]),
    "hour_twice": lambda it: _("This hour stands in the row at %(cell)s already.", cell=it["cell"]),
    "heads_malformed": lambda it: _("“%(value)s” is no number of heads.", value=it["value"]),
}


def problem_text(problem: RowProblem) -> str:
    """Return the sentence for a problem of a row."""
    return _SENTENCES[problem.code](problem.detail)


def problem_codes() -> frozenset[str]:
    """Return every code there is a sentence for."""
    return frozenset(_SENTENCES)


def field_name(detail: Mapping[str, str]) -> str:
    """Return what the field of a problem is called."""
    return str(FIELDS.get(detail.get("field", ""), detail.get("field", "")))


def local_name(name: str, name_en: str = "") -> str:
    """Return a name in the page's language, where it has one."""
    return name_en if name_en and locale_code() == "en" else name


def value_text(field: str, value: str) -> str:
    """Return a field's value as a page shows it."""
    if field == "state" and value in STATES:
        return str(STATES[PersonState(value)])
    return str(EMPLOYMENTS[Employment(value)]) if field == "employment" and value in EMPLOYMENTS else value
