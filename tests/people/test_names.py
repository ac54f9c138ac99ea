"""Chinese names in Latin letters."""

import pytest

from lms.people.rules.names import initials, latin_name


@pytest.mark.parametrize(
    ("name", "latin", "letters"),
    [
        ("陈雨桐", "Yutong Chen", "cyt"),
        ("单雪", "Xue Shan", "sx"),
        ("曾婷", "Ting Zeng", "zt"),
        ("解晓东", "Xiaodong Xie", "xxd"),
        ("欧阳娜", "Na Ouyang", "oyn"),
        ("司马相如", "Xiangru Sima", "smxr"),
        ("吕娜", "Na Lyu", "ln"),
        ("任重", "Zhong Ren", "rz"),
        ("Ann Lee", "", "al"),
        ("", "", ""),
    ],
)
def test_surnames_are_read_as_surnames(name, latin, letters):
    assert (latin_name(name), initials(name)) == (latin, letters)


def test_a_very_long_name_has_at_most_twenty_initials():
    assert len(initials("陈" * 40)) == 20
