"""Options, shared by single and multiple choice: their order, their letters, what can be wrong with them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from question_bank.kinds.base import (
    MOST_OPTIONS,
    OPTION_LIMIT,
    Content,
    Flaw,
    Form,
    Row,
    Seed,
    flaws_of_text,
    row_words,
)
from question_bank.kinds.folding import fold

IDS = "abcdefghij"
_BETWEEN = re.compile(r"[\s,，、;；/|.．。和及与→>-]+")


def options_of(content: Content) -> list[dict[str, Any]]:
    """Return the options of valid content in the author's order."""
    return list(content.get("options") or ())


def ids_of(content: Content) -> list[Any]:
    """Return the option ids of content that need not be valid."""
    options = content.get("options")
    return [option.get("id") for option in options if isinstance(option, dict)] if isinstance(options, list) else []


def shuffled(content: Content, seed: Seed) -> list[dict[str, str]]:
    """Return the options (id and text alone) in the order that `seed` gives.

    Pinned options ("all of the above") keep their place. The order depends on the seed and the option ids
    alone, never on the machine or the Python release.
    """
    options = options_of(content)
    if seed is not None and content.get("shuffle", True):
        free = [place for place, option in enumerate(options) if not option.get("pinned")]
        drawn = sorted((options[place] for place in free), key=lambda option: _draw(seed, str(option["id"])))
        for place, option in zip(free, drawn, strict=True):
            options[place] = option
    return [{"id": option["id"], "text": option["text"]} for option in options]


def _draw(seed: str | int, option_id: str) -> bytes:
    return hashlib.sha256(f"{seed}\x1f{option_id}".encode("utf-8", "surrogatepass")).digest()


def flaws_of_options(content: Content) -> list[Flaw]:
    """Check the options of a choice question; never raises."""
    options = content.get("options")
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        return [Flaw("options", "options_missing")]
    flaws = []
    if not 2 <= len(options) <= MOST_OPTIONS:
        flaws.append(Flaw("options", "options_count", {"count": len(options), "least": 2, "most": MOST_OPTIONS}))
    if [option.get("id") for option in options] != list(IDS[: len(options)]):
        flaws.append(Flaw("options", "options_ids"))
    seen: dict[str, int] = {}
    for place, option in enumerate(options):
        where, text = f"options.{place}", option.get("text")
        if not isinstance(text, str) or not text.strip():
            flaws.append(Flaw(where, "option_empty", {"letter": letter(place)}))
            continue
        flaws += flaws_of_text(where, text, OPTION_LIMIT)
        same = seen.setdefault(fold(text), place)
        if same != place:
            flaws.append(Flaw(where, "options_alike", {"letter": letter(place), "other": letter(same)}))
    return flaws


def letter(place: int) -> str:
    """Return the letter of an option in files: 0 -> A.

    >>> letter(3)
    'D'
    """
    return IDS[place].upper() if 0 <= place < len(IDS) else "?"


def places_in(text: str) -> tuple[list[int], list[str]]:
    """Read letters out of an answer cell, with what is no letter.

    >>> places_in("A、Ｃ D")
    ([0, 2, 3], [])
    >>> places_in("甲丙5")
    ([0, 2, 4], [])
    >>> places_in("B或?")
    ([1], ['或', '?'])
    """
    places, strange = letters_in(text)
    return sorted(set(places)), strange


def letters_in(text: str) -> tuple[list[int], list[str]]:
    """Read letters out of an answer cell in the order they stand there, with what is no letter.

    >>> letters_in("C→A→b")
    ([2, 0, 1], [])
    """
    places, strange = [], []
    for sign in _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).casefold():
        for row in (IDS, "甲乙丙丁戊己庚辛壬癸", "123456789"):
            if sign in row:
                places.append(row.index(sign))
                break
        else:
            strange.append(sign)
    return places, strange


def options_from_form(form: Form) -> tuple[list[dict[str, Any]], list[str]]:
    """Read the option lines and the ticked keys of the author's form; empty lines at the end fall away.

    Fields: `option` once a line; `key` and `pinned` hold line numbers from 0.
    """
    texts = [str(text).strip() for text in form.get("option") or ()][:MOST_OPTIONS]
    while texts and not texts[-1]:
        texts.pop()
    ticked, pinned = _numbers(form.get("key")), _numbers(form.get("pinned"))
    return build(texts, pinned), [IDS[place] for place in sorted(ticked) if place < len(texts)]


def build(texts: Sequence[str], pinned: set[int]) -> list[dict[str, Any]]:
    """Make options out of texts; `pinned` holds the places that keep their place."""
    return [
        {"id": IDS[place], "text": text, **({"pinned": True} if place in pinned else {})}
        for place, text in enumerate(texts[:MOST_OPTIONS])
    ]


def row_settings(content: Content) -> dict[str, str]:
    """Return the settings that options need in a row."""
    pinned = "".join(letter(place) for place, option in enumerate(options_of(content)) if option.get("pinned"))
    return {**({} if content.get("shuffle", True) else {"shuffle": "no"}), **({"pinned": pinned} if pinned else {})}


def choice_from_row(row: Row) -> tuple[dict[str, Any], list[int], list[Flaw]]:
    """Read the parts both choice kinds share: content without key, the answer's places, flaws."""
    places, strange = places_in(row.answer)
    flaws = []
    if not row.answer.strip():
        flaws.append(Flaw("answer", "answer_missing"))
    elif strange:
        flaws.append(Flaw("answer", "answer_unreadable", {"answer": row.answer}))
    flaws += [
        Flaw("answer", "answer_beyond", {"letter": letter(place), "last": letter(len(row.options) - 1)})
        for place in places
        if row.options and place >= len(row.options)
    ]
    content = {
        **row_words(row),
        "options": build(row.options, set(places_in(row.settings.get("pinned", ""))[0])),
        "shuffle": row.settings.get("shuffle") != "no",
    }
    if len(row.options) > MOST_OPTIONS:
        flaws.append(Flaw("options", "options_count", {"count": len(row.options), "least": 2, "most": MOST_OPTIONS}))
    return content, [place for place in places if place < len(row.options)], flaws


def _numbers(values: Sequence[str] | None) -> set[int]:
    return {int(value) for value in values or () if str(value).isascii() and str(value).isdigit() and len(value) < 4}
