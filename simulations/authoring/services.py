"""Use cases of authoring: begin, keep and send a draft; decide on replies that nothing matched."""

import re
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit
from simulations import compile_script, load_phrases
from simulations.analysis.fixes import apply, fix_for
from simulations.analysis.tables import with_lines
from simulations.authoring.models import DraftVersion, ReplyVerdict, ScriptDraft, UnmatchedReply
from simulations.authoring.queries import base_of, libraries_for
from simulations.authoring.starters import CODE, blank
from simulations.models import ScriptEdition
from simulations.script.diagnostics import Findings
from simulations.script.parser import parse_script
from simulations.script.vocabulary import Section, name_key
from simulations.services import save_draft

SAME_VERSION: Final = timedelta(minutes=5)  # one author's changes within this time are one version
TEXT_LIMIT: Final = 60_000
_TRIES: Final = 3
CODE_STEM: Final = 36  # letters of a code before its number


def begin_draft(session: Session, edition_id: UUID | None, *, by: Identity, now: datetime) -> ScriptDraft:
    """Begin a draft from an edition, or from a short script that works. Raises NotFound."""
    base = session.get(ScriptEdition, edition_id) if edition_id else None
    if edition_id and base is None:
        raise NotFound
    newest = max(load_phrases(), key=lambda key: int(key.rpartition("@")[2]))
    text = base.text if base else blank(newest, _free_code(session, CODE))
    return _begun(session, text, base.id if base else None, by=by, now=now)


def begin_like(session: Session, edition_id: UUID | None, *, by: Identity, now: datetime) -> ScriptDraft:
    """Begin a new script from another one: the same text under a code and a title of its own. Raises NotFound."""
    base = session.get(ScriptEdition, edition_id) if edition_id else None
    if base is None:
        raise NotFound
    code = _free_code(session, re.sub(r"-[0-9]+$", "", base.code)[:CODE_STEM])
    headers = {h.key: h.place.line for h in parse_script(base.text, Findings()).headers}
    lines = base.text.splitlines()
    lines[headers["编号"] - 1] = f"编号: {code}"
    lines[headers["标题"] - 1] = "标题: " + _("%(title)s (new)", title=base.title)
    return _begun(session, "\n".join(lines) + "\n", None, by=by, now=now)


def _free_code(session: Session, stem: str) -> str:
    """Return a code that no script and no draft has: two drafts of one code would be editions of one script."""
    taken = {*session.scalars(select(ScriptEdition.code)), *session.scalars(select(ScriptDraft.code))}
    return next(code for n in count(1) if (code := f"{stem}-{n:02d}") not in taken)


def _begun(session: Session, text: str, base_id: UUID | None, *, by: Identity, now: datetime) -> ScriptDraft:
    draft = ScriptDraft(title="", text=text, number=1, base_id=base_id, changed_by=by.person_id, changed_at=now)
    _name(draft)
    session.add(draft)
    session.flush()
    session.add(DraftVersion(draft_id=draft.id, number=1, text=text, saved_by=by.person_id, saved_at=now))
    session.flush()
    return draft


def keep_draft(session: Session, draft_id: UUID, text: str, *, known: int, by: Identity, now: datetime) -> ScriptDraft:
    """Keep a draft's text, errors or none; what one author writes within five minutes is one version.

    known   the version the author saw last

    Raises NotFound, Invalid for a text over 60,000 characters, and Conflict when somebody else kept one since.
    """
    draft = session.get(ScriptDraft, draft_id, with_for_update=True)
    if draft is None:
        raise NotFound
    text = "\n".join(text.splitlines()) + "\n"
    if len(text) > TEXT_LIMIT:
        raise Invalid([Problem("text", _("A script has at most %(n)s characters.", n=TEXT_LIMIT))])
    if draft.number != known:
        raise Conflict(
            "draft.changed", _("Somebody else has changed this draft since you opened it. Load the page anew."))
    if text == draft.text:
        return draft
    newest = session.get_one(DraftVersion, (draft.id, draft.number))
    same = draft.number > 1 and newest.saved_by == by.person_id and now - newest.saved_at < SAME_VERSION
    if same:
        newest.text = text
    else:
        draft.number += 1
        session.add(DraftVersion(draft_id=draft.id, number=draft.number, text=text, saved_by=by.person_id,
                                 saved_at=now))
    draft.text, draft.changed_by, draft.changed_at = text, by.person_id, now
    _name(draft)
    session.flush()
    return draft


