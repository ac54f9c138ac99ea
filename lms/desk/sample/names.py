"""Invented people: names put together from common surnames and given names, numbers no operator sells."""

from collections.abc import Iterator
from random import Random

# One character a surname, one word a given name.
SURNAMES = tuple(
    "陈林周王李张刘黄吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于"
    "蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
)
_GIVEN = """
    雨桐 晓雯 岚 思远 佳怡 浩然 婉清 子墨 静怡 若彤 志远 欣然 晨曦 俊杰 雅琪 梦洁 文博 心怡 凯文 诗涵
    一鸣 海宁 慧敏 建新 可欣 立群 明轩 雪莹 嘉树 思齐 语嫣 俊熙 丹妮 少华 春燕 国栋 红梅 秋实 佩玲 振宇
    书瑶 永康 玉洁 天佑 乐怡 承志 美玲 家豪 雨薇 景行 怀瑾 清越 若水 向阳 知夏 逸飞 念慈 云舒 修远 锦程
    望舒
"""
GIVEN = tuple(_GIVEN.split())
RARE = ("瞿甡", "赵龑", "钱㛃")  # characters many fonts lack: certificates must print them all the same


def names(random: Random) -> Iterator[str]:
    """Yield invented names without end, each once; a few have characters that are rare in fonts."""
    seen: set[str] = set()
    yield from RARE
    while True:
        name = random.choice(SURNAMES) + random.choice(GIVEN)
        if name not in seen:
            seen.add(name)
            yield name


def phone(random: Random) -> str:
    """Return a mobile number of the 164 range, which no operator sells."""
    return f"164{random.randrange(10**7, 10**8)}"
