"""The homes of those who work here: panels of figures and first rows, chosen by the roles somebody holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from lms.access.door import allows, scopes_of
from lms.access.identity import Identity, Role
from lms.access.permissions import Permission
from lms.certification.queries.floor import endings
from lms.certification.rules.projection import FloorState
from lms.desk.acts import act_name
from lms.desk.queries import board, ledger, staff
from lms.desk.rules.first_steps import FirstStep, steps_left
from lms.desk.rules.panels import Figure, Panel, Row
from lms.exams.queries.marking import marking_queue
from lms.exams.queries.papers import waiting_for_decision
from lms.exams.queries.rounds import figures_of_rounds, months_running
from lms.exams.queries.visits import stations
from lms.exams.titles import reads_english, titled
from lms.kernel.i18n import _
from lms.people.models import PersonState, Queue
from lms.web.formatting import ago, last_day, list_of, when, when_short
from lms.web.shell import has_endpoint
from question_bank.queries.figures import misbehaving
from question_bank.statistics.wording import names_of
from simulations.queries import waiting_for_review
from simulations.waiting import for_assessor, for_trainer


@dataclass(frozen=True)
class Reader:
    """Who reads, and when: the instant and the same in the reader's zone."""

    identity: Identity
    at: datetime
    here: datetime
    zone: ZoneInfo

    def scopes(self, permission: Permission) -> tuple[str, ...]:
        """Return where the reader holds a permission."""
        return scopes_of(self.identity, permission)


Maker = Callable[[Session, Reader], Panel | None]


def panels_for(session: Session, reader: Reader) -> list[Panel]:
    """Return the panels of somebody's home, each once, what asks for a decision first; some have their time and go."""
    wanted = [maker for role, makers in PANELS if role in reader.identity.roles for maker in makers]
    made = (maker(session, reader) for maker in dict.fromkeys(wanted))
    return [panel for panel in made if panel is not None]


def first_steps(session: Session, _reader: Reader) -> Panel | None:
    """The five steps from an empty installation to the first permit; None once they are done."""
    left = steps_left(staff.traces(session))
    if not left:
        return None
    words = {
        FirstStep.ORGANISATION: (
            _("Units and queues"), _("Teams below your site, and the queues whose calls they take"),
            "people.organisation"),
        FirstStep.PEOPLE: (
            _("People"), _("Import the roster you have, as a spreadsheet; nothing is written before you confirm"),
            "people.imports"),
        FirstStep.ROLES: (
            _("Trainers, assessors, managers"),
            _("Give their roles on the pages of these people; then grant the first licences"), "people.index"),
        FirstStep.REQUIREMENTS: (
            _("What queues ask for"),
            _("Choose the certification each queue asks for; the bundled ones can be changed"),
            "certification.certifications"),
        FirstStep.TRAINING: (
            _("The first course"), _("Assign a course; exams and simulated calls follow from the certification"),
            "courses.index"),
    }
    rows = tuple(
        Row(f"{number}  {title}", detail, _to(endpoint), _("to do") if step in left else _("done"),
            "" if step in left else "ok")
        for number, (step, (title, detail, endpoint)) in enumerate(words.items(), 1)
    )
    return Panel("first_steps", _("Five steps to the first permit"), rows=rows, waiting=len(left))


def waivers(session: Session, reader: Reader) -> Panel:
    """Waivers that wait for a second person."""
    asked = staff.waivers_asked(session, reader.scopes(Permission.WAIVER_APPROVE))
    rows = tuple(
        Row(_("%(person)s for %(queue)s", person=person.name, queue=_named(queue)), waiver.reason,
            _to("certification.waiver", waiver_id=waiver.id),
            _("until %(when)s", when=when_short(waiver.ends_at)), "waive")
        for waiver, person, queue in asked[: staff.SHOWN]
    )
    return Panel("waivers", _("Waivers to decide"), rows=rows, waiting=len(asked), link=_to("certification.waivers"),
                 nothing=_("No waiver waits for a second person."))


def resits(session: Session, reader: Reader) -> Panel:
    """People whose attempts at an exam are used up."""
    found = waiting_for_decision(session, reader.scopes(Permission.EXAM_ASSIGN), reader.at)
    rows = tuple(
        Row(f"{it.name} {it.staff_no}", titled(it), _to("exams.decisions"),
            _("failed %(n)s times", n=it.attempts), "no")
        for it in found[: staff.SHOWN]
    )
    return Panel("resits", _("After the last attempt"), rows=rows, waiting=len(found), link=_to("exams.decisions"),
                 nothing=_("Nobody waits for a decision about an exam."))


