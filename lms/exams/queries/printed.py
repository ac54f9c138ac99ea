"""An exam on paper: the questions of one drawn paper by sections, with the key that fits this very order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.exams.queries.bank import candidates_for
from lms.exams.rules.paper import Item, draw
from lms.exams.rules.terms import Terms
from question_bank import kinds
from question_bank import queries as bank
from question_bank.kinds import KINDS, KindCode

LETTERS: Final = "ABCDEFGHIJ"
NUMERALS: Final = "一二三四五六七八九十"
TITLES: Final[Mapping[KindCode, str]] = {
    KindCode.SINGLE: "单项选择题",
    KindCode.MULTIPLE: "多项选择题",
    KindCode.TRUE_FALSE: "判断题",
    KindCode.BLANK: "填空题",
    KindCode.CLOZE: "选词填空题",
    KindCode.NUMERIC: "计算题",
    KindCode.ORDERING: "排序题",
    KindCode.MATCHING: "配对题",
    KindCode.DICTATION: "听写题",
    KindCode.AUDIO: "听录音答题",
    KindCode.SHORT: "简答题",
    KindCode.CASE: "案例分析题",
}
"""The sections of a printed paper, in the order in which Chinese papers have them."""


@dataclass(frozen=True)
class PrintedQuestion:
    """One question on paper.

    number       1.., through the whole paper
    points       hundredths of a mark
    view         what candidates see, options in the order printed
    columns      how many options stand side by side: 1, 2 or 4
    key          what is right, with the letters as printed
    """

    number: int
    kind: str
    points: int
    view: Mapping[str, Any]
    columns: int
    key: str
    explanation: str


@dataclass(frozen=True)
class PrintedSection:
    """All questions of one kind. each: hundredths of a mark of every question, None where they differ."""

    numeral: str
    title: str
    questions: tuple[PrintedQuestion, ...]

    @property
    def points(self) -> int:
        """Hundredths of a mark of the section."""
        return sum(question.points for question in self.questions)

    @property
    def each(self) -> int | None:
        """Hundredths of a mark of every question, None where they differ."""
        values = {question.points for question in self.questions}
        return values.pop() if len(values) == 1 else None


def printed_paper(session: Session, terms: Terms, *, seed: str) -> tuple[PrintedSection, ...]:
    """Draw a paper and arrange it for printing; the same seed on the same bank gives the same paper and key.

    Raises NotEnoughQuestions, ValueError on a blueprint with flaws.
    """
    items = draw(terms.parts, candidates_for(session, terms.parts), seed=seed, shuffled=terms.shuffle_questions)
    editions = bank.editions(session, [UUID(item.candidate.edition) for item in items])
    by_kind: dict[KindCode, list[Item]] = {}
    for item in items:
        by_kind.setdefault(KindCode(item.candidate.kind), []).append(item)
    sections: list[PrintedSection] = []
    number = 0
    for kind in (kind for kind in TITLES if kind in by_kind):
        questions = []
        for item in by_kind[kind]:
            number += 1
            content = editions[UUID(item.candidate.edition)].content
            option_seed = f"{seed}:{item.position}" if terms.shuffle_options else None
            questions.append(_printed(number, kind, item.points, content, option_seed))
        sections.append(PrintedSection(NUMERALS[len(sections)] if len(sections) < 10 else str(len(sections) + 1),
                                       TITLES[kind], tuple(questions)))
    return tuple(sections)


def _printed(number: int, kind: KindCode, points: int, content: Mapping[str, Any], seed: str | None) -> PrintedQuestion:
    view = kinds.candidate_view(kind, content, seed)
    return PrintedQuestion(
        number, kind.value, points, view, columns_for([option["text"] for option in view.get("options", ())]),
        key_in_print(kind, content, view), str(content.get("explanation", "")),
    )


def columns_for(options: Sequence[str]) -> int:
    """Return how many options of that length stand side by side.

    >>> columns_for(["是", "否"]), columns_for(["关闭燃气阀门后通风"] * 4), columns_for(["一" * 30] * 4)
    (4, 2, 1)
    """
    longest = max(map(len, options), default=0)
    return 4 if longest <= 7 else 2 if longest <= 18 else 1


def key_in_print(kind: KindCode, content: Mapping[str, Any], view: Mapping[str, Any]) -> str:
    """Return what is right, with options under the letters they have in `view`.

    content   valid content of that kind
    view      `kinds.candidate_view` of it, in any order of options

    >>> content = {"stem": "s", "options": [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}], "key": "a"}
    >>> key_in_print(KindCode.SINGLE, content, {"options": [{"id": "b"}, {"id": "a"}]})
    'B'
    """
    letters = {option["id"]: letter for option, letter in zip(view.get("options", ()), LETTERS, strict=False)}
    match kind:  # mypy checks that no kind is left out
        case KindCode.SINGLE:
            return letters[content["key"]]
        case KindCode.MULTIPLE:
            return "".join(sorted(letters[one] for one in content["key"]))
        case KindCode.TRUE_FALSE:
            return "√" if content["key"] else "×"
        case KindCode.ORDERING:
            return " → ".join(letters[one] for one in content["key"])
        case KindCode.MATCHING:
            return "；".join(f"{place}—{letters[one]}" for place, one in enumerate(content["key"], 1))
        case KindCode.SHORT:
            return str(content["model"])
        case KindCode.CASE | KindCode.AUDIO:
            pairs = zip(content["parts"], view["parts"], strict=True)
            return "　".join(
                f"（{place}）{key_in_print(KindCode(part['kind']), part['content'], shown)}"
                for place, (part, shown) in enumerate(pairs, 1)
            )
        case KindCode.DICTATION:
            return "；".join(f"{field['label']}：{' / '.join(field['accepted'])}" for field in content["fields"])
        case KindCode.BLANK | KindCode.CLOZE:
            accepted = KINDS[kind].review_parts(content, None)["blanks"]
            return "；".join(" / ".join(blank["accepted"]) or "—" for blank in accepted)
        case KindCode.NUMERIC:
            return KINDS[kind].to_row(content).answer + str(content.get("unit", ""))
