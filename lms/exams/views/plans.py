"""Monthly plans: the list, one plan with its months, making, changing and pausing one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.exams.forms.rounds import PlanForm
from lms.exams.models import Exam, ExamPlan, ExamPurpose
from lms.exams.queries import rounds as queries
from lms.exams.queries.population import people_of, population_of
from lms.exams.rules.months import DayRule, MonthRule
from lms.exams.services import plans
from lms.exams.views import bp
from lms.exams.views.door import readable
from lms.exams.views.populations import fill_choices, part_of, population_from, reach_unit
from lms.exams.views.reading import scopes_of
from lms.exams.words.rounds import LOOKS, STATES, when_of
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _, _l
from lms.people.models import Unit
from lms.web.exports import export_rows
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, TableState, export, paginate, paginate_list


def _figure(name: str, scale: int = 1) -> Callable[[queries.PlanLine], float | None]:
    """Return what takes a figure of the latest month from a line."""
    def value(line: queries.PlanLine) -> float | None:
        found = getattr(line.figures, name, None)
        return None if found is None else found if scale == 1 else found / scale

    return value


PLANS = Table(
    "exam_plans", title=_l("Monthly exams"), search_hint=_l("Name, exam or part of the organisation"), per_page=20,
    columns=(
        Column("title", _l("Plan"), sort=ExamPlan.title, value=lambda it: it.plan.title),
        Column("unit", _l("For whom"), sort=Unit.path, value=lambda it: part_of(it.plan.unit)),
        Column("next_at", _l("Next month opens")),
        Column("latest", _l("Latest month"), value=lambda it: f"{it.latest.month:%Y-%m}" if it.latest else None),
        Column("asked", _l("Asked"), numeric=True, value=_figure("asked")),
        Column("sat", _l("Sat"), numeric=True, value=_figure("sat")),
        Column("passed", _l("Passed"), numeric=True, value=_figure("passed")),
        Column("mean", _l("Mean"), numeric=True, value=_figure("mean", 100)),
    ),
    filters=(
        Filter("state", _l("State"), options=[("running", _l("goes on")), ("paused", _l("paused"))],
               where=lambda it: ExamPlan.paused_at.is_not(None) if it == "paused" else ExamPlan.paused_at.is_(None)),
    ),
    search=lambda term: or_(*(it.contains(term, autoescape=True) for it in (ExamPlan.title, Exam.title, Unit.name))),
)
MEMBERS = Table(
    "exam_round_members", title=_l("Who stands how"), search_hint=_l("Name, staff number or team"), per_page=50,
    columns=(
        Column("name", _l("Person"), sortable_in_lists=True),
        Column("staff_no", _l("Staff number"), sortable_in_lists=True),
        Column("unit_name", _l("Team"), sortable_in_lists=True),
        Column("state", _l("State"), value=lambda it: str(STATES[it.state])),
        Column("due_at", _l("To be taken by"), sortable_in_lists=True),
        Column("counted", _l("Score"), numeric=True, sortable_in_lists=True,
               value=lambda it: None if it.counted is None else it.counted / 100),
    ),
    filters=(
        Filter("state", _l("State"), options=[(it, STATES[it]) for it in queries.CONCERN],
               keeps=lambda row, value: bool(row.state == value)),
    ),
)


@bp.get("/plans")
@requires(Permission.EXAM_READ)
def month_plans() -> ResponseReturnValue:
    """List the monthly plans within or above the reader's part of the organisation, with their latest month."""
    session, scopes, state = reading(), scopes_of(current_identity()), PLANS.state(request.args)
    query, lines = queries.plan_list(scopes), partial(queries.plan_lines, session, scopes=scopes, at=request_time())
    if state.export:
        exported: Response = export(session, query, state, filename=_("monthly exams"), lines=lines)
        return exported
    return page("exams/plans.html", state=state, rows=paginate(session, query, state, lines=lines), when_of=when_of)


@bp.get("/plans/<uuid:plan_id>")
@requires(Permission.EXAM_READ)
def month_plan(plan_id: UUID) -> ResponseReturnValue:
    """Show a plan: its months with their figures, and who stands how in one of them."""
    session, scopes = reading(), scopes_of(current_identity())
    plan = _plan(plan_id)
    months = queries.rounds_of(session, plan_id)
    asked = request.args.get("month")
    chosen = next((it for it in months if f"{it.month:%Y-%m}" == asked), months[0] if months else None)
    members = queries.members_of(session, [chosen.id], scopes)[chosen.id] if chosen else ()
    state, people = MEMBERS.state(request.args), queries.by_concern(members)
    if state.export and chosen:
        return _exported(people, state, f"{plan.title} {chosen.month:%Y-%m}")
    population = people_of(session, population_of(plan.unit, plan.posts, plan.queues, probation=plan.probation))
    return page(
        "exams/plan.html", plan=plan, months=months, chosen=chosen, state=state, people=people,
        rows=paginate_list(people, state, matches=_matches),
        figures=queries.figures_of_rounds(session, [it.id for it in months], scopes), population=len(population),
        states=STATES, looks=LOOKS, when_of=when_of, next_at=queries.next_of(session, plan, request_time()),
        may_write=_may_write(plan),
    )


