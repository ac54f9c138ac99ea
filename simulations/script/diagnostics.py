"""Diagnostics: stable codes with a place and parameters; their words live in `messages`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .messages import MESSAGES
from .tree import Place

_UNREAD_CHECK: Final = frozenset({"CS103", "CS110", "CS111", "CS112", "CS113", "CS122"})
_UNREAD_WAY: Final = frozenset({"CS102", "CS114", "CS115", "CS202", "CS212"})
# finding -> the findings that bring it about: nothing is said of the way through or of what is unused while the line
# that would lead there or use it can't be read
_FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    "CS105": frozenset({"CS103"}),
    "CS501": _UNREAD_CHECK,
    "CS605": _UNREAD_CHECK,
    "CS611": _UNREAD_CHECK,
    "CS403": _UNREAD_WAY | {"CS401"},
    "CS603": _UNREAD_WAY,
    "CS609": _UNREAD_CHECK | _UNREAD_WAY | {"CS213"},
}


class Severity(StrEnum):
    """An error keeps a script from being published, a warning doesn't."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding. line and column are 1-based; end_column stands behind the last character."""

    line: int
    column: int
    code: str
    end_column: int
    parameters: tuple[tuple[str, str], ...] = ()
    suggestion: str | None = None

    @property
    def severity(self) -> Severity:
        """Error or warning, by code."""
        return Severity(MESSAGES[self.code].severity)

    @property
    def params(self) -> Mapping[str, str]:
        """The values that the message names."""
        return dict(self.parameters)

    def message(self, language: str = "zh_CN") -> str:
        """Return the sentence in Chinese (zh...) or English (anything else)."""
        words = MESSAGES[self.code]
        chinese = language.lower().startswith("zh")
        text = (words.chinese if chinese else words.english).format(**self.params)
        if self.suggestion:
            text += (words.hint_chinese if chinese else words.hint_english).format(suggestion=self.suggestion)
        return text


class Findings:
    """Collects diagnostics: all of them, never only the first."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, code: str, place: Place, suggestion: str | None = None, **params: object) -> None:
        """Note one finding; `params` are the values its message needs."""
        pairs = tuple(sorted((key, str(value)) for key, value in params.items()))
        self._found.append(Diagnostic(place.line, place.column, code, max(place.end, place.column), pairs, suggestion))

    @property
    def has_errors(self) -> bool:
        """Tell whether any finding is an error."""
        return any(d.severity is Severity.ERROR for d in self._found)

    def unread_between(self, first: int, after: int | None) -> bool:
        """Tell whether a line of the dialogue from `first` up to before `after` (None: the end) could not be read."""
        return any(d.code in _UNREAD_WAY and first < d.line and (after is None or d.line < after) for d in self._found)

    @property
    def has_unread_checks(self) -> bool:
        """Tell whether a checkpoint could not be read."""
        return any(d.code in _UNREAD_CHECK for d in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return all findings in the order of the text, without repeats and without what only follows from others."""
        codes = {d.code for d in self._found}
        kept = {d for d in self._found if not codes & _FOLLOWS.get(d.code, frozenset())}
        return tuple(sorted(kept, key=lambda d: (d.line, d.column, d.code, d.parameters)))
