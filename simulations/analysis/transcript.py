"""A script made of a conversation that was written down: 客户：…… 话务员：…… line by line, as trainers have them."""

import re
from collections.abc import Sequence
from typing import Final

from ..script.settings import code_for
from .gist import Gists

_CALLER: Final = re.compile(
    r"^\W*(?:客户?|客人|来电人|来电者|用户|业主|市民|对方|caller|customer)\s*[:：]\s*", re.IGNORECASE
)
_OPERATOR: Final = re.compile(
    r"^\W*(?:话务员|接线员|坐席|座席|客服|工作人员|学员|我|agent|operator)\s*[:：]\s*", re.IGNORECASE
)
_LEAST: Final = 3
_MOST: Final = 12
_TITLE: Final = 24
_FORMAL: Final = 40  # points of answering, greeting and letting the caller hang up first
_BEFORE: Final = (
    "【考点】", "[接听] 三声内接听 | 时效 | 10 | 接听 <= 15秒", "[问候] 主动问候 | 礼貌 | 20 | 说(问候) @首句",
)
_BEHIND: Final = (
    "[!忌语] 没有服务忌语 | 礼貌 | 0 | 不说(忌语, 嘲讽, 粗口, 催赶, 训斥, 威吓, 甩手)",
    "[后挂] 让客户先挂机 | 礼貌 | 10 | 客户先挂",
)
_MATTERS: Final = re.compile("请[您你]?|先|把|帮您|给您|为您|马上|安排|小时|工作日|退|还是|多少|哪里|什么")
_HEAD: Final = """【剧本】
编号: {code}
标题: {title}
引用: {library}
响铃: 5秒一声，最多6声
沉默: 8秒 客: 喂？还在吗？
时限: 300秒
及格: 80

【人物】
姓名 = 待填写

【工单】
姓名: 文本 = {{姓名}}
"""


def script_of(text: str, library: str) -> str | None:
    """Return a script that plays a conversation, None when the text is none or is more than that.

    library   the phrase library to cite, `name@version`

    Each of the caller's turns becomes a node, each reply to it a model reply, a phrase with its gist and a checkpoint.
    """
    turns = _turns(text)
    if "【" in text or len(turns) < _LEAST:
        return None
    greeting = turns.pop(0)[1] if turns[0][0] == "operator" else "您好，请讲。"
    pairs = [(said, turns[i + 1][1]) for i, (who, said) in enumerate(turns[:-1]) if who == "caller"][:_MOST]
    if not pairs:
        return None
    farewell = turns[-1][1] if turns[-1][0] == "caller" else "好的，谢谢，再见。"
    title = _title(text) or max(_clauses(pairs[0][0]), key=len)[:_TITLE]
    head = _HEAD.format(code=code_for(title) or "my-script-01", title=title, library=library)
    replies = [reply for _said, reply in pairs]
    dialogue = _dialogue(greeting, pairs, farewell)
    return "\n".join([head, *_phrases(replies), "", *_checks(replies), "", *dialogue]) + "\n"


def _title(text: str) -> str:
    """Return the line above the conversation, "" when there is none."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return "" if _CALLER.match(first) or _OPERATOR.match(first) else first[:_TITLE]


def _clauses(words: str) -> list[str]:
    return [clause for clause in re.split(r"[，。！？；,.!?;\s]+", words) if clause] or [words]


def _core(reply: str) -> str:
    """Return the clause of a reply that matters: what it asks, tells to do or promises; the first of several."""
    return max(_clauses(reply), key=lambda clause: (bool(_MATTERS.search(clause)), -_clauses(reply).index(clause)))


def _turns(text: str) -> list[tuple[str, str]]:
    """Cut a text into turns; lines without a speaker belong to the turn before."""
    turns: list[tuple[str, str]] = []
    for line in (it.strip() for it in text.splitlines()):
        who = "caller" if _CALLER.match(line) else "operator" if _OPERATOR.match(line) else ""
        words = " ".join(_OPERATOR.sub("", _CALLER.sub("", line)).replace("|", " ").split())
        if not words or not (who or turns):
            continue
        if turns and who in ("", turns[-1][0]):
            turns[-1] = (turns[-1][0], turns[-1][1] + words)
        else:
            turns.append((who, words))
    return turns


def _phrases(replies: Sequence[str]) -> list[str]:
    lines = ["【短语】"]
    for number, reply in enumerate(replies, start=1):
        clause = _core(reply)
        others = [other for other in replies if other != reply]
        plain = re.sub(r"[/()（）^{}|]", "", clause)
        lines += [f"应答{number} = {Gists(f'应答{number}', [clause], others).of(clause) or plain}"]
        lines += [f"正 应答{number}: {reply}"]
    return lines


def _checks(replies: Sequence[str]) -> list[str]:
    each = (100 - _FORMAL) // len(replies)
    points = [each] * (len(replies) - 1) + [100 - _FORMAL - each * (len(replies) - 1)]
    asked = [
        f"[应答{n}] {_core(reply)[:_TITLE]} | 处置 | {mark} | 说(应答{n})"
        for n, (reply, mark) in enumerate(zip(replies, points, strict=True), start=1)
    ]
    return [*_BEFORE, *asked, *_BEHIND]


def _dialogue(greeting: str, pairs: Sequence[tuple[str, str]], farewell: str) -> list[str]:
    lines = ["【对话】", "== 接通 ==", f"* {greeting} => 问候 -> 第1段", "- -> 第1段"]
    for number, (said, reply) in enumerate(pairs, start=1):
        after = f"第{number + 1}段" if number < len(pairs) else "收尾"
        lines += ["", f"== 第{number}段 ==", f"客: {said}", f"* {reply} => 应答{number} -> {after}",
                  "- 客: 这我没听明白，那我该怎么办？"]
    return [*lines, "", "== 收尾 ==", f"客: {farewell}", "挂机: 客户 4秒后"]
