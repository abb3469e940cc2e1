"""What the search for duplicates finds and what it takes for one: copies made from the gov documents, real others.

Run as `python -m benchmarks.duplicates`. Positives: every document (gov texts and our own pages) changed in one way;
what counts is that the original is named. Negatives: every pair of different documents; implementing rules that repeat
their law article by article are among them and named where they are flagged.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from opencc import OpenCC

from benchmarks.damage import PUNCTUATION, damage, make_farm
from benchmarks.shared_data import shared_folder
from kb.sources.front_matter import read_front_matter
from kb.text.duplicates import Fingerprints, compare
from kb.text.fingerprint import Fingerprint, fingerprint
from kb.text.normalize import normalize
from kb.text.repair import repair
from kb.types import DuplicateKind

Change = Callable[[str, random.Random], str]

HEAD = """当前位置：首页 > 政务公开 > 政策文件　字号：大 中 小　打印本页　分享到：微信 微博
索引号：000014349/2023-00042　主题分类：城乡社区管理　发文机关：民政厅　成文日期：2023年9月1日
"""
FOOT = """
相关链接：一图读懂  政策解读  新闻发布会  上一篇：关于做好今冬明春工作的通知  下一篇：没有了
主办单位：某某市人民政府办公室　网站标识码：1100000088　京ICP备05000000号　京公网安备11010000000001号
联系我们　网站地图　隐私声明　版权所有　未经授权禁止转载　建议使用1024×768以上分辨率浏览
"""
SYNTHETIC = 100_000


def documents() -> dict[str, str]:
    """Whole texts by id: the gov documents put together from their passages, and the pages of the starter corpus."""
    parts: dict[str, list[str]] = defaultdict(list)
    for line in (shared_folder() / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        parts[passage["doc_id"]].append(f"{passage['article']}　{passage['text']}")
    texts = {key: "\n".join(lines) for key, lines in parts.items()}
    for page in sorted((Path(__file__).resolve().parents[1] / "corpus").glob("*/*.md")):
        texts[f"{page.parent.name}/{page.stem}"] = read_front_matter(page.read_text(encoding="utf-8"), page.name)[1]
    return texts


def edited(text: str, chance: random.Random, share: float = 0.1, burst: int = 1) -> str:
    """A share of the characters left out, replaced or doubled by others, in runs of up to `burst`."""
    out: list[str] = []
    at = 0
    while at < len(text):
        length = chance.randint(1, 2 * burst - 1)
        piece = text[at : at + length]
        if chance.random() < share:
            place = chance.randrange(max(1, len(text) - length))
            out.append(chance.choice(["", text[place : place + length], piece + text[place : place + length]]))
        else:
            out.append(piece)
        at += length
    return "".join(out)


def without_sentences(text: str, chance: random.Random) -> str:
    """One sentence in ten left out."""
    return "".join(one + "。" for one in text.split("。") if chance.random() >= 0.1)


def excerpt(text: str, chance: random.Random, length: int) -> str:
    """A run of characters from anywhere."""
    at = chance.randrange(max(1, len(text) - length))
    return text[at : at + length]


def damaged(text: str, chance: random.Random) -> str:
    """The traditional text as a content farm leaves it."""
    traditional = OpenCC("s2t").convert(text)
    farm = make_farm(traditional, chance.randrange(10**6), marks=PUNCTUATION)
    return "\n".join(damage(line, farm).text for line in traditional.splitlines())


def changes() -> dict[str, Change]:
    """Every way a document comes a second time."""
    convert = {name: OpenCC(name).convert for name in ("s2t", "s2hk", "s2twp", "t2s")}
    return {
        "same text": lambda text, _chance: text,
        "other marks and line breaks": lambda text, _chance: text.replace("\n", "").replace("，", ",") + "\n",
        "traditional (s2t)": lambda text, _chance: convert["s2t"](text),
        "traditional (s2hk)": lambda text, _chance: convert["s2hk"](text),
        "traditional, words of Taiwan (s2twp)": lambda text, _chance: convert["s2twp"](text),
        "simplified (t2s)": lambda text, _chance: convert["t2s"](text),
        "head and foot of a web page": lambda text, _chance: HEAD + text + FOOT,
        "10 % of characters edited": edited,
        "10 % edited in runs of 1-5": lambda text, chance: edited(text, chance, burst=3),
        "one sentence in ten left out": without_sentences,
        "head, foot, s2t, 5 % edited": lambda text, chance: HEAD + convert["s2t"](edited(text, chance, 0.05)) + FOOT,
        "excerpt of 200 characters": lambda text, chance: excerpt(text, chance, 200),
        "excerpt of 500 characters": lambda text, chance: excerpt(text, chance, 500),
        "excerpt of a half, s2t": lambda text, chance: convert["s2t"](excerpt(text, chance, len(text) // 2)),
        "damaged by a content farm": damaged,
        "damaged, then repaired": lambda text, chance: repair(damaged(text, chance)).text,
    }


def recall(texts: Mapping[str, str], known: Fingerprints) -> Iterator[tuple[str, float, Counter[DuplicateKind], int]]:
    """(way of change, share found, what they were called, others named besides)."""
    for name, change in changes().items():
        chance = random.Random(7)
        kinds: Counter[DuplicateKind] = Counter()
        others = 0
        chosen = list(texts.items()) if "damaged" not in name else list(texts.items())[::4]
        for key, text in chosen:
            for match in known.like(fingerprint(normalize(change(text, chance)))):
                if match.key == key:
                    kinds[match.kind] += 1
                else:
                    others += 1
        yield name, kinds.total() / len(chosen), kinds, others


def false_pairs(prints: Mapping[str, Fingerprint]) -> list[str]:
    """Pairs of different documents that are flagged."""
    keys = sorted(prints)
    found = []
    for at, one in enumerate(keys):
        for other in keys[at + 1 :]:
            judged = compare(prints[one], prints[other])
            if judged:
                found.append(f"{one} {judged[0].value} {other} ({judged[1]:.2f})")
    return found


def lookups() -> tuple[float, float, float]:
    """Seconds to make ready, milliseconds to ask and microseconds to add, at 100,000 articles of 2,000 characters."""
    chance = np.random.default_rng(5)
    many = {
        f"a{number}": Fingerprint(
            number.to_bytes(16, "big"), 2, chance.integers(0, 2**30, 500, dtype=np.uint32).tobytes()
        )
        for number in range(SYNTHETIC)
    }
    started = time.perf_counter()
    known = Fingerprints(many)
    ready = time.perf_counter() - started
    asked = [many[f"a{number}"] for number in range(0, SYNTHETIC, SYNTHETIC // 200)]
    started = time.perf_counter()
    assert all(known.like(one) for one in asked)
    asking = (time.perf_counter() - started) / len(asked)
    started = time.perf_counter()
    for number, one in enumerate(asked):
        known.add(f"b{number}", one)
    return ready, asking * 1e3, (time.perf_counter() - started) / len(asked) * 1e6


def main() -> None:
    """Print all figures."""
    texts = documents()
    matching = {key: normalize(text) for key, text in texts.items()}
    characters = sum(map(len, matching.values()))
    started = time.perf_counter()
    prints = {key: fingerprint(text) for key, text in matching.items()}
    rate = characters / (time.perf_counter() - started) / 1e6
    stored = sum(len(one.to_bytes()) for one in prints.values())
    pairs = len(prints) * (len(prints) - 1) // 2
    wrong = false_pairs(prints)
    print(f"{len(texts)} documents, {characters:,} characters, a byte of fingerprint for {characters / stored:.2f}")
    print(f"{rate:.1f} M characters/s")
    print(f"different documents flagged: {len(wrong)} of {pairs:,} pairs {wrong}")
    print("| a document comes again as | found | called | others named |\n|---|---|---|---|")
    for name, found, kinds, others in recall(texts, Fingerprints(prints)):
        called = ", ".join(f"{kind.value} {count}" for kind, count in kinds.most_common())
        print(f"| {name} | {found:.3f} | {called} | {others} |", flush=True)
    ready, asking, adding = lookups()
    print(f"{SYNTHETIC:,} articles: ready in {ready:.1f} s, {asking:.2f} ms to ask, {adding:.0f} us to add")


if __name__ == "__main__":
    main()
