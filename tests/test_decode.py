"""Bytes to text: every format and encoding keeps every Han character or is refused; short texts; damage; zip names."""

from __future__ import annotations

import html
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import SourceError
from kb.sources.common_characters import COMMON
from kb.sources.decode import MAX_LOST_SHARE, count_han, detect
from kb.sources.read import read_file
from kb.types import Document

HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")

PROSE_HANS = (
    "社区党委每周三召开议事会，把居民反映的停车、漏水、噪声等事项逐件登记。\n"
    "能当场答复的当场答复，需要部门办理的由街道转交，并在七个工作日内回访。\n"
    "办不了的也要说明原因，不得推诿。各网格按季度公布办理情况，接受居民监督。\n"
)
PROSE_HANT = (
    "里長每月邀請住戶座談，把巷弄照明、排水與垃圾清運等問題逐一記錄。\n"
    "能立即處理的由里辦公處協調，需要機關協助的轉送區公所，並於兩週內回覆。\n"
    "無法辦理者應說明理由，不得推託。辦理情形每季公布，接受鄉親監督。\n"
)
RARE = "网格长𠮷田㙍、邓䶮、𬱖家村王喆、李淼、赵旼负责东片，每月走访两次，困难家庭登记在册。\n"
RARE_HANT = "深水埗街坊會的陳𨋢、黃囍與邨內長者一齊傾偈，咗解屋邨維修，佢哋嘅意見會轉交房屋署跟進。\n"
NAMES_HANS = (
    "姓名\t网格\t电话\n王秀兰\t第一网格\t见公示栏\n张建国\t第二网格\t见公示栏\n"
    "欧阳雪梅\t第三网格\t见公示栏\n陈晓婷\t第四网格\t见公示栏\n"
)
NAMES_HANT = "姓名\t里別\t職務\n林淑芬\t中正里\t里長\n張雅婷\t仁愛里\t幹事\n歐陽菲菲\t信義里\t志工\n"
ASCII_HEAD = "<!-- " + "navigation config; var page = 1; " * 300 + " -->\n"
ASCII_LINES = "\n".join(f"{number:04d} GET /index.aspx?id={number} 200" for number in range(300)) + "\n"

TEXTS = {
    "prose": (PROSE_HANS, PROSE_HANT),
    "title": ("街道赋权清单改革纪实", "里民活動中心管理辦法"),
    "short title": ("农村人居环境整治", "鄉鎮調解條例問答"),
    "names": (NAMES_HANS, NAMES_HANT),
    "rare": (RARE + PROSE_HANS, RARE_HANT + PROSE_HANT),
    "ascii first": (ASCII_LINES + PROSE_HANS, ASCII_LINES + PROSE_HANT),
}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: text.encode("utf-8-sig"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-16-le bom": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16-be bom": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "gbk": lambda text: text.encode("gbk"),
    "gb18030": lambda text: text.encode("gb18030"),
    "big5": lambda text: text.encode("big5"),
    "cp950": lambda text: text.encode("cp950"),
    "big5hkscs": lambda text: text.encode("big5hkscs"),
}
PAGE = "<html><head><title>x</title></head><body>{head}<h1>{title}</h1>\n{body}</body></html>"


def as_txt(text: str) -> tuple[str, str]:
    return "a.txt", text


def as_markdown(text: str) -> tuple[str, str]:
    return "a.md", "---\nid: a\ncategory: ABC\n---\n" + text


def as_html(text: str) -> tuple[str, str]:
    lines = text.splitlines()
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines[1:])
    return "a.html", PAGE.format(head=ASCII_HEAD if len(lines) > 100 else "", title=html.escape(lines[0]), body=body)


def matrix() -> list[pytest.ParameterSet]:
    """Every combination that can be written at all: Big5 has no simplified characters, GBK no 𠮷."""
    cases = []
    for form in (as_txt, as_markdown, as_html):
        for kind, versions in TEXTS.items():
            for script, text in zip(("hans", "hant"), versions, strict=True):
                for encoding, encode in ENCODINGS.items():
                    name, content = form(text)
                    try:
                        data = encode(content)
                    except UnicodeEncodeError:
                        continue
                    cases.append(pytest.param(name, text, data, id=f"{name[2:]}-{encoding}-{kind}-{script}"))
    return cases


