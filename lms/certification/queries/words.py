"""Reasons in words, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.floor import Reason, ReasonCode
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.records.activities import Description, describe_many

TO_THE_SECOND: Final = "%Y-%m-%d %H:%M:%S"


def reason_text(reason: Reason, names: Mapping[str, str], zone: str) -> str:
    """Return one reason as a sentence.

    names   what certifications (by code) and mentors (by id) are called
    zone    the time zone its instants are told in
    """
    name = names.get(reason.about, reason.about)
    at = _when(reason.at, zone)
    texts = {
        ReasonCode.CERTIFIED: lambda: _("Certified: %(name)s.", name=name),
        ReasonCode.WAIVER: lambda: _("Waiver approved by two people, until %(at)s.", at=at),
        ReasonCode.SUPERVISED: lambda: _("Only with the mentor %(name)s beside, until %(at)s.", name=name, at=at),
        ReasonCode.SUSPENDED: lambda: (
            _("Suspended until %(at)s.", at=at) if at else _("Suspended until further notice.")),
    }
    told = texts.get(reason.code)
    return str(told()) if told else _refusal(reason, name, at)


def names_for(session: Session, reasons: Iterable[Reason]) -> dict[str, str]:
    """Return what everything that reasons are about is called, in the reader's language."""
    chinese = str(get_locale() or "zh").startswith("zh")
    names = {it.code: it.name if chinese else it.name_en or it.name
             for it in load_rulebook(session).certifications.values()}
    mentors = [UUID(it.about) for it in reasons if it.code is ReasonCode.SUPERVISED]
    if mentors:
        people = session.execute(select(Person.id, Person.name).where(Person.id.in_(mentors))).tuples()
        names |= {str(person_id): name for person_id, name in people}
    return names


def reason_texts(session: Session, reasons: Iterable[Reason]) -> list[str]:
    """Return reasons as sentences, times in the installation's zone."""
    reasons = list(reasons)
    names = names_for(session, reasons)
    return [reason_text(it, names, get_settings().time_zone) for it in reasons]


def _refusal(reason: Reason, name: str, at: str) -> str:
    texts = {
        ReasonCode.UNKNOWN_PERSON: lambda: _("Nobody has this staff number."),
        ReasonCode.UNKNOWN_QUEUE: lambda: _("There is no queue with this code."),
        ReasonCode.QUEUE_NOT_CONFIGURED: lambda: _("This queue doesn't say which certificates it asks for."),
        ReasonCode.RULE_BROKEN: lambda: _("The rule of %(name)s can't be judged; training administration must mend it.",
                                          name=name),
        ReasonCode.LEFT: lambda: _("Has left."),
        ReasonCode.CERTIFICATE_MISSING: lambda: _("Not certified yet: %(name)s.", name=name),
        ReasonCode.CERTIFICATE_NOT_YET: lambda: _("The certificate %(name)s begins at %(at)s.", name=name, at=at),
        ReasonCode.CERTIFICATE_EXPIRED: lambda: _("The certificate %(name)s ended at %(at)s.", name=name, at=at),
        ReasonCode.CERTIFICATE_REVOKED: lambda: _("The certificate %(name)s was revoked at %(at)s.", name=name, at=at),
        ReasonCode.REQUIREMENT_LAPSED: lambda: _("The certificate %(name)s rests: its refresher is overdue.",
                                                 name=name),
    }
    return str(texts[reason.code]())


def _when(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime(TO_THE_SECOND) if at else ""


def activities_named(session: Session, requirements: Iterable[Requirement]) -> dict[str, Description]:
    """Return how to name and reach the first activity of each requirement, for `requirement_words`."""
    return describe_many(session, [
        it.activities[0] for it in requirements if it.activities and it.kind is not RequirementKind.CERTIFICATION])


def requirement_words(book: Rulebook, requirement: Requirement, named: Mapping[str, Description]) -> Description:
    """Return what a requirement asks for, in a few words, and where a learner does it.

    The link is None where there is no such place, or more than one.
    """
    first = requirement.activities[0] if requirement.activities else ""
    if requirement.kind is RequirementKind.CERTIFICATION:
        asked = book.named(first)
        chinese = str(get_locale() or "zh").startswith("zh")
        return Description(first, (asked.name if chinese else asked.name_en or asked.name) if asked else first, None)
    link = named[first].link if len(requirement.activities) == 1 else None
    if requirement.kind is RequirementKind.CALLS:
        title = str(_("%(count)s different simulated calls", count=requirement.need_count))
        return Description(first, title, link)
    return Description(first, named[first].title, link)
