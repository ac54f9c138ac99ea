"""Chinese names in Latin letters: for certificates, and for finding people by their initials."""

from typing import Final

from lms.kernel.pinyin import first_letters, spelt_out

_COMPOUND_SURNAMES: Final = frozenset((
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙",
    "宇文", "司徒", "端木", "南宫", "百里", "夏侯", "轩辕", "独孤", "闻人", "申屠", "太史",
))
_LONGEST_INITIALS: Final = 20


def latin_name(name: str) -> str:
    """Return a Chinese name in pinyin, given name first as on certificates; "" for a name without Chinese signs.

    >>> latin_name("陈雨桐"), latin_name("欧阳娜"), latin_name("Ann Lee")
    ('Yutong Chen', 'Na Ouyang', '')
    """
    if not _is_chinese(name):
        return ""
    cut = 2 if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else 1
    surname = "".join(spelt_out(name[:cut]))
    given = "".join(spelt_out(name[cut:]))
    parts = (given, _surname(name[:cut], surname))
    return " ".join(part.replace("v", "yu").capitalize() for part in parts if part)  # 吕: Lyu, as in passports


def initials(name: str) -> str:
    """Return the initials of a name in small letters, at most 20.

    >>> initials("陈雨桐"), initials("单于飞"), initials("Ann Lee")
    ('cyt', 'syf', 'al')
    """
    if not _is_chinese(name):
        return "".join(word[0] for word in name.lower().split() if word)[:_LONGEST_INITIALS]
    letters = first_letters(name)
    first = _surname(name[:1], letters[0] if letters else "")[:1]
    return (first + "".join(letters[1:])).lower()[:_LONGEST_INITIALS]


# Signs that are read otherwise in a surname.
_SURNAMES: Final = {
    "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "尉": "wei", "盖": "ge",
    "朴": "piao", "任": "ren", "华": "hua", "翟": "zhai", "覃": "qin", "缪": "miao", "乐": "yue",
    "秘": "bi", "冼": "xian", "员": "yun", "折": "she", "种": "chong", "黑": "he", "繁": "po",
}


def _surname(signs: str, reading: str) -> str:
    return _SURNAMES.get(signs, reading)


def _is_chinese(name: str) -> bool:
    return bool(name) and "\u3400" <= name[0] <= "\U0003ffff"
