"""A quotation against a text, without an index: what is compared, what stands there, what was altered."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.alignment import ADDED, CUT, EACH_LEFT_OUT, REPLACED, align
from kb.search.letters import RANGE, SEPARATOR, Letters, read_letters
from kb.search.nearest import Nearest, nearest
from kb.search.quotation import Quotation, Standing, read_quotation, standing
from kb.search.verdicts import Difference, EditKind

ARTICLE = (
    "楓橋經驗講究就地化解矛盾。小事不出村，大事不出鎮；矛盾不上交。[1]〔自述〕\n"
    "共有1652個網格，增長3.5%，1—3項未辦結，投入３０００万元。\n“要做到平安不出事，服務不缺位。”"
)
HAN = st.text(alphabet="网格员每天巡查发现问题就上报楓橋經驗，。、……12.% \n「」[]()-", max_size=40)


def told(text: str, article: str = ARTICLE) -> list[tuple[list[str], set[str]]]:
    """Where a quotation stands, as written, and in what it differs."""
    found = standing(read_quotation(text), [read_letters(article)])
    return [([article[span.start : span.end] for span in one.spans], {d.value for d in one.differs}) for one in found]


def altered(text: str, article: str = ARTICLE) -> Nearest:
    assert told(text, article) == []
    return nearest(read_quotation(text), [read_letters(article)])


def edits(found: Nearest) -> list[tuple[str, str, str]]:
    return [(edit.kind.value, edit.quoted, edit.written) for edit in found.edits]


# -- letters


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("小事不出村，大事不出鎮。", "小事不出村大事不出镇"),
        ("增長３.５％，共1,652個", "增长3.5%共1652个"),
        ("第1—3项，第4、5项，2～3天", "第1-3项第4|5项2-3天"),
        ("国办发〔2024〕5号", "国办发2024|5号"),
        ("1，2；3[4]5  6", "1|2|3|5|6"),
        ("承办。[1][12]〔自述〕下一句", "承办下一句"),
        ("国办发[12]号", "国办发12号"),
        ("气温-5℃——很冷", "气温-5℃很冷"),
        ("**重点** | _词_", "重点词"),
        ("缺□字", "缺□字"),
        ("，。……", ""),
    ],
)
def test_what_is_compared(text: str, letters: str) -> None:
    assert read_letters(text).letters == letters


@given(HAN)
def test_every_letter_is_at_its_place(text: str) -> None:
    found = read_letters(text)
    assert len(found.letters) == len(found.places)
    compared = zip(found.letters, found.places, strict=True)
    assert all(letter in (found.matching[place], SEPARATOR, RANGE) for letter, place in compared)
    assert list(found.places) == sorted(set(found.places))


# -- standing


@pytest.mark.parametrize(
    ("text", "place", "differs"),
    [
        ("小事不出村，大事不出鎮", "小事不出村，大事不出鎮", set()),
        ("小事不出村,大事不出镇；", "小事不出村，大事不出鎮；", {"script", "form"}),
        ("「小事不出村，大事不出镇」", "小事不出村，大事不出鎮", {"script"}),
        ("小事不出村大事不出镇。", "小事不出村，大事不出鎮", {"script", "punctuation"}),
        ("矛盾不上交。 共有1652個網格", "矛盾不上交。[1]〔自述〕\n共有1652個網格", {"punctuation"}),
        ("不出事， 服務不缺位", "不出事，服務不缺位", {"spaces"}),
        ("投入3000万元", "投入３０００万元", {"form"}),
        ("…平安不出事……", "平安不出事", set()),
    ],
)
def test_where_it_stands(text: str, place: str, differs: set[str]) -> None:
    assert told(text) == [([place], differs)]


@pytest.mark.parametrize("text", ["652個網格", "增長3", "增長3.5", "5%", "3項未辦結", "投入3000", "000万元"])
def test_half_a_number_does_not_stand_there(text: str) -> None:
    assert told(text) == []
    assert [edit.kind for edit in nearest(read_quotation(text), [read_letters(ARTICLE)]).edits] == [EditKind.LEFT_OUT]


@pytest.mark.parametrize(
    ("quoted", "written"),
    [("第45项", "第4、5项"), ("〔202〕45号", "〔2024〕5号"), ("1.5万", "15万"), ("35%", "3.5%"), ("3至5年", "3～5年"),
     ("5度", "-5度"), ("12日", "1、2日"), ("1652", "16 52")],
)  # fmt: skip
def test_other_numbers_are_no_matter_of_punctuation(quoted: str, written: str) -> None:
    assert told(f"全县共有{quoted}内容", f"全县共有{written}内容") == []
    assert told(f"全县共有{written}内容", f"全县共有{quoted}内容") == []


@pytest.mark.parametrize(
    ("quoted", "written"),
    [("1,652户", "1652户"), ("4,5项", "4、5项"), ("3-5年", "3～5年"), ("[2024]5号", "〔2024〕5号")],
)
def test_the_same_number_written_otherwise(quoted: str, written: str) -> None:
    assert told(f"全县共有{quoted}内容", f"全县共有{written}内容") == [([f"全县共有{written}内容"], {"punctuation"})]


def test_numbers_in_characters_are_not_cut_either() -> None:
    article = "全市二十二個街道、三百個社區。統一百姓認識。"
    assert told("二十二個街道", article)
    assert told("百姓認識", article)
    for half in ("十二個街道", "二個街道", "百個社區", "全市二十"):
        assert told(half, article) == []


def test_every_place_is_told() -> None:
    article = "先调解，后裁决。先调解、后裁决。先調解，後裁決"
    assert [place for (place,), _differs in told("先调解，后裁决", article)] == [
        "先调解，后裁决", "先调解、后裁决", "先調解，後裁決"
    ]  # fmt: skip


def test_an_ellipsis_leaves_out_what_stands_between() -> None:
    for ellipsis in ("……", "...", "…", "（略）", "[……]", " ⋯⋯ "):
        assert told(f"講究就地化解矛盾{ellipsis}平安不出事") == [(["講究就地化解矛盾", "平安不出事"], set())]
    assert told("平安不出事……講究就地化解矛盾") == []


def test_an_ellipsis_of_the_article_itself_is_part_of_it() -> None:
    article = "他说：我们等了很久……终于等到了。后来终于等到了答复。"
    assert told("等了很久……终于等到了", article) == [(["等了很久……终于等到了"], set())]


def test_the_pieces_are_taken_as_close_as_they_stand() -> None:
    article = "先登记。" + "再核实。" * 3 + "先登记。再。后办结。" + "甲" * 500 + "后办结。"
    (found,) = standing(read_quotation("先登记……后办结"), [read_letters(article)])
    assert [article[span.start : span.end] for span in found.spans] == ["先登记", "后办结"]
    assert found.spans[1].start - found.spans[0].end == len("。再。")


def test_an_ellipsis_that_leaves_out_nothing_is_a_mark_too_many() -> None:
    assert told("就地化解矛盾……小事不出村") == [(["就地化解矛盾。小事不出村"], {"punctuation"})]


def test_scraps_do_not_make_a_quotation() -> None:
    """Single characters with ellipses between stand in any long text, in any order."""
    article = "网络很快。" + "甲乙丙丁。" * 100 + "格式不对。" + "甲乙丙丁。" * 100 + "员工到场。"
    assert told("网……格……员", article) == []
    assert told("网…络", article) != []


# -- altered


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("小事不出门，大事不出镇", "小事不出村，大事不出鎮", [("replaced", "门", "村")]),
        ("講究化解矛盾", "講究就地化解矛盾", [("left_out", "", "就地")]),
        ("讲究就地及时化解矛盾", "講究就地化解矛盾", [("added", "及时", "")]),
        ("必须小事不出村", "小事不出村", [("added", "必须", "")]),
        ("矛盾不上交这是关键", "矛盾不上交", [("added", "这是关键", "")]),
        ("共有652個網格", "共有1652個網格", [("left_out", "", "1")]),
        ("共有1562個網格", "共有1652個網格", [("replaced", "56", "65")]),
        ("講究化解矛盾，大事不出镇", "講究就地化解矛盾。小事不出村，大事不出鎮",
         [("left_out", "", "就地"), ("left_out", "", "小事不出村")]),
    ],
)  # fmt: skip
def test_what_was_altered(text: str, place: str, expected: list[tuple[str, str, str]]) -> None:
    found = altered(text)
    assert (edits(found), found.reordered) == (expected, False)
    (span,) = found.spans
    assert ARTICLE[span.start : span.end] == place


def test_pieces_in_another_order_are_told() -> None:
    found = altered("平安不出事……就地化解矛盾")
    assert (found.edits, found.reordered) == ((), True)


def test_the_spans_of_edits_are_those_of_both_texts() -> None:
    text = "“講究當場化解矛盾……平安不出大事”"
    found, quotation = altered(text), read_quotation(text).whole.text
    assert edits(found) == [("replaced", "當場", "就地"), ("added", "大", "")]
    for edit in found.edits:
        assert quotation[edit.quotation.start : edit.quotation.end] == edit.quoted
        assert ARTICLE[edit.article.start : edit.article.end] == edit.written


# -- laws


@given(article=HAN, start=st.integers(0, 39), length=st.integers(1, 40))
def test_a_slice_stands_in_its_text_unless_it_cuts_a_number(article: str, start: int, length: int) -> None:
    quotation = read_quotation(article[start : start + length])
    stretch = read_letters(article)
    if quotation.pieces and not any(map(stretch.cuts_number, range(len(article) + 1))):
        assert standing(quotation, [stretch])


@given(quoted=HAN, article=HAN)
def test_nothing_stands_where_its_letters_are_not(quoted: str, article: str) -> None:
    """No wrong "exact": the letters of every piece are a slice of the article's, in order, at the spans told."""
    quotation, stretch = read_quotation(quoted), read_letters(article)
    for one in standing(quotation, [stretch]) if quotation.pieces else ():
        pieces = quotation.pieces if len(one.spans) > 1 else (quotation.whole,)
        assert [piece.letters for piece in pieces] == [
            read_letters(article[span.start : span.end]).letters for span in one.spans
        ] or _in_context(one, pieces, stretch)
        assert [span.start for span in one.spans] == sorted(span.start for span in one.spans)


