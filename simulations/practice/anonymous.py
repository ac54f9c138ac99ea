"""Take a person out of what was said in a call: their number, however it is said, and their name. Pure."""

import re
from typing import Final

HIDDEN: Final = "××"
_SPOKEN: Final = {"0": "0０〇零洞", "1": "1１一幺妖", "2": "2２二两", "3": "3３三", "4": "4４四", "5": "5５五",
                  "6": "6６六", "7": "7７七拐", "8": "8８八", "9": "9９九勾"}  # fmt: skip
_BETWEEN: Final = r"[\s、，,.\-·]*"
_CALLED: Final = r"(?:我姓|免贵姓|小|工号姓)"


def anonymous(text: str, *, name: str, staff_no: str) -> str:
    """Return a text without a person's staff number and name.

    >>> anonymous("平安燃气三二七六号陈雨桐，我姓陈。", name="陈雨桐", staff_no="3276")
    '平安燃气××号××，我姓××。'
    """
    if staff_no:
        digits = _BETWEEN.join(f"[{_SPOKEN.get(sign, re.escape(sign))}]" for sign in staff_no)
        text = re.sub(rf"(?<![0-9０-９]){digits}(?![0-9０-９])", HIDDEN, text)
    if len(name) > 1:
        text = text.replace(name, HIDDEN)
        if len(name) > 2 and not name.isascii():
            text = text.replace(name[1:], HIDDEN)
        text = re.sub(rf"({_CALLED}){re.escape(name[0])}(?![\u4e00-\u9fff]{{3}})", rf"\1{HIDDEN}", text)
    return text
