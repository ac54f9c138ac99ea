"""How replies are read: polarity, gaps, numerals, slots."""

import pytest

from simulations.wording.characters import folded
from simulations.wording.numerals import as_digits
from simulations.wording.phrases import Phrase
from simulations.wording.polarity import Polarity
from simulations.wording.reading import read
from simulations.wording.slots import Found, SlotKind, read_slot, same_value

VALVE = Phrase.of("关阀", "(关/拧/闭)..阀 / 阀..(关/拧/闭)")
POWER = Phrase.of(
    "用电", "(开/碰/按/动)..(灯/电器/开关/油烟机) / (灯/电器/开关/油烟机)..(开/碰/按/动)", leans_negative=True
)
PROMISE = Phrase.of("保证", "(保证/肯定/一定)..(到账/退)", leans_negative=True)
ADDRESS = "幸福路12号3幢2单元601室"
YES, NO, NEITHER = Polarity.AFFIRMED, Polarity.NEGATED, Polarity.NEUTRAL


def last_word(phrase, reply):
    heard = phrase.heard_in(reply)
    return heard[-1].polarity if heard else None


@pytest.mark.parametrize(
    ("reply", "polarity"),
    [
        ("请您把阀门关一下好吗", YES),
        ("麻烦您关下总阀可以吗？", YES),
        ("您别着急先关阀门", YES),
        ("别碰灯把阀门关了", YES),
        ("千万别碰电灯开关先把总阀关了打开窗户", YES),
        ("您能关阀的话就关一下阀门", YES),
        ("如果您能走动就把总阀关了", YES),
        ("不要慌，阀门拧紧", YES),
        ("不能不关阀", YES),
        ("務必將閥門關上", YES),
        ("阀门先别关", NO),
        ("切勿关闭阀门", NO),
        ("不用关阀", NO),
        ("请問閥門關了嗎", NEITHER),
        ("您知道怎么关阀吗", NEITHER),
        ("您家阀门关没关", NEITHER),
        ("您有没有关阀", NEITHER),
        ("阀门关不上是吗", NEITHER),
        ("您说阀门关了", NEITHER),
        ("您已经把阀门关了，很好", NEITHER),
        ("要是阀门关了就好了", NEITHER),
        ("关于阀门的问题", None),
        ("千万别开灯关总阀", YES),
        ("先别打电话了关阀门", YES),
        ("千万别自己去关总阀", NO),
        ("如果闻到味道立刻关阀", YES),
        ("万一有味儿尽快把阀门关上", YES),
        ("如果我们立刻关阀就好了", NEITHER),
        ("阀门要关好我不能替您关", YES),
        ("您把阀门关上行不行", YES),
        ("阀门关了可以不可以", YES),
        ("按您说的把阀门关上", YES),
        ("现在关阀门不行", NO),
    ],
)
def test_the_polarity_of_an_instruction(reply, polarity):
    assert last_word(VALVE, reply) is polarity


@pytest.mark.parametrize(
    ("reply", "polarity"),
    [
        ("电灯开关千万别碰", NO),
        ("打开窗户电灯别碰", NO),
        ("灯，您可千万别碰", NO),
        ("千万别打电话或者开灯", NO),
        ("千万不要抽烟打火开灯", NO),
        ("别在屋里把灯打开", NO),
        ("一开灯就会爆炸", NO),
        ("开灯是很危险的", NO),
        ("离电器远点，打开窗户", None),
        ("灯是开着的还是关着的", NEITHER),
        ("开着的灯不要关", NEITHER),
        ("灯要是开着就别动它", NEITHER),
        ("您刚才开灯了吗", NEITHER),
        ("您按一下油烟机试试", YES),
        ("别开灯，哦不对，您还是开灯找一下阀门", YES),
        ("唔好开灯，唔使惊", NO),
        ("唔，您开灯看看", YES),
    ],
)
def test_the_polarity_of_something_dangerous(reply, polarity):
    assert last_word(POWER, reply) is polarity


@pytest.mark.parametrize(
    ("reply", "polarity"),
    [
        ("我保证明天到账", YES),
        ("他保证退给您钱了吗？", NEITHER),
        ("我保证明天到账行了吗", YES),
        ("我不能保证明天到账", NO),
        ("现在没法保证什么时候到账", NO),
        ("不一定到账", NO),
        ("怎么能保证到账呢", NO),
        ("我们从来不会打电话让您肯定退钱", NO),
    ],
)
def test_the_polarity_of_a_promise(reply, polarity):
    assert last_word(PROMISE, reply) is polarity


@pytest.mark.parametrize(
    ("reply", "polarity"),
    [
        ("请马上停止施工所有人撤到上风口", YES),
        ("千万别抽烟所有人撤出来", YES),
        ("不要叫所有人都撤", NO),
        ("停止撤人", NO),
        ("我们不帮您让所有人撤", NO),
        ("不想等就让所有人先撤", YES),
    ],
)
def test_the_polarity_of_what_a_new_subject_is_told(reply, polarity):
    assert last_word(Phrase.of("疏散", "所有人..撤 / 撤人"), reply) is polarity


def test_what_is_unwanted_is_forbidden_behind_as_well():
    fire = Phrase.of("禁火", "电焊 / 抽烟", leans_negative=True)
    assert [last_word(fire, reply) for reply in ("电焊都不要做", "抽烟别急")] == [NO, YES]


def test_a_question_of_how_much_or_how_long_instructs_nothing():
    assert last_word(Phrase.of("停工", "停工"), "停工多久了") is NEITHER
    assert last_word(Phrase.of("用量", "邻居..用了多"), "邻居用了多少") is NEITHER


