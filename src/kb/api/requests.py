"""What a request may say: fields, their bounds, and nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from kb.api.documents.form import Form, Text
from kb.types import Filters, Mode

MOST_HITS = 100
MOST_A_PAGE = 200
LONGEST = 5_000
LONGEST_VALUE = 200

_Value = Annotated[Text, Field(max_length=LONGEST_VALUE)]


class Filtered(Form):
    """The filters of a question; a field that is not known is refused, since without it too much would be found."""

    region: _Value = Field("", description="地区，写一部分即可", examples=["北京"])
    category: _Value = Field("", description="类别", examples=["社区服务"])
    source: _Value = Field("", description="来源，写一部分即可")
    since: _Value = Field("", description="不早于这一天", examples=["2023", "2023-09-20"])
    until: _Value = Field("", description="不晚于这一天")

    @property
    def filters(self) -> Filters:
        """As `KnowledgeBase` takes them."""
        return Filters(self.region, self.category, self.source, self.since, self.until)


class Asking(Filtered):
    """What searching and asking share."""

    expand: bool = Field(True, description="一并查别处的叫法（志工＝志愿者）")
    without: list[_Value] = Field(default=[], max_length=50, description="不另查这些叫法")


class SearchRequest(Asking):
    """一次检索"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "老旧小区没有物业怎么办", "k": 5}]})

    query: Annotated[Text, Field(max_length=LONGEST)] = Field(
        description="问题或词语，简体繁体均可", examples=["老旧小区没有物业怎么办"]
    )
    k: int = Field(10, ge=1, le=MOST_HITS, description="返回几个段落")
    mode: Mode = Field(Mode.HYBRID, description="hybrid 混合，dense 只按语义，lexical 只按字面")
    explain: bool = Field(False, description="同时说明名次、分词和用时")


class AskRequest(Asking):
    """一个问题"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "老旧小区没有物业怎么办"}]})

    question: Annotated[Text, Field(max_length=LONGEST)] = Field(
        description="问题", examples=["老旧小区没有物业怎么办"]
    )
    citations: bool = Field(False, description="每句附引用编号，日后用 /v1/verify 核对")


class VerifyRequest(Form):
    """要核对的引文或引用编号"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "小事不出村，大事不出镇"}]})

    text: Annotated[Text, Field(max_length=LONGEST)] = Field(description="一句引文、一个引用编号，或引文连同编号")


Limit = Annotated[int, Query(ge=1, le=MOST_A_PAGE, description="一页几项")]
Offset = Annotated[int, Query(ge=0, le=10**9, description="从第几项起，从 0 数")]
