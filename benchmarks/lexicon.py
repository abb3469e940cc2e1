"""How many names that the lexicon was not told are kept whole: grown from half of the catalogue's names and the corpus.

Run as `python -m benchmarks.lexicon`. The names and aliases that are Han characters only are split by matching form, so
that a name and its twin in the other script never fall apart; held back are those of one half. The texts are the
articles and practice pages without front matter: without the title and the line of other names of a practice page, with
the line, and as they stand. What is discovered goes in as it is, unread: the committed lexicon was read by someone who
knew the answers. A name counts when it is one word in every carrier sentence, in both scripts. The other sets are names
of the field that the catalogue does not have: FRESH was written down before the shapes and endings were tuned,
FRESH_LATER before those of places (浦东经验) and 驿站, 合伙人, 夜谈 were added; both were looked at then.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from opencc import OpenCC

from benchmarks.shared_data import gov
from kb.config import load_settings
from kb.sources.front_matter import read_front_matter
from kb.sources.read import find_files, read_file
from kb.text import other_names
from kb.text.discover import discover
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import Document

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
SEEDS = range(5)
CARRIERS = ("推行{}的地方", "关于{}的做法", "当地把{}作为抓手", "学习{}以后", "{}怎么做", "什么是{}？")
HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_MARKS = re.compile("[“”‘’「」『』]")
FRESH = """
三社联动 五老调解 一核多元 三官一律 六小工程 龙山经验 塘约经验 五星支部 四民工作法 七步议事法 三事分流
一核三治 五治融合 一警六员 四微治理 民情夜谈 百姓说事 拉家常议事会 马路办公 驻街夜话 五级书记 一约四会
三务公开 两邻社区 五常五送 三级网格 四员一律 和美网格 平安积分 信用积分 孝善基金会 院坝会 板凳会
围炉夜话 板凳议事会 村民议事会 道德评议会 禁毒禁赌会 老兵调解室 海岛支老 浦东经验 海曙经验 德清模式 南海模式
江汉模式 盐田模式 沈阳模式 三有一化 双联双管 双网共治 一站式服务 一门式办理 一件事一次办 高效办成一件事 民呼我为
未来社区 红色驿站 红领巾议事 楼栋微网格 微网格长 街呼区应 镇呼县应 社区合伙人 社区微基金 有事好商量 百姓议事堂
四步议事法 五步工作法 六步决策法 三色管理 三张清单 两代表一委员 四社联动 六治融合 五彩网格 码上办 随手拍
居民提案 民生议事堂
"""
FRESH_LATER = """
六社联动 三社融合 三治同步 五线合一 四网融合 三网共治 四事工作法 三步调解法 六步调解法 七字工作法
说事工作法 阳光议事会 邻里议事会 圆桌议事会 乡贤参事会 乡贤理事会 楼栋议事会 睦邻议事厅 民情恳谈会 居民评议会
路长制 田长制 湾长制 街长制 片长制 巷长制 一核两翼 一核四治 一员多能 一岗多责
一格一警 一支部一品牌 两委一站 两站一中心 三官进村 三员入户 三长共治 三级调解 四级联调 四级书记
五老议事 五老宣讲 五包五联 六事联办 六联工作法 百姓评理 村民夜话 院落夜话 板凳夜谈 田间会
门前会 屋檐会 红色合伙人 红色代办 红管家 蓝马甲 小马扎议事 老娘舅调解 调解超市 解纷码
平安合伙人 平安工分 善行积分 信用超市 美德积分 文明银行 公益银行 民情地图 民情账本 民情直通车
民声快线 书记接待日 代办员制 智慧网格 微格长 微心愿 微实事 邻里节 睦邻点 街区合伙人
枫桥警务 枫桥法庭 萧山经验 晋江经验 盐津模式 温岭模式 成都模式 上城模式 铜陵模式 多方共治
多元共商 多网融合 多事合一 五星创评 四清单一办法 三张网 两长三员 一站两员 六民工作法 三级吹哨
"""


def names() -> dict[str, list[str]]:
    """Every name of the catalogue that is Han characters only: matching form -> as written."""
    found: dict[str, list[str]] = {}
    for file in find_files([CORPUS / "practices"]):
        for document in read_file(file):
            if isinstance(document, Document) and document.practice is not None:
                for name in document.practice.names:
                    if HAN.fullmatch(name):
                        found.setdefault(normalize(name), []).append(name)
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """What the words are looked for in."""

    title: str
    bodies: tuple[str, ...]

    @property
    def running(self) -> str:
        """In matching form, one name apart from the next."""
        return "\n".join(normalize(_MARKS.sub("", body.replace("”“", "”\n“"))) for body in self.bodies)


def texts() -> Iterator[Texts]:
    """The bodies of all pages, with less and less left out of those of practices."""
    pages = [(page, read_front_matter(page.read_text(encoding="utf-8"), page.name)[1].lstrip())
             for page in sorted(CORPUS.glob("*/*.md"))]  # fmt: skip
    untitled = [body.partition("\n")[2] if page.parent.name == "practices" else body for page, body in pages]
    yield Texts("without titles of practices and lines of other names", tuple(map(other_names.blanked, untitled)))
    yield Texts("with the lines of other names", tuple(untitled))
    yield Texts("pages as they stand", tuple(body for _page, body in pages))


def whole(segmenter: Segmenter, name: str, carriers: Sequence[str]) -> bool:
    """Whether a name is one word in every carrier sentence."""
    for carrier in carriers:
        at = carrier.index("{")
        words = segmenter.words(normalize(carrier.format(name)))
        if (normalize(name), at) not in {(word.term, word.start) for word in words}:
            return False
    return True


def share(segmenter: Segmenter, wanted: Sequence[str], written: Mapping[str, list[str]]) -> float:
    """How many of these names are kept whole, each as written and in carriers of both scripts."""
    scripts = {True: tuple(map(OpenCC("s2tw").convert, CARRIERS)), False: CARRIERS}
    kept = [
        all(whole(segmenter, name, carriers) for name in written[one] for carriers in scripts.values())
        for one in wanted
    ]
    return mean(kept) if kept else 0.0


def _cut(segmenter: Segmenter, text: str) -> list[str]:
    """jieba's words alone: the segmenter has no terms of ours."""
    return [word for word, _start, _end in segmenter.plain(text)]