def expiring(session: Session, reader: Reader) -> Panel:
    """Permissions that end within thirty days."""
    scopes = reader.scopes(Permission.FLOOR_READ)
    queues = board.queues_of_board(session)
    found = endings(session, [queue.id for queue in queues], reader.at, reader.at + staff.MONTH, scopes=scopes)
    names = {queue.id: _named(queue) for queue in queues}
    people = staff.names_of(session, {person_id for _queue, person_id, _end in found[: staff.SHOWN]})
    rows = tuple(
        Row(people.get(person_id, ""), names[queue_id], url_for("desk.person_file", person_id=person_id), last_day(end),
            "soon")
        for queue_id, person_id, end in found[: staff.SHOWN]
    )
    return Panel("expiring", _("Permissions that end within 30 days"), rows=rows,
                 figures=(Figure(len({person for _queue, person, _end in found}), _("people"),
                                 url_for("desk.board", state="soon"), "soon"),),
                 link=url_for("desk.board"), link_label=_("Floor board"), nothing=_("Nobody's permission ends soon."))


def floor(session: Session, reader: Reader) -> Panel:
    """How the floor stands now."""
    scopes = reader.scopes(Permission.FLOOR_READ)
    heads = board.columns(session, board.queues_of_board(session), reader.at, reader.zone, scopes, english=False)
    allowed = sum(head.states.get(FloorState.YES, 0) + head.states.get(FloorState.SOON, 0) for head in heads)
    return Panel(
        "floor", _("The floor now"),
        figures=(Figure(sum(head.ready for head in heads), _("on shift and permitted, over all queues")),
                 Figure(allowed, _("permits in force")),
                 Figure(sum(head.missing for head in heads), _("missing heads"), url_for("desk.board"), "no")),
        link=url_for("desk.board"), link_label=_("Floor board"),
    )


def learners(session: Session, reader: Reader) -> Panel:
    """A mentor's own learners."""
    assert reader.identity.person_id is not None  # noqa: S101 - whoever holds a role is signed in
    found = staff.mentees(session, reader.identity.person_id, reader.at, reader.here.date())
    rows = tuple(
        Row(f"{it.name} {it.staff_no}", _open_queues(it), url_for("desk.person_file", person_id=it.person_id),
            _("with mentor") if _supervised(it) else "", "coach")
        for it in found
    )
    return Panel("learners", _("My learners"), rows=rows, link=_to("people.mentors"),
                 nothing=_("Nobody is assigned to you as a learner."))


def content(session: Session, reader: Reader) -> Panel:
    """Courses, questions and call scripts on their way."""
    found, calls_ = staff.drafts(session), for_trainer(session, reader.identity)
    asked = (Figure(calls_.scripts, _("call scripts to publish"), _to("calls.scripts", state="draft"), "soon"),
             Figure(calls_.phrases, _("phrase libraries to publish"), _to("phrases.index"), "soon"),
             Figure(calls_.examples, _("good calls to decide on"), _to("call_examples.index"), "soon"))
    return Panel(
        "content", _("Content on its way"),
        waiting=found["course_reviews"] + found["question_reviews"] + calls_.total,
        figures=(Figure(found["course_drafts"], _("course drafts"), _to("courses.index")),
                 Figure(found["course_reviews"], _("courses in review"), _to("courses.index"), "soon"),
                 Figure(found["question_drafts"], _("question drafts"), _to("questions.index")),
                 Figure(found["question_reviews"], _("questions in review"), _to("questions.index"), "soon"),
                 *(it for it in asked if it.number)),
    )


def exam_days(session: Session, reader: Reader) -> Panel:
    """Exam sessions of the coming week, and how the last month went."""
    results = staff.results_since(session, reader.scopes(Permission.EXAM_READ), reader.at - staff.MONTH, "exam:")
    rows = tuple(
        Row(it.title or titled(it.exam), it.place, _to("exams.session", session_id=it.id),
            _("running") if it.opens_at <= reader.at else when_short(it.opens_at),
            "ok" if it.opens_at <= reader.at else "")
        for it in staff.sessions_ahead(session, reader.at)
    )
    return Panel(
        "exams", _("Exams"), rows=rows, link=_to("exams.sessions"), link_label=_("Sessions"),
        figures=(Figure(staff.sittings_running(session), _("sitting now"), _to("exams.sessions")),
                 Figure(results.passed, _("passed in 30 days")),
                 Figure(results.failed, _("failed in 30 days"), None, "no")),
    )


