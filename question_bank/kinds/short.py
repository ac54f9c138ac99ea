"""Short answer: a few sentences that a person marks.

Content: {"stem", "explanation", "model": "...", "rubric": [{"text": "...", "percent": 40}, ...], "most": 500}.
model: what a good answer says, 1..2000 characters. rubric: what is looked for, percents together 100, up to ten lines,
may be empty. most: characters a candidate may write, 1..5000.
Answer: text. It earns nothing until a person has marked it; what was left empty earns nothing without one.
Row: the model answer as the answer, the lines of the rubric as options, "先报警（40%）"; 字数 in the settings.
"""

from __future__ import annotations

import re
from typing import Any

from question_bank.kinds.base import (
    MOST_OPTIONS,
    NOTHING_GIVEN,
    OPTION_LIMIT,
    Content,
    Flaw,
    Form,
    Given,
    HandPart,
    KindCode,
    Mark,
    Row,
    Seed,
    Why,
    first,
    flaws_of_text,
    flaws_of_words,
    plain_lines,
    row_of,
    row_words,
    whole_numbers,
    words_of,
)

MODEL_LIMIT, MOST_CHARACTERS, USUAL_CHARACTERS = 2000, 5000, 500
_LINE = re.compile(r"(.*)[（(]\s*(\d{1,3})\s*[%％]\s*[)）]\s*", re.DOTALL)


class Short:
    """A few sentences, marked by a person."""

    code = KindCode.SHORT

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, model answer, rubric, the longest answer."""
        flaws = flaws_of_words(content)
        model, most = content.get("model"), content.get("most", USUAL_CHARACTERS)
        if not isinstance(model, str) or not model.strip():
            flaws.append(Flaw("model", "model_empty"))
        else:
            flaws += flaws_of_text("model", model, MODEL_LIMIT)
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_CHARACTERS:
            flaws.append(Flaw("most", "most_out_of_range", {"most": MOST_CHARACTERS}))
        return flaws + _flaws_of_rubric(content.get("rubric", []))

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the stem and how much may be written."""
        return {"kind": self.code.value, "stem": content["stem"], "most": _most(content)}

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Return what a person gave, cut to 0..max_points; nothing yet while nobody has."""
        if answer is None or answer == [] or (isinstance(answer, str) and not answer.strip()):
            return Mark(0, max_points, Why.UNANSWERED)
        if not isinstance(answer, str):
            return Mark(0, max_points, Why.UNREADABLE)
        if "" not in given:
            return Mark(0, max_points, Why.TO_BE_MARKED)
        earned = min(max(int(given[""]), 0), max_points)
        why = Why.RIGHT if earned == max_points else Why.PARTLY if earned else Why.WRONG
        return Mark(earned, max_points, why)

    def by_hand(self, content: Content, max_points: int) -> tuple[HandPart, ...]:
        """Return the one thing to mark."""
        rubric = tuple((line["text"], line["percent"]) for line in content.get("rubric") or ())
        return (HandPart("", content["stem"], content["model"], rubric, max_points),)

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return "given" or "none": what an answer is worth its marker says."""
        return ("given",) if isinstance(answer, str) and answer.strip() else ("none",)

    def guess_score(self, content: Content) -> float | None:
        """Return None: nobody guesses sentences."""
        return None

    def key_answer(self, content: Content) -> Any:
        """Return the model answer; it too waits for a person."""
        return content["model"]

    def wrong_answer(self, content: Content) -> Any:
        """Return words that say nothing."""
        return "不知道"

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return what was written beside the model answer and the rubric."""
        rubric = [{"text": line["text"], "percent": line["percent"]} for line in content.get("rubric") or ()]
        return {"given": answer if isinstance(answer, str) else "", "model": content["model"], "rubric": rubric}

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the text."""
        return plain_lines(first(form, name)) or None

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, `model`, `most`, and lines of `rubric` with their `percent`."""
        percents = [str(one).strip() for one in form.get("percent") or ()] + [""] * MOST_OPTIONS
        rubric = [
            {"text": str(text).strip(), "percent": whole_numbers(percents[place], 0)}
            for place, text in enumerate(list(form.get("rubric") or ())[:MOST_OPTIONS])
            if str(text).strip()
        ]
        return {
            **words_of(form),
            "model": plain_lines(first(form, "model")),
            "rubric": rubric,
            "most": whole_numbers(first(form, "most").strip(), USUAL_CHARACTERS),
        }

    def to_row(self, content: Content) -> Row:
        """Write the model answer, the rubric as options."""
        lines = [f"{line['text']}（{line['percent']}%）" for line in content.get("rubric") or ()]
        settings = {} if _most(content) == USUAL_CHARACTERS else {"most": str(_most(content))}
        return row_of(content, lines, content["model"], settings)

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read the model answer; options are lines of the rubric, each with its percent in brackets at the end."""
        flaws = [] if row.answer.strip() else [Flaw("answer", "answer_missing")]
        rubric = []
        for place, line in enumerate(row.options):
            found = _LINE.fullmatch(line)
            if not line.strip():
                continue
            if found is None:
                flaws.append(Flaw(f"options.{place}", "rubric_unreadable", {"line": line[:40]}))
                continue
            rubric.append({"text": found[1].strip(), "percent": int(found[2])})
        most = whole_numbers(row.settings.get("most", "").strip(), USUAL_CHARACTERS)
        return {**row_words(row), "model": row.answer, "rubric": rubric, "most": most}, flaws


def _most(content: Content) -> int:
    return int(content.get("most", USUAL_CHARACTERS))


def _flaws_of_rubric(rubric: Any) -> list[Flaw]:
    if not isinstance(rubric, list) or len(rubric) > MOST_OPTIONS:
        return [Flaw("rubric", "rubric_count", {"most": MOST_OPTIONS})]
    flaws, total = [], 0
    for place, line in enumerate(rubric):
        where, percent = f"rubric.{place}", line.get("percent") if isinstance(line, dict) else None
        if not isinstance(line, dict) or not isinstance(line.get("text"), str) or not line["text"].strip():
            flaws.append(Flaw(where, "rubric_empty", {"number": place + 1}))
        else:
            flaws += flaws_of_text(where, line["text"], OPTION_LIMIT)
        if isinstance(percent, bool) or not isinstance(percent, int) or not 1 <= percent <= 100:
            flaws.append(Flaw(where, "rubric_percent", {"number": place + 1}))
        else:
            total += percent
    if rubric and not flaws and total != 100:
        flaws.append(Flaw("rubric", "rubric_sum", {"total": total}))
    return flaws
