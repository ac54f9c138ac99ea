"""The short form of the fuzzer: a few hundred damaged files, the same ones every time."""

import random

import pytest

from tests.soak.fuzz import IMPORTERS, fuzz, valid_files


@pytest.mark.parametrize("importer", IMPORTERS)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(importer, tmp_path):
    found = fuzz(importer, tmp_path, random.Random(f"1{importer}"), files=40)
    assert found.wrong == []
    assert found.read + found.refused == 40


def test_every_form_of_file_is_fuzzed():
    assert set(valid_files()) == set(IMPORTERS)