def test_a_question_asked_without_a_pause_before_the_next_is_one():
    assert last_word(Phrase.of("转账", "钱转"), "钱转了没有验证码给他了没有") is NEITHER
    assert last_word(Phrase.of("转账", "钱转"), "钱转了没关系") is YES


def test_a_question_is_one_where_the_match_begins_inside_its_question_word():
    assert last_word(Phrase.of("工牌", "(有/看)..工牌"), "他有没有给您看工牌") is NEITHER


@pytest.mark.parametrize(
    ("reply", "heard"),
    [
        ("平安燃气3276号", True),
        ("平安燃气，工号是3276号", True),
        ("平安燃气的客服人员3276号", True),
        ("平安燃气的所有客服人员3276号", False),
        ("平安燃气。3276号", False),
    ],
    ids=["together", "over a comma", "six between", "eight between", "over a full stop"],
)
def test_a_gap_holds_six_characters_within_a_sentence(reply, heard):
    assert bool(Phrase.of("自报", "平安燃气..{工号}号").heard_in(reply)) is heard


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("幺三八", "138"),
        ("十二号", "12号"),
        ("六零一", "601"),
        ("二十四小时", "24小时"),
        ("一百零五元", "105元"),
        ("三幢", "3幢"),
        ("十分抱歉", "十分抱歉"),
        ("千万别", "千万别"),
        ("一定", "一定"),
        ("万一", "万一"),
        ("两三天", "两3天"),
        ("一一零二室", "1102室"),
        ("第三方", "第三方"),
    ],
)
def test_chinese_numerals_become_digits_only_where_they_are_numbers(written, digits):
    assert "".join(c.text for c in as_digits(folded(written))) == digits


@pytest.mark.parametrize(
    ("reply", "found", "wrong_at"),
    [
        ("16405716688", Found.RIGHT, 0),
        ("164-0571-6688", Found.RIGHT, 0),
        ("幺六四，零五七幺，六六八八", Found.RIGHT, 0),
        ("１６４０５７１６６８８", Found.RIGHT, 0),
        ("601室16405716688", Found.RIGHT, 0),
        ("16405716668", Found.WRONG, 10),
        ("26405716688", Found.WRONG, 1),
        ("1640571668", Found.WRONG, 0),
        ("尾号6688", Found.ABSENT, 0),
        ("您的电话", Found.ABSENT, 0),
    ],
)
def test_a_phone_is_exact_over_all_its_digits(reply, found, wrong_at):
    reading = read_slot(SlotKind.DIGITS, "16405716688", read(reply).sentences, by_ear=False)
    assert (reading.found, reading.wrong_at) == (found, wrong_at)


@pytest.mark.parametrize(
    ("reply", "found", "component"),
    [
        ("幸福路12号3幢2单元601室", Found.RIGHT, ""),
        ("幸福路12号3栋2单元601", Found.RIGHT, ""),
        ("幸福路12号是吧？3幢2单元601对吗", Found.RIGHT, ""),
        ("幸福路12号3-2-601", Found.RIGHT, ""),
        ("幸福路12号5幢2单元601室", Found.WRONG, "3幢"),
        ("幸福路12号3幢2单元", Found.WRONG, "601室"),
        ("兴福路12号3幢2单元601室", Found.WRONG, "幸福路"),
        ("好的我记下了", Found.ABSENT, ""),
    ],
)
def test_an_address_is_compared_by_component(reply, found, component):
    reading = read_slot(SlotKind.ADDRESS, ADDRESS, read(reply).sentences, by_ear=False)
    assert (reading.found, reading.component) == (found, component)


@pytest.mark.parametrize(
    ("kind", "answer", "written", "right"),
    [
        (SlotKind.ADDRESS, ADDRESS, "杭州市西湖区幸福路12号3幢2单元601室", True),
        (SlotKind.ADDRESS, ADDRESS, "幸福路12号3幢2单元602室", False),
        (SlotKind.ADDRESS, ADDRESS, "幸福路12号3幢2单元601室阁楼5层", False),
        (SlotKind.TEXT, "王桂芳", "王 桂芳", True),
        (SlotKind.TEXT, "王桂芳", "王桂方", False),
        (SlotKind.TEXT, "李建國", "李建国", True),
        (SlotKind.DIGITS, "16405716688", "164 0571 6688", True),
        (SlotKind.DIGITS, "16405716688", "16405716688a", True),
        (SlotKind.DIGITS, "16405716688", "1640571668", False),
    ],
)
def test_a_form_is_compared_exactly_and_never_by_sound(kind, answer, written, right):
    assert (same_value(kind, answer, written).found is Found.RIGHT) is right


def test_english_replies_are_matched_by_word_and_know_do_not():
    valve = Phrase.of("valve", "(close/shut)..valve")
    assert last_word(valve, "Please shut the main valve now.") is YES
    assert last_word(valve, "Don't close the valve!") is NO
    assert last_word(valve, "Don't forget to close the valve.") is YES
    assert last_word(valve, "Don't switch on a thing before you close the valve.") is YES
    assert last_word(valve, "We disclose valves.") is None


def test_a_rude_question_among_the_examples_of_what_is_forbidden_makes_only_its_own_wording_a_question():
    rude = Phrase.of("忌语", "(听懂/听明白)..没有 / 没人管", leans_negative=True)
    rude = rude.proven_to_ask("你到底听懂了没有")
    assert [last_word(rude, reply) for reply in ("你听懂了没有", "是不是一直没人管呢", "没人管")] == [YES, NEITHER, YES]
    assert Phrase.of("问址", "住..哪").proven_to_ask("您住在哪").asks


def test_a_pattern_with_many_gaps_stays_quick_on_a_long_reply():
    slow = Phrase.of("慢", "..".join(["(关/开)"] * 12) + "..阀")
    assert slow.heard_in("关开" * 250) == ()
