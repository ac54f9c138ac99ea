"""House habits that a machine can check."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [
    path
    for package in ("lms", "courses", "question_bank", "simulations")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
]
PAGES = [
    *(ROOT / "templates").rglob("*.html"),
    *(ROOT / "lms" / "web" / "static").rglob("*.js"),
    *(ROOT / "lms" / "web" / "static").rglob("*.css"),
]
LONGEST = 400  # lines of a file


def test_no_layer_knows_a_layer_above_it():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_file_is_named_after_nothing():
    assert [path.name for path in CODE if path.stem in {"utils", "helpers", "common", "manager", "misc"}] == []


def test_files_stay_readable():
    assert {
        str(path.relative_to(ROOT)): lines for path in CODE if (lines := path.read_text().count("\n")) > LONGEST
    } == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_loads_nothing_from_another_host_and_carries_no_inline_style_or_handler(page):
    text = page.read_text()
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", text) == []
    assert re.findall(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", text) == []
    if page.suffix == ".html" and "print" not in page.parts and "email" not in page.parts:
        assert re.findall(r"""\s(?:style|on[a-z]+)=["']""", text) == []
        assert re.findall(r"<script(?![^>]*(?:src=|nonce=|type=\"application/json\"))[^>]*>", text) == []