def _in_context(one: Standing, pieces: tuple[Letters, ...], stretch: Letters) -> bool:
    """What counts as a letter may depend on its neighbours (the point of 3.5), so the article's own are asked."""
    compared = list(zip(stretch.letters, stretch.places, strict=True))
    return all(
        piece.letters == "".join(letter for letter, at in compared if span.start <= at < span.end)
        for piece, span in zip(pieces, one.spans, strict=True)
    )


@given(quoted=st.text(alphabet="甲乙丙丁", min_size=1, max_size=9), text=st.text(alphabet="甲乙丙丁", max_size=16))
def test_an_alignment_is_the_cheapest_and_leads_to_the_quotation(quoted: str, text: str) -> None:
    found = align(quoted, text)
    built, at, quoted_at = "", found.start, 0
    for run in found.runs:
        assert run.start - at == run.quoted_start - quoted_at
        built += text[at : run.start] + quoted[run.quoted_start : run.quoted_end]
        at, quoted_at = run.end, run.quoted_end
    assert built + text[at : found.end] == quoted
    assert found.cost == _cheapest(quoted, text)


def _cheapest(quoted: str, text: str) -> int:
    """The definition, tried out in full."""

    @cache
    def cost(i: int, j: int) -> int:
        if i == len(quoted):
            return 0
        ways = [ADDED + cost(i + 1, j)]
        ways += [REPLACED * (quoted[i] != text[j]) + cost(i + 1, j + 1)] if j < len(text) else []
        ways += [CUT + EACH_LEFT_OUT * (k - j) + after(i, k) for k in range(j + 1, len(text) + 1)] if i else []
        return min(ways)

    @cache
    def after(i: int, j: int) -> int:
        """Behind words left out no further ones are."""
        ways = [ADDED + cost(i + 1, j)]
        return min([*ways, *([REPLACED * (quoted[i] != text[j]) + cost(i + 1, j + 1)] if j < len(text) else [])])

    return min(cost(0, j) for j in range(len(text) + 1))


def test_costs_by_hand() -> None:
    assert align("甲乙丙", "丁甲乙丙丁").cost == 0
    assert align("甲戊丙", "丁甲乙丙丁").cost == REPLACED
    assert align("甲丙", "甲乙丁丙").cost == min(CUT + 2 * EACH_LEFT_OUT, ADDED)
    assert align("甲乙丙丁", "甲乙子丑寅卯丙丁").cost == CUT + 4 * EACH_LEFT_OUT
    assert align("甲乙", "").cost == 2 * ADDED


@given(HAN)
def test_any_text_can_be_read_as_a_quotation(text: str) -> None:
    quotation: Quotation = read_quotation(text)
    for piece in quotation.pieces:
        assert quotation.whole.text[piece.offset : piece.offset + len(piece.text)] == piece.text
        assert piece.letters


def test_no_difference_is_told_of_what_is_written_alike() -> None:
    (found,) = standing(read_quotation("小事不出村"), [read_letters(ARTICLE)])
    assert found.differs == frozenset[Difference]()
