"""What one text changes against another, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a changed text. mark: "+" new, "-" gone, " " the same, "…" unchanged lines left out."""

    mark: str
    text: str


def text_changes(before: str, after: str, *, around: int = 1) -> tuple[TextLine, ...]:
    """Return the changed lines of a text with `around` unchanged lines beside them; nothing when it is the same."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[TextLine] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(around):
        if lines:
            lines.append(TextLine("…", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [TextLine(" ", text) for text in old[i1:i2]]
                continue
            lines += [TextLine("-", text) for text in old[i1:i2]]
            lines += [TextLine("+", text) for text in new[j1:j2]]
    return tuple(lines)
