"""The words of purposes, monthly plans and spot checks, by the values the rules use."""

from collections.abc import Mapping

from lms.exams.models import ExamPlan, SpotCheckState
from lms.exams.rules.months import DayRule
from lms.exams.rules.population import MemberState
from lms.exams.rules.purposes import follows
from lms.exams.rules.spot_draw import SizeKind, Verdict
from lms.kernel.i18n import _, _l

DAY_RULES = {
    DayRule.WORKING_DAY: _l("working day of the month (Monday to Friday)"), DayRule.DAY: _l("day of the month"),
}
SIZES = {SizeKind.COUNT: _l("people"), SizeKind.PERCENT: _l("percent of the candidates")}
STATES: Mapping[str, object] = {
    MemberState.ASKED: _l("not begun"), MemberState.WAITING: _l("on leave"), MemberState.CATCHING_UP: _l("catching up"),
    MemberState.WITHDRAWN: _l("left or moved"), MemberState.MISSED: _l("missed"),
    MemberState.LAPSED: _l("on leave all month"), "open": _l("not begun"), "sitting": _l("begun"),
    "passed": _l("passed"), "failed": _l("not passed"), "cancelled": _l("left or moved"), "ended": _l("not passed"),
}
CHECK_STATES = {
    SpotCheckState.PLANNED: _l("planned, hidden"), SpotCheckState.STARTED: _l("started"),
    SpotCheckState.CANCELLED: _l("taken back"), SpotCheckState.LAPSED: _l("did not take place"),
}
VERDICTS = {
    Verdict.DRAWN: _l("drawn"), Verdict.NOT_DRAWN: _l("not drawn"), Verdict.AWAY: _l("on leave"),
    Verdict.OFF_SHIFT: _l("not on shift"), Verdict.CHECKED_LATELY: _l("checked lately"),
    Verdict.BUSY: _l("has this exam open already"),
}
LOOKS = {
    "passed": "ok", "failed": "no", "missed": "no", "sitting": "soon", "asked": "soon", "waiting": "soon",
    "open": "soon", "catching_up": "soon",
}


def what_follows(purpose: str) -> list[str]:
    """Return what follows from an exam of a purpose, in plain sentences."""
    rule = follows(purpose)
    found = [
        _("A certificate may ask for it; passing counts towards the permit.") if rule.certifies
        else _("The result stands in the training record alone: no certificate and no permit depends on it."),
        _("Whoever fails stands on the ladder of resits; what was not reached is to be learnt again first.")
        if rule.resits else _("There is no resit: the first result ends it."),
    ]
    if rule.relearning and not rule.resits:
        found.append(_("What was not reached is assigned to be learnt again."))
    if rule.tells:
        found.append(_("The manager is told of a failure at once."))
    states = {
        frozenset({"probation"}): _("It is given to people on probation; an applicant is entered as one, with a first "
                                    "day ahead."),
        frozenset({"probation", "active"}): _("It is given to people who are working, on probation or confirmed; not "
                                              "to those on leave."),
    }
    found.append(states.get(rule.states, _("It may be given to everybody who is here.")))
    return [str(it) for it in found]


def when_of(plan: ExamPlan) -> str:
    """Return when a plan's months open, in words."""
    clock = f"{plan.opens_minute // 60:02}:{plan.opens_minute % 60:02}"
    if plan.day_rule == DayRule.WORKING_DAY:
        return str(_("from working day %(n)s of each month, %(clock)s, for %(hours)s hours", n=plan.number, clock=clock,
                     hours=plan.window_hours))
    return str(_("from day %(n)s of each month, %(clock)s, for %(hours)s hours", n=plan.number, clock=clock,
                 hours=plan.window_hours))

