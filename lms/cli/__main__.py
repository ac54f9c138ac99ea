"""`python -m lms.cli` is `floorready`."""

from lms.cli import main

main(prog_name="floorready")
