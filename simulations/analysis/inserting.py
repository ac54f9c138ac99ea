"""A ready-made checkpoint set goes into a script with what it cites: facts, ticket fields and example phrases."""

import re
from typing import Final

from ..script.diagnostics import Findings
from ..script.parser import parse_script
from ..script.tree import Script
from ..script.vocabulary import Section, name_key
from .tables import with_lines

_SECTION: Final = re.compile(r"【(.+?)】")
_EXAMPLE: Final = re.compile(r"[正反]\s+([^:：]+)[:：]")
_CHECK: Final = re.compile(r"\[[!?]?([^\]]+)\]")


def with_set(text: str, ready: str) -> str:
    """Return the text with the set's checkpoints, and with every fact, field and phrase whose name it doesn't have yet.

    A checkpoint takes the place of the one with the same name; all else goes to the end of its section.

    ready   sections 人物, 工单, 短语 and 考点 as in a script
    """
    tree = parse_script(text, Findings())
    known = _known(tree)
    lines = {it.id.key: it.place.line for it in tree.checks}
    section: Section | None = None
    added: dict[Section, list[str]] = {}
    written = text.splitlines()
    for line in ready.splitlines():
        heading = _SECTION.match(line)
        if heading:
            section = Section(heading[1])
        elif section and line.strip():
            name = name_key(_name_of(line, section))
            if section is Section.CHECKS and name in lines:
                written[lines[name] - 1] = line
            elif name not in known[section]:
                added.setdefault(section, []).append(line)
    text = "\n".join(written) + "\n"
    for section, more in added.items():
        text = with_lines(text, section, "\n".join(more))
    return text


def _name_of(line: str, section: Section) -> str:
    if section is Section.CHECKS:
        check = _CHECK.match(line)
        return check[1] if check else ""
    example = _EXAMPLE.match(line)
    return (example[1] if example else re.split(r"[=:：]", line)[0]).strip()


def _known(tree: Script) -> dict[Section, frozenset[str]]:
    """Return the names that the author's text had before."""
    return {
        Section.CALLER: frozenset(it.name.key for it in tree.facts),
        Section.TICKET: frozenset(it.name.key for it in tree.fields),
        Section.PHRASES: frozenset(it.name.key for it in tree.phrases),
        Section.CHECKS: frozenset(),
    }
