"""A person's training file, and one's own."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows, reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.desk.queries import file as queries
from lms.desk.views.blueprint import bp
from lms.desk.views.board import LOOKS, cell_words
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.records.services import audit
from lms.web.formatting import local
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/me")
@requires(Permission.FILE_READ)
def my_file() -> ResponseReturnValue:
    """Go to one's own file."""
    return redirect(url_for(".person_file", person_id=current_identity().person_id))


@bp.get("/people/<uuid:person_id>/file")
@requires(Permission.FILE_READ)
def person_file(person_id: UUID) -> ResponseReturnValue:
    """Show a training file. Opening somebody else's is written down: files are confidential."""
    me, now, path = current_identity(), request_time(), queries.unit_path_of(reading(), person_id)
    if path is None:
        raise NotFound
    subject = Subject(person_id, path)
    reach(me, Permission.FILE_READ, subject)
    if person_id != me.person_id:
        with unit_of_work() as session:
            audit(session, by=me, action="file.read", subject=f"person:{person_id}", now=now)
    session = reading()
    sees_audit = allows(me, Permission.AUDIT_READ, subject)
    return page(
        "desk/file.html", file=queries.training_file(session, person_id, now, local(now)), looks=LOOKS, at=now,
        cell_words=cell_words, audit=queries.audit_of(session, person_id) if sees_audit else None,
        own=person_id == me.person_id,
    )