def han(text: str) -> str:
    return "".join(HAN.findall(text))


@pytest.mark.parametrize(("name", "text", "data"), matrix())
def test_every_han_character_is_kept(tmp_path: Path, name: str, text: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    for path in (tmp_path / name, tmp_path / "a.zip"):
        (found,) = read_file(path)
        assert isinstance(found, Document), found
        assert han(found.article.text) == han(text)
        assert found.receipt is not None
        assert (found.receipt.han_characters, found.receipt.undecodable) == (len(han(text)), 0)


def test_the_matrix_holds_what_it_should() -> None:
    names = [str(case.id) for case in matrix()]
    for part in ("gbk-prose-hans", "gbk-prose-hant", "big5-title-hant", "big5hkscs-rare-hant", "gb18030-rare-hans"):
        assert [name for name in names if part in name], part
    assert len(names) > 250


TITLES = (
    "老旧小区加装电梯协商",
    "村民小组议事规则",
    "基层减负增效十条",
    "流动党员管理服务",
    "物业纠纷人民调解",
    "网格员入户走访手册",
    "接诉即办工作流程",
    "社区养老服务清单",
    "矛盾纠纷排查化解",
    "农村垃圾分类试点",
)
TITLES_HANT = (
    "老舊社區加裝電梯協商",
    "村民小組議事規則",
    "基層減負增效十條",
    "流動人口管理服務",
    "物業糾紛人民調解",
    "鄰里守望相助手冊",
    "區公所為民服務流程",
    "長照服務據點清單",
    "糾紛排解與調處辦法",
    "垃圾分類試辦計畫",
)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("title", TITLES)
def test_a_short_simplified_title_is_read_rightly(title: str, encoding: str) -> None:
    assert detect(title.encode(encoding), "x").text == title


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "gbk", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("title", TITLES_HANT)
def test_a_short_traditional_title_is_read_rightly(title: str, encoding: str) -> None:
    assert detect(title.encode(encoding), "x").text == title


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("只有英文 no".encode("gbk"), "gb18030"),
        (b"plain ascii text", "utf-8"),
        ("联通网格".encode("gbk"), "gb18030"),
        ("楓橋經驗研究".encode("big5"), "big5"),
        ("深水埗邨嘅街坊傾偈𨋢".encode("big5hkscs"), "big5hkscs"),
        ("枫桥经验研究".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_named(data: bytes, encoding: str) -> None:
    assert detect(data, "x").encoding == encoding


def test_the_runner_up_and_the_margin_are_told() -> None:
    found = detect(PROSE_HANS.encode("gbk"), "x")
    assert (found.encoding, found.runner_up) == ("gb18030", "big5hkscs")
    assert found.margin > 100


def test_the_evidence_decides_against_a_wrong_declaration() -> None:
    page = '<meta charset="gb2312">' + PROSE_HANT
    assert detect(page.encode("big5"), "x").encoding == "big5"
    assert detect(page.encode(), "x").encoding == "utf-8"


def test_a_declaration_decides_between_readings_as_likely() -> None:
    word = "编".encode("gbk")
    with pytest.raises(SourceError, match="编码看不准"):
        detect(word, "x")
    assert detect(b'<meta charset="gbk">' + word, "x").text.endswith("编")


def test_symbols_of_big5_are_those_of_windows() -> None:
    text = "蘇珊‧李～王小明於里辦公處，深水埗邨"
    assert detect(text.encode("cp950", "ignore") + "嘅".encode("big5hkscs"), "x").text.startswith("蘇珊‧李～王小明")


def test_gb18030_characters_leave_the_private_use_area() -> None:
    data = PROSE_HANS.encode("gb18030") + b"\xfe\x59\xfe\x51\xa6\xd9"
    assert detect(data, "x").text.endswith("\u9fb4\U00020087\ufe10")


def test_a_table_drawn_with_lines_is_no_big5() -> None:
    table = "┌──┬──┐\n│姓名│网格│\n├──┼──┤\n│王芳│东片│\n└──┴──┘\n" + "─" * 500
    assert detect(table.encode("gbk"), "x").text == table


# damage


def test_few_lost_bytes_are_kept_as_marks_and_counted() -> None:
    data = (PROSE_HANS * 20).encode()
    found = detect(data[:30] + b"\xff" + data[30:], "x")
    assert (found.encoding, found.undecodable, found.text.count("\ufffd")) == ("utf-8", 1, 1)
    assert han(found.text) == han(PROSE_HANS * 20)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_many_lost_bytes_are_refused(encoding: str) -> None:
    data = PROSE_HANS.encode(encoding)
    damaged = data[:-1] + b"\xff\xff"
    assert MAX_LOST_SHARE * len(damaged) < 2
    with pytest.raises(SourceError, match=r"个字节（0\.\d+%）无法识别，最像 (?:utf-8|gb18030) 编码"):
        detect(damaged, "x")


def test_random_bytes_are_refused() -> None:
    for seed in range(30):
        with pytest.raises(SourceError, match=r"认不出来|二进制|无法识别|看不准"):
            detect(random.Random(seed).randbytes(200 + 50 * seed), "x")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "自治体は住民の福祉の増進を図ることを基本として地域における行政を自主的に実施する役割を担う。" * 2,
            "shift_jis",
        ),
        ("자치단체는 주민의 복리를 위하여 사무를 처리하고 재산을 관리하며 규정을 제정할 수 있다." * 3, "euc-kr"),
        ("Déjà vu: le café où l'été", "latin-1"),
        ("Жители района собрались", "cp1251"),
    ],
)
def test_other_languages_are_not_read_as_chinese(text: str, encoding: str) -> None:
    with pytest.raises(SourceError, match=r"认不出来|无法识别"):
        detect(text.encode(encoding), "x")


