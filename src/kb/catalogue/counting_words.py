"""The words around a figure: measure words, what narrows a number, where the noun it counts begins and ends.

Nothing but tables, read by `kb.catalogue.counting`. A look-ahead or look-behind keeps a word whole that begins or ends
like one of the table: 在(?!职) does not cut 在职, (?<!派出)所 not 派出所. Written in folded form: 复盖 is 覆盖.
"""

from __future__ import annotations

import re

UNITS = (
    "件（人）次|人次|户次|批次|件次|场次|车次|个工作日|个百分点|个月|大项|大类"
    "|平方公里|平方米|立方米|公里|千米|公顷|公斤|小时|分钟|美元|万元"
    "|个|名|人|位|户|家|件|宗|起|条|项|场|次|种|类|份|本|幢|栋|座|间|处|块|部(?!门)|台|辆|张|支|栏|届|级|套|字|例|所"
    "|页|桌|席|期|批|轮|篇|封|单|元|亩|米|吨|度|秒|天|日|周|年|岁|倍|成|对|组|盏|棵|株|头|只|片|口|道|大"
)
"""Measure words that stand behind figures; where two begin alike the longer comes first."""

UNIT = re.compile(UNITS)

TIME_UNITS = frozenset(("个工作日", "个月", "小时", "分钟", "天", "日", "周", "年"))

BEFORE = re.compile(
    "(?:大?约|大致|将近|接近|超过|突破|不少于|不低于|不小于|不超过|没有超过|没超过|不到|不足|至少|至多|最多|逾|超|近"
    "|多?达到?|上)有?$"
)
"""What narrows a number from before."""

AFTER = re.compile("以上|以内|以下|左右|上下|不等|之内|之间")
"""What narrows it from behind the unit."""

NARROWING = frozenset(("约", "大约", "大致", "将近", "接近", "近", "上", "左右", "上下", "不等", "之间"))
"""Of these, the ones after which the number is no longer exact; the others set a bound."""

ONE_CHARACTER = frozenset("人村区楼县市镇乡州省")
"""Nouns of one character that pages count."""

STOP = re.compile(
    r"[，。；：？！、（）“”\s\d]|(?<!国)有(?!关|效|机)|为(?!民)|是|在(?!职|册|岗|校|线)|被|已|都|也|才|就(?!业)"
    r"|的|地(?!区|块|方|表|产)|得|进(?=了|行|入)|参加|参与|获得|纳入|开始|试点(?!村|街|社)|推行"
    r"|服务(?!队|站|点|中心|人|窗|岗|对)|下沉|并进|做到|(?<![工操合])作(?!室|业|队)|组成|需要|合起来|平均|全面"
    r"|和(?!谐|事)|由|同(?!志|乐|心|享)|与(?!会)|以及|从(?!业)|把|将(?!军)|到(?!场|会)"
    r"|分(?!理|队|站|中心|局|部)|占|用(?!户|房|地)|认领|后(?!备|勤)|时(?!段)|可(?!视)"
    r"|(?<![职功智性技节])能(?!力|人|源)|不(?!动|良)|没|来(?!信|访|电)|去|因|(?<![出场])所(?!长)|等|至(?!少)"
    r"|以(?!奖)|了|着|并(?!联)|拆|改|搭|开(?!发|放)|叠加|串联|接收|推进|加入|支援|明确|提出|划出|递交|状态|涉及|超过|复盖(?![率面])"
    r"|建成|建起|清除|口径|减少|减到|增加|下降|上升|升到|降到|每(?!个|户)|中(?!心|国|央|小|学|层|老|共|医)|里(?!弄|巷)|之"
    r"|上(?!级|门|报)"
)
"""Where the noun behind a figure ends: marks, verbs, words that only link."""

LINKS = re.compile(
    r"(?:"
    r"大?约|大致|将近|接近|近|超过|突破|不少于|不低于|不小于|不超过|没有超过|没超过|不到|不足|至少|至多|最多|逾|超|达到?|总?共|合计"
    r"|总计|累计|共计|一共|平均|只|仅|各|均|就|也|都|已|已经|原|现|还|另|同样|(?<=.)全[国省市县区]|(?<![^全]国)有"
    r"|为(?!民)|是(?!否)|在|由|从|以|作|写作|记为|称|说|报为|减到|降到|降为|降至|压缩到|减少到|减至|升到|升至|增加到|增至|改为"
    r"|变成|定下|剩下?|列出|设(?!施)|计|了|着|过|到|得|的是|则|、|和|(?<![涉以])及|以及|与|，|：|“|其|其中|每|按"
    r"|(?<![停使费专])用|共?(?:组建|成立|选出|开展|收集|整理)(?<=..)"
    r")$"
)
"""Words between what is counted and the number; taken off the end one by one."""

VERBS = re.compile(
    r"(?<![所没])(?<![^全]国)有(?!关|效|机|的)|设有|设立?(?!施)|配备|收到|接到|接入了?|提供|收集到?|征集到?|建成|建起"
    r"|组建|复盖(?![率面])|扩增|解决|划拨|涉及|招收|发动|办理?了|开了|辖(?!区)|使用|推行到|推到|汇聚|汇聚了|清除|选聘|建了|办起|共用|打造"
    r"|服务于|下派|贴遍|获得|选出"
)
"""What stands behind the last of these is the object that is counted: 湖南配备驻村辅警24418人."""

REPORTING = re.compile(
    r"(?:日报|晚报|报道|报告|综述|资料|材料|文章|研究|记载|统计|问答|说法|省委|区委|年鉴|来源|刊物|稿件|提案)"
    r"[^，]{0,8}?(?:称|说|记|载|作|为|写作|口径|不一|不同)$"
    r"|(?:日报|晚报|报道|综述|口径|说法|一说)$"
)
"""Clauses that say who says it, not what is counted."""

CHANGES = frozenset(("下降", "增长", "上升", "减少", "提高", "增加", "降低"))
"""Said of something; alone they count nothing."""

SETTING = re.compile("(?:后|前|时|以来|期间|平均下来)$")
"""Clauses that say when, not what."""

EDGES = re.compile(
    r"^(?:"
    r"例如|其中|此外|另外|同期|同比|全年|目前|当年|当时|后来|此后|先后|约|大约|共|也|还|并|又|再|而|则|即|另|每年|每月"
    r"|同一时间的统计|在(?!职|册|岗)|到(?![了场会])|至|截至|自(?![主愿治筹行])|从(?![业化严事])|于|按|据|由|的|前后|以来"
    r"|以后|起|期间|年底|，|、|和(?![平谐睦])|及|：|；| "
    r")+"
)
"""What stands before the subject of a clause."""