def months(session: Session, reader: Reader) -> Panel:
    """Monthly exams that are planned or open now, and how many of one's people haven't begun."""
    scopes = reader.scopes(Permission.EXAM_READ)
    running = months_running(session, reader.at)
    figures = figures_of_rounds(session, [it.id for it in running], scopes)
    rows = tuple(
        Row(it.session.title, _("%(sat)s of %(asked)s sat", sat=figures[it.id].sat, asked=figures[it.id].asked),
            _to("exams.month_plan", plan_id=it.plan_id),
            _("running") if it.session.opens_at <= reader.at else when_short(it.session.opens_at),
            "ok" if it.session.opens_at <= reader.at else "")
        for it in running if figures[it.id].asked
    )
    return Panel("months", _("Monthly exams"), rows=rows, link=_to("exams.month_plans"),
                 nothing=_("No monthly exam is planned or open now."))


def questions(session: Session, reader: Reader) -> Panel:
    """Questions whose figures say that marks may be wrong."""
    found = misbehaving(session, reader.identity)
    rows = tuple(
        Row(f"{it.code} {it.stem}", names_of(it.flags), _to("exams.question_statistics_page", code=it.code),
            _("%(n)s sittings", n=it.sittings), "no")
        for it in found[: staff.SHOWN]
    )
    return Panel("questions", _("Questions that misbehave"), rows=rows, link=_to("questions.index"),
                 link_label=_("Question bank"), figures=(Figure(len(found), _("to look at"), None, "no"),),
                 nothing=_("No question's figures ask for a look."))


def calls(session: Session, reader: Reader) -> Panel:
    """Exam calls that wait for an assessor's word."""
    query = waiting_for_review(reader.scopes(Permission.CALL_CONFIRM), not_of=reader.identity.person_id)
    found = for_assessor(session, reader.identity)
    rows = tuple(
        Row(f"{person.name} {person.staff_no}", call.edition.title, _to("calls.review", call_id=call.id),
            when_short(call.ended_at), "")
        for call, person, _score in session.execute(query.limit(staff.SHOWN)).unique()
    )
    more = (Figure(found.spoken, _("spoken calls to write down"), _to("voice.waiting"), "soon"),
            Figure(found.appeals, _("appeals to decide"), _to("recounting.appeals"), "soon"))
    return Panel("calls", _("Calls to confirm"), rows=rows, waiting=found.total, link=_to("calls.waiting"),
                 figures=tuple(it for it in more if it.number),
                 nothing="" if found.total else _("No call waits for you."))


def marks(session: Session, reader: Reader) -> Panel:
    """Answers that wait for a person's marks, question by question, and since when the oldest does."""
    queues = marking_queue(session, reader.identity, at=reader.at)
    mine = sum(it.mine for it in queues)
    rows = tuple(
        Row(f"{it.code} {it.stem}", _("waiting since %(when)s", when=ago(it.oldest, reader.at)),
            _to("exams.marking"), _("%(n)s waiting", n=it.mine), "soon")
        for it in queues[: staff.SHOWN] if it.mine
    )
    return Panel("marks", _("Answers to mark"), rows=rows, waiting=mine, link=_to("exams.marking"),
                 figures=(Figure(mine, _("to mark"), _to("exams.marking"), "soon"),))


def practicals(session: Session, _reader: Reader) -> Panel:
    """Who waits at which station."""
    found = stations(session)
    rows = tuple(
        Row(titled(it), _("%(n)s min each", n=it.minutes), _to("practical.station", code=it.code),
            _("%(n)s waiting", n=it.waiting) if it.waiting else "", "soon")
        for it in found
    )
    return Panel("stations", _("Stations"), rows=rows, waiting=sum(it.waiting for it in found),
                 link=_to("practical.stations"), nothing=_("No station is set up."))


def staffing(session: Session, reader: Reader) -> Panel:
    """Who is here, who came, who went."""
    scopes = reader.scopes(Permission.PERSON_LIST)
    states, since = staff.people_by_state(session, scopes), (reader.here - staff.MONTH).date()
    return Panel(
        "people", _("People"), link=_to("people.index"),
        figures=(Figure(sum(states.get(state, 0) for state in staff.PRESENT), _("here"), _to("people.index")),
                 Figure(states.get(PersonState.PROBATION, 0), _("on probation")),
                 Figure(states.get(PersonState.ON_LEAVE, 0), _("on leave")),
                 Figure(staff.joined_since(session, scopes, since), _("joined in 30 days")),
                 Figure(staff.left_since(session, scopes, since), _("left in 30 days"))),
    )


def outcomes(session: Session, reader: Reader) -> Panel:
    """How training went in the last thirty days."""
    scopes, since = reader.scopes(Permission.PERSON_LIST), reader.at - staff.MONTH
    kinds = ((_("exams"), "exam:"), (_("practicals"), "practical:"), (_("calls"), "call:"))
    figures = []
    for name, prefix in kinds:
        found = staff.results_since(session, scopes, since, prefix)
        figures += [Figure(found.passed, _("%(kind)s passed", kind=name)),
                    Figure(found.failed, _("%(kind)s failed", kind=name), None, "no")]
    return Panel("outcomes", _("Results of 30 days"), figures=tuple(figures))