@bp.route("/plans/new", methods=["GET", "POST"])
@requires(Permission.EXAM_ASSIGN)
def new_plan() -> ResponseReturnValue:
    """Plan a monthly exam."""
    form = PlanForm(opens=time(9))
    fill_choices(form, Permission.EXAM_ASSIGN, ExamPurpose.MONTHLY)
    try:
        if form.validate_on_submit():
            terms = _terms(form)
            with unit_of_work() as session:
                plan_id = plans.make_plan(session, UUID(form.exam_id.data), terms, by=current_identity(),
                                          now=request_time()).id
            flash(_("Planned. Its sessions and invitations are made by themselves."), "ok")
            return redirect(url_for(".month_plan", plan_id=plan_id))
    except Invalid as error:
        form.take(error)
    return page("exams/plan_form.html", form=form, plan=None), _status(form)


@bp.route("/plans/<uuid:plan_id>/edit", methods=["GET", "POST"])
@requires(Permission.EXAM_ASSIGN)
def edit_plan(plan_id: UUID) -> ResponseReturnValue:
    """Change a plan; months that are made stay as they are."""
    plan = _writable(plan_id)
    form = PlanForm(data=_values(plan))
    fill_choices(form, Permission.EXAM_ASSIGN, ExamPurpose.MONTHLY)
    form.exam_id.choices = [(str(plan.exam_id), plan.exam.title)]
    try:
        if form.validate_on_submit():
            terms = _terms(form)
            with unit_of_work() as session:
                plans.change_plan(session, plan_id, terms, by=current_identity(), now=request_time())
            flash(_("Saved."), "ok")
            return redirect(url_for(".month_plan", plan_id=plan_id))
    except Invalid as error:
        form.take(error)
    return page("exams/plan_form.html", form=form, plan=plan), _status(form)


@bp.post("/plans/<uuid:plan_id>/<any(pause, resume):verb>")
@requires(Permission.EXAM_ASSIGN)
def pause_plan(plan_id: UUID, verb: str) -> ResponseReturnValue:
    """Pause a plan, or let it go on."""
    _writable(plan_id)
    with unit_of_work() as session:
        plans.pause_plan(session, plan_id, paused=verb == "pause", by=current_identity(), now=request_time())
    flash(_("The plan is paused: no further month is made.") if verb == "pause" else _("The plan goes on."), "ok")
    return redirect(url_for(".month_plan", plan_id=plan_id))


def _plan(plan_id: UUID) -> ExamPlan:
    plan = reading().get(ExamPlan, plan_id)
    if plan is None or not readable(plan.unit.path if plan.unit else "/"):
        raise NotFound
    return plan


def _writable(plan_id: UUID) -> ExamPlan:
    plan = _plan(plan_id)
    if not _may_write(plan):
        raise NotFound
    return plan


def _may_write(plan: ExamPlan) -> bool:
    subject = Subject(None, plan.unit.path if plan.unit else "/")
    return allows(current_identity(), Permission.EXAM_ASSIGN, subject)


def _matches(member: queries.RoundMember, term: str) -> bool:
    return any(term.lower() in it.lower() for it in (member.name, member.staff_no, member.unit_name))


def _exported(people: Sequence[queries.RoundMember], state: TableState, filename: str) -> ResponseReturnValue:
    kept = paginate_list(people, replace(state, page=1, per_page=max(len(people), 1)), matches=_matches)
    return export_rows([str(it.label) for it in MEMBERS.columns],
                       ([it.of(row) for it in MEMBERS.columns] for row in kept.rows),
                       kind=state.export, filename=filename)


def _terms(form: PlanForm) -> plans.PlanTerms:
    """Return what a validated form plans. Raises Invalid when the days make no sense, or the unit isn't theirs."""
    unit_id, population = population_from(form)
    reach_unit(unit_id, Permission.EXAM_ASSIGN)
    assert form.opens.data and form.first.data  # noqa: S101 - both are required
    try:
        rule = MonthRule(
            DayRule(form.day_rule.data), form.number.data or 0, form.opens.data.hour * 60 + form.opens.data.minute,
            form.window_hours.data or 0, form.lead_days.data or 0, _month(form.first.data),
            _month(form.last.data) if form.last.data else None,
        )
    except ValueError:
        raise Invalid([Problem("number", _("There are 1 to 20 working days or 1 to 31 days in a month, and the last "
                                           "month is not before the first."))]) from None
    return plans.PlanTerms(form.title.data or "", form.place.data or "", unit_id, population, rule,
                           form.catch_up_days.data or 0)


def _month(day: date) -> date:
    return day.replace(day=1)


def _values(plan: ExamPlan) -> dict[str, Any]:
    return {
        "exam_id": str(plan.exam_id), "title": plan.title, "place": plan.place,
        "unit_id": str(plan.unit_id) if plan.unit_id else "", "posts": plan.posts, "queues": plan.queues,
        "probation": plan.probation, "number": plan.number, "day_rule": plan.day_rule,
        "opens": time(*divmod(plan.opens_minute, 60)), "window_hours": plan.window_hours, "lead_days": plan.lead_days,
        "catch_up_days": plan.catch_up_days, "first": plan.first_month, "last": plan.last_month,
    }


def _status(form: PlanForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
