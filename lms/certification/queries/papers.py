"""What is printed on a certificate, gathered from the certificate and the facts it rests on."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import Certificate
from lms.certification.paper import Paper
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.cycles import CycleKind
from lms.certification.rules.validity import local_day
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.records.models import TrainingFact

AND = "、"


def paper_of(session: Session, certificate: Certificate) -> Paper:
    """Return what is printed on a certificate, as people, queues and settings are called now."""
    settings = get_settings()
    person = session.get_one(Person, certificate.person_id)
    queues = load_rulebook(session).opened_by(certificate.certification.code, certificate.issued_at)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return Paper(
        number=certificate.number, cycle=certificate.cycle, name=person.name, name_latin=person.name_latin,
        staff_no=person.staff_no, certification=certificate.certification.name,
        certification_en=certificate.certification.name_en, queues=AND.join(it.name for it in queues),
        queues_en=", ".join(it.name_en or it.code for it in queues), results=results_of(session, certificate.evidence),
        first_day=local_day(certificate.starts_at, certificate.zone), last_day=certificate.last_day,
        issued_day=local_day(certificate.issued_at, certificate.zone), organisation=settings.organisation_name,
        organisation_en=settings.organisation_name_en, issuer=settings.certificate_issuer,
        issuer_title=settings.certificate_issuer_title,
        check_url=f"{base.rstrip('/')}/check/{certificate.check_code}",
        founding=certificate.kind == CycleKind.FOUNDING)


def results_of(session: Session, evidence: Sequence[object]) -> tuple[tuple[str, str], ...]:
    """Return up to four results as (label, value): theory, practical, simulated calls, courses."""
    ids = [UUID(str(it)) for it in evidence]
    rows = session.scalars(select(TrainingFact).where(TrainingFact.id.in_(ids)).order_by(TrainingFact.sequence)).all()
    of = {prefix: [row for row in rows if row.activity.startswith(f"{prefix}:")]
          for prefix in ("exam", "practical", "call", "course")}
    found = []
    if of["exam"]:
        found.append(("理论 Theory", " · ".join(_score(row) for row in of["exam"])))
    if of["practical"]:
        found.append(("实操 Practical", " · ".join(_score(row) for row in of["practical"])))
    if of["call"]:
        shares = [row.score / row.out_of * 100 for row in of["call"] if row.score is not None and row.out_of]
        mean = f" · 均分 {sum(shares) / len(shares):.0f}" if shares else ""
        found.append(("模拟来电 Calls", f"{len(of['call'])} 通{mean}"))
    if of["course"]:
        found.append(("课程 Courses", f"{len(of['course'])} 门"))
    return tuple(found)


def _score(row: TrainingFact) -> str:
    if row.score is None or row.out_of is None:
        return "合格"
    return f"{_marks(row.score)} / {_marks(row.out_of)}"


def _marks(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
