"""The small interface every kind of question stands behind.

A question's *content* is a JSON object; its keys are listed in the kind's own module. All kinds share:

stem          what is asked, 1..2000 characters
explanation   shown after marking, may be empty, up to 2000 characters

An *answer* is any JSON value: marking must survive whatever a browser, or a hand, sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

Content = Mapping[str, Any]
Form = Mapping[str, Sequence[str]]
Seed = str | int | None

STEM_LIMIT = 2000
EXPLANATION_LIMIT = 2000
OPTION_LIMIT = 500
MOST_OPTIONS = 10
_STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class KindCode(StrEnum):
    """The kinds of question this release can ask and mark."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    BLANK = "blank"
    NUMERIC = "numeric"


class Why(StrEnum):
    """Why an answer earned what it earned."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNREADABLE = "unreadable"
    UNIT_MISSING = "unit_missing"
    UNIT_WRONG = "unit_wrong"


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer earned.

    hundredths   hundredths of a mark earned, 0..out_of
    out_of       hundredths of a mark on offer, 0 or more
    why          the reason in one word
    parts        for blanks, whether each was right, in the order of the blanks
    """

    hundredths: int
    out_of: int
    why: Why
    parts: tuple[bool, ...] = ()

    @property
    def fully(self) -> bool:
        """Tell whether the answer is right altogether (also when nothing was on offer)."""
        return self.why is Why.RIGHT


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a question.

    where    the part of the content: "stem", "options.2", "key", "blanks.0", "value" ...
    code     stable word for the problem; `question_bank.wording` says it in the reader's language
    detail   values the sentence needs
    """

    where: str
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One question as people write it in a spreadsheet: words, letters, and settings.

    options    texts in order A, B, C ...
    answer     letters, 对/错, accepted texts, or a number, as the kind's module says
    settings   everything else the content can say, as short "name=value" words
    """

    stem: str
    options: tuple[str, ...] = ()
    answer: str = ""
    explanation: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """What each kind of question knows about itself."""

    code: KindCode

    def validate(self, content: Content) -> list[Flaw]:
        """List everything that keeps the content from being published; never raises."""
        ...

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the content without its key and explanation, options in the order `seed` gives."""
        ...

    def mark(self, content: Content, answer: Any, max_points: int) -> Mark:
        """Mark an answer to valid content; total over every JSON answer."""
        ...

    def key_answer(self, content: Content) -> Any:
        """Return an answer that earns full marks."""
        ...

    def wrong_answer(self, content: Content) -> Any:
        """Return a readable answer that earns less than full marks."""
        ...

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return what the result page shows of this kind: the key beside what was answered."""
        ...

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the answer a plain HTML form sent under `name`."""
        ...

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from the author's form; wrong input becomes flaws in `validate`, never an exception."""
        ...

    def to_row(self, content: Content) -> Row:
        """Write the content as a row; `from_row` reads it back unchanged."""
        ...

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read a row into content, with what could not be read."""
        ...


def first(form: Form, name: str, default: str = "") -> str:
    """Return the first value a form holds under `name`."""
    values = form.get(name) or ()
    return str(values[0]) if values else default


def words_of(form: Form) -> dict[str, str]:
    """Return the stem and explanation of an author's form, trimmed, line ends made plain."""
    return {
        name: first(form, name).replace("\r\n", "\n").replace("\r", "\n").strip() for name in ("stem", "explanation")
    }


def flaws_of_words(content: Content) -> list[Flaw]:
    """Check the parts that every kind shares."""
    stem = content.get("stem")
    if not isinstance(stem, str) or not stem.strip():
        return [
            Flaw("stem", "stem_empty"),
            *flaws_of_text("explanation", content.get("explanation", ""), EXPLANATION_LIMIT),
        ]
    return flaws_of_text("stem", stem, STEM_LIMIT) + flaws_of_text(
        "explanation", content.get("explanation", ""), EXPLANATION_LIMIT
    )


def flaws_of_text(where: str, text: Any, limit: int) -> list[Flaw]:
    """Check that something is text of at most `limit` characters, without signs that no file can carry."""
    if not isinstance(text, str):
        return [Flaw(where, "not_text")]
    if len(text) > limit:
        return [Flaw(where, "too_long", {"length": len(text), "limit": limit})]
    return [Flaw(where, "strange_sign")] if _STRANGE.search(text) else []
