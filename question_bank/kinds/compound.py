"""Questions of several parts: what case analysis and audio questions share.

parts: [{"kind": "single", "content": {...}, "weight": 2}, ...]: each a question of a simple kind with its own stem;
weights, 1..100, say how the marks are divided, to the last hundredth.
Answer: a list, one answer a part, null where none was given. Marks by hand come under the part's place: "0", "1" ...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from question_bank.kinds.base import (
    NOTHING_GIVEN,
    Content,
    Flaw,
    Form,
    Given,
    HandPart,
    Kind,
    KindCode,
    Mark,
    Row,
    Seed,
    Why,
    first,
    flaws_of_words,
    row_of,
    row_words,
    whole_numbers,
    words_of,
)
from question_bank.kinds.blank import Blank
from question_bank.kinds.cloze import Cloze
from question_bank.kinds.matching import Matching
from question_bank.kinds.multiple import Multiple
from question_bank.kinds.numeric import Numeric
from question_bank.kinds.ordering import Ordering
from question_bank.kinds.short import Short
from question_bank.kinds.single import Single
from question_bank.kinds.true_false import TrueFalse

SIMPLE: Final[Mapping[KindCode, Kind]] = {
    kind.code: kind
    for kind in (Single(), Multiple(), TrueFalse(), Blank(), Numeric(), Ordering(), Matching(), Cloze(), Short())
}
"""Kinds that can be a part of another question."""
MOST_WEIGHT = 100


class Compound:
    """One text, several questions."""

    code: KindCode
    least: int
    most: int

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, the number of parts, and every flaw of a part, at "parts.0.stem" and so on."""
        flaws = flaws_of_words(content)
        parts = content.get("parts")
        if not isinstance(parts, list) or not self.least <= len(parts) <= self.most:
            count = len(parts) if isinstance(parts, list) else 0
            return [*flaws, Flaw("parts", "parts_count", {"count": count, "least": self.least, "most": self.most})]
        for place, part in enumerate(parts):
            flaws += _flaws_of_part(place, part)
        return flaws

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the text and the parts, each with an order of its own."""
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "parts": [
                {**with_rich(part["content"], kind_of(part).candidate_view(part["content"], _seed_of(seed, place)))}
                for place, part in enumerate(content["parts"])
            ],
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Mark every part and add up."""
        answers = answers_of(content, answer)
        if answers is None:
            return Mark(0, max_points, Why.UNREADABLE)
        worth = shares(content, max_points)
        marks = tuple(
            kind_of(part).mark(part["content"], answers[place], worth[place], below(given, place))
            for place, part in enumerate(content["parts"])
        )
        return Mark(sum(one.hundredths for one in marks), max_points, _why(marks), part_marks=marks)

    def by_hand(self, content: Content, max_points: int) -> tuple[HandPart, ...]:
        """Return the parts that a person must mark."""
        worth = shares(content, max_points)
        return tuple(
            replace(one, path=str(place))
            for place, part in enumerate(content["parts"])
            for one in kind_of(part).by_hand(part["content"], worth[place])
        )

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return the classes of every part's answer, each after the part's place: "0:b", "1:right"."""
        answers = answers_of(content, answer) or [None] * len(content["parts"])
        return tuple(
            f"{place}:{one}"
            for place, part in enumerate(content["parts"])
            for one in kind_of(part).response_of(part["content"], answers[place])
        )

    def guess_score(self, content: Content) -> float | None:
        """Return the weighted average of the parts; those that nobody can guess count as nothing."""
        chances = [(part["weight"], kind_of(part).guess_score(part["content"])) for part in content["parts"]]
        if all(chance is None for _weight, chance in chances):
            return None
        total: float = sum(weight * (chance or 0) for weight, chance in chances)
        return total / sum(int(weight) for weight, _chance in chances)

    def key_answer(self, content: Content) -> Any:
        """Return the right answer of every part."""
        return [kind_of(part).key_answer(part["content"]) for part in content["parts"]]

    def wrong_answer(self, content: Content) -> Any:
        """Return a wrong answer to every part."""
        return [kind_of(part).wrong_answer(part["content"]) for part in content["parts"]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return what each part shows; `kinds.review_view` adds what each of them earned."""
        answers = answers_of(content, answer) or [None] * len(content["parts"])
        return {
            "parts": [
                with_rich(
                    part["content"],
                    {
                        "kind": str(part["kind"]),
                        "stem": part["content"]["stem"],
                        "explanation": part["content"].get("explanation", ""),
                        **kind_of(part).review_parts(part["content"], answers[place]),
                    },
                )
                for place, part in enumerate(content["parts"])
            ]
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the parts name.0, name.1 ...; `name.kinds` says of which kind each of them is."""
        codes = first(form, f"{name}.kinds").split(",")[: self.most]
        return [
            SIMPLE[KindCode(code)].answer_from_form(form, f"{name}.{place}") if code in SIMPLE else None
            for place, code in enumerate(codes)
        ]

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, and part.0.kind, part.0.weight, part.0.stem and so on.

        Parts come in the order of their numbers; one with `part.0.gone` is left out.
        """
        numbers = sorted(
            int(name[5:-5])
            for name in form
            if name.startswith("part.") and name.endswith(".kind") and name[5:-5].isdecimal() and len(name) < 14
        )
        parts = [_part_from_form(form, f"part.{number}.") for number in numbers if f"part.{number}.gone" not in form]
        return {**words_of(form), "parts": [part for part in parts if part]}

    def to_row(self, content: Content) -> Row:
        """Write the text alone; `part_rows` writes the parts."""
        return row_of(content)

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read the text; the parts come in rows of their own, which `part_from_row` reads."""
        return {**row_words(row), "parts": []}, []


def kind_of(part: Content) -> Kind:
    """Return the kind of a part of valid content."""
    return SIMPLE[KindCode(part["kind"])]


def part_rows(content: Content) -> list[tuple[KindCode, Row, int]]:
    """Return (kind, row, weight) for each part; `part_from_row` reads it back unchanged."""
    return [
        (KindCode(part["kind"]), kind_of(part).to_row(part["content"]), int(part["weight"]))
        for part in content["parts"]
    ]


def part_from_row(kind: KindCode, row: Row, weight: int = 1) -> tuple[dict[str, Any], list[Flaw]]:
    """Read a row into a part. Raises KeyError for a kind that can't be a part."""
    content, flaws = SIMPLE[kind].from_row(row)
    return {"kind": kind.value, "content": content, "weight": weight}, flaws


def shares(content: Content, max_points: int) -> list[int]:
    """Divide marks by the weights of the parts; together they are exactly `max_points`.

    >>> shares({"parts": [{"weight": 1}, {"weight": 1}, {"weight": 1}]}, 100)
    [33, 33, 34]
    """
    weights = [int(part["weight"]) for part in content["parts"]]
    ends = [max_points * sum(weights[: place + 1]) // sum(weights) for place in range(len(weights))]
    return [end - before for before, end in zip([0, *ends], ends, strict=False)]


def answers_of(content: Content, answer: Any) -> list[Any] | None:
    """Return one answer a part, None for what is no list of at most as many."""
    if answer is None or answer == "":
        answer = []
    if not isinstance(answer, list) or len(answer) > len(content["parts"]):
        return None
    return answer + [None] * (len(content["parts"]) - len(answer))


def below(given: Given, place: int) -> dict[str, int]:
    """Return what was given to one part."""
    return {"": given[str(place)]} if str(place) in given else {}


def with_rich(content: Content, shown: dict[str, Any]) -> dict[str, Any]:
    """Say of what is shown that its words are rich, where they are."""
    return {**shown, "rich": True} if content.get("rich") else shown


def _seed_of(seed: Seed, place: int) -> Seed:
    return None if seed is None else f"{seed}.{place}"


def _why(marks: tuple[Mark, ...]) -> Why:
    reasons = {one.why for one in marks}
    if Why.TO_BE_MARKED in reasons:
        return Why.TO_BE_MARKED
    if len(reasons) == 1 and reasons <= {Why.RIGHT, Why.UNANSWERED, Why.UNREADABLE}:
        return reasons.pop()
    return Why.PARTLY if any(one.hundredths or one.fully for one in marks) else Why.WRONG


def _flaws_of_part(place: int, part: Any) -> list[Flaw]:
    where, number = f"parts.{place}", place + 1
    if not isinstance(part, dict) or not isinstance(part.get("content"), dict) or part.get("kind") not in list(SIMPLE):
        return [Flaw(where, "part_kind", {"part": number})]
    weight = part.get("weight")
    flaws = [
        Flaw(f"{where}.{flaw.where}", flaw.code, {**flaw.detail, "part": number})
        for flaw in kind_of(part).validate(part["content"])
    ]
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= MOST_WEIGHT:
        flaws.append(Flaw(where, "part_weight", {"part": number, "most": MOST_WEIGHT}))
    return flaws


def _part_from_form(form: Form, prefix: str) -> dict[str, Any] | None:
    code = first(form, f"{prefix}kind")
    if code not in SIMPLE:
        return None
    own = {name.removeprefix(prefix): values for name, values in form.items() if name.startswith(prefix)}
    weight = whole_numbers(first(own, "weight", "1").strip(), 0)
    return {"kind": code, "content": SIMPLE[KindCode(code)].from_form(own), "weight": weight}
