"""Which of the 34 province-level regions a practice's region names, for the map and the list by region.

A region is a text: 浙江省诸暨市枫桥镇; 全国（襄州、大连等）; 深圳（2008起）、上海. Its parts are read one by one. A
part that names no province is placed by its city, or by a county that another page of the catalogue places; a name that
lies in several provinces places nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.catalogue.numerals import fold
from kb.catalogue.places import PROVINCES, bare_names
from kb.types import Practice

CITIES = {
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜"
    " 凉山",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 果洛 玉树 海西",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 喀什 和田 伊犁 塔城 阿勒泰",
}
"""Cities and prefectures by province. 朝阳 is left out: a city of 辽宁 and a district of 北京 are called so."""

_PARTS = re.compile(r"[；;、，,（）()。]")
_PROVINCE = re.compile(rf"(?:{'|'.join(PROVINCES)})(?!学者)")
"""山东学者 tells where a scholar lives, not where it is done."""

_NOT_THE_CITY = "(?![区县镇乡村路街])"
"""中山区 is a district of 大连, 中山路 a street anywhere."""

_SMALL = "(?:镇|乡|街道|村|社区)"
"""清河 is a 街道 in 北京 and a county in 河北: what is no county or city is called the same in many places."""

_COUNTY_END = re.compile("[市县区]|等|$")
"""襄州区等, 襄州等下沉到村, 襄州; but not 光明日报."""


@dataclass(frozen=True, slots=True)
class Regions:
    """What names a province, and which: 襄州 -> 湖北. `county` are those that the catalogue itself places."""

    county: Mapping[str, str]

    @classmethod
    def of(cls, practices: Iterable[Practice]) -> Regions:
        """With the counties that the regions of these practices place in one province."""
        found: dict[str, set[str]] = {}
        for practice in practices:
            for part in _PARTS.split(fold(practice.region)):
                province = _PROVINCE.search(part)
                for name in bare_names(part):
                    if province and not re.search(name + _SMALL, part):
                        found.setdefault(name, set()).add(province[0])
        return cls({name: next(iter(homes)) for name, homes in found.items() if len(homes) == 1 and name not in _HOMES})

    def named(self, region: str) -> tuple[str, ...]:
        """The province-level regions a text names, in its order, each once."""
        found: dict[str, None] = {}
        for part in _PARTS.split(fold(region)):
            province = _PROVINCE.search(part)
            home = province[0] if province else self._home(part.strip())
            if home:
                found.setdefault(home)
        return tuple(found)

    def _home(self, part: str) -> str:
        city = _CITY.match(part)
        if city:
            return _HOMES[city[0]]
        county = _COUNTY_END.split(part, maxsplit=1)[0]
        return self.county.get(county, "")

    def grouped(self, practices: Iterable[Practice]) -> dict[str, tuple[Practice, ...]]:
        """The practices under each region they name, "" for those that name none; one may stand under several."""
        found: dict[str, list[Practice]] = {}
        for practice in practices:
            for home in self.named(practice.region) or ("",):
                found.setdefault(home, []).append(practice)
        return {home: tuple(members) for home, members in found.items()}


_HOMES = {city: province for province, cities in CITIES.items() for city in cities.split()}
_CITY = re.compile(f"(?:{'|'.join(sorted(_HOMES, key=lambda name: (-len(name), name)))}){_NOT_THE_CITY}")
