"""Forms of one character beyond OpenCC's own tables: what official texts of the mainland, Taiwan and Hong Kong, texts
converted by machine, and texts scraped from web pages and PDF files write for one and the same word.

For matching only. Every pair was looked up in Unihan (kZVariant, kSemanticVariant of Unicode 14) or in a text at
hand; a form that Chinese uses as a word of its own (沈 beside 沉, 砂 beside 沙, 呎 beside 尺) is left apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kb.text.opencc_tables import read_table


def _pairs(text: str) -> dict[str, str]:
    """`著着` means: 著 is written for 着."""
    return {pair[0]: pair[1] for pair in text.split()}


# Used today: Taiwan's and Hong Kong's choices, what OpenCC's "s2t" writes (答覆, 瞭解, 憑藉), slips of converters.
_CURRENT = """
著着 覆复 瞭了 藉借 揹背 擡抬 伕夫 㕔厅 祇只 衹只 牠它 妳你 馀余 锺钟 讬托 谘咨 钜巨 缐线 暱昵 牴抵 彷仿 徵征 錬炼
幷并 汙污 戸户 値值 鄕乡 啟启 菸烟 傢家 喫吃 牀床 帐账 拚拼 邨村 舖铺 舘馆 鑛矿 隣邻 隄堤 効效 褔福 巿市 姪侄 賸剩
勦剿 菓果 蔴麻 砲炮 鎗枪 窰窑 衖巷 孼孽 酧酬 讌宴 醎咸 踰逾 甎砖 鈎钩 粧妆 翺翱 髥髯 欵款 祐佑 瑯琅 珪圭 珮佩 栢柏
碁棋 餧喂 鑪炉 礮炮 藷薯 鼈鳖 冺泯 坿附 阯址 輭软 鏁锁 鐡铁 鑚钻 銲焊 閧哄 閙闹 飡餐 饍膳 鵞鹅 鰕虾 麤粗 龢和 囯国
迺乃 濬浚 疎疏 諠喧 讙欢 懽欢 遶绕 廻回 挿插 揷插 揑捏 揹背 撡操 攷考 扞捍 抝拗 拏拿 暎映 昬昏 燄焰 煑煮 炤照 烱炯
熈熙 煕熙 畊耕 畧略 皷鼓 鼔鼓 盌碗 碪砧 磵涧 祘算 秌秋 稭秸 穉稚 竢俟 筯箸 緜绵 缾瓶 罇樽 羗羌 耑专 胷胸 脗吻 膓肠
臈腊 舩船 荅答 荳豆 萠萌 蕋蕊 蘂蕊 虵蛇 蚉蚊 蝱虻 裠裙 襃褒 覩睹 觔斤 觧解 訢欣 詧察 譌讹 貍狸 貛獾 賍赃 趂趁 跥跺
蹧糟 躭耽 躱躲 躳躬 迯逃 迻移 逈迥 徧遍 徃往 徤健 恠怪 慙惭 憇憩 懃勤 尅克 刧劫 刦劫 剏创 剙创 劵券 啚图 呌叫 咊和
咲笑 喆哲 噐器 囘回 囬回 囙因 圅函 埜野 堃坤 塲场 墖塔 壻婿 妬妒 寃冤 寔实 宂冗 岀出 嵗岁 崐昆 帋纸 庻庶 廐厩 廵巡
弌一 弍二 弎三 悤匆 怱匆 愽博 慽戚 摠总 晳晰 朞期 朶朵 栁柳 桮杯 梹槟 棃梨 楳梅 椶棕 槀稿 稾稿 槪概 櫈凳 欝郁 氷冰
沍冱 潄漱 濶阔 犂犁 猨猿 獘弊 珎珍 琹琴 畱留 睠眷 毘毗 瓈璃 瑠琉 頟额 顋腮 騐验 駞驼 駮驳 騣鬃 髠髡 鬂鬓 鬦斗 鬪斗
麐麟 黙默 韮韭 韈袜 鞵鞋 鞌鞍 飇飙 飃飘 餙饰 籐藤 糓谷 糺纠 紥扎 縂总 纎纤 罸罚 聨联 聦聪 肎肯 艶艳 艢樯 蓺艺 覊羁
覔觅 賔宾 賫赍 賷赍 軆体 輙辄 辤辞 逬迸 鍳鉴 鍫锹 雝雍 靭韧 覇霸 頼赖 躶裸 乹干 亊事 伱你 倂并 竝并 偪逼 僊仙 兎兔
冦寇 冩写 凢凡 凾函 厰厂 吚咿 呪咒 噉啖 圗图 讐雠 椀碗 幇帮 擕携 歛敛 牋笺 箒帚 繖伞 凴凭 劎剑 劒剑 劔剑 姉姊 柹柿
畆亩 詶酬 醻酬 礟炮 嶋岛 媍妇 曡叠 疉叠 皃貌 頴颖 軰辈 齩咬 帬裙 苐第 鴬莺 鬭斗 榖谷 陜陕 籖签 鹻碱
"""

# Forms that only another font or another country's keyboard makes: the old printed forms (靑, 敎) and their like.
_PRINTED = """
尙尚 靑青 淸清 愼慎 塡填 顚颠 緖绪 硏研 郞郎 毎每 晩晚 寜宁 寕宁 屛屏 强强 彊强 擧举 曁暨 曽曾 歩步 濳潜 甁瓶 皐皋
牎窗 窓窗 窻窗 縁缘 葢盖 蘓苏 逹达 襍杂 飮饮 晣晰 卛率 呉吴 娯娱 羮羹 卋世 亱夜 溈沩 髙高 脩修 盇盍 鉄铁 両两 囓啮
関关 隠隐 隷隶 麫面 竒奇 寳宝 鬰郁 穨颓
"""

VARIANTS: Mapping[str, str] = MappingProxyType(
    {variant: standard for variant, standard in _pairs(_CURRENT + _PRINTED).items() if variant != standard}
)
"""Variant -> the simplified form that the matching text holds."""

# Radicals of the block U+2E80 that PDF files of simplified text give in place of the character (⻓ for 长, ⺠ for 民),
# by Unicode's EquivalentUnifiedIdeograph; radicals that are no character by themselves are left alone.
_RADICALS = """
⺁厂 ⺇几 ⺊卜 ⺌小 ⺍小 ⺎兀 ⺒巳 ⺓幺 ⺛旡 ⺜日 ⺝月 ⺟母 ⺠民 ⺧牛 ⺩王 ⺫目 ⺬示 ⺳网 ⺶羊 ⺻聿 ⺼肉 ⻁虎 ⻄西
⻅见 ⻆角 ⻉贝 ⻋车 ⻏邑 ⻑长 ⻓长 ⻔门 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄
⻪黾 ⻫齐 ⻬齐 ⻭齿 ⻮齿 ⻯龙 ⻰龙 ⻱龟 ⻲龟 ⻳龟
"""

_COMPATIBILITY = (
    range(0x2F00, 0x2FE0),  # Kangxi radicals: ⽼ for 老
    range(0x3038, 0x303B),  # 〸 for 十
    range(0xF900, 0xFB00),  # compatibility ideographs: 樂 (U+F914) for 樂
    range(0xFE30, 0xFE70),  # upright and small punctuation: ﹐ for ，
    range(0x2F800, 0x2FA20),  # compatibility ideographs, supplement
)


def compatibility_forms() -> Iterator[tuple[str, str]]:
    """(Form, character) wherever Unicode itself (NFKC) writes one character for another of these blocks."""
    yield from _pairs(_RADICALS).items()
    for block in _COMPATIBILITY:
        for code in block:
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code):
                yield chr(code), folded


def japanese_forms() -> Iterator[tuple[str, str]]:
    """(Japanese form, traditional character) by OpenCC's table: 対 for 對, in texts typed with another keyboard.

    A form that is a Chinese character as well is left apart: 芸, 缶, 弁 of GB 2312, and 連, which Japan writes for 聯.
    """
    chinese = read_table("TSCharacters")
    for standard, forms in read_table("JPVariants").items():
        for form in forms:
            if form != standard and form not in chinese and not _in_gb2312(form):
                yield form, standard


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False
