"""Ordering: steps to be put in their right order.

Content: {"stem", "explanation", "options": [{"id": "a", "text": "..."}, ...], "key": ["c", "a", "b"], "rule": "share"}.
Three to eight steps. The key names every step once, in the right order; the options stand in another (`arranged`).
rule: share (every step at its right place earns its part) or none (only the whole order earns).
Answer: a list of ids, first step first.
Row: the steps as options, the answer their letters in the right order, "CAB".
"""

from __future__ import annotations

from typing import Any

from question_bank.kinds import arranged, options
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
    shares_mark,
    words_of,
)

LEAST_STEPS, MOST_STEPS = 3, 8
RULES = ("share", "none")


class Ordering(Automatic):
    """Three to eight steps in their right order."""

    code = KindCode.ORDERING

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, steps, a key that does not name each once, a key that the ids would tell."""
        flaws = flaws_of_words(content) + options.flaws_of_options(content)
        count = len(options.ids_of(content))
        if not LEAST_STEPS <= count <= MOST_STEPS:
            flaws.append(Flaw("options", "options_count", {"count": count, "least": LEAST_STEPS, "most": MOST_STEPS}))
        flaws += arranged.flaws_of_key(content, count, each_once=True)
        return flaws + ([] if content.get("rule", "share") in RULES else [Flaw("rule", "rule_unknown")])

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the steps in the order `seed` gives, but never in the right one."""
        shown = options.shuffled({"options": content["options"]}, seed)
        if [step["id"] for step in shown] == content["key"]:
            shown = shown[1:] + shown[:1]
        return {"kind": self.code.value, "stem": content["stem"], "options": shown, "rule": _rule(content)}

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Count the steps at their right place."""
        if answer is None or answer in ("", []):
            return Mark(0, max_points, Why.UNANSWERED)
        ids = {option["id"] for option in content["options"]}
        if not isinstance(answer, list) or any(not isinstance(one, str) or one not in ids for one in answer):
            return Mark(0, max_points, Why.UNREADABLE)
        if len(set(answer)) != len(answer):
            return Mark(0, max_points, Why.UNREADABLE)
        return shares_mark(_places(content, answer), max_points, all_or_none=_rule(content) == "none")

    def guess_score(self, content: Content) -> float | None:
        """Return one of n places, or one of n! orders."""
        count = len(content["key"])
        orders = 1
        for one in range(2, count + 1):
            orders *= one
        return 1 / (orders if _rule(content) == "none" else count)

    def key_answer(self, content: Content) -> Any:
        """Return the ids in the right order."""
        return list(content["key"])

    def wrong_answer(self, content: Content) -> Any:
        """Return the right order moved on by one, so that no step is in its place."""
        return [*content["key"][1:], content["key"][0]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return the steps in the right order, and the order given with which of them are in place."""
        text_of = {option["id"]: option["text"] for option in content["options"]}
        said = answer if self.mark(content, answer, 0).parts else []
        right = _places(content, said)
        return {
            "right_order": [text_of[one] for one in content["key"]],
            "given_order": [{"text": text_of[one], "right": right[place]} for place, one in enumerate(said)],
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the places name.a, name.b ... that a form without scripts sends; nothing when none was chosen."""
        chosen = [(first(form, f"{name}.{one}"), place, one) for place, one in enumerate(options.IDS)]
        placed = [(int(at), place, one) for at, place, one in chosen if at.isascii() and at.isdecimal() and len(at) < 3]
        return [one for _at, _place, one in sorted(placed)]

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, `step` lines in the right order with their `step_id`, `rule`."""
        lines = author_lines(form.get("step") or (), form.get("step_id") or ())
        texts, kept = [text for text, _id in lines], [one for _text, one in lines]
        made, key = _with_ids(texts[:MOST_STEPS], kept[:MOST_STEPS])
        return {**words_of(form), "options": made, "key": key, "rule": first(form, "rule", "share")}

    def to_row(self, content: Content) -> Row:
        """Write the key as letters."""
        texts = tuple(option["text"] for option in content["options"])
        settings = {} if _rule(content) == "share" else {"rule": "none"}
        return row_of(content, texts, "".join(content["key"]).upper(), settings)

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read letters in their order; steps written in the right order ("ABC") are kept in another."""
        places, strange = options.letters_in(row.answer)
        flaws = [] if row.answer.strip() else [Flaw("answer", "answer_missing")]
        if strange:
            flaws.append(Flaw("answer", "answer_unreadable", {"answer": row.answer[:60]}))
        texts = row.options[: len(options.IDS)]
        key = [options.IDS[place] for place in places if place < len(texts)]
        made, key = arranged.keep(texts, key)
        return {**row_words(row), "options": made, "key": key, "rule": row.settings.get("rule", "share")}, flaws


def author_lines(texts: Any, ids: Any) -> list[tuple[str, str]]:
    """Pair an author's lines with the ids they came with; empty lines fall away."""
    ids = [str(one) for one in ids]
    return [
        (str(text).strip(), ids[place] if place < len(ids) else "")
        for place, text in enumerate(texts)
        if str(text).strip()
    ]


def _with_ids(texts: list[str], kept: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Give lines in their right order ids: those they had, in that order; new lines come after, by their words."""
    order = arranged.kept_order(texts)
    had = sorted(
        range(len(texts)),
        key=lambda place: (kept[place] not in options.IDS or not kept[place], kept[place], order.index(place)),
    )
    if had == sorted(had):
        had = order
    made = [{"id": options.IDS[at], "text": texts[place]} for at, place in enumerate(had)]
    return made, [options.IDS[had.index(place)] for place in range(len(texts))]


def _places(content: Content, answer: list[str]) -> list[bool]:
    return [place < len(answer) and answer[place] == one for place, one in enumerate(content["key"])]


def _rule(content: Content) -> str:
    return str(content.get("rule", "share"))
