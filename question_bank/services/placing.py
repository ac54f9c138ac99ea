"""Giving the rows of an import that name no knowledge point one of the bank's, all at once."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import NotFound
from question_bank.formats.checking import check_record
from question_bank.media import is_recording
from question_bank.models import ImportState, QuestionImportRow
from question_bank.rules import verdict_of
from question_bank.services.importing import own_import
from question_bank.services.staging import count_rows, point_names, record_of


def put_under_point(session: Session, import_id: UUID, point: str, *, by: Identity) -> int:
    """Put every row whose knowledge point is missing or unknown under one of the bank's; return how many there were.

    point   a point's code; NotFound for one the bank does not have. What rows resemble stays as it was judged.
    """
    trial = own_import(session, import_id, by, ImportState.STAGED)
    names = point_names(session)
    if point not in names:
        raise NotFound
    rows = list(session.scalars(select(QuestionImportRow).where(QuestionImportRow.import_id == import_id)))
    placed = [row for row in rows if not check_record(record_of(row), names, is_recording).point]
    for row in placed:
        row.fields = {**row.fields, "point": names[point]}
        checked = check_record(record_of(row), names, is_recording)
        row.troubles = [asdict(trouble) for trouble in checked.troubles]
        row.verdict = verdict_of(fit=checked.fit, troubled=bool(checked.troubles), like_percent=row.like_percent)
    trial.counts = count_rows(row.verdict for row in rows)
    session.flush()
    return len(placed)
