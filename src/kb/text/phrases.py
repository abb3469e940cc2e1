"""What OpenCC's phrase tables lack or get wrong for texts on governance, and what Taiwan and Hong Kong print today.

Every entry keeps the length and the matching form (see `kb.text.normalize`): only the choice among traditional
characters differs, never the wording. Found by converting DRCD to simplified script and back, and by reading what
became of 650,000 characters of regulations and of our own pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _rows(text: str) -> Mapping[str, str]:
    words = text.split()
    return MappingProxyType(dict(zip(words[::2], words[1::2], strict=True)))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEFT_OUT = _words("""
格里 里社 里人 里党 会里 日制 内制 产制 制为 在核 并为 并发 不并 生发 发卡 和面 有采 得采 展采 情采 是只 人参 当周
才在 被发 断发 括发 家具 家具行 个中 明复 里干 里居 里老 里名 里门 里路 里正 里美 各里 并到 并成 并除 并产 交并
发长 发带 发间 发质 发量 发根 总发 制得 制程 供制 提制 重制 手制 外制 后制 这只 那只 多采 没采 干的 干点 干等 干时
干产 干材 干料 可周 面价 面店 面厂 面摊 面板 面票 表停 表店 表款 表行 表转
""")
"""Entries of OpenCC that catch two halves of other words: 网格|里 (格里), 并|发布 (并发), 工作人员|参加 (人参)."""

TO_TRADITIONAL = _rows("""
里长 里長 里街道 里街道 里社区 里社區 里居委会 里居委會 里派出所 里派出所 里办公处 里辦公處 邻长 鄰長
村里长 村里長 邻里长 鄰里長 里约 里約 里程 里程 北里 北里 南里 南里 东里 東里 西里 西里 公里 公里 英里 英里
里斯 里斯 马里 馬里 米里 米里 里亚 里亞 里尔 里爾 里特 里特 保里 保里 厄里 厄里 制度 制度 体制 體制 机制 機制
改制 改制 编制 編制 法制 法制 管制 管制 负责制 負責制 责任制 責任制 积分制 積分制 网格制 網格制 路长制 路長制
河长制 河長制 林长制 林長制 街长制 街長制 票决制 票決制 代表制 代表制 聘任制 聘任制 全日制 全日制
生产制度 生產制度 刻制 刻製 制发 製發 干群 幹群 党群干群 黨群幹群 干私活 幹私活 实干 實幹 苦干 苦幹 干什么 幹什麼
干得好 幹得好 包干 包乾 包干到户 包乾到戶 晒干 曬乾 烘干 烘乾 干垃圾 乾垃圾 干湿 乾濕 并发症 併發症 并发布 並發佈
并发出 並發出 并发展 並發展 并发放 並發放 并为 並為 兼并 兼併 合并为 合併為 撤并 撤併 归并 歸併 并入 併入
准运证 准運證 准运 准運 标准 標準 精准 精準 核准 核准 准入 准入 准予 准予 准许 准許 批准 批准 获准 獲准 不准 不准
奉准 奉准 对准 對準 基准 基準 回归 回歸 回归线 回歸線 回流 回流 回复 回覆 答复 答覆 批复 批覆 复函 覆函 局限 局限
家具 家具 玩忽 玩忽 玩忽职守 玩忽職守 胡同 胡同 昆山 昆山 销毁 銷毀 毁弃 毀棄 毁坏 毀壞 毁损 毀損 烧毁 燒毀
焚毁 焚毀 炸毁 炸毀 拆毁 拆毀 撕毁 撕毀 损毁 損毀 诋毁 詆毀 水表 水表 电表 電表 气表 氣表 燃气表 燃氣表 热表 熱表
智能表 智能表 报表 報表 图表 圖表 代表 代表 东涌 東涌 葵涌 葵涌 鲗鱼涌 鰂魚涌 河涌 河涌 西涌 西涌 涌头 涌頭
合作伙伴 合作夥伴 伙伴 夥伴 合伙 合夥 入伙 入夥 伙食 伙食 家伙 傢伙 面条 麪條 面粉 麪粉 面馆 麪館 方面 方面
面积 面積 面对 面對 面向 面向 街面 街面 发球 發球 发信 發信 发射 發射 发生 發生 发展 發展 发现 發現 头发 頭髮
理发 理髮 美发 美髮 染发 染髮 发型 髮型 松绑 鬆綁 放松 放鬆 宽松 寬鬆 松散 鬆散 沈阳 瀋陽 斗争 鬥爭 奋斗 奮鬥
械斗 械鬥 打架斗殴 打架鬥毆 战斗 戰鬥 王世杰 王世杰 冲减 沖減 冲洗 沖洗 冲突 衝突 冲击 衝擊 征地 徵地 征收 徵收
征求 徵求 征集 徵集 征用 徵用 特征 特徵 象征 象徵 长征 長征 出征 出征 改征 改徵 谷物 穀物 稻谷 稻穀 谷子 穀子
山谷 山谷 硅谷 硅谷 钟表 鐘錶 时钟 時鐘 签订 簽訂 签约 簽約 标签 標籤 抽签 抽籤 书签 書籤 中签 中籤 每只 每隻
一只 一隻 两只 兩隻 几只 幾隻 犬只 犬隻 船只 船隻 只要 只要 只有 只有 只能 只能 只是 只是 不只 不只 复述 複述
复名 複名 康复 康復 恢复 恢復 复兴 復興 复工 復工 复产 復產 复垦 復墾 报复 報復 修复 修復 信访复查 信訪複查
复审 複審 复议 複議 游击 游擊 龙游 龍游 龙游县 龍游縣 上游 上游 下游 下游 旅游 旅遊 游客 遊客 导游 導遊 游览 遊覽
出游 出遊 游行 遊行 郊游 郊遊
""")
"""Simplified word -> its traditional form in OpenCC's own standard, from which the regional forms are made."""

