"""Engines: the code that plays and scores calls, callable by version for as long as a score may be questioned.

The engine at work is the package `simulations` itself. Each version released before it lies in this folder as an
archive of its sources with the library of its time, and is imported from there under a name of its own. A version that
was released is never changed: see docs/decisions/022-engine-versions.md for how another one is put beside it.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from zipimport import zipimporter

import simulations
from simulations import ENGINE_VERSION, CallScore, CompiledScript, PhraseLibrary

FOLDER: Final = Path(__file__).parent


class UnknownEngineError(LookupError):
    """A version that was never released; a score by it can't be counted again."""


@dataclass(frozen=True)
class Engine:
    """One version of the engine. What it takes and gives is plain data, except for its own compiled scripts."""

    version: str
    module: ModuleType

    def compiled(self, text: str, phrases: Mapping[str, str]) -> CompiledScript:
        """Compile a kept edition.

        phrases   texts of the phrase libraries it was published with, by `name@version`

        Raises ValueError when the text is no script to this engine.
        """
        return _compiled(self, text, tuple(sorted(phrases.items())))

    def libraries(self, phrases: Mapping[str, str]) -> dict[str, PhraseLibrary]:
        """Return phrase libraries from their texts, by `name@version`."""
        return _libraries(self, tuple(sorted(phrases.items())))

    def score(
        self, text: str, phrases: Mapping[str, str], events: Iterable[Mapping[str, Any]], *, calibrated: bool = False
    ) -> CallScore:
        """Score a call: a pure function of its log, its script and its libraries.

        events   the log as it was stored

        Raises this engine's own EventRefused when the log is none of a call of this script.
        """
        log = [self.module.Event.from_json(event) for event in events]
        result: CallScore = self.module.score(self.compiled(text, phrases), log, calibrated=calibrated)
        return result


@lru_cache(maxsize=256)
def _compiled(engine: Engine, text: str, phrases: tuple[tuple[str, str], ...]) -> CompiledScript:
    script: CompiledScript | None = engine.module.compile_script(text, _libraries(engine, phrases)).script
    if script is None:
        raise ValueError(f"a kept edition doesn't compile by engine {engine.version}")
    return script


@lru_cache(maxsize=64)
def _libraries(engine: Engine, phrases: tuple[tuple[str, str], ...]) -> dict[str, PhraseLibrary]:
    found = {}
    for key, text in phrases:
        name, _at, number = key.partition("@")
        found[key] = engine.module.parse_library(name, int(number), text)[0]
    return found


def released() -> tuple[str, ...]:
    """Return the versions kept in archives, oldest first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.zip")), key=_order))


def callable_versions() -> tuple[str, ...]:
    """Return every version a call can be scored by, oldest first; the last one is at work."""
    return tuple(dict.fromkeys((*released(), ENGINE_VERSION)))


@cache
def engine_of(version: str) -> Engine:
    """Return an engine by its version. Raises UnknownEngineError for one that was never released."""
    if version == ENGINE_VERSION:
        return Engine(version, simulations)
    archive = FOLDER / f"{version}.zip"
    if version not in released():
        raise UnknownEngineError(version)
    return Engine(version, _imported(archive, package_of(version)))


def package_of(version: str) -> str:
    """Return the name that an archived version is imported by.

    >>> package_of("1.0.0")
    'call_engine_1_0_0'
    """
    return f"call_engine_{version.replace('.', '_')}"


def _imported(archive: Path, name: str) -> ModuleType:
    spec = zipimporter(str(archive)).find_spec(name)
    if spec is None or spec.loader is None:
        raise UnknownEngineError(name)
    if name not in sys.modules:
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return import_module(name)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