@given(st.text(st.sampled_from(COMMON[:1500] + "，。、：\n"), min_size=12, max_size=200))
@settings(deadline=None, max_examples=200)
def test_common_characters_are_never_read_wrongly(text: str) -> None:
    if not text.strip() or len(set(han(text))) < 10:
        return
    for encoding in ("utf-8", "gbk", "utf-16-le", "utf-16-be"):
        assert read_or_refused(text.encode(encoding)) in {text, None}


def read_or_refused(data: bytes) -> str | None:
    """The text, or None where two readings are about as likely."""
    try:
        return detect(data, "x").text
    except SourceError:
        return None


def test_count_han() -> None:
    assert count_han("〇一二abc，𠮷㙍ｱあ") == 5


def test_the_table_of_common_characters_is_that_of_jieba() -> None:
    counts: Counter[str] = Counter()
    for line in resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        for character in word:
            counts[character] += int(count)
    known = [character for character in counts if HAN.match(character) and character.encode("gb2312", "ignore")]
    ranked = sorted(known, key=lambda character: (-counts[character], character))
    assert "".join(ranked[: len(COMMON)]) == COMMON


# names in archives


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("社区工作总结.txt", "村规民约/第一章.txt"), "gbk"),
        (("網格員名冊.txt", "調解辦法功能.txt"), "big5"),
        (("网格员名册.txt", "調解辦法.txt"), "utf-8"),
        (("plain.txt", "b/c.txt"), "ascii"),
    ],
)
def test_names_in_an_archive_without_the_flag(tmp_path: Path, names: tuple[str, ...], encoding: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for letter, name in zip("xy", names, strict=True):
            archive.writestr(letter * len(name.encode(encoding)), PROSE_HANS)
    data = path.read_bytes()
    for letter, name in zip("xy", names, strict=True):
        data = data.replace(letter.encode() * len(name.encode(encoding)), name.encode(encoding))
    path.write_bytes(data)
    found = list(read_file(path))
    assert [item.article.origin for item in found if isinstance(item, Document)] == [f"{path}/{name}" for name in names]
