"""Entries of a list of references after GB/T 7714-2015."""

from __future__ import annotations

import pytest

from kb.present.gbt7714 import article_source, gbt7714
from kb.types import Article, Source


@pytest.mark.parametrize(
    ("source", "author", "entry"),
    [
        (Source("小镇的创新", "浙江日报", "2016-08-23"), "", "小镇的创新[N]. 浙江日报, 2016-08-23."),
        (
            Source("小镇的创新", "浙江日报/浙江在线", "2016-08-23", "https://a.cn/b.shtml"),
            "",
            "小镇的创新[N/OL]. 浙江日报/浙江在线, 2016-08-23. https://a.cn/b.shtml.",
        ),
        (Source("研究", "党政学报2023年5期", "2023"), "王刚、赵明", "王刚, 赵明. 研究[J]. 党政学报2023年5期, 2023."),
        (Source("信访工作条例", "国务院", "2022-02-25"), "", "国务院. 信访工作条例[Z]. 2022-02-25."),
        (Source("信访工作条例", "", "2022", "http://a.cn"), "", "信访工作条例[EB/OL]. [出版者不详], 2022. http://a.cn."),
        (Source("做法", "新华网", "", "http://a.cn/1", "第二部分"), "", "做法[EB/OL]. 新华网, [日期不详]（第二部分）. http://a.cn/1."),
        (Source("做法", "报道组"), "", "做法[Z]. 报道组, [日期不详]."),
        (Source(" 分\n行 的题 ", "报\t社"), "", "分 行 的题[Z]. 报 社, [日期不详]."),
    ],
)  # fmt: skip
def test_entries(source: Source, author: str, entry: str) -> None:
    assert gbt7714(source, author) == entry


def test_an_article_as_a_source() -> None:
    article = Article("a", "题", "文", source="社区报", date="2023-05-01", url="http://a.cn")
    assert gbt7714(article_source(article), "张三") == "张三. 题[N/OL]. 社区报, 2023-05-01. http://a.cn."
