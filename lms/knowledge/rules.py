"""Pure: what an article needs, who may publish it, when its owner is reminded."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

REMIND_DAYS: Final = 14
REPEAT_DAYS: Final = 30
LONGEST_BODY: Final = 20_000
CODE: Final = re.compile(r"^(?!(?:manage|panel)$)[a-z0-9]+(?:-[a-z0-9]+)*$")
_SAY = re.compile(r"^::: *say *\n(.*?)^:::", re.DOTALL | re.MULTILINE)
_MARKS = re.compile(r"[*_`~#>\[\]]|\((?:kb:|https?:)[^)]*\)")


class Lack(StrEnum):
    """What an article needs before it can be handed in."""

    TITLE = "title"
    ASKED = "asked"
    BODY = "body"


def lacks(*, title: str, asked: str, body: str) -> tuple[Lack, ...]:
    """Return what is missing; nothing when the article can be handed in.

    >>> lacks(title="停气怎么办", asked=" ", body="先安抚。")
    (<Lack.ASKED: 'asked'>,)
    """
    given = {Lack.TITLE: title, Lack.ASKED: asked, Lack.BODY: body}
    return tuple(lack for lack, text in given.items() if not text.strip())


def may_publish(hands: Collection[UUID | None], person_id: UUID | None) -> bool:
    """Tell whether somebody may publish an edition: a person who had no hand in it; the system only bundled ones.

    hands   who began, last changed and handed in the edition
    """
    return person_id is not None and person_id not in hands


class ReviewStanding(StrEnum):
    """How an article stands against its review date."""

    FRESH = "fresh"
    SOON = "soon"
    OVERDUE = "overdue"


def review_standing(review_on: date, today: date) -> ReviewStanding:
    """Tell how an article stands: overdue after its review date, soon in the 14 days up to it.

    >>> review_standing(date(2026, 3, 15), date(2026, 3, 1)).value
    'soon'
    """
    left = (review_on - today).days
    if left < 0:
        return ReviewStanding.OVERDUE
    return ReviewStanding.SOON if left <= REMIND_DAYS else ReviewStanding.FRESH


def reminder_stage(review_on: date, today: date) -> str | None:
    """Return which reminder is due: one from 14 days before the date, one after it, one more every 30 days.

    >>> [reminder_stage(date(2026, 3, 15), date(2026, 3, day)) for day in (1, 15, 16)]
    ['soon', 'soon', 'late-0']
    """
    left = (review_on - today).days
    if left > REMIND_DAYS:
        return None
    return "soon" if left >= 0 else f"late-{(-left - 1) // REPEAT_DAYS}"


def first_answer(body: str, *, longest: int = 90) -> str:
    """Return the beginning of the first sentence box of an article, without marks; "" when it has none.

    >>> first_answer("## 怎么答\\n::: say\\n**标准句**　请先关阀，再开窗。\\n:::\\n")
    '标准句　请先关阀，再开窗。'
    """
    found = _SAY.search(body)
    plain = " ".join(_MARKS.sub("", found[1]).split(" ")).replace("\n", "").strip() if found else ""
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an edition, as its author writes them."""

    title: str
    title_en: str = ""
    summary_en: str = ""
    asked: str = ""
    body: str = ""
    origin: str = ""

    def as_text(self) -> str:
        """Return it as one text, for comparing two editions line by line."""
        parts = [self.title, self.title_en, self.summary_en, *self.asked.splitlines(), self.origin,
                 *self.body.splitlines()]
        return "\n".join(part for part in parts if part.strip())
