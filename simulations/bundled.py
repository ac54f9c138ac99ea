"""The bundled library: call scripts with their plans, phrase libraries, and ready-made checkpoint sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from .script.compiler import compile_script
from .script.diagnostics import Diagnostic
from .script.libraries import PhraseLibrary, parse_library
from .script.machine import CompiledScript
from .script.plans import Plan, parse_plans


class BrokenLibraryError(ValueError):
    """A bundled file doesn't load; the message names file, line and finding."""


@dataclass(frozen=True)
class BundledScript:
    """One script of the library with the plans that prove it."""

    text: str
    script: CompiledScript
    plans: tuple[Plan, ...]

    @property
    def code(self) -> str:
        """The script's code, unique in the library."""
        return self.script.code

    @property
    def title(self) -> str:
        """Its title, Chinese."""
        return self.script.title

    @property
    def queue(self) -> str:
        """The queue it belongs to."""
        return self.script.queue

    @property
    def difficulty(self) -> int:
        """1 (easy) to 5."""
        return self.script.difficulty


@dataclass(frozen=True)
class Bundle:
    """Everything bundled. phrases by `name@version`."""

    scripts: tuple[BundledScript, ...]
    phrases: Mapping[str, PhraseLibrary]
    checkpoint_sets: Mapping[str, str]


@cache
def load_phrases() -> Mapping[str, PhraseLibrary]:
    """Load the bundled phrase libraries alone, by `name@version`: pages that need no more don't wait for the scripts.

    Raises BrokenLibraryError for an error.
    """
    return _phrases(files(__package__) / "library")


@cache
def load_checkpoint_sets() -> Mapping[str, str]:
    """Load the ready-made checkpoint sets alone, by name."""
    sets = files(__package__) / "library" / "sets"
    return {
        f.name.removesuffix(".checks"): f.read_text("utf-8")
        for f in sorted(sets.iterdir(), key=lambda f: f.name)
        if f.name.endswith(".checks")
    }


@cache
def load_library() -> Bundle:
    """Load and prove the bundled library.

    Raises BrokenLibraryError for an error, a duplicate or a script without plans.
    """
    folder = files(__package__) / "library"
    phrases = load_phrases()
    scripts: dict[str, BundledScript] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".call"):
            continue
        text = file.read_text("utf-8")
        compilation = compile_script(text, phrases)
        if compilation.script is None:
            raise BrokenLibraryError(_described(file.name, compilation.errors))
        if compilation.script.code in scripts:
            raise BrokenLibraryError(f"{file.name}: the code {compilation.script.code} is taken")
        plans = parse_plans((folder / file.name.replace(".call", ".plan")).read_text("utf-8"))
        if not plans:
            raise BrokenLibraryError(f"{file.name}: no plan proves it")
        scripts[compilation.script.code] = BundledScript(text, compilation.script, plans)
    return Bundle(tuple(scripts.values()), phrases, load_checkpoint_sets())


def _phrases(folder: Traversable) -> dict[str, PhraseLibrary]:
    found: dict[str, PhraseLibrary] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".lib"):
            continue
        name, _, version = file.name.removesuffix(".lib").partition("@")
        library, diagnostics = parse_library(name, int(version), file.read_text("utf-8"))
        if diagnostics:
            raise BrokenLibraryError(_described(file.name, diagnostics))
        found[library.key] = library
    return found


def _described(name: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    return "\n".join(f"{name}:{d.line}:{d.column} {d.code} {d.message('en')}" for d in diagnostics)