def proof(session: Session, _reader: Reader) -> Panel:
    """The ledger, and whether it was verified."""
    size, last = ledger.size(session), ledger.last_verification(session)
    holds = bool(last and (last.changes or {}).get("holds"))
    row = Row(_("Last verified %(when)s", when=when(last.at)) if last else _("Not verified yet"), "",
              url_for("desk.ledger"), (_("holds") if holds else _("broken")) if last else "", "ok" if holds else "no")
    return Panel("ledger", _("Ledger"), rows=(row,), link=url_for("desk.ledger"), link_label=_("Verify"),
                 figures=(Figure(size.facts, _("training facts")), Figure(size.corrected, _("corrections")),
                          Figure(size.seals, _("daily seals"))))


def changes(session: Session, reader: Reader) -> Panel:
    """What was changed lately."""
    rows = tuple(Row(act_name(entry.action), f"{entry.actor} · {entry.subject}", None, when_short(entry.at), "")
                 for entry in staff.newest_audit(session))
    return Panel("audit", _("Latest changes"), rows=rows, link=url_for("desk.audit"),
                 figures=(Figure(staff.audited_since(session, reader.at - staff.WEEK), _("entries in 7 days")),),
                 nothing=_("Nothing was written down yet."))


def machine(session: Session, _reader: Reader) -> Panel:
    """Jobs and mails."""
    jobs = staff.jobs_by_state(session)
    rows = tuple(Row(job.task, job.error or "", url_for("desk.job", job_id=job.id), when_short(job.finished_at), "no")
                 for job in staff.failed_jobs(session))
    return Panel(
        "machine", _("Jobs and mails"), rows=rows, waiting=jobs.get("failed", 0),
        figures=(Figure(jobs.get("waiting", 0), _("jobs waiting")), Figure(jobs.get("running", 0), _("running")),
                 Figure(jobs.get("failed", 0), _("given up"), None, "no"),
                 Figure(staff.mails_waiting(session), _("mails not sent"), _to("notifications.catcher"), "soon")),
    )


def access(session: Session, _reader: Reader) -> Panel:
    """Who may sign in, and who holds the strong roles."""
    active, shut = staff.accounts(session)
    held = staff.holders(session)
    return Panel(
        "access", _("Accounts and roles"), link=_to("people.accounts"),
        figures=(Figure(active, _("accounts")), Figure(shut, _("shut accounts")),
                 Figure(held.get(Role.SYSTEM_ADMIN, 0), _("system administrators")),
                 Figure(held.get(Role.TRAINING_ADMIN, 0), _("training administrators")),
                 Figure(held.get(Role.AUDITOR, 0), _("auditors"))),
    )


def title_of(panels: Sequence[Panel]) -> str:
    """Return the title of a staff home: how many things wait for the reader."""
    waiting = sum(panel.waiting for panel in panels)
    return str(_("%(n)s things wait for you", n=waiting)) if waiting else str(_("Nothing waits for you"))


def may_see_board(identity: Identity) -> bool:
    """Tell whether the floor board is this person's first page."""
    return identity.has(Role.MANAGER) and allows(identity, Permission.FLOOR_READ)


def _named(queue: Queue) -> str:
    return queue.name_en if queue.name_en and reads_english() else queue.name


def _open_queues(mentee: staff.Mentee) -> str:
    names = [name for name, cell in mentee.cells if cell.allowed]
    return _("May go live: %(queues)s", queues=list_of(names)) if names else str(_("Not on the floor yet"))


def _supervised(mentee: staff.Mentee) -> bool:
    return any(cell.state is FloorState.SUPERVISED for _name, cell in mentee.cells)


def _to(endpoint: str, **values: object) -> str | None:
    return url_for(endpoint, **values) if has_endpoint(endpoint) else None  # type: ignore[arg-type]  # any values fit


PANELS: tuple[tuple[Role, tuple[Maker, ...]], ...] = (
    (Role.MANAGER, (waivers, resits, months, expiring)),
    (Role.TRAINING_ADMIN, (first_steps, waivers, floor, expiring, content, exam_days, months, staffing)),
    (Role.ASSESSOR, (marks, calls, practicals)),
    (Role.TRAINER, (marks, content, questions, exam_days, resits)),
    (Role.REVIEWER, (content,)),
    (Role.MENTOR, (learners, expiring)),
    (Role.HR, (staffing, outcomes, floor, expiring)),
    (Role.AUDITOR, (proof, changes, floor, outcomes)),
    (Role.SYSTEM_ADMIN, (machine, access, proof, changes)),
)
