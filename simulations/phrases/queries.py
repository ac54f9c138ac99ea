"""Reads of phrase libraries: those that may be cited, their editions, the scripts that cite them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from simulations import ENGINE_VERSION, Compilation, PhraseLibrary, compile_script, load_phrases
from simulations.engines import engine_of
from simulations.models import EditionState, ScriptEdition
from simulations.phrases.models import PhraseEdition
from simulations.script.diagnostics import Findings
from simulations.script.parser import parse_script
from simulations.script.settings import read_settings
from simulations.wording.characters import plain

_BETWEEN: Final = re.compile(r"([,，、/])")


def citable(session: Session) -> dict[str, PhraseLibrary]:
    """Return every library a script may cite by `name@version`: the bundled ones and our own published editions."""
    rows = session.execute(
        select(PhraseEdition.name, PhraseEdition.number, PhraseEdition.text)
        .where(PhraseEdition.state == EditionState.PUBLISHED)).tuples()
    own = engine_of(ENGINE_VERSION).libraries({f"{name}@{number}": text for name, number, text in rows})
    return {**own, **load_phrases()}


def editions(session: Session) -> Sequence[PhraseEdition]:
    """Return every edition of our own libraries, by name, newest first."""
    return session.scalars(select(PhraseEdition).order_by(PhraseEdition.name, PhraseEdition.number.desc())).all()


def newer_than(references: Sequence[str], libraries: Mapping[str, PhraseLibrary]) -> dict[str, str]:
    """Return, for each cited library of which there is a newer edition, the newest one's key."""
    newest: dict[str, int] = {}
    for library in libraries.values():
        newest[library.name] = max(newest.get(library.name, 0), library.version)
    found = {}
    for reference in references:
        name, _at, number = reference.rpartition("@")
        if newest.get(name, 0) > int(number or 0):
            found[reference] = f"{name}@{newest[name]}"
    return found


@dataclass(frozen=True)
class Citing:
    """A script whose published edition cites a library. after: what compiling it with the new edition gives."""

    edition: ScriptEdition
    cites: str
    after: Compilation


def citing(session: Session, library: PhraseLibrary) -> list[Citing]:
    """Return the scripts that cite another edition of a library, compiled as if they cited this one."""
    newest = select(ScriptEdition.code, func.max(ScriptEdition.number).label("number")).where(
        ScriptEdition.state == EditionState.PUBLISHED).group_by(ScriptEdition.code).subquery()
    rows = session.scalars(
        select(ScriptEdition).join(newest, (newest.c.code == ScriptEdition.code)
                                   & (newest.c.number == ScriptEdition.number)).order_by(ScriptEdition.code))
    found = []
    for edition in rows:
        settings = read_settings(parse_script(edition.text, Findings()), Findings())
        cites = next((it for it in settings.references if it.rpartition("@")[0] == library.name), None)
        if cites is not None and cites != library.key:
            own = engine_of(ENGINE_VERSION).libraries(edition.phrases)
            after = compile_script(recited(edition.text, cites, library.key), {**own, library.key: library})
            found.append(Citing(edition, cites, after))
    return found


def recited(text: str, old: str, new: str) -> str:
    """Return a script's text that cites `new` where it cited `old`; the same text when it didn't cite it.

    old   as `Settings.references` says it: half width, simplified
    """
    header = next((it for it in parse_script(text, Findings()).headers if it.key == "引用"), None)
    if header is None:
        return text
    lines = text.split("\n")
    at, start = header.value_place.line - 1, header.value_place.column - 1
    cited = _BETWEEN.split(lines[at][start:])
    lines[at] = lines[at][:start] + "".join(
        part.replace(part.strip(), new) if plain(part.strip()) == old else part for part in cited)
    return "\n".join(lines)
