"""The small interface every kind of question stands behind.

A question's *content* is a JSON object; its keys are listed in the kind's own module. All kinds share:

stem          what is asked, 1..2000 characters
explanation   shown after marking, may be empty, up to 2000 characters

An *answer* is any JSON value: marking must survive whatever a browser, or a hand, sends.

rich          true where stem and explanation are Markdown with pictures (`![what it shows](media:SHA256)`) and tables;
              absent where they are plain text

Some kinds, or parts of them, are marked by a person. What a person gave comes in as `Given`: a path ("" for the whole
question, "2" for its third part) -> hundredths of a mark.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol

Content = Mapping[str, Any]
Given = Mapping[str, int]
Form = Mapping[str, Sequence[str]]
Seed = str | int | None

STEM_LIMIT = 2000
EXPLANATION_LIMIT = 2000
OPTION_LIMIT = 500
MOST_OPTIONS = 10
NOTHING_GIVEN: Final[Given] = MappingProxyType({})
_STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class KindCode(StrEnum):
    """The kinds of question this release can ask and mark."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    BLANK = "blank"
    NUMERIC = "numeric"
    ORDERING = "ordering"
    MATCHING = "matching"
    CLOZE = "cloze"
    SHORT = "short"
    CASE = "case"
    AUDIO = "audio"
    DICTATION = "dictation"


class Why(StrEnum):
    """Why an answer earned what it earned."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNREADABLE = "unreadable"
    UNIT_MISSING = "unit_missing"
    UNIT_WRONG = "unit_wrong"
    TO_BE_MARKED = "to_be_marked"


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer earned.

    hundredths   hundredths of a mark earned, 0..out_of
    out_of       hundredths of a mark on offer, 0 or more
    why          the reason in one word
    parts        for blanks, gaps, fields, pairs and places: whether each was right, in their order
    part_marks   for a question of several parts, what each of them earned

    With TO_BE_MARKED a person has yet to look; `hundredths` is then what the system has marked so far.
    """

    hundredths: int
    out_of: int
    why: Why
    parts: tuple[bool, ...] = ()
    part_marks: tuple[Mark, ...] = ()

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
class HandPart:
    """One thing a person must mark.

    path     under which the marks are given: "" for the whole question, "2" for its third part
    model    what a good answer says
    rubric   (what is looked for, percent of the marks), together 100; may be empty
    out_of   hundredths of a mark on offer
    """

    path: str
    stem: str
    model: str
    rubric: tuple[tuple[str, int], ...]
    out_of: int


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

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Mark an answer to valid content; total over every JSON answer and every `given`."""
        ...

    def by_hand(self, content: Content, max_points: int) -> tuple[HandPart, ...]:
        """Return what a person must mark; nothing for kinds the system marks."""
        ...

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return the classes an answer falls into, for statistics."""
        ...

    def guess_score(self, content: Content) -> float | None:
        """Return what a blind guess earns on average, 0..1 of the marks; None where nobody can guess."""
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


class Automatic(ABC):
    """What all kinds share that the system marks by itself."""

    def by_hand(self, content: Content, max_points: int) -> tuple[HandPart, ...]:
        """Return nothing: no person is needed."""
        return ()

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return "right", "wrong" (also for partly right) or "none"."""
        return (response_class(self.mark(content, answer, 0)),)

    def guess_score(self, content: Content) -> float | None:
        """Return None: nobody guesses typed words."""
        return None

    @abstractmethod
    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Mark an answer; the kind says how."""


def response_class(mark: Mark) -> str:
    """Return the class of a marked answer: "right", "wrong" (also for partly right) or "none"."""
    return {Why.RIGHT: "right", Why.UNANSWERED: "none"}.get(mark.why, "wrong")


def shares_mark(parts: Sequence[bool], max_points: int, *, all_or_none: bool = False) -> Mark:
    """Mark something of equally worth parts: each right one earns its share, or only all of them together earn."""
    right = sum(parts)
    if right == len(parts):
        return Mark(max_points, max_points, Why.RIGHT, tuple(parts))
    if not right or all_or_none:
        return Mark(0, max_points, Why.WRONG, tuple(parts))
    return Mark(max_points * right // len(parts), max_points, Why.PARTLY, tuple(parts))


def texts_given(answer: Any, count: int) -> list[str] | None:
    """Read an answer of up to `count` texts, "" for what is not filled in; None for anything else."""
    if answer is None or answer == "":
        answer = []
    if isinstance(answer, str):
        answer = [answer]
    if not isinstance(answer, list) or len(answer) > count:
        return None
    if any(one is not None and not isinstance(one, str) for one in answer):
        return None
    return [(one or "").strip() for one in answer] + [""] * (count - len(answer))


def first(form: Form, name: str, default: str = "") -> str:
    """Return the first value a form holds under `name`."""
    values = form.get(name) or ()
    return str(values[0]) if values else default


def row_of(
    content: Content, options: Sequence[str] = (), answer: str = "", settings: Mapping[str, str] | None = None
) -> Row:
    """Return a row with the words every kind has; rich ones say so in the settings."""
    rich = {"rich": "yes"} if content.get("rich") else {}
    return Row(content["stem"], tuple(options), answer, content.get("explanation", ""), {**(settings or {}), **rich})


def row_words(row: Row) -> dict[str, Any]:
    """Return the words of a row as the content every kind begins with."""
    words: dict[str, Any] = {"stem": row.stem, "explanation": row.explanation}
    return {**words, "rich": True} if row.settings.get("rich") == "yes" else words


def words_of(form: Form) -> dict[str, Any]:
    """Return the stem and explanation of an author's form, trimmed, line ends made plain, and whether they are rich."""
    words = {name: plain_lines(first(form, name)) for name in ("stem", "explanation")}
    return {**words, "rich": True} if "rich" in form else words


def plain_lines(text: str) -> str:
    """Return text trimmed, with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def whole_numbers(value: str, otherwise: int) -> int:
    """Read a whole number of up to six digits, `otherwise` for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else otherwise


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
