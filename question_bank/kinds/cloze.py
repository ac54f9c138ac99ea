"""Cloze: a text with gaps, each typed or chosen from a list.

Content: {"stem", "explanation", "gaps": [{"options": [{"id": "a", "text": "..."}, ...], "key": "b"},
{"accepted": ["三声"], "patterns": []}, ...]}. The stem marks each gap by three or more underscores. One to twenty gaps.
Every gap is worth the same; fractions of a hundredth fall away.
Answer: a list, one a gap: the id chosen or the text typed.
Row: gaps with ; between; a typed gap as blanks are written, a chosen one as `一声 | *三声`, the right one starred.
"""

from __future__ import annotations

from typing import Any

from question_bank.kinds import gaps
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
    row_of,
    row_words,
    words_of,
)
from question_bank.kinds.blank import flaws_of_holes, flaws_of_length, read_forms, segments
from question_bank.kinds.matching import boxes

MOST_GAPS = 20


class Cloze(Automatic):
    """One to twenty gaps in a text."""

    code = KindCode.CLOZE

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, the number of gaps, what each accepts."""
        flaws = flaws_of_holes(content, "gaps", MOST_GAPS, gaps.flaws_of_gap)
        return flaws or flaws_of_length("gaps", self.to_row(content))

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the text cut at its gaps, and the lists to choose from."""
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "segments": segments(content["stem"]),
            "gaps": [
                {"options": [{"id": one["id"], "text": one["text"]} for one in gap.get("options") or ()]}
                for gap in content["gaps"]
            ],
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Count the gaps that are right."""
        return gaps.mark_gaps(content["gaps"], answer, max_points)

    def guess_score(self, content: Content) -> float | None:
        """Return the average over the gaps: one of n for a list, nothing for typed ones."""
        chances = [1 / len(gap["options"]) if gaps.is_choice(gap) else 0.0 for gap in content["gaps"]]
        return sum(chances) / len(chances) if any(chances) else None

    def key_answer(self, content: Content) -> Any:
        """Return what fills each gap rightly."""
        return [gaps.key_of(gap) for gap in content["gaps"]]

    def wrong_answer(self, content: Content) -> Any:
        """Return what fills each gap wrongly."""
        return [gaps.wrong_of(gap) for gap in content["gaps"]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return each gap with what was given, whether it was right, and what is accepted."""
        return {"segments": segments(content["stem"]), "blanks": gaps.reviewed(content["gaps"], answer)}

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the boxes and lists name.0, name.1 ..."""
        return boxes(form, name, MOST_GAPS)

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation and `gap` lines, written as in a row's answer."""
        return {**words_of(form), "gaps": _from_lines([str(line) for line in form.get("gap") or ()][:MOST_GAPS])}

    def to_row(self, content: Content) -> Row:
        """Write the gaps in the answer."""
        return row_of(content, (), "; ".join(gaps.write_gap(gap) for gap in content["gaps"]))

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read gaps."""
        flaws = [] if row.answer.strip() else [Flaw("answer", "answer_missing")]
        return {**row_words(row), "gaps": [gaps.build_gap(group) for group in read_forms(row.answer)]}, flaws


def _from_lines(lines: list[str]) -> list[dict[str, Any]]:
    while lines and not lines[-1].strip():
        lines.pop()
    return [gaps.build_gap([form for group in read_forms(line) for form in group]) for line in lines]
