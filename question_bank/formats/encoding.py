"""Text files as they come: which encoding are they in?"""

from __future__ import annotations

import codecs
import re

from question_bank.formats.records import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_NO_SIGN = re.compile("[\ufffd-\uffff\ufdd0-\ufdef\x7f-\x84\x86-\x9f]")
_ALLOWED_CONTROLS = frozenset("\n\r\t\f\u2028\u2029\ufeff")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of the encoding it was read as.

    Byte-order marks decide; then UTF-16 without a mark (many zero bytes), UTF-8, GB18030 (and with it GBK and
    GB2312). Line ends become plain. Raises UnreadableFile for anything else: it says so rather than guess.

    >>> decode("您好".encode("gbk"))
    ('您好', 'GB18030')
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _read(data[len(mark) :], codec, name), name
    if b"\x00" in data[:4096]:
        codec = "utf-16-le" if data[1::2].count(0) >= data[0::2].count(0) else "utf-16-be"
        return _read(data, codec, "UTF-16"), "UTF-16"
    try:
        return _read(data, "utf-8", "UTF-8"), "UTF-8"
    except UnreadableFile:
        return _read(data, "gb18030", "GB18030"), "GB18030"


def _read(data: bytes, codec: str, name: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise UnreadableFile("encoding_unknown", tried=name) from None
    if any(sign < " " and sign not in _ALLOWED_CONTROLS for sign in text) or _NO_SIGN.search(text):
        raise UnreadableFile("not_a_text_file")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
