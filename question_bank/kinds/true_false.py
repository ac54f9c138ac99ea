"""True or false.

Content: {"stem", "explanation", "key": true}.
Answer: true or false; the strings "true" and "false" count as well. Full marks or none.
Row: answer is 对/错; 正确/错误, 是/否, √/×, T/F, TRUE/FALSE, A/B (A for right) are read too.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from question_bank.kinds.base import (
    NOTHING_GIVEN,
    Automatic,
    Content,
    Flaw,
    Form,
    Given,
    KindCode,
    Mark,
    Row,
    Seed,
    Why,
    first,
    flaws_of_words,
    row_of,
    row_words,
    words_of,
)

YES = frozenset({"对", "正确", "是", "√", "✓", "✔", "t", "true", "yes", "y", "right", "a", "1"})
NO = frozenset({"错", "错误", "否", "不对", "不正确", "×", "✗", "✘", "x", "f", "false", "no", "n", "wrong", "b", "0"})


class TrueFalse(Automatic):
    """A statement that is right or wrong."""

    code = KindCode.TRUE_FALSE

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, and a key that is neither true nor false."""
        return flaws_of_words(content) + ([] if isinstance(content.get("key"), bool) else [Flaw("key", "key_missing")])

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the statement; there is nothing to shuffle."""
        return {"kind": self.code.value, "stem": content["stem"]}

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Full marks for the key, none otherwise."""
        if answer is None or answer == "":
            return Mark(0, max_points, Why.UNANSWERED)
        said = read_truth(answer)
        if said is None:
            return Mark(0, max_points, Why.UNREADABLE)
        right = said is content["key"]
        return Mark(max_points if right else 0, max_points, Why.RIGHT if right else Why.WRONG)

    def key_answer(self, content: Content) -> Any:
        """Return the key."""
        return content["key"]

    def wrong_answer(self, content: Content) -> Any:
        """Return the opposite of the key."""
        return not content["key"]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return the key and what was said, None where nothing readable was."""
        return {"key": content["key"], "said": read_truth(answer)}

    def guess_score(self, content: Content) -> float | None:
        """Return one of two."""
        return 0.5

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the chosen radio button."""
        return read_truth(first(form, name))

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation and `truth`."""
        return {**words_of(form), "key": read_truth(first(form, "truth"))}

    def to_row(self, content: Content) -> Row:
        """Write 对 or 错."""
        return row_of(content, (), "对" if content["key"] else "错")

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read any of the usual spellings of right and wrong."""
        said = unicodedata.normalize("NFKC", row.answer).strip().casefold()
        key = True if said in YES else False if said in NO else None
        flaws = []
        if not said:
            flaws.append(Flaw("answer", "answer_missing"))
        elif key is None:
            flaws.append(Flaw("answer", "answer_not_truth", {"answer": row.answer}))
        return {**row_words(row), "key": key}, flaws


def read_truth(answer: Any) -> bool | None:
    """Return the truth value of an answer, None where it says neither."""
    if isinstance(answer, bool):
        return answer
    return {"true": True, "false": False}.get(answer) if isinstance(answer, str) else None
