"""What these views read from requests: the terms of an exam, local times, parts of the organisation."""

from datetime import datetime
from typing import Any

from lms.access.identity import Identity, Role
from lms.exams.forms.exams import ExamForm, SessionForm
from lms.exams.models import ExamSession
from lms.exams.rules.entry import SessionTerms, read_networks
from lms.exams.rules.hand_marks import MarkingTerms
from lms.exams.rules.paper import Part
from lms.exams.rules.release import Release, Rule, Shown, When
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.sections import Section
from lms.exams.rules.terms import Terms
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.web.formatting import display_zone


def scopes_of(identity: Identity) -> tuple[str, ...]:
    """Return the parts of the organisation whose people somebody may see in exams."""
    return identity.scopes(Role.TRAINER, Role.TRAINING_ADMIN, Role.MANAGER, Role.AUDITOR)


def local_instant(value: datetime | None) -> datetime:
    """Return a time typed into a form as an instant: it is meant in the reader's zone. Raises ValueError on none."""
    if value is None:
        raise ValueError("a time is missing")
    return value.replace(tzinfo=display_zone())


def terms_from_form(form: ExamForm, parts: tuple[Part, ...], sections: tuple[Section, ...]) -> Terms:
    """Return the terms a validated form describes."""
    return Terms(
        parts=parts, sections=sections, duration_minutes=form.duration_minutes.data or 0,
        pass_percent=form.pass_percent.data or 0,
        grace_seconds=form.grace_seconds.data or 0, shuffle_questions=bool(form.shuffle_questions.data),
        shuffle_options=bool(form.shuffle_options.data), release=_release_from_form(form),
        marking=MarkingTerms(double=bool(form.marking_double.data), gap_percent=form.marking_gap.data or 0),
        appeal_days=form.appeal_days.data or 0, forms=form.forms.data or 1, forms_seed=form.forms_seed.data or 1,
        resit=ResitPolicy(
            attempts=form.attempts.data or 1, wait_days=form.wait_days.data or 0, retrain=bool(form.retrain.data),
            other_paper=bool(form.other_paper.data), cap_percent=form.cap_percent.data,
            schedule=bool(form.schedule.data), deadline_days=form.deadline_days.data,
        ),
    )


def _release_from_form(form: ExamForm) -> Release:
    """Return the rules of a validated form; a date counts only where the rule asks for one."""
    rules = {}
    for thing in Shown:
        when, start = When(form[f"release_{thing}"].data), form[f"release_{thing}_from"].data
        rules[thing.value] = Rule(when, local_instant(start) if when is When.FROM and start else None)
    return Release(**rules)


def _release_values(release: Release) -> dict[str, object]:
    values: dict[str, object] = {}
    for thing in Shown:
        rule = release.rule(thing)
        values[f"release_{thing}"] = rule.when.value
        values[f"release_{thing}_from"] = rule.start.astimezone(display_zone()) if rule.start else None
    return values


def form_values(terms: Terms) -> dict[str, object]:
    """Return terms as an `ExamForm` is filled with them."""
    return {
        "duration_minutes": terms.duration_minutes, "pass_percent": terms.pass_percent,
        "grace_seconds": terms.grace_seconds, "shuffle_questions": terms.shuffle_questions,
        "shuffle_options": terms.shuffle_options, **_release_values(terms.release),
        "marking_double": terms.marking.double, "marking_gap": terms.marking.gap_percent,
        "appeal_days": terms.appeal_days, "forms": terms.forms, "forms_seed": terms.forms_seed,
        "attempts": terms.resit.attempts,
        "wait_days": terms.resit.wait_days, "retrain": terms.resit.retrain, "other_paper": terms.resit.other_paper,
        "cap_percent": terms.resit.cap_percent, "schedule": terms.resit.schedule,
        "deadline_days": terms.resit.deadline_days,
    }


def session_values(form: SessionForm) -> dict[str, Any]:
    """Return what a validated form says about a session. Raises Invalid on a network that is none."""
    try:
        networks = read_networks(form.networks.data or "")
    except ValueError as error:
        raise Invalid([Problem("networks", _("“%(text)s” is no network.", text=str(error)))]) from None
    return {
        "title": form.title.data or "", "place": form.place.data or "",
        "opens_at": local_instant(form.opens_at.data), "closes_at": local_instant(form.closes_at.data),
        "terms": SessionTerms(form.late_entry.data, form.access_code.data or "", networks, bool(form.one_seat.data),
                              form.notice.data or ""),
    }


def session_form_values(planned: ExamSession) -> dict[str, Any]:
    """Return a session as its form is filled with it."""
    return {
        "title": planned.title, "place": planned.place, "exam_id": str(planned.exam_id),
        "opens_at": planned.opens_at.astimezone(display_zone()),
        "closes_at": planned.closes_at.astimezone(display_zone()), "late_entry": planned.late_entry,
        "access_code": planned.access_code, "networks": "\n".join(planned.networks), "one_seat": planned.one_seat,
        "notice": planned.notice,
    }
