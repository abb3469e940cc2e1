"""Examples for the description of the API."""

from __future__ import annotations

from typing import Any

Plain = dict[str, Any]

_PRACTICE = {"id": "fengqiao-jingyan", "name": "枫桥经验", "score": 0.86}
_LINE = {
    "id": "fengqiao-jingyan",
    "name": "枫桥经验",
    "category": "矛盾化解",
    "region": "浙江省绍兴市诸暨市枫桥镇",
    "since": "1963",
}

SEARCH: Plain = {
    "query": "小事不出村",
    "hits": [
        {
            "passage_id": "fengqiao#1",
            "article_id": "fengqiao",
            "title": "楓橋經驗",
            "text": "楓橋經驗講究就地化解矛盾。小事不出村，大事不出鎮。",
            "start": 0,
            "end": 25,
            "score": 0.93,
            "highlights": [[13, 15], [15, 18]],
            "practices": ["fengqiao-jingyan"],
            "region": "浙江省紹興市",
            "date": "2024",
            "source": "平安報",
        }
    ],
    "practices": [_PRACTICE],
}
ASK: Plain = {
    "question": "老旧小区没有物业怎么办",
    "refused": False,
    "confidence": 0.91,
    "sentences": [
        {
            "text": "没有物业的小区由社区先托底。",
            "article_id": "wuye",
            "title": "老旧小区没有物业怎么办",
            "start": 14,
            "end": 28,
        }
    ],
    "practices": [_PRACTICE],
    "nearest": [{"article_id": "wuye", "title": "老旧小区没有物业怎么办", "heading": ""}],
}
VERIFY: Plain = {
    "quotation": "小事不出村，大事不出门",
    "verdict": "altered",
    "count": 1,
    "more": False,
    "places": [
        {
            "article_id": "fengqiao",
            "title": "楓橋經驗",
            "headings": [],
            "source": "平安報",
            "date": "2024",
            "quotes": [
                {
                    "text": "小事不出村，大事不出鎮",
                    "start": 13,
                    "end": 24,
                    "citation": "fengqiao@13-24~k3v9x2mqf3k2m9ab",
                }
            ],
            "differs": ["script"],
            "edits": [
                {"kind": "replaced", "quoted": "门", "written": "鎮", "quotation": [10, 11], "article": [23, 24]}
            ],
            "similarity": 0.91,
            "reordered": False,
            "before": "楓橋經驗講究就地化解矛盾。",
            "after": "。",
        }
    ],
    "cited": None,
}
PRACTICES: Plain = {"items": [_LINE], "total": 34, "limit": 1, "offset": 0, "next": "/v1/practices?limit=1&offset=1"}
ARTICLES: Plain = {
    "items": [
        {
            "id": "fengqiao",
            "title": "楓橋經驗",
            "script": "hant",
            "region": "浙江省紹興市",
            "date": "2024",
            "source": "平安報",
            "category": "矛盾化解",
            "characters": 25,
            "passages": 1,
        }
    ],
    "total": 84,
    "limit": 1,
    "offset": 0,
    "next": "/v1/articles?limit=1&offset=1",
}
BASKET: Plain = {
    "format": "kb-basket",
    "version": 1,
    "topic": "矛盾就地化解",
    "items": [{"kind": "practice", "title": "枫桥经验", "practice": "fengqiao-jingyan", "note": ""}],
}
