"""The list of answers at the end of a paper: "1-5 ABCDA", "6. √ 7. ×", "8、阀门"."""

from __future__ import annotations

import re
import unicodedata

from question_bank.formats.kind_words import KINDS_BY_WORD

_RUN = re.compile(r"(\d{1,4})\s*[-~—–至到]\s*(\d{1,4})\s*[.、:]?\s*([A-Ja-j√×✓✗✔✘对错TFtf\s,、]+)(?=$|[;\s]|\d)")
_ONE = re.compile(r"(?:^|[\s;,])\(?(\d{1,4})\)?\s*[.、:)]\s*(.*?)(?=[\s;,]\(?\d{1,4}\)?\s*[.、:)]|$)", re.DOTALL)
_LONGEST_RUN = 500


class AnswerList:
    """Answers by section and number; sections are found again by the word of their kind, else by their order."""

    def __init__(self) -> None:
        self._answers: dict[tuple[int, int], str] = {}
        self._kinds: dict[int, str] = {}

    def section(self, place: int, word: str) -> None:
        """Note that the answers that follow belong to a section headed so."""
        self._kinds[place] = word

    def read(self, place: int, text: str) -> bool:
        """Read a line; return whether it held an answer."""
        plain = unicodedata.normalize("NFKC", text).replace("。", "")
        before = len(self._answers)
        rest = _RUN.sub(lambda found: self._run(place, found), plain)
        for number, answer in _ONE.findall(rest):
            if answer.strip():
                self._answers.setdefault((place, int(number)), answer.strip(" ;,"))
        return len(self._answers) > before

    def answer_to(self, section: int, kind: str, number: int) -> str:
        """Return and use up the answer to a question, "" where the list has none."""
        same = [
            place for place, word in self._kinds.items() if KINDS_BY_WORD.get(word) == KINDS_BY_WORD.get(kind) and kind
        ]
        for place in same or [section, 0]:
            if (place, number) in self._answers:
                return self._answers.pop((place, number))
        return ""

    def left(self) -> list[str]:
        """Return the answers that belong to no question."""
        return [f"{number}. {answer}"[:60] for (_place, number), answer in self._answers.items()]

    def _run(self, place: int, found: re.Match[str]) -> str:
        first, last = int(found[1]), int(found[2])
        groups = re.split(r"[\s,、]+", found[3].strip())
        signs = groups if len(groups) == last - first + 1 else list("".join(groups))
        if len(signs) != last - first + 1 or last - first > _LONGEST_RUN:
            return found[0]
        for number, sign in enumerate(signs, first):
            self._answers.setdefault((place, number), sign)
        return " "
