"""An exam on paper: the questions of one drawn paper by sections, with the key that fits this very order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.exams.rules.paper import Item
from lms.exams.rules.sections import NUMERALS, WHOLE
from lms.exams.rules.terms import Terms
from question_bank import kinds
from question_bank import queries as bank
from question_bank.kinds import KINDS, KindCode

LETTERS: Final = "ABCDEFGHIJ"
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
    """A section as its author wrote it; on a paper without sections all questions of one kind.

    minimum   percent of its marks without which the exam is failed, None for none
    """

    numeral: str
    title: str
    questions: tuple[PrintedQuestion, ...]
    instruction: str = ""
    minimum: int | None = None

    @property
    def runs(self) -> tuple[tuple[PrintedQuestion, ...], ...]:
        """The questions in stretches of one kind, for an answer sheet."""
        return tuple(tuple(run) for _kind, run in groupby(self.questions, key=lambda it: it.kind))

    @property
    def points(self) -> int:
        """Hundredths of a mark of the section."""
        return sum(question.points for question in self.questions)

    @property
    def each(self) -> int | None:
        """Hundredths of a mark of every question, None where they differ."""
        values = {question.points for question in self.questions}
        return values.pop() if len(values) == 1 else None


def printed_paper(
    session: Session, terms: Terms, items: Sequence[Item], *, seed: str
) -> tuple[PrintedSection, ...]:
    """Arrange a drawn paper for printing, with its key; the seed orders the options."""
    editions = bank.editions(session, [UUID(item.candidate.edition) for item in items])
    numbers = count(1)

    def printed(section: Sequence[Item]) -> tuple[PrintedQuestion, ...]:
        return tuple(
            _printed(next(numbers), KindCode(item.candidate.kind), item.points,
                     editions[UUID(item.candidate.edition)].content,
                     f"{seed}:{item.position}" if terms.shuffle_options else None)
            for item in section
        )

    if terms.sections == WHOLE:
        groups = [(kind, [it for it in items if it.candidate.kind == kind]) for kind in TITLES]
        return tuple(
            PrintedSection(NUMERALS[place], TITLES[kind], printed(found))
            for place, (kind, found) in enumerate((kind, found) for kind, found in groups if found)
        )
    return tuple(
        PrintedSection(
            NUMERALS[place], it.title.removeprefix(f"{NUMERALS[place]}、"),
            printed([item for item in items if terms.parts[item.part].section == place]), it.instruction, it.minimum,
        )
        for place, it in enumerate(terms.sections)
    )


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


def key_in_words(kind: KindCode, content: Mapping[str, Any]) -> str:
    """Return what is right in the words of the options, so that nobody has to know under which letter they stand.

    >>> key_in_words(KindCode.SINGLE, {"stem": "s", "options": [{"id": "a", "text": "甲"}], "key": "a"})
    '甲'
    """
    if kind in (KindCode.SINGLE, KindCode.MULTIPLE):
        return "；".join(option["text"] for option in content["options"] if option["id"] in content["key"])
    return key_in_print(kind, content, kinds.candidate_view(kind, content, None))


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