SINGLE = MappingProxyType({"托": "托", "签": "簽"})
"""Where no phrase decides: 託 and 籤 live in phrases (委託, 標籤), 托 and 簽 stand alone (托底, 簽兩次)."""

TAIWAN = MappingProxyType({
    "佈": "布", "佔": "占", "綫": "線", "燬": "毀", "譭": "毀", "翫": "玩", "樑": "梁", "賬": "帳",
    "豔": "艷", "溼": "濕", "巖": "岩", "污": "污",
})  # fmt: skip
"""On top of OpenCC's TWVariants: 公布、占有、帳目 as the Legislative Yuan's table of unified legal characters has them
(法律統一用字表, 1973); 污 as laws print it (水污染防治法), where OpenCC writes 汙; the others as DRCD has them."""

HONG_KONG = MappingProxyType(
    {
        "燬": "毀",
        "譭": "毀",
        "翫": "玩",
        "汙": "污",
        "裡": "裏",
        "羣": "群",
        "牀": "床",
        "啓": "啟",
        "峯": "峰",
        "麪": "麵",
    }
)
"""On top of OpenCC's HKVariants."""

NOT_MARKS = _words("""
著作 著名 著書 著述 著錄 著稱 著式 著志 著於 著白 名著 巨著 鉅著 合著 顯著 昭著 編著 專著 原著 論著 土著 卓著 遺著
著有 所著 新著 譯著 拙著 較著 著文 著者
""")
"""Where 著 is a word (to write, notable) and no mark of duration: it stays 著 in every script."""

DOUBTFUL = frozenset(
    "干后里发只面系松斗谷丑表舍征制钟复卷范折尽志台云几升周游占卜咸困姜御朴杰板郁汇沈签纤胡致采鉴针雕须历准冲刮卤"
    "参吊夸岳彩念恶摆杆杯栗梁涂涌淀熏秋累脏腌荡蒙辟适价仆伙佣别叶吁咽喂尝尸弦愈戚扣暗曲术杠炼症芸迹链霉饥么糊注"
)
"""Simplified characters that stand for several traditional ones in common use; of the others (个 for 箇, 了 for 瞭)
the second is so rare by itself that every place where no phrase decides is safe."""

__all__ = ["DOUBTFUL", "HONG_KONG", "LEFT_OUT", "NOT_MARKS", "SINGLE", "TAIWAN", "TO_TRADITIONAL"]
