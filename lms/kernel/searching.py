"""How Chinese and English texts are searched: any run of characters, and, for whole sentences, how much they share.

Chinese has no spaces between words. A word that is typed is looked for as it stands, wherever it stands; a sentence,
as a caller says it, is cut into pairs of characters, and the texts that share the rarer pairs come first.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

MOST_WORDS: Final = 8
MOST_PIECES: Final = 60
SCALE: Final = 10_000
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]{2,}")
# Pairs that stand in nearly every question and tell nothing.
_EMPTY: Final = frozenset({
    "怎么", "么办", "什么", "是不", "不是", "我们", "你们", "一下", "请问", "可以", "可不", "不可", "能不", "不能",
    "我家", "我想", "我要", "我的", "你的", "为什", "有没", "没有", "这个", "那个", "一个", "现在", "就是", "然后",
    "多少", "办啊",
})



def folded(text: str) -> str:
    """Fold width and capitals, and take spaces away: Chinese is searched by any run of characters.

    >>> folded(" Ｇas 阀门 ")
    'gas阀门'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_of(term: str) -> tuple[str, ...]:
    """Return the words of a search, folded, in order, at most eight.

    >>> words_of("燃气　泄漏 CO")
    ('燃气', '泄漏', 'co')
    """
    return tuple(filter(None, (folded(word) for word in term.split())))[:MOST_WORDS]


def pieces_of(text: str) -> tuple[str, ...]:
    """Return what a sentence is compared by: pairs of Chinese characters and Latin words, each once, at most sixty.

    >>> pieces_of("我家闻到煤气味，APP打不开")
    ('家闻', '闻到', '到煤', '煤气', '气味', '打不', '不开', 'app')
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    pairs = [run[at : at + 2] for run in _HAN.findall(plain) for at in range(len(run) - 1)]
    found = dict.fromkeys([*pairs, *_LATIN.findall(plain)])
    return tuple(piece for piece in found if piece not in _EMPTY)[:MOST_PIECES]


def shares(pieces: Collection[str], texts: Sequence[Sequence[tuple[str, int]]]) -> list[int]:
    """Return how much each text shares with a sentence, 0 for nothing: rarer pieces count for more.

    pieces   of the sentence
    texts    for each text its parts, folded, each with its weight, 1 or more; a piece counts once, where it weighs most

    >>> shares(("煤气", "气味"), [[("闻到煤气味", 3)], [("煤气灶", 1)], [("电费", 1)]])
    [45000, 5000, 0]
    """
    carried = [
        {piece: weight for piece in pieces if (weight := max((w for part, w in parts if piece in part), default=0))}
        for parts in texts
    ]
    spread = {piece: sum(piece in found for found in carried) for piece in pieces}
    return [sum(weight * SCALE // spread[piece] for piece, weight in found.items()) for found in carried]
