"""Use cases of phrase libraries: begin an edition, keep its text, publish it by a second person, put it aside."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.records.services import audit
from simulations import load_phrases
from simulations.authoring.notices import tell_phrases_wait
from simulations.models import EditionState
from simulations.phrases.models import PhraseEdition
from simulations.phrases.queries import citable
from simulations.script.libraries import parse_library
from simulations.wording.characters import plain

TEXT_LIMIT: Final = 60_000
NAME: Final = re.compile(r"[^\W_][\w\-]{0,29}")
STARTER: Final = """\
// 本单位的短语：脚本在「引用」里写上本库，同名短语以写在后面的库为准。
// 每条短语至少三个必须听得出的说法（正）、两个不能误听的说法（反）；保存时逐条验证。
本单位自报 = 平安燃气..工号
正 本单位自报: 您好，平安燃气，工号3276 | 平安燃气工号三二七六为您服务 | 您好，平安燃气客服工号3276
反 本单位自报: 您好，请讲 | 我是客服
"""


def begin_phrases(session: Session, name: str, *, like: str, by: Identity, now: datetime) -> PhraseEdition:
    """Begin the next edition of one of our libraries, or a new library; a draft that there is already is returned.

    name   1 to 30 letters, digits, - and _; not a bundled library's
    like   `name@version` of the library whose text it begins with, "" for a short one that works

    Raises Invalid for a name that can't be, NotFound for a library that isn't there.
    """
    name = plain(name.strip())
    bundled = {library.name for library in load_phrases().values()}
    if not NAME.fullmatch(name):
        raise Invalid([Problem("name", _("Give a name of 1 to 30 letters, digits, - and _."))])
    if name in bundled:
        raise Invalid([Problem("name", _("This library comes with the product. Give yours a name of its own."))])
    number = session.scalar(select(func.max(PhraseEdition.number)).where(PhraseEdition.name == name)) or 0
    newest = session.scalar(
        select(PhraseEdition).where(PhraseEdition.name == name, PhraseEdition.number == number))
    if newest is not None and newest.state == EditionState.DRAFT:
        return newest
    source = like or (newest.key if newest else "")
    libraries = citable(session)
    if source and source not in libraries:
        raise NotFound
    edition = PhraseEdition(
        name=name, number=number + 1, text=libraries[source].text if source else STARTER, authors=[],
        changed_by=by.person_id, changed_at=now,
    )
    session.add(edition)
    session.flush()
    return edition


def keep_phrases(
    session: Session, edition_id: UUID, text: str, *, known: int, by: Identity, now: datetime
) -> PhraseEdition:
    """Keep a draft's text, errors or none.

    known   the revision the author saw last

    Raises NotFound, Conflict for a published edition or one that somebody else kept since, Invalid for over 60,000
    characters.
    """
    edition = _draft(session, edition_id)
    text = "\n".join(text.splitlines()) + "\n"
    if len(text) > TEXT_LIMIT:
        raise Invalid([Problem("text", _("A library has at most %(n)s characters.", n=TEXT_LIMIT))])
    if edition.revision != known:
        raise Conflict(
            "phrases.changed", _("Somebody else has changed this draft since you opened it. Load the page anew."))
    if text != edition.text:
        author = str(by.person_id)
        edition.text, edition.revision = text, edition.revision + 1
        edition.authors = sorted({*edition.authors, author})
        edition.changed_by, edition.changed_at, edition.sent_at = by.person_id, now, None
    return edition


def send_phrases(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> PhraseEdition:
    """Send a draft without errors to a second person; whoever may publish it is told. Sending twice changes nothing.

    Raises NotFound, Invalid with every finding, Conflict when it is published already.
    """
    edition = _draft(session, edition_id)
    _refuse_errors(edition)
    if edition.sent_at is None:
        edition.sent_at = now
        audit(session, by=by, action="phrases.hand_in", subject=f"phrases:{edition.key}", now=now)
        tell_phrases_wait(session, edition, by=by, now=now)
    return edition


def publish_phrases(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> PhraseEdition:
    """Publish a draft: scripts may cite it from now on, and it never changes.

    Raises Refused for whoever wrote on it, Invalid with every finding, Conflict when it is published already.
    """
    edition = _draft(session, edition_id)
    if edition.is_by(by.person_id):
        raise Refused("phrases.own_draft", _("A second person publishes a phrase library; you wrote on this one."))
    _refuse_errors(edition)
    edition.state, edition.published_by, edition.published_at = EditionState.PUBLISHED, by.person_id, now
    audit(session, by=by, action="phrases.publish", subject=f"phrases:{edition.key}", now=now)
    return edition


def drop_phrases(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> None:
    """Put a draft aside for good. Raises NotFound, Conflict for a published edition."""
    edition = _draft(session, edition_id)
    audit(session, by=by, action="phrases.drop", subject=f"phrases:{edition.key}", now=now)
    session.delete(edition)


def _refuse_errors(edition: PhraseEdition) -> None:
    library, findings = parse_library(edition.name, edition.number, edition.text)
    if findings or not library.phrases:
        raise Invalid(
            [Problem(f"{found.line}:{found.column}", found.message("zh_CN")) for found in findings]
            or [Problem("text", _("There is no phrase in it."))]
        )


def _draft(session: Session, edition_id: UUID) -> PhraseEdition:
    edition = session.get(PhraseEdition, edition_id, with_for_update=True)
    if edition is None:
        raise NotFound
    if edition.state == EditionState.PUBLISHED:
        raise Conflict("phrases.published", _("This edition is published and never changes. Begin the next one."))
    return edition
