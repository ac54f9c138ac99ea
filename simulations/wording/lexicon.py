"""Words that turn, suspend or keep the meaning of an instruction. Data only; `polarity` says how they act.

Every list is an alternation, longest first, over normalised text (simplified, half width, numbers in digits).
"""

import re
from typing import Final


def _any(words: str) -> str:
    return "|".join(sorted((re.escape(w) for w in words.split()), key=len, reverse=True))


# Contain a negator but deny nothing: taken out before negators are looked for.
NEUTRAL_IDIOMS: Final = re.compile(
    _any("""
特别 分别 级别 区别 识别 个别 别墅 别的 别人 别处 别家 告别 辨别 差别 性别 类别 莫名 莫非 莫过于 约莫
不好意思 不管 不过 不仅 不但 不光 不只 不止 不错 不客气 差不多 不一会 不久 不断 不停 不同
不便 不如 不论 对不起 对不住 过意不去 了不起
来不及 听不清 看不清 听不见 听不到 打不通 打不开 关不上 关不掉 关不了 拧不动 拧不上 闻不到 用不了
离不开 受不了 不舒服 不放心 不方便 不远 不对 不清楚
要不然 要不 是不是 能不能 可不可以 好不好 行不行 要不要 有没有 知不知道 在不在 对不对 会不会
没事 没关系 没问题 没错 没准 别光 别只 不满 不适 不良 不明 不足
无论 无线 未来 未必 未免 禁区 别管 不管不顾
""")
    + r"|[不别勿莫甭](?:要|用|必|太)?(?:着急|担心|紧张|害怕|生气|激动|惊慌|慌张|客气|犹豫|耽误|停留|逗留|磨蹭|恋财"
    r"|拖延|迟疑|等待|急|慌|怕|气|拖|等)了?"
    r"|先?(?:别|不要|莫|甭)(?:先)?挂(?:断|掉|电话|机)?(?:电话)?|不急|不用谢|急不得"
)
# Contain a negator and affirm.
AFFIRMING_IDIOMS: Final = re.compile(
    r"千万别忘记?了?|(?:别|不要|不能|莫|勿|甭|可别)忘记?了?|不能不|不得不|不可不|不要不|别不|不会不|没有不"
    r"|非.{1,4}不可|务必|切记|勿忘|忘不了"
)
# Forbid or advise against.
PROHIBITING: Final = re.compile(
    _any("""
不要 不能 不可以 不可 不得 不许 不准 不该 不应该 不应 不宜 不用 不必 不需要 不需 无需 无须 用不着
切勿 切莫 切忌 请勿 禁止 严禁 禁 避免 防止 以免 杜绝 停止
别 甭 莫 勿 休要 嫑 覅 唔好 唔使 唔可以
""")
)
# Deny a statement.
DENYING: Final = re.compile(
    _any("""
不敢 不便 没权力 没权利 没有权力 没有权利 没权限 没有权限 没资格 无权 不让
不会 不给 不帮 不替 不想 不愿 不是 并非 无法 没法 没办法 没有办法 不好说 不见得 不一定 难以 很难
不太 不大 不怎么
没什么好 没啥好 有什么好 有啥好 没必要 谈不上 不保证 不承诺 不代表 不等于 不可能 没敢 没让 没叫 不叫 不建议 不推荐
没有 还没 尚未 没 未 没说 没有说 没有让 没有叫 哪能 哪会 怎么会 怎么能 怎么可能 怎能 谈何
""")
)
# One negation of another: both fall away (不是不给您退).
CANCELLING: Final = re.compile(
    r"(?:不是|并不是|并非|不会|不可能|没有|没说|不至于|哪能|哪会|怎么会|怎么能|怎么可能)(?:说|要|想|让|故意|我们|我)?$"
)
STATED_FACTS: Final = frozenset(
    {"没有", "还没", "尚未", "没", "未", "没让", "没叫", "没敢", "没说", "没有说", "没有让", "没有叫"}
)
# These govern the very next word alone: 「三天没到账搁谁都急」 does not deny the worry.
WISHES: Final = frozenset({"不想", "不愿"})  # with 就 behind they are a condition: 「不想跑就在手机上办」
STOPPING: Final = "停止"  # what is to stop is the next word: 「停止施工所有人撤离」
SUBJECTS: Final = re.compile(r"所有人|大家|大伙|工人|工友|人员|群众|家人|老人|孩子|师傅")
CLOSE_NEGATORS: Final = frozenset({"没有", "还没", "尚未", "没", "未"})
# The negated thing is over; what follows stands by itself. Strong ones need no verb before them.
STRONG_TERMINATORS: Final = re.compile(
    _any("""
而是 而要 但是 但 然后 赶紧 赶快 马上 立刻 立即 尽快 请您 请 麻烦 记得 一定要 只要 同时 并且
现在就 应该 快把 您就 你就 接着
""")
)
WEAK_TERMINATORS: Final = re.compile(r"先|就|把|将|再|要|去|(?<![叫让])[您你]")
# Spoken without a pause: the forbidden thing has been named in full, and the next verb begins something new.
NAMED_IN_FULL: Final = re.compile(
    r"[开关碰按动打抽点用插拔].{0,3}(?:灯|火|烟|电器|电|手机|开关|电话|闸|插头|插座|风扇|空调)$|.{2,}了$"
)
CONJUNCTIONS: Final = re.compile(r"(?:或者?|和|及|跟|与|、|也|更|还|又|以及|甚至|随便|乱).?$|[叫让][您你]$")
PREDICATES: Final = frozenset("开关拧闭碰按动打抽点用插拔吸玩走跑摸接启使")
# Behind the words: warnings that forbid what was named.
WARNING_BEHIND: Final = re.compile(
    r"[^我]{0,5}?(?:(?<![行可以])不(?:行|可以)|(?<!能)不能|使不得|要不得|不得了|不允许|不安全|危险|禁止|会爆炸|[会就要]炸|会引爆|爆炸|起火|火花|会出事|出人命|引爆|大忌|不是闹着玩)"
)
# Behind the words, of what is unwanted anyway: 「电焊切割都不要做」.
FORBIDDEN_BEHIND: Final = re.compile(
    r".{0,2}不得(?!了)|(?:的)?(?:都|也|一律|全|先|千万|可)?(?:别|不要|不许|不准|莫|甭|勿)(?:再)?(?:做|用|干|弄|动|点|碰|搞|开|有|进行)"
)
URGING: Final = re.compile(r"请|先|赶紧|赶快|马上|立刻|立即|快|把|务必|记得|一定要")
# Conditions that never came true.
HYPOTHETICAL: Final = re.compile(
    r"(?<![主只需重必])要是|如果|假如|假设|假使|万一|倘若|若是|若|即使|就算|哪怕|除非|一旦|要不是|譬如|比如说?"
)
MAIN_CLAUSE: Final = re.compile(
    r"就|请|先|那么|那您|那我|的话|应该|务必|赶紧|马上|一定"
    r"|也要|都要|记得|我给|我帮|我来|您可以|给您"
    r"|(?<=..)(?<![我您你们能])(?:立刻|立即|尽快|赶快|随时|第1时间|千万|建议|记住|您再|您先)"
)
HYPOTHETICAL_BEHIND: Final = re.compile(r".{0,2}的话|着(?:就|也|没|别|不|呢)")
# What somebody else said.
REPORTED: Final = re.compile(
    r"(?<![跟向给对和听让请按照依])(?:您|你|客户|他们?|她们?|人家|别人|网上|有人|谁|那边|上次|之前|前面|同事|客服|前台|大家|邻居)"
    r"(?:们)?(?:的)?(?:刚才|刚刚|刚|之前|先前|上次|前面|昨天|今天|一直|是|也|又|总|可能|反复|那时|当时|第1次|打电话)*"
    r"(?:跟我们?|给我们?|对我们?|和我们?|向我们?)?(?:来电)?"
    r"(?:说|讲|提到|反映|觉得|认为|以为|抱怨|投诉|告诉|骂|喊|听说|反馈|描述|质疑|指责)"
    r"(?!1?下|一下|说|一说|出|清|明|个|给|吧|吗)(?:我们?)?(?:的话|的是|的|过|了|是|到|道)?"
)
REPORT_ENDS: Final = re.compile(
    r"我(?:们)?(?:会|来|替|登记|记|写|上报|转|反映|把|先|现在|马上|帮|给|这|就|去|立即|特别|非常|很|完全|理解)|但是?|所以|请|那么|您放心"
)
ASKING_FOR_SPEECH: Final = re.compile(r"请|麻烦|方便|能不能|可以|需要|让|先|劳驾|帮")
# 「您不用担心没人管」: the thing is named only to be waved away.
REASSURED: Final = re.compile(r"(?:不用|不必|别|不要|甭|无需)(?:再)?(?:担心|怕|害怕|以为|觉得)(?:会|是|说)?$")
# Questions about what has been done.
ASPECT_QUESTION_BEHIND: Final = re.compile(
    r"(?:门|户|子|的|上|好|掉|紧|死|住|完|到|开|起来|下来|出去|在哪|来|去|到|过|着|了|器|闸|关|闭|断){0,5}(?:没有|没|吗|么|不|是吗|对吗|是吧|吧|了吧)(?:呀|啊|呢)?$"
    r"|[^好行成以]{0,4}[了过](?:没有|没|吗|么)(?:呀|啊|呢)?$"
)
DONE_MARK: Final = re.compile(r"了|过|着|好|没")
REQUEST: Final = re.compile(
    r"能不能|可不可以|可以|能否|可否|能|麻烦|劳驾|帮忙|帮我|方便|请(?!问)|先|把|马上|赶紧|立即|立刻"
)
REQUEST_TAIL: Final = re.compile(
    r"(?:好|行|可以|成|好不好|行不行|可不可以|成不成|中不中|要得不|听清|明白|记住)(?:了)?(?:吗|么|不|吧|伐|不啦)?$|(?:好不好|行不行|中不中)$"
)
ASKED_BEFORE: Final = re.compile(
    r"有没有|是不是|要不要|用不用|需不需要|是否|有无|怎么|为什么|为何|谁|哪[个里儿边]?|什么时候|几点|刚才.{0,4}有"
)
# Without a pause behind it: 「钱转了没有验证码给他了没有」.
ASKED_AT_ONCE: Final = re.compile(r"[了过](?:吗|没有?(?!有|问题|关系|事|必要|什么|人|用|错))")
ASKED_ACROSS: Final = re.compile(r"有没有|是不是|会不会|能不能|可不可以|要不要")  # the match begins inside it
ASKED_INSIDE: Final = re.compile(r"谁|什么时候|怎么|怎样|如何|哪|有没有|是不是|是否|为什么|什么")
CHOICE_BEHIND: Final = re.compile(r".{0,8}还是|.{0,3}(?:多久|多长时间)")
CANNOT_BEHIND: Final = re.compile(r"[门窗灯户子]?不(?:上|了|掉|动|紧|开|住)|(?:是|也|都|肯定|真).?不(?:了|成|出来)")
# An apology for not having heard, or for cutting in, is about nothing but that: 「不好意思我没听清」.
APOLOGY: Final = re.compile(r"抱歉|对不起|对不住|不好意思")
OF_THE_MOMENT: Final = re.compile(
    r"(?:啊|哈|呀)?(?:我|刚才|刚|这边)*(?:没(?:太)?听(?:清|懂|见|明白)|打断|打扰|插[句一]|问一?下|信号)"
    r"|(?:[您你](?:这边|那边|那头|说话)?的?)?声音|(?:麻烦)?(?:[您你])?(?:能)?大点?声"
)
# Demanded of the operator, not done: 「您让我道歉，也得等查清楚」.
DEMANDED: Final = re.compile(r"[您你](?:非|硬|就)?(?:想)?(?:让|要|叫|逼)着?我们?$")
# What others did: 「人家自己把阀门关了就没事了」.
OTHERS_DID: Final = re.compile(
    r"(?:人家|别人|隔壁|邻居|有[个位].{0,3}(?:客户|用户))(?:自己|已经|早就|后来|都|也|就|把|先)+$"
)
# What others will do for the caller: 「师傅到了会帮您把总阀关掉」.
OTHERS_WILL: Final = re.compile(r"(?:师傅|工作人员|维修|抢修|检修|同事).{0,6}(?:会|再|来|去).{0,3}(?:帮|给|替)[您你]把")
# Waived behind its object: 「订单号不用报了」.
WAIVED_BEHIND: Final = re.compile(
    r"(?:我们?|咱们?)?(?:先)?(?:等会儿?|待会儿?|过会儿?|回头|晚点|一会儿?|等下|等一下|以后)再(?:说|问|讲|登|记|报|填)"
    r"|(?:就|也|都|您|你|可以|先)*(?:不用|不必|不需要|无需|甭)(?:再)?(?:报|说|提供|给|念|填|留|讲|带|拿|管|办|交)"
)
EITHER_OR: Final = re.compile(r"是.{1,10}还是")
ATTRIBUTIVE_GAP: Final = re.compile(r"(?:好|上|掉|紧)?[着了过]?的(?!话)(?:那个|这个|所有)?.{0,2}$")
THEY_ALREADY: Final = re.compile(r"(?:您|你|您家|你们)(?:已经|已|都已|刚才|刚刚|都)(?:经)?.{0,4}$")
# Tags that ask whether something was so: 「师傅上午没去是吗」.
TAGGED_BEHIND: Final = re.compile(r".*[没了过].*(?:是吗|是吧|对吗|对吧|是不是)$")
# Words in a pattern that make it a question by nature, or negative by nature.
QUESTION_WORDS: Final = re.compile(r"吗|怎么|如何|哪|什么|多少|几|贵姓|是否|谁|呢|\?")
# Words that may turn what stands beside them in more ways than can be listed: a person looks.
TURNING_BEFORE: Final = re.compile(
    # somebody else does it
    r"师傅|同事|班长|领导|主管|经理|部门|银行|商家|物业|厂家|人家|别人|邻居|他们|医生|交警|民警|保安|家属|抄表员|维修|上级|总部"
    r"|(?<!我)(?<!我们)(?<!不)会(?=[给帮跟替向联])"
    # at another time
    r"|回头|改天|到时候|以后|等会|待会|过会|下次|晚点|有空|空了|上[次回]|以前|[昨前]天|去年|当初|早点|早就|那时|前阵"
    # under a condition
    r"|要是|要不是|如果|假如|万一|除非|即使|就算|一旦|倘若|的话|等.{1,8}[再才]"
    # wanted by somebody else, or asked
    r"|[让要叫]我|想要|非要|听说|据说|说是|为什么|凭什么|什么意思"
    # waived, doubted, granted
    r"|免得|省得|懒得|没什么|用不着|犯不着|何必|哪里|又不|不太|不肯定|不一定|说不定|多半|八成|没准|可能|也许|大概|好像|恐怕|估计|尽量"
    r"|差点|按说|按理|照理|本来|原本|一般|虽然|只是|倒是|还是"
)
TURNING_BEHIND: Final = re.compile(
    r"再说|再看|回头|改天|到时候|等会|待会|过会|下次|晚点|缓过|好[一了]?点"
    r"|免了|省了|跳过|算了|不用(?!谢|客气|[担着]|急|慌|怕)|不必(?!谢|客气|[担着]|急|慌|怕)|也行|都行|也可以|没用|随便|无所谓|没必要|何必|犯不着|懒得|您再打|您自己"
    r"|不过|可是|但|只是|[做办]不[了到]|其实|不对|说错|更正|收回|还是(?:别|不|算|您|要|我)|要不|或者|是不是|而已|罢了|也没"
    r"|[没不]$|什么[呀啊]?$|干嘛|(?<=是)吗$"
)
# English: the small closed class; patterns work on word tokens.
ENGLISH_NEGATORS: Final = frozenset(
    ("don't", "dont", "not", "never", "avoid", "cannot", "can't", "cant", "won't", "without", "no", "isn't", "didn't")
)
ENGLISH_ENDS: Final = frozenset(("but", "then", "please", "instead", "and", "just", "until", "before"))
ENGLISH_AFFIRMING: Final = frozenset({("don't", "forget"), ("dont", "forget"), ("not", "forget"), ("never", "forget")})
ENGLISH_CONDITIONS: Final = frozenset(("if", "whether", "unless", "suppose"))
