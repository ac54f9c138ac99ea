"""The dry run: every row of a file judged against the rules, the rows above it, and the bank. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from question_bank.alike import Likenesses, compared_text
from question_bank.formats.checking import Checked, Kept, check_record
from question_bank.formats.records import Record
from question_bank.models import Decision, Verdict
from question_bank.rules import verdict_of

_STEP = 250
_IN_FILE = "row:"


@dataclass(frozen=True, slots=True)
class Judged:
    """One row with its verdict.

    like_question, like_row   the question of the bank, or the earlier row, it resembles; at most one of them
    like_percent              0 where it resembles nothing, 100 for the same text
    """

    record: Record
    checked: Checked
    verdict: Verdict
    decision: Decision
    compared: str
    like_question: UUID | None = None
    like_row: int | None = None
    like_percent: int = 0


def judge(
    records: Sequence[Record],
    points: Mapping[str, str],
    bank: Iterable[tuple[UUID, str]],
    rows: Iterable[tuple[int, str]] = (),
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    kept: Kept = lambda _digest: True,
) -> list[Judged]:
    """Judge records in the order given.

    points     knowledge points, code -> name
    bank       questions of the bank, (id, compared text)
    rows       other rows of the same file already judged, (number, compared text)
    progress   told now and then how many are done
    kept       tells whether a recording is in the store, by its digest
    """
    index = Likenesses((str(question_id), text) for question_id, text in bank)
    for number, text in rows:
        index.add(f"{_IN_FILE}{number}", text)
    judged = []
    for done, record in enumerate(records):
        if done % _STEP == 0:
            progress(done, len(records))
        judged.append(_judge_one(record, check_record(record, points, kept), index))
    progress(len(records), len(records))
    return judged


def _judge_one(record: Record, checked: Checked, index: Likenesses) -> Judged:
    text = compared_text(checked.content) if checked.content and checked.content.get("stem") else ""
    like = index.nearest(text) if text and checked.fit else None
    verdict = verdict_of(fit=checked.fit, troubled=bool(checked.troubles), like_percent=like.percent if like else 0)
    decision = Decision.SKIP if verdict is Verdict.DUPLICATE else Decision.TAKE
    if text and like is None:
        index.add(f"{_IN_FILE}{record.number}", text)
    if like is None:
        return Judged(record, checked, verdict, decision, text)
    in_file = like.name.startswith(_IN_FILE)
    return Judged(
        record,
        checked,
        verdict,
        decision,
        text,
        None if in_file else UUID(like.name),
        int(like.name.removeprefix(_IN_FILE)) if in_file else None,
        like.percent,
    )
