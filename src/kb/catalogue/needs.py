"""The words by which a page states what a practice needs. One table; every row says why it is as it is.

Sentences are read in folded form, so both scripts are understood. A row fits a sentence in which `states` is found and
`refuses` is not: the words alone (资金, 平台) also occur in results, names and other subjects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.catalogue.values import Need, Setting


@dataclass(frozen=True, slots=True)
class Words:
    """One way of stating a need."""

    need: Need
    states: re.Pattern[str]
    why: str
    refuses: re.Pattern[str] | None = None

    def fit(self, folded: str) -> bool:
        """Whether the sentence states the need this way."""
        return bool(self.states.search(folded)) and not (self.refuses and self.refuses.search(folded))


def _words(need: Need, states: str, why: str, refuses: str = "") -> Words:
    return Words(need, re.compile(states), why, re.compile(refuses) if refuses else None)


_IT = r"(?:平台|系统|热线|小程序|app|驾驶舱|应用)"
_NO_IT = (
    r"四平台|综治平台|跨平台|平台数|系统(?:治理|观念|工程|推进|整治)|政法系统|(?:协商|共治|议事|交流|对话)的?平台|社区(?:是|搭建)平台"
    r"|这个平台配了|有(?:研究|学者)|不得(?:恶意|无正当)|平台企业|应用为要|干部系统|光明日报撰文|本子后来换成"
)
"""平台 also means a forum, a body or a company; 政法系统 is no software; what scholars compare is no need."""

_MONEY = r"(?:经费|资金|补贴|薪酬|津贴|报酬|财政|工资|党费|万元)"

TABLE: tuple[Words, ...] = (
    _words(
        Need.GRID_WORKERS,
        r"(?:配|配备|配齐|安排|设|组织|加强)[^，。；]{0,14}网格[员长]|\d名?[^，。；]{0,4}专职网格员|专职网格员\d名|即网格员"
        r"|网格[员长](?:协调|处理|巡查|上报|排查|受|队伍|的职责|可以由|负责|发现)",
        "网格员要有人当、有事做：配、设、安排、组织，或者写明他们做什么",
        r"也使用这套|培训|培养|担任[^，。；]{0,3}网格员|当代办员",  # trained, or made of others: not needed beforehand
    ),
    _words(
        Need.MONEY,
        rf"{_MONEY}[^，。；]{{0,12}}(?:配套|安排|保障|落实|兜底|支持|列入|分级|困难|增长|待遇|提高)"
        rf"|(?:配套|安排|保障|落实|拨付|划拨|募集|给|拿出|拿到|标准是|专项|公服|列入|上支持|协调|建立|用|实行|按级对应|应的|有)[^，。；]{{0,18}}{_MONEY}",
        "有人出钱、拨钱、给报酬；参与式预算、补助申请只是事项，不算",
        r"困难补助|经费筹集|预算草案|没有(?:见到|检索到)|财务|使用迟缓|参与式预算.*市级部门|报酬很低|民主恳谈|可以依法通过",
    ),
    _words(
        Need.MONEY,
        r"(?:政府|政府出资|由[^，。；]{0,10}|依法通过政府)购买|政府出资|不领工资|联筹资金|资金联筹",
        "购买服务要付费；话费补贴、联筹资金写明钱从哪里来",
        r"政府购买服务的细则|改革|可以依法通过",
    ),
    _words(
        Need.PLATFORM,
        rf"(?:建|搭建|建立|设|依托|依靠|靠|通过|上线|启用|推出|运用|用|有|上传|录入|进同一个|在|由|主渠道是|推统一的|包括|推动|并进|是一套|公共)[^，。；]{{0,16}}{_IT}"
        rf"|{_IT}(?:按[^，。]{{0,12}}搭建|能够取到|、手机端|受理|汇总|留下|发现|自动|流转|全时段|统一|记分|上自主|来做|把|派|上的评价|设有|和网络|负责|和标准)",
        "事项在信息系统或热线上收、派、记",
        _NO_IT,
    ),
    _words(
        Need.STAFF,
        r"专职(?!业)[^，。；]{0,8}(?:网格员|监督员|人员|工作者|巡逻队|调解员)|配备[^，。；]{0,6}(?:人员|律师|力量|辅警|专业)"
        r"|(?:聘请|招聘|选聘|招考|招录|配|购买)[^，。；]{0,12}(?:律师|辅警|社工|党员大学生|大学生|工作者)"
        r"|人员和经费|社工是支撑|社工承接|派出专班|里的专班|一个专班|人员公开招考|成员有[^。]{0,4}律师|承担工作的是律师|社会组织和社工|党建人员",
        "要有专门的人：专职、聘请、招聘、配备、专班",
        r"研究指出|重点培养的人员|特困人员|约访面向|专班调研",
    ),
    _words(
        Need.VOLUNTEERS,
        r"志愿者(?:补位|承接|是依托|服务|认领|和服务对象|队伍)|(?:组织|招募|动员|发动|招收)[^，。；]{0,6}志愿者|(?:做|开展)志愿服务"
        r"|志愿(?:服务)?(?:队|队伍|联合会)|治安志愿者|社区志愿者|的党员志愿者|“志愿服务”加",
        "活要志愿者来干",
        r"统筹规划|不是一回事|没有说已经实施",
    ),
    _words(
        Need.SCALE,
        r"按每[^，。；]{0,12}户|每个?(?:网格|单元)[^，。；]{0,4}\d[^，。；]{0,8}户|每个服务[^，。；]{0,8}户|(?:人口|服务人口)(?:为|在|约)[^，。；]{0,4}\d",
        "写明一个单元管多少户、多少人；某地现有多少人口不算",
        r"总人口|常住人口|总规模",
    ),
)

BOTH = re.compile(
    r"村（居|村（社区|乡镇（街道|镇（街|街乡|镇街|村居|村和社区|村、社区|城乡|村（格|县乡|乡镇、街道|街镇|村级?组织和社区"
)
"""One breath for town and country."""

RURAL = re.compile(
    r"村民|村委会|村党|行政村|农村|乡村|乡镇|农户|湾落|湾长|屋场|村规民约|驻村|村级|村里|村干部|村务|村组|村支书|农民|镇一级|各村|新村|[一-龥]村(?!居|（|镇银)"
)
URBAN = re.compile(
    r"社区(?!矫正)|居民|街道|小区|楼[栋宇门院长事]|物业|业委会|居委会|街巷|胡同|商圈|商务楼|城管|市民(?!政)"
)

STRONG_URBAN = re.compile(r"小区|楼[栋宇门院长事]|物业|业委会|居委会|街道|城市|街巷|胡同|商圈|商务楼|城管|市民(?!政)")
"""社区 alone says little against the country: there are 社区民警, 社区干部 and rural 社区 everywhere."""

STRONG_RURAL = re.compile(RURAL.pattern.replace("|乡镇", "").replace("农村|乡村", "农村(?!部)|乡村(?!振兴)"))
"""乡镇 acts in towns as well, 农业农村部门 and 乡村振兴 are names."""

SETTINGS = {Setting.RURAL: RURAL, Setting.URBAN: URBAN}
STRONG = {Setting.RURAL: STRONG_RURAL, Setting.URBAN: STRONG_URBAN}

LEAST_AGAINST = 3
"""Sentences that speak of the other setting alone before a page is said to state it: one or two may be examples."""
