"""The lists of simulated calls: scripts, and what waits for an assessor."""

from sqlalchemy import or_

from lms.kernel.i18n import _l
from lms.people.models import Person
from lms.people.queries.people import matching
from lms.web.tables import Column, Filter, Table
from simulations.authoring.models import ScriptDraft
from simulations.models import CallScoreRow, EditionState, ScriptEdition, SimulatedCall

SCRIPTS = Table(
    "call-scripts", title=_l("Call scripts"), search_hint=_l("Title or code"), per_page=50,
    columns=(
        Column("title", _l("Script"), sort=(ScriptEdition.title, ScriptEdition.number.desc())),
        Column("number", _l("Edition"), numeric=True), Column("queue", _l("Queue"), sort=ScriptEdition.queue),
        Column("difficulty", _l("Difficulty"), sort=(ScriptEdition.difficulty, ScriptEdition.code)),
        Column("state", _l("State")), Column("scoring", _l("Scoring")),
    ),
    filters=(Filter("state", _l("State"), (
        (EditionState.DRAFT.value, _l("Waits for publishing")), (EditionState.PUBLISHED.value, _l("Published"))),
        where=lambda value: ScriptEdition.state == value),),
    search=lambda term: or_(*(it.contains(term, autoescape=True) for it in (ScriptEdition.title, ScriptEdition.code))),
)
DRAFTS = Table(
    "call-drafts", title=_l("Drafts of call scripts"), search_hint=_l("Title or code"), per_page=50,
    columns=(
        Column("title", _l("Script"), sort=ScriptDraft.title), Column("number", _l("Version"), numeric=True),
        Column("changed_at", _l("Last changed"), sort=ScriptDraft.changed_at), Column("sent", _l("Sent to review")),
    ),
    default_sort="changed_at", descending=True,
    search=lambda term: or_(*(it.contains(term, autoescape=True) for it in (ScriptDraft.title, ScriptDraft.code))),
)
_WHO = Column("name", _l("Learner"), sort=Person.pinyin_initials)
_WHAT, _WHEN = Column("script", _l("Script")), Column("ended_at", _l("Ended at"), sort=SimulatedCall.ended_at)
WAITING = Table(
    "calls-waiting", title=_l("Calls to review"), search_hint=_l("Name, staff number or initials"), search=matching,
    columns=(_WHO, _WHAT, _WHEN, Column("mark", _l("System"), sort=CallScoreRow.total, numeric=True)),
    default_sort="ended_at", per_page=50,
)
WORDS = Table(
    "calls-words", title=_l("Spoken calls"), search_hint=_l("Name, staff number or initials"), search=matching,
    columns=(_WHO, _WHAT, _WHEN), default_sort="ended_at", per_page=50,
)
