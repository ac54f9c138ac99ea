r"""Blanks to fill in.

Content: {"stem", "explanation", "blanks": [{"accepted": ["三声", "3声"], "patterns": ["三[声响]"]}, ...],
"any_order": false}. The stem marks each blank by three or more underscores; a stem without any has one blank after
it. One to ten blanks, each with at least one accepted form or pattern (up to 20 of each).

Answers and accepted forms are folded (full and half width, capitals, spare spaces) before they are compared;
patterns are RE2 expressions that must match the whole folded answer, without regard to capitals. Each blank is worth
the same; fractions of a hundredth fall away. With "any_order" an answer counts for whichever blank accepts it, and
the same answer twice counts once; therefore the first forms of its blanks must differ.
Answer: a list of strings, one a blank; a lone string for a single blank.
Row: accepted forms with | between, patterns as /.../, blanks with ; between; outside patterns a backslash before
| ; \ / takes away their meaning. Where the stem has one blank, ; reads as |; where a cell without ; has as many forms
as the stem has blanks, | reads as ;.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

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
    flaws_of_text,
    flaws_of_words,
    row_of,
    row_words,
    words_of,
)
from question_bank.kinds.folding import ANSWER_LIMIT, fold, plain_text

MOST_BLANKS, MOST_FORMS, PATTERN_LIMIT, FORM_LIMIT, FORMS_LIMIT = 10, 20, 200, 200, 4000
MARKER = "____"
MARKERS = re.compile(r"[_＿]{3,}")
_EMPTY_BRACKETS = re.compile(r"[（(\[【]\s*[)）\]】]|(?<![_＿])[_＿]{2}(?![_＿])")
_PATTERN_FORM = re.compile(r"\s*/((?:[^/\\]|\\.)+)/\s*(?=[|｜;；]|$)", re.DOTALL)
_PLAIN_FORM = re.compile(r"(?:[^|｜;；\\]|\\.|\\$)*", re.DOTALL)


class Blank(Automatic):
    """One to ten blanks in a sentence."""

    code = KindCode.BLANK

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, the number of blanks, empty or unreadable forms."""
        flaws = flaws_of_holes(content, "blanks", MOST_BLANKS, flaws_of_blank, unmarked=True)
        blanks = content.get("blanks") or ()
        if not flaws and content.get("any_order"):
            heads = [fold(blank["accepted"][0]) for blank in blanks if blank.get("accepted")]
            flaws += [Flaw("blanks", "blanks_alike")] if len(set(heads)) < len(heads) else []
        return flaws or flaws_of_length("blanks", self.to_row(content))

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the stem cut at its blanks."""
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "segments": segments(content["stem"]),
            "blanks": len(content["blanks"]),
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Count the blanks that are right."""
        texts = _given(answer)
        blanks = content["blanks"]
        if texts is None or len(texts) > len(blanks):
            return Mark(0, max_points, Why.UNREADABLE)
        if not any(texts):
            return Mark(0, max_points, Why.UNANSWERED)
        texts += [""] * (len(blanks) - len(texts))
        parts = _match_any_order(blanks, texts) if content.get("any_order") else _match_in_order(blanks, texts)
        right = sum(parts)
        why = Why.RIGHT if right == len(blanks) else Why.PARTLY if right else Why.WRONG
        return Mark(max_points * right // len(blanks), max_points, why, tuple(parts))

    def key_answer(self, content: Content) -> Any:
        """Return the first accepted form of each blank; a blank that has patterns alone has no model answer."""
        return [(blank.get("accepted") or [""])[0] for blank in content["blanks"]]

    def wrong_answer(self, content: Content) -> Any:
        """Return words no author accepts."""
        return ["不知道" if not accepts(blank, fold("不知道")) else "？" for blank in content["blanks"]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return each blank with what was written, whether it was right, and the accepted forms."""
        given = (_given(answer) or [])[: len(content["blanks"])]
        given += [""] * (len(content["blanks"]) - len(given))
        parts = self.mark(content, answer, 0).parts or (False,) * len(given)
        return {
            "segments": segments(content["stem"]),
            "blanks": [
                {"given": text, "right": right, "accepted": list(blank.get("accepted") or ())}
                for text, right, blank in zip(given, parts, content["blanks"], strict=True)
            ],
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the boxes name.0, name.1 ..."""
        boxes = [form.get(f"{name}.{place}") for place in range(MOST_BLANKS)]
        while boxes and boxes[-1] is None:
            boxes.pop()
        return [str(values[0]) if values else "" for values in boxes]

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, `blank` lines written as in a row's answer, `any_order`."""
        lines = [str(line) for line in form.get("blank") or ()][:MOST_BLANKS]
        while lines and not lines[-1].strip():
            lines.pop()
        blanks = [build_blank([form for group in read_forms(line) for form in group]) for line in lines]
        return {**words_of(form), "blanks": blanks, "any_order": "any_order" in form}

    def to_row(self, content: Content) -> Row:
        """Write the accepted forms and patterns of each blank."""
        settings = {"any_order": "yes"} if content.get("any_order") else {}
        answer = "; ".join(write_forms(blank) for blank in content["blanks"])
        return row_of(content, (), answer, settings)

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read blanks; empty brackets in the stem count as marks where there are no underscores."""
        groups = read_forms(row.answer)
        stem = row.stem if MARKERS.search(row.stem) else _EMPTY_BRACKETS.sub(MARKER, row.stem)
        marked = len(MARKERS.findall(stem))
        if len(groups) == 1 and marked > 1 and len(groups[0]) == marked:
            groups = [[form] for form in groups[0]]
        elif marked <= 1 < len(groups):
            groups = [[form for group in groups for form in group]]
        flaws = [] if row.answer.strip() else [Flaw("answer", "answer_missing")]
        return {
            **row_words(row),
            "stem": stem,
            "blanks": [build_blank(group) for group in groups],
            "any_order": row.settings.get("any_order") == "yes",
        }, flaws


def segments(stem: str) -> list[str]:
    """Cut a stem at its blanks; one blank follows a stem that marks none.

    >>> segments("铃响____声内接听")
    ['铃响', '声内接听']
    """
    return MARKERS.split(stem) if MARKERS.search(stem) else [stem, ""]


def write_forms(blank: Content) -> str:
    r"""Write one blank's forms in a line: `三声 | 3声 | /三[声响]/`."""
    plain = [re.sub(r"([|｜;；/\\])", r"\\\1", form) for form in blank.get("accepted") or ()]
    return " | ".join(plain + [f"/{_close(pattern)}/" for pattern in blank.get("patterns") or ()])


def _close(pattern: str) -> str:
    """Write a pattern so that it ends where it should: a slash inside is escaped, as RE2 reads it anyway."""
    return re.sub(r"(\\.)|/", lambda found: found[1] or r"\/", pattern, flags=re.DOTALL)


def read_forms(cell: str) -> list[list[tuple[bool, str]]]:
    """Cut an answer cell into blanks, each a list of (is a pattern, text); empty forms fall away.

    >>> read_forms("三声 | /3 ?[声响]/; 您")
    [[(False, '三声'), (True, '3 ?[声响]')], [(False, '您')]]
    """
    groups: list[list[tuple[bool, str]]] = [[]]
    at = 0
    while at <= len(cell):
        found = _PATTERN_FORM.match(cell, at)
        if found:
            groups[-1].append((True, found[1]))
        else:
            found = _PLAIN_FORM.match(cell, at)
            text = re.sub(r"\\([|｜;；/\\])", r"\1", found[0].strip()) if found else ""
            groups[-1] += [(False, text)] if text else []
        at = found.end() if found else at
        if cell[at : at + 1] in (";", "；"):
            groups.append([])
        at += 1
    while len(groups) > 1 and not groups[-1]:
        groups.pop()
    return groups


def build_blank(forms: list[tuple[bool, str]]) -> dict[str, Any]:
    """Make a blank out of its forms, each (is a pattern, text)."""
    return {
        "accepted": [text for is_pattern, text in forms if not is_pattern],
        "patterns": [text for is_pattern, text in forms if is_pattern],
    }


def _given(answer: Any) -> list[str] | None:
    """Return one text a blank ("" for nothing or for what is no text), None for what is no list."""
    if answer is None:
        return []
    if not isinstance(answer, list):
        answer = [answer]
    if any(not (one is None or plain_text(one) is not None) for one in answer):
        return None
    return [(plain_text(one) or "").strip() for one in answer]


def _match_in_order(blanks: list[Any], given: list[str]) -> list[bool]:
    return [accepts(blank, fold(text)) if text else False for blank, text in zip(blanks, given, strict=True)]


def _match_any_order(blanks: list[Any], given: list[str]) -> list[bool]:
    """Pair answers with blanks so that as many as possible are right; parts follow the order of the answers."""
    folded = [fold(text) if text else "" for text in given]
    taker: dict[int, int] = {}

    def seat(answer: int, tried: set[int]) -> bool:
        for place, blank in enumerate(blanks):
            if place in tried or not accepts(blank, folded[answer]):
                continue
            tried.add(place)
            if place not in taker or seat(taker[place], tried):
                taker[place] = answer
                return True
        return False

    for answer, text in enumerate(folded):
        if text and text not in folded[:answer]:
            seat(answer, set())
    seated = set(taker.values())
    return [answer in seated for answer in range(len(folded))]


def accepts(blank: Content, folded: str) -> bool:
    """Tell whether a folded text is one of the accepted forms or fits a pattern."""
    if not folded or len(folded) > ANSWER_LIMIT:
        return False
    if any(fold(form) == folded for form in blank.get("accepted") or ()):
        return True
    return any((found := _compiled(pattern)) and found.fullmatch(folded) for pattern in blank.get("patterns") or ())


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    """Return the compiled pattern, None for one RE2 refuses."""
    settings = re2.Options()
    settings.log_errors, settings.case_sensitive, settings.max_mem = False, False, 1 << 20
    try:
        return re2.compile(unicodedata.normalize("NFKC", pattern), settings)
    except re2.error:
        return None


def flaws_of_holes(
    content: Content, field: str, most: int, check: Callable[[str, int, Any], list[Flaw]], *, unmarked: bool = False
) -> list[Flaw]:
    """Check a stem with holes in it: its words, 1..`most` entries under `field`, one marker in the stem for each.

    check      says what is wrong with one entry, given its path, its number (1..) and itself
    unmarked   a single hole needs no marker
    """
    flaws, holes, stem = flaws_of_words(content), content.get(field), content.get("stem")
    if not isinstance(holes, list) or not 1 <= len(holes) <= most:
        count = len(holes) if isinstance(holes, list) else 0
        return [*flaws, Flaw(field, f"{field}_count", {"count": count, "most": most})]
    marked = len(MARKERS.findall(stem)) if isinstance(stem, str) else 0
    if marked != len(holes) and not (unmarked and (marked, len(holes)) == (0, 1)):
        flaws.append(Flaw(field, "blanks_unlike_stem", {"marked": marked, "given": len(holes)}))
    for place, hole in enumerate(holes):
        flaws += check(f"{field}.{place}", place + 1, hole)
    return flaws


def flaws_of_length(field: str, row: Row) -> list[Flaw]:
    """Tell that what the holes accept is longer than a row's answer may be."""
    length = len(row.answer)
    return [Flaw(field, "too_long", {"length": length, "limit": FORMS_LIMIT})] if length > FORMS_LIMIT else []


def flaws_of_blank(where: str, number: int, blank: Any) -> list[Flaw]:
    """Check the forms and patterns of one blank (number from 1); never raises."""
    detail = {"number": number}
    if not isinstance(blank, dict):
        return [Flaw(where, "blank_empty", detail)]
    accepted, patterns = blank.get("accepted") or [], blank.get("patterns") or []
    if not isinstance(accepted, list) or not isinstance(patterns, list) or not (accepted or patterns):
        return [Flaw(where, "blank_empty", detail)]
    flaws = []
    if len(accepted) > MOST_FORMS or len(patterns) > MOST_FORMS:
        flaws.append(Flaw(where, "blank_forms", {**detail, "most": MOST_FORMS}))
    for form in accepted:
        if not isinstance(form, str) or not fold(form):
            flaws.append(Flaw(where, "blank_empty", detail))
        else:
            flaws += flaws_of_text(where, form, FORM_LIMIT)
    for pattern in patterns:
        if not isinstance(pattern, str) or len(pattern) > PATTERN_LIMIT or _compiled(pattern) is None:
            flaws.append(Flaw(where, "pattern_unreadable", {**detail, "pattern": str(pattern)[:60]}))
        elif _compiled(pattern).fullmatch(""):
            flaws.append(Flaw(where, "pattern_takes_all", {**detail, "pattern": pattern}))
    return flaws
