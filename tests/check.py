"""`./floorready check`: the house rules that tools can check. Every tool runs, whatever the others found."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
TOOLS = (
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("import contract", ("lint-imports",)),
)


def main() -> int:
    """Run every tool; return 1 when one of them found something."""
    failed = []
    for name, (tool, *arguments) in TOOLS:
        print(f"== {name}", flush=True)
        if subprocess.run([str(BIN / tool), *arguments], cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