def send_draft(session: Session, draft_id: UUID, *, by: Identity, now: datetime) -> ScriptEdition:
    """Send a draft without errors to review: it becomes the next edition of its code, for a second person to publish.

    Raises Invalid with every error, Conflict when the newest edition has exactly this text.
    """
    draft = session.get(ScriptDraft, draft_id)
    if draft is None:
        raise NotFound
    writers = session.scalars(select(DraftVersion.saved_by).where(DraftVersion.draft_id == draft_id)).all()
    edition = save_draft(session, draft.text, writers=writers, by=by, now=now)
    draft.edition_id = edition.id
    return edition


def teach(session: Session, draft_id: UUID, phrase: str, reply: str, *, by: Identity, now: datetime) -> ScriptDraft:
    """Let a phrase of the draft hear a reply from now on: it becomes an example, and the phrase is widened to its gist.

    Raises NotFound, and Invalid when the phrase isn't the script's own or couldn't hear it without harm.
    """
    draft = session.get(ScriptDraft, draft_id)
    if draft is None:
        raise NotFound
    libraries = libraries_for(session, base_of(session, draft))
    words = " ".join(reply.replace("|", " ").replace("｜", " ").split())
    text = with_lines(draft.text, Section.PHRASES, f"正 {phrase.strip()}: {words}")
    for _try in range(_TRIES):
        compilation = compile_script(text, libraries)
        missed = next((d for d in compilation.errors if d.code == "CS303"), None)
        fix = fix_for(missed, text, compilation.tree) if missed else None
        if fix is None:
            break
        text = apply(fix, text)
    if compilation.script is None or name_key(phrase) not in {p.name.key for p in compilation.tree.phrases}:
        raise Invalid([Problem("phrase", _("The phrase can't hear this without hearing what it mustn't."))])
    return keep_draft(session, draft.id, text, known=draft.number, by=by, now=now)


def decide_reply(
    session: Session, reply_id: UUID, verdict: ReplyVerdict, *, phrase: str, draft_id: UUID | None, by: Identity,
    now: datetime,
) -> ScriptDraft | None:
    """Make a real reply a positive or negative example in a draft, or put it aside; the same words are decided as one.

    Raises NotFound, Conflict when somebody decided it first, Invalid without a phrase or a draft to write it in.
    """
    reply = session.get(UnmatchedReply, reply_id, with_for_update=True)
    if reply is None:
        raise NotFound
    if reply.verdict != ReplyVerdict.OPEN:
        raise Conflict("reply.decided", _("Somebody has decided on this reply already."))
    draft = None
    if verdict is not ReplyVerdict.DISMISSED:
        draft = session.get(ScriptDraft, draft_id) if draft_id else None
        if draft is None or not phrase.strip():
            raise Invalid([Problem("phrase", _("Choose the phrase, and the draft to write the example in."))])
        sign = "正" if verdict is ReplyVerdict.POSITIVE else "反"
        words = " ".join(reply.text.replace("|", " ").replace("｜", " ").split())
        keep_draft(session, draft.id, with_lines(draft.text, Section.PHRASES, f"{sign} {phrase.strip()}: {words}"),
                   known=draft.number, by=by, now=now)
    same = session.scalars(select(UnmatchedReply).where(
        UnmatchedReply.code == reply.code, UnmatchedReply.node == reply.node, UnmatchedReply.text == reply.text,
        UnmatchedReply.verdict == ReplyVerdict.OPEN))
    for each in same:
        each.verdict, each.phrase, each.decided_by, each.decided_at = verdict, phrase.strip(), by.person_id, now
    audit(session, by=by, action="script.reply", subject=f"script:{reply.code}", now=now,
          changes={"verdict": verdict.value, "phrase": phrase.strip()})
    return draft


def _name(draft: ScriptDraft) -> None:
    """Take title and code from the text, as far as they can be read."""
    headers = {h.key: h.value for h in parse_script(draft.text, Findings()).headers}
    draft.title, draft.code = headers.get("标题", "")[:120], headers.get("编号", "")[:60].lower()
