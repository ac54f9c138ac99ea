"""The semantic difference of two editions: what a learner or a score would notice, never lines or layout."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from ..script.formatter import format_condition
from ..script.machine import CompiledScript
from ..script.settings import Settings
from ..script.tree import Check, Move, Node

Item = TypeVar("Item")
_SCORING = frozenset({"pass_mark", "floors", "references"})
_QUIET = frozenset({"code", "title", "difficulty", "queue"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    notices   who would notice: learner (hears or sees it), score (marks differently), author (neither)
    subject   setting, fact, field, phrase, example, check, node, caller, move, other, silence, exit, hang_up, coach
    what      added, removed, changed, moved
    name      what it concerns;  before, after: as the author writes it, "" where there is none
    """

    notices: str
    subject: str
    what: str
    name: str
    before: str
    after: str


def changes(old: CompiledScript, new: CompiledScript) -> tuple[Change, ...]:
    """Return every difference between two editions; none when only layout, comments or order of sections differ."""
    return (
        *_settings(old.settings, new.settings),
        *_named("learner", "fact", {f.name.text: f.value for f in old.tree.facts},
                {f.name.text: f.value for f in new.tree.facts}),
        *_named("score", "field", _fields(old), _fields(new)),
        *_phrases(old, new),
        *_named("score", "check", {c.id.text: _check(c) for c in old.checkpoints},
                {c.id.text: _check(c) for c in new.checkpoints}),
        *_nodes(old, new),
        *_named("learner", "coach", _coach(old), _coach(new)),
    )


def _settings(old: Settings, new: Settings) -> Iterator[Change]:
    for item in fields(Settings):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if before != after:
            notices = "score" if item.name in _SCORING else "author" if item.name in _QUIET else "learner"
            yield Change(notices, "setting", "changed", item.name, _shown(before), _shown(after))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
    if hasattr(value, "effects"):
        return " ".join(value.effects.says) or (value.target.text if value.target else "")
    return "" if value is None else str(value)


def _coach(script: CompiledScript) -> dict[str, str]:
    said: dict[str, str] = {}
    for item in script.tree.coach:
        said[item.topic.value] = f"{said.get(item.topic.value, '')} {item.text}".strip()
    return said


def _named(notices: str, subject: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in old.keys() - new.keys():
        yield Change(notices, subject, "removed", name, old[name], "")
    for name, after in new.items():
        if name not in old:
            yield Change(notices, subject, "added", name, "", after)
        elif old[name] != after:
            yield Change(notices, subject, "changed", name, old[name], after)


def _fields(script: CompiledScript) -> dict[str, str]:
    return {f.name.text: f"{f.kind.value} {'/'.join(f.options)} = {script.answer(f)}" for f in script.fields}


def _phrases(old: CompiledScript, new: CompiledScript) -> Iterator[Change]:
    """Compare what is heard: the pattern; examples only prove it."""
    before = {p.name.text: p.source for p in old.tree.phrases}
    after = {p.name.text: p.source for p in new.tree.phrases}
    yield from _named("score", "phrase", before, after)
    for name in after.keys() & before.keys():
        was, now = _examples(old, name), _examples(new, name)
        for reply in sorted(now - was):
            yield Change("author", "example", "added", name, "", " ".join(reply))
        for reply in sorted(was - now):
            yield Change("author", "example", "removed", name, " ".join(reply), "")


def _examples(script: CompiledScript, name: str) -> set[tuple[str, str]]:
    return {("正" if e.positive else "反", r) for e in script.tree.examples if e.name.text == name for r in e.replies}


def _check(check: Check) -> str:
    marks = ("!" if check.critical else "") + ("?" if check.human_only else "")
    columns = (f"{marks}{check.title}", check.dimension.value, f"{check.points / 100:g}")
    return " | ".join((*columns, format_condition(check.condition)))


def _nodes(old: CompiledScript, new: CompiledScript) -> Iterator[Change]:
    was, now = old.nodes, new.nodes
    for key in was.keys() - now.keys():
        yield Change("learner", "node", "removed", was[key].name.text, _says(was[key]), "")
    for key, node in now.items():
        if key not in was:
            yield Change("learner", "node", "added", node.name.text, "", _says(node))
        else:
            yield from _node(was[key], node)
    if old.start.name.key != new.start.name.key:
        yield Change("learner", "node", "moved", new.start.name.text, old.start.name.text, new.start.name.text)


def _node(old: Node, new: Node) -> Iterator[Change]:
    name = new.name.text
    if _says(old) != _says(new):
        yield Change("learner", "caller", "changed", name, _says(old), _says(new))
    yield from _listed("move", name, old.moves, new.moves, _move, lambda m: m.reply)
    yield from _listed("exit", name, old.exits, new.exits,
                       lambda e: f"{format_condition(e.condition)} -> {e.target.text}",
                       lambda e: format_condition(e.condition))
    for subject in ("other", "silence", "hang_up"):
        before, after = getattr(old, subject), getattr(new, subject)
        if before != after:
            yield Change("learner", subject, _what(before, after), name, _part(before), _part(after))


def _says(node: Node) -> str:
    return " ".join(f"(≥{line.min_mood}) {line.text}" if line.min_mood else line.text for line in node.lines)


def _move(move: Move) -> str:
    target = f" -> {move.target.text}" if move.target else ""
    tail = "；".join([*(f"给({g.text})" for g in move.effects.gives), *move.effects.says])
    mood = f" {move.effects.mood:+d}" if move.effects.mood else ""
    phrase = f"{'!' if move.negated else ''}{move.phrase.text}"
    return f"{'*' if move.once else '+'} {move.reply} => {phrase}{target}{mood} {tail}".rstrip()


def _listed(
    subject: str, node: str, old: tuple[Item, ...], new: tuple[Item, ...],
    written: Callable[[Item], str], known_by: Callable[[Item], str],
) -> Iterator[Change]:
    before, after = {known_by(i): written(i) for i in old}, {known_by(i): written(i) for i in new}
    for change in _named("learner", subject, before, after):
        yield Change(change.notices, subject, change.what, node, change.before, change.after)
    if list(before) != list(after) and before.keys() == after.keys():
        yield Change("learner", subject, "moved", node, " · ".join(before), " · ".join(after))


def _what(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def _part(part: Any) -> str:
    if part is None:
        return ""
    if hasattr(part, "failed"):
        return f"{part.by} {part.after_ms // 1000} s{' failed' if part.failed else ''}"
    target = f"-> {part.target.text} " if part.target else ""
    return (target + " ".join(part.effects.says)).strip()
