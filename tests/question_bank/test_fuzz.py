"""The short form of the fuzzer: a few hundred damaged files, the same ones every time."""

import random

import pytest

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank.formats.opening import open_file
from tests.soak.fuzz import IMPORTERS, fuzz, patience, valid_files


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("importer", IMPORTERS)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(importer, tmp_path):
    found = fuzz(importer, tmp_path, random.Random(f"1{importer}"), files=20)
    assert found.wrong == []
    assert found.read + found.refused == 20


def test_every_form_of_file_is_fuzzed():
    assert set(valid_files()) == set(IMPORTERS)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 1_000_000 + "1. 问？\n答案：甲",
        "问？{=三声" + "\n\n行" * 200_000 + "}",
        "// floorready: " + "[" * 100_000 + "\n问？{T}",
        "1. 问？\nA. 一" + " " * 500_000 + "二\n分值：" + " " * 500_000 + "x",
        "1. 问？\nA. 一\nB. 二\n答案：\n1. " + "," * 500_000 + "x",
        "<p" * 300_000 + "{T}",
        "1. 问？\n答案：A\n解析：" + "行\n" * 300_000,
    ],
    ids=["empty lines", "lines in braces", "nested comment", "spaces", "commas", "open tags", "a long explanation"],
)
def test_a_text_made_to_be_slow_is_read_or_refused_in_time(tmp_path, text):
    path = tmp_path / "slow"
    path.write_text(text, encoding="utf-8")
    try:
        with patience():
            open_file(path, "txt")
    except UnreadableFile as refused:
        assert refused.code
