"""Invented people: names put together from common surnames and given names, numbers no operator sells."""

from collections.abc import Iterator
from random import Random

SURNAMES = (
    "陈 林 周 王 李 张 刘 黄 吴 徐 孙 马 朱 胡 郭 何 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 萧 田 董 袁 潘 于 蒋 蔡 余 杜 "
    "叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖"
).split()
GIVEN = (
    "雨桐 晓雯 岚 思远 佳怡 浩然 婉清 子墨 静怡 若彤 志远 欣然 晨曦 俊杰 雅琪 梦洁 文博 心怡 凯文 诗涵 一鸣 海宁 慧敏 建新 "
    "可欣 立群 明轩 雪莹 嘉树 思齐 语嫣 俊熙 丹妮 少华 春燕 国栋 红梅 秋实 佩玲 振宇 书瑶 永康 玉洁 天佑 乐怡 承志 美玲 "
    "家豪 雨薇 景行 怀瑾 清越 若水 向阳 知夏 逸飞 念慈 云舒 修远 锦程 望舒"
).split()
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
