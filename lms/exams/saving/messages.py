"""What the page in the exam room and the server say to each other about saves: JSON in, JSON out."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lms.exams.rules.journal import Arrival
from lms.exams.saving.writer import Answer, Receipt, Standing
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _

MOST_SAVES = 64
MOST_CHARACTERS = 8_000  # of one answer
HIGHEST_SEQUENCE = 2**31 - 1
MOST_BYTES = 512 * 1024


def parse_saves(raw: bytes) -> list[Answer]:
    """Read `{"saves": [{"item", "seq", "answer", "flag"?}]}`: 1 to 64 saves.

    Raises Invalid on anything else, naming the first save that is wrong.
    """
    if len(raw) > MOST_BYTES:
        raise _refusal("saves")
    try:
        saves = json.loads(raw)["saves"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _refusal("saves") from None
    if not isinstance(saves, list) or not 1 <= len(saves) <= MOST_SAVES:
        raise _refusal("saves")
    return [_parse_save(index, save) for index, save in enumerate(saves)]


def _parse_save(index: int, save: Any) -> Answer:
    if not isinstance(save, dict):
        raise _refusal(f"saves-{index}")
    item, sequence = _whole(save.get("item")), _whole(save.get("seq"))
    body, flag = canonical(save.get("answer")), save.get("flag", False)
    if not item or not sequence or type(flag) is not bool or len(body) > MOST_CHARACTERS or "\\u0000" in body:
        raise _refusal(f"saves-{index}")
    return Answer(item, sequence, body, flag)


def _whole(value: Any) -> int:
    """Return a whole number from 1 up to what a database column holds, 0 for anything else."""
    return value if type(value) is int and 1 <= value <= HIGHEST_SEQUENCE else 0


def _refusal(where: str) -> Invalid:
    return Invalid([Problem(where, _("These are no answers this page can save."))], "sitting.bad_saves")


def canonical(answer: Any) -> str:
    """Return an answer as the journal keeps it: the same answer is the same text."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def receipts_json(receipts: Sequence[Receipt], standing: Standing | None, *, now: datetime) -> bytes:
    """Write the answer to a page: what is on disk, and how the sitting stands."""
    message: dict[str, Any] = {
        "now": _instant(now),
        "saved": [
            {
                "item": it.item, "seq": it.sequence, "at": _instant(it.received_at), "verdict": it.verdict.value,
                "conflict": it.arrival is Arrival.CONFLICT,
            }
            for it in receipts
        ],
    }
    if standing is not None:
        message |= {
            "epoch": standing.epoch, "deadline": _instant(standing.deadline_at), "closed": standing.closed,
            "paused": standing.paused,
        }
    return json.dumps(message).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