def stock_share(jieba: Segmenter, wanted: Sequence[str]) -> float:
    """The same for jieba alone, on the simplified carriers."""
    kept = [all(one in _cut(jieba, carrier.format(one)) for carrier in CARRIERS) for one in wanted]
    return mean(kept) if kept else 0.0


def main() -> None:
    """Print the table of RESULTS.md."""
    segmenter = Segmenter(cache=load_settings().cache)
    written = names()
    for one in texts():
        found = [candidate.term for candidate in discover(one.bodies, lambda run: _cut(segmenter, run))]
        print(
            f"\n{one.title}: {sum(name in one.running for name in written)} of {len(written)} names; {len(found)} found"
        )
        _table([_row(seed, segmenter, written, one.running, found) for seed in SEEDS])
    print(f"split as written (a twin may be in the other half): {mean(_as_written(segmenter, written, found)):.3f}")
    full = segmenter.with_terms([*written, *found])
    for listed in (FRESH, FRESH_LATER):
        fresh = {normalize(one): [one] for one in listed.split() if normalize(one) not in written}
        known = list(fresh)
        alone = (stock_share(segmenter, known), share(segmenter, known, fresh), share(full, known, fresh))
        print(
            f"fresh names ({len(fresh)}): jieba {alone[0]:.3f}, shapes {alone[1]:.3f}, everything grown {alone[2]:.3f}"
        )
    print(f"catalogue with all its names: {share(segmenter.with_terms(written), list(written), written):.3f}")
    _glued(segmenter)


def _table(rows: Sequence[Mapping[str, Sequence[float]]]) -> None:
    """A row a group of names, the mean of all halves."""
    print("| held back (mean of 5 halves) | jieba | shapes alone | + half of the names | + discovered |")
    print("|---|---|---|---|---|")
    for group in rows[0]:
        *means, count = (mean(row[group][column] for row in rows) for column in range(5))
        print(f"| {group} ({count:.0f}) | " + " | ".join(f"{one:.3f}" for one in means) + " |")


def _row(
    seed: int,
    segmenter: Segmenter,
    written: Mapping[str, list[str]],
    running: str,
    found: Sequence[str],
) -> dict[str, list[float]]:
    order = sorted(written)
    random.Random(seed).shuffle(order)
    half, held = order[: len(order) // 2], order[len(order) // 2 :]
    cuts = (segmenter, segmenter.with_terms(half), segmenter.with_terms([*half, *found]))
    groups = {
        "all": held,
        "in running text": [one for one in held if one in running],
        "twice or more": [one for one in held if running.count(one) > 1],
        "nowhere in running text": [one for one in held if one not in running],
    }
    return {
        name: [stock_share(segmenter, group), *(share(cut, group, written) for cut in cuts), len(group)]
        for name, group in groups.items()
    }


def _as_written(segmenter: Segmenter, written: Mapping[str, list[str]], found: Sequence[str]) -> Iterator[float]:
    """The last column with every written form drawn by itself: the easier reading of "half of the aliases"."""
    forms = sorted({name for group in written.values() for name in group})
    for seed in SEEDS:
        order = random.Random(seed).sample(forms, len(forms))
        half, held = order[: len(order) // 2], order[len(order) // 2 :]
        yield share(segmenter.with_terms([*half, *found]), held, {name: [name] for name in held})


def _glued(segmenter: Segmenter) -> None:
    """How often, and what, the shapes join in the laws and regulations of the gov set, which name few practices."""
    joined: dict[str, int] = {}
    characters = 0
    for line in gov().corpus.read_text(encoding="utf-8").splitlines():
        text = normalize(json.loads(line)["text"])
        characters += len(text)
        for start, end in segmenter.compounds(text):
            joined[text[start:end]] = joined.get(text[start:end], 0) + 1
    listed = " ".join(f"{term}×{count}" for term, count in sorted(joined.items(), key=lambda item: -item[1]))
    print(f"gov: {sum(joined.values())} compounds in {characters} characters: {listed}")


if __name__ == "__main__":
    main()
