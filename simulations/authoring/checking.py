"""A text as the editor sees it: what is wrong where, what would put it right, and its graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from lms.kernel.i18n import _
from simulations import CompiledScript, Diagnostic, PhraseLibrary, compile_script
from simulations.analysis.drawing import draw
from simulations.analysis.fixes import MENDING, Fix, fix_for
from simulations.analysis.graph import BranchKey, Graph, graph_of
from simulations.analysis.usual import TO_FILL
from simulations.authoring.starters import TITLE
from simulations.script.compiler import Compilation
from simulations.script.diagnostics import Findings
from simulations.script.settings import read_settings
from simulations.script.tree import Script
from simulations.script.vocabulary import SECTIONS, Section, name_key

UNREAD = frozenset({"CS102", "CS106", "CS109", "CS110", "CS111", "CS112", "CS113", "CS118", "CS119", "CS122", "CS124"})


@dataclass(frozen=True)
class Checked:
    """A compiled text. calls: how many played calls the traffic was counted from."""

    text: str
    compilation: Compilation
    traffic: Mapping[BranchKey, int]
    calls: int

    @property
    def script(self) -> CompiledScript | None:
        """The script, unless there is an error."""
        return self.compilation.script

    @property
    def tree(self) -> Script:
        """What could be read."""
        return self.compilation.tree

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding, in the order of the text."""
        return self.compilation.diagnostics

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What keeps it from being sent."""
        return self.compilation.errors

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The rest."""
        return self.compilation.warnings

    @cached_property
    def graph(self) -> Graph:
        """The script as a graph, errors or none."""
        return graph_of(self.tree, read_settings(self.tree, Findings()))

    @property
    def drawing(self) -> Markup:
        """The graph as SVG."""
        return draw(self.graph, traffic=self.traffic, label=_("The script as a graph"))

    @property
    def mendable(self) -> int:
        """How many findings a click puts right without taking anything out."""
        return sum(1 for fix in self._fixes.values() if fix and fix.kind in MENDING)

    @property
    def to_fill(self) -> list[int]:
        """Return the lines that a click wrote for the author to fill in and that still wait for it."""
        written = [(f.name, f.value) for f in self.tree.facts] + [(f.name, f.answer) for f in self.tree.fields]
        return [name.place.line for name, value in written if TO_FILL in value]

    @property
    def is_untouched(self) -> bool:
        """Tell whether this is still the script that every draft begins with."""
        return any(h.key == "标题" and h.value == TITLE for h in self.tree.headers)

    def unread_in(self, section: Section) -> list[Diagnostic]:
        """Return the findings of lines of a section that could not be read, and so stand in no table."""
        heading, found = None, []
        for number, line in enumerate(self.text.splitlines(), start=1):
            if line.strip().startswith("【"):
                heading = SECTIONS.get(name_key(line.strip().strip("【】")))
            if heading is section:
                found += [d for d in self.diagnostics if d.line == number and d.code in UNREAD]
        return found

    def fix(self, found: Diagnostic) -> Fix | None:
        """Return what would put a finding right."""
        return self._fixes[found]

    @cached_property
    def _fixes(self) -> dict[Diagnostic, Fix | None]:
        return {found: fix_for(found, self.text, self.tree) for found in self.diagnostics}


def check(
    text: str, libraries: Mapping[str, PhraseLibrary], *, traffic: Mapping[BranchKey, int], calls: int
) -> Checked:
    """Compile a text, whatever is wrong with it."""
    return Checked(text, compile_script(text, libraries), traffic, calls)
