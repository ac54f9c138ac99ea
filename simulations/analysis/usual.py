"""What the ready-made checkpoint sets ask for and a young script hasn't got yet: phrases, facts, fields, a node."""

from collections.abc import Mapping
from typing import Final

from ..script.diagnostics import Diagnostic
from ..script.tree import Script
from ..script.vocabulary import Section, name_key
from .edits import Edit, Fix, heading_of, last_line, swapped, written_after

# name -> the phrase with examples, in words that fit any trade; its author makes it narrower
PHRASES: Final[Mapping[str, str]] = {
    "自报": """自报 = (工号/我是)..{工号} / {工号}号..(为您/请讲/服务/接线)
正 自报: 您好，工号3276，请讲 | 3276号为您服务 | 您好，我是3276号话务员
反 自报: 您好，请讲 | 哪位""",
    "来意": """来意 = (回访/了解/核实/跟进/想问)..(一下/情况/结果) / (打电话/来电)..(是/想)..(回访/了解/核实/告诉/答复)
正 来意: 给您打电话是想了解一下情况 | 我想核实一下结果 | 这次来电是答复您上次的问题
反 来意: 请问您方便吗 | 您是本人吗""",
    "是否方便": """是否方便 = 方便..(吗/么/不) / 方不方便 / (耽误/占用/打扰)..(您/分钟/一下)
正 是否方便: 请问您现在方便接电话吗 | 耽误您一分钟可以吗 | 您现在说话方不方便
反 是否方便: 您是本人吗 | 昨天办好了吗""",
    "进展": """进展 = (已经/正在)..(办/处理/安排/核实/审核/派/联系) / (进展/进度)..(是/到)
正 进展: 您的事已经在办了 | 我们正在核实 | 目前进展是材料已经审核完了
反 进展: 我帮您查查进度 | 您再等等""",
    "原因": """原因 = (因为/由于)....(所以/造成/导致/没/延误/晚) / 原因..是 / 是我们..(没/漏/疏忽/出错)
正 原因: 因为系统升级，所以晚了两天 | 我查到原因是单子没派出去 | 是我们的疏忽，漏登记了
反 原因: 我查一下原因 | 我也不知道怎么回事""",
    "方案": """方案 = (给您/为您)..(重新/补/退/换/安排/改) / (现在/马上/今天)..(重新/补/退/换/安排)
正 方案: 我给您重新安排一次 | 差额给您退回原账户 | 今天就为您补办
反 方案: 退不了 | 您再等等看""",
    "安全指令": """安全指令 = (先/赶快/马上)..(离开/撤到/撤离/到外面/到室外) / (大家/人)..(都/先)..(出来/出去/撤)
正 安全指令: 请您先离开屋子 | 赶快撤到室外 | 让大家都出来
反 安全指令: 您先别走 | 人都出来了没有""",
    "危险指令": """危险指令 = (您/你/自己)..(去/回去)..(看看/检查/修/拿) / (打开/开)..(灯/电器)..(看看/检查)
正 危险指令: 您自己去检查一下 | 您再回去拿一下 | 打开灯看看
反 危险指令: 不要回去看 | 师傅去检查""",
}
TO_FILL: Final = "待填写"


def usual_phrase(name: str, lines: list[str]) -> Fix | None:
    """Write a phrase that the sets ask for, with its examples."""
    text = PHRASES.get(name)
    heading = heading_of(lines, Section.PHRASES)
    return written_after(last_line(heading, lines, ("【",)), text, lines) if text and heading else None


def fact_to_write(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Put the nearest name in its place, or else write the fact for its author to fill in."""
    if found.suggestion:
        return swapped(found, lines)
    heading = heading_of(lines, Section.CALLER)
    text = f"{found.params['name']} = {TO_FILL}"
    return written_after(last_line(heading, lines, ("【",)), text, lines) if heading else None


def field_to_write(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Put the nearest name in its place, or else write the field, answered by the fact of that name if there is one."""
    if found.suggestion:
        return swapped(found, lines)
    name, heading = found.params["name"], heading_of(lines, Section.TICKET)
    known = any(f.name.key == name_key(name) for f in tree.facts)
    text = f"{name}: 文本 = {f'{{{name}}}' if known else TO_FILL}"
    return written_after(last_line(heading, lines, ("【",)), text, lines) if heading else None


def node_meant(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Put the nearest node in its place; in a checkpoint, failing that, the one where the caller first speaks."""
    if found.suggestion:
        return swapped(found, lines)
    spoken = next((n.name.text for n in tree.nodes if n.lines), None)
    if spoken is None or not any(check.place.line == found.line for check in tree.checks):
        return None
    edit = Edit(found.line, found.column, found.end_column, spoken)
    return Fix("replace", spoken, (edit,))
