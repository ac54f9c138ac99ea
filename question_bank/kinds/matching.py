"""Matching: what belongs to what.

Content: {"stem", "explanation", "left": ["异味", ...], "options": [{"id": "a", "text": "..."}, ...],
"key": ["c", "a"], "rule": "share"}. Two to eight left sides; two to ten options, some of which may fit nothing or
several. The key names the option of each left side, in their order (`arranged`).
rule: share (every pair earns its part) or none (only all pairs together earn).
Answer: a list of ids, one a left side, null or "" where none was chosen.
Row: the options as options, the answer "异味=C; 停水=A"; a backslash before ; = \\ takes away their meaning.
"""

from __future__ import annotations

import re
from typing import Any

from question_bank.kinds import arranged, options
from question_bank.kinds.base import (
    NOTHING_GIVEN,
    OPTION_LIMIT,
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
    flaws_of_text,
    flaws_of_words,
    row_of,
    row_words,
    shares_mark,
    texts_given,
    words_of,
)
from question_bank.kinds.folding import fold

LEAST_LEFT, MOST_LEFT = 2, 8
RULES = ("share", "none")
_MEANING, _ESCAPED = re.compile(r"([;；=＝\\])"), r"\\\1"
_PART = re.compile(r"(?:[^;；\\]|\\.|\\$)+", re.DOTALL)
_SIDES = re.compile(r"((?:[^=＝\\]|\\.)*)[=＝](.*)", re.DOTALL)


class Matching(Automatic):
    """Two to eight left sides, each with one option."""

    code = KindCode.MATCHING

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, left sides, options, a key that leaves one out or that the ids would tell."""
        flaws = flaws_of_words(content) + options.flaws_of_options(content)
        left = content.get("left")
        if not isinstance(left, list) or not LEAST_LEFT <= len(left) <= MOST_LEFT:
            count = len(left) if isinstance(left, list) else 0
            return [*flaws, Flaw("left", "left_count", {"count": count, "least": LEAST_LEFT, "most": MOST_LEFT})]
        seen: set[str] = set()
        for place, text in enumerate(left):
            if not isinstance(text, str) or not text.strip():
                flaws.append(Flaw(f"left.{place}", "left_empty", {"number": place + 1}))
                continue
            flaws += flaws_of_text(f"left.{place}", text, OPTION_LIMIT)
            if fold(text) in seen:
                flaws.append(Flaw(f"left.{place}", "left_alike", {"number": place + 1}))
            seen.add(fold(text))
        flaws += arranged.flaws_of_key(content, len(left), each_once=False)
        return flaws + ([] if content.get("rule", "share") in RULES else [Flaw("rule", "rule_unknown")])

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the left sides in their order and the options in the order `seed` gives."""
        shown = options.shuffled({"options": content["options"]}, seed)
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "left": list(content["left"]),
            "options": shown,
            "rule": _rule(content),
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Count the pairs that are right."""
        chosen = texts_given(answer, len(content["key"]))
        ids = {option["id"] for option in content["options"]} | {""}
        if chosen is None or any(one not in ids for one in chosen):
            return Mark(0, max_points, Why.UNREADABLE)
        if not any(chosen):
            return Mark(0, max_points, Why.UNANSWERED)
        return shares_mark(_pairs(content, chosen), max_points, all_or_none=_rule(content) == "none")

    def guess_score(self, content: Content) -> float | None:
        """Return what choosing an option blindly for each left side earns."""
        one = 1 / len(content["options"])
        return float(one ** len(content["key"])) if _rule(content) == "none" else one

    def key_answer(self, content: Content) -> Any:
        """Return the ids of the right options."""
        return list(content["key"])

    def wrong_answer(self, content: Content) -> Any:
        """Return an option that does not belong there, for each left side."""
        ids = [option["id"] for option in content["options"]]
        return [ids[0] if ids[0] != one else ids[1] for one in content["key"]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return each left side with what was chosen, what is right, and whether they are the same."""
        text_of = {option["id"]: option["text"] for option in content["options"]}
        chosen = texts_given(answer, len(content["key"])) or [""] * len(content["key"])
        return {
            "pairs": [
                {"left": left, "given": text_of.get(said, ""), "right": text_of[one], "fits": said == one}
                for left, said, one in zip(content["left"], chosen, content["key"], strict=True)
            ]
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the lists name.0, name.1 ..."""
        return boxes(form, name, MOST_LEFT)

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, `left` lines with their `match` (a letter), `option` lines, `rule`."""
        made, _keys = options.options_from_form(form)
        lines = [str(text).strip() for text in form.get("left") or ()][:MOST_LEFT]
        letters = [str(one).strip().casefold() for one in form.get("match") or ()] + [""] * MOST_LEFT
        pairs = [(text, letters[place]) for place, text in enumerate(lines) if text]
        made, key = arranged.keep([option["text"] for option in made], [one for _text, one in pairs])
        return {
            **words_of(form),
            "left": [text for text, _one in pairs],
            "options": made,
            "key": key,
            "rule": first(form, "rule", "share"),
        }

    def to_row(self, content: Content) -> Row:
        """Write the pairs in the answer."""
        texts = tuple(option["text"] for option in content["options"])
        sides = zip(content["left"], content["key"], strict=True)
        answer = "; ".join(f"{_MEANING.sub(_ESCAPED, left)}={one.upper()}" for left, one in sides)
        return row_of(content, texts, answer, {} if _rule(content) == "share" else {"rule": "none"})

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read "left=letter" pairs; what is no pair is a flaw that says so."""
        flaws = [] if row.answer.strip() else [Flaw("answer", "answer_missing")]
        texts = row.options[: len(options.IDS)]
        left, key = [], []
        for part in filter(str.strip, _PART.findall(row.answer)):
            sides = _SIDES.fullmatch(part)
            places = options.letters_in(sides[2])[0] if sides else []
            if sides is None or len(places) != 1 or places[0] >= len(texts):
                flaws.append(Flaw("answer", "pair_unreadable", {"pair": part.strip()[:60]}))
                continue
            left.append(re.sub(r"\\([;；=＝\\])", r"\1", sides[1].strip()))
            key.append(options.IDS[places[0]])
        made, key = arranged.keep(texts, key)
        rule = row.settings.get("rule", "share")
        return {**row_words(row), "left": left, "options": made, "key": key, "rule": rule}, flaws


def boxes(form: Form, name: str, most: int) -> list[str]:
    """Read the fields name.0, name.1 ... of a form, up to the last one sent."""
    found = [form.get(f"{name}.{place}") for place in range(most)]
    while found and found[-1] is None:
        found.pop()
    return [str(values[0]) if values else "" for values in found]


def _pairs(content: Content, chosen: list[str]) -> list[bool]:
    return [said == one for said, one in zip(chosen, content["key"], strict=True)]


def _rule(content: Content) -> str:
    return str(content.get("rule", "share"))
