"""Compiles the catalogues when a wheel is built, so that an installed program needs no tools to speak Chinese."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface[Any]):
    """Called by hatchling before it collects the wheel's files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalogue that is missing or older than its text."""
        sys.path.insert(0, str(Path(self.root)))
        from lms.kernel.catalogues import compile_catalogues  # importable only from the root of the sources

        compile_catalogues()
