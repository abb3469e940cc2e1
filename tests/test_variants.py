"""Forms of one character meet, whoever wrote them; forms that are words of their own stay apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.normalize import VARIANTS, fold_table, normalize
from kb.text.variants import compatibility_forms, japanese_forms

# Taiwan, Hong Kong, mainland and scraped forms of one word.
ONE_WORD = """
台臺檯颱 裏裡里 爲為为 羣群 着著 㕔廳厅 峯峰 脅胁 綫線线 衞衛卫 産產产 説說说 啓啟启 麽麼么 牀床 秘祕 喫吃
鷄雞鸡鶏 汙污汚 佔占 恆恒 證証证 滙匯汇 邨村 巿市 隣鄰邻 舘館馆 舖鋪铺 鑛礦矿 帳帐賬账 戶户戸 敎教 敍敘叙 內内
靑青 淸清 眞真 鎭鎮镇 値值 卽即 旣既 週周 遊游 註注 佈布 託托 諮谘咨 僱雇 妝粧妆 姪侄 勦剿 褔福 拚拼 夥伙 瞭了
慾欲 鬥鬭鬪斗 麵麪面 纔才 鐘鍾钟锺 対對对 辺邊边 応應应 実實实
"""

PAIRS = [(word[0], other) for word in ONE_WORD.split() for other in word[1:]]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_pair_meets(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert len(normalize(one + other)) == 2


@pytest.mark.parametrize("apart", ["沉沈", "砂沙", "呎尺", "份分", "邱丘", "未末", "己已", "芸艺", "缶罐", "予豫"])
def test_words_of_their_own_stay_apart(apart: str) -> None:
    assert normalize(apart[0]) != normalize(apart[1])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("欺\ufa30", "欺侮", id="compatibility ideograph of Japan"),
        pytest.param("⻓期", "长期", id="radical of a PDF"),
        pytest.param("⼈⺠政府", "人民政府", id="Kangxi and CJK radicals"),
        pytest.param("\uf914園", "樂園", id="compatibility ideograph"),
        pytest.param("㆒", "㆒", id="kanbun marks are left alone"),
        pytest.param("①②", "①②", id="circled numbers are left alone"),
        pytest.param("社區﹐里長﹔﹕", "社区,里长;:", id="small punctuation of Taiwan"),
        pytest.param("\ufe41里\ufe42", "「里」", id="upright brackets"),
        pytest.param("〸〹", "十卄", id="Hangzhou numerals"),
    ],
)
def test_compatibility_forms(written: str, meant: str) -> None:
    assert normalize(written) == normalize(meant)


def test_every_compatibility_form_meets_the_character_unicode_gives_for_it() -> None:
    forms = dict(compatibility_forms())
    assert len(forms) > 1_200
    assert all(len(form) == len(character) == 1 for form, character in forms.items())
    assert all(normalize(form) == normalize(character) for form, character in forms.items())


def test_japanese_forms_meet_their_traditional_characters() -> None:
    forms = dict(japanese_forms())
    assert {"対": "對", "応": "應", "辺": "邊"}.items() <= forms.items()
    assert not {"芸", "缶", "弁", "予", "連"} & set(forms)
    assert all(normalize(form) == normalize(standard) for form, standard in forms.items())


def test_no_variant_is_a_common_simplified_character() -> None:
    """A fold from a character that the mainland prints today would join two words."""
    common = {variant for variant in VARIANTS if _in_gb2312(variant)}
    # 帐 is written for 账, 拚 for 拼; the others are traditional or rare forms that GB 2312 happens to hold.
    assert common == set("帐拚藉覆徵彷著菸馀锺谘钜")


def _in_gb2312(character: str) -> bool:
    return bool(character.encode("gb2312", errors="ignore"))


@given(st.text(alphabet=st.sampled_from("".join(map(chr, sorted(fold_table()))))))
@settings(deadline=None, max_examples=300)
def test_the_law_of_length_over_everything_the_table_changes(text: str) -> None:
    folded = normalize(text)
    assert len(folded) == len(text)
    assert normalize(folded) == folded


@given(st.text(alphabet=st.characters(min_codepoint=0x2E80, max_codepoint=0x2FA1F)))
@settings(deadline=None, max_examples=300)
def test_the_law_of_length_over_every_ideograph(text: str) -> None:
    assert len(normalize(text)) == len(text)
    composed = unicodedata.normalize("NFC", text)
    if len(composed) == len(text):
        assert normalize(composed) == normalize(text)
