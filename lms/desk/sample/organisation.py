"""The sample's organisation: a gas company's call centre with three sites and twelve teams, and its eight queues."""

from dataclasses import dataclass

ROOT = ("pa", "平安燃气客户服务中心", "Ping'an Gas Customer Service Centre")
SITES = (
    ("hz", "杭州中心", "Hangzhou"),
    ("nb", "宁波中心", "Ningbo"),
    ("jx", "嘉兴中心", "Jiaxing"),
)
TEAMS = (
    ("hz", "t01", "早一班", "Early team 1"),
    ("hz", "t02", "早二班", "Early team 2"),
    ("hz", "t03", "中一班", "Middle team 1"),
    ("hz", "t04", "中二班", "Middle team 2"),
    ("hz", "t05", "晚班", "Late team"),
    ("hz", "t06", "应急班", "Emergency team"),
    ("nb", "t07", "早班", "Early team"),
    ("nb", "t08", "中班", "Middle team"),
    ("nb", "t09", "晚班", "Late team"),
    ("jx", "t10", "早班", "Early team"),
    ("jx", "t11", "中班", "Middle team"),
    ("jx", "t12", "晚班", "Late team"),
)
POSTS = (
    ("operator", "话务员", "Operator"),
    ("senior", "资深话务员", "Senior operator"),
    ("lead", "班长", "Shift leader"),
    ("trainer", "讲师", "Trainer"),
    ("quality", "质检员", "Quality assessor"),
    ("office", "职能岗", "Staff function"),
)


@dataclass(frozen=True)
class SampleQueue:
    """A queue and how many heads it needs at a quiet, a usual and a busy hour, over all sites."""

    code: str
    name: str
    name_en: str
    short: str
    share: float  # of operators who are meant to serve it
    heads: tuple[int, int, int]
    among: str = ""  # only whoever serves this queue already may serve it too


QUEUES = (
    SampleQueue("gas", "燃气抢修", "Gas Emergency Repair", "抢修", 0.45, (22, 34, 42)),
    SampleQueue("service", "业务咨询", "General Enquiries", "咨询", 0.85, (12, 48, 60)),
    SampleQueue("billing", "账单缴费", "Bills and Payment", "账单", 0.55, (4, 30, 40)),
    SampleQueue("complaint", "投诉受理", "Complaints", "投诉", 0.25, (3, 18, 22)),
    SampleQueue("install", "报装开户", "New Connections", "报装", 0.35, (0, 18, 24)),
    SampleQueue("callback", "外呼回访", "Call-backs", "回访", 0.3, (0, 15, 20)),
    SampleQueue("order", "商城订单", "Shop Orders", "订单", 0.15, (0, 6, 8), among="service"),
    SampleQueue("emergency", "120 急救受理", "Ambulance Calls", "急救", 0.2, (2, 4, 5), among="gas"),
)
NIGHT, USUAL, BUSY = range(3)
BUSY_HOURS = (9, 10, 11, 14, 15, 16, 17)


def busyness(hour: int) -> int:
    """Return how busy an hour of the day is: 0 night, 1 usual, 2 busy."""
    if hour in BUSY_HOURS:
        return BUSY
    return USUAL if 8 <= hour < 20 else NIGHT
