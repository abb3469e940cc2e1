"""The pages of the app: every one that a reader can come to has an address."""

from __future__ import annotations

QUESTION = "老旧小区没有物业怎么办"
UNKNOWN = "火星上怎么种土豆呢"
TWO = "hongse-wuye,xintuo-wuye"

PAGES: dict[str, dict[str, str]] = {
    "start": {},
    "answer": {"q": QUESTION},
    "no-answer": {"q": UNKNOWN},
    "filtered": {"q": QUESTION, "region": "北京市", "mode": "lexical"},
    "articles": {"view": "articles"},
    "article": {"article": "laojiu-xiaoqu-wu-wuye", "at": "60-120"},
    "article-hant": {"article": "canyu-yusuan-wenda", "ui": "hant", "form": "hk"},
    "print": {"article": "laojiu-xiaoqu-wu-wuye", "at": "60-120", "print": "1"},
    "practices": {"view": "practices"},
    "map": {"view": "practices", "show": "region"},
    "map-region": {"view": "practices", "show": "region", "region": "湖北"},
    "years": {"view": "practices", "show": "year"},
    "compare": {"view": "practices", "show": "compare", "with": TWO},
    "suit": {"view": "practices", "show": "suit", "problem": "老旧小区没有物业", "setting": "urban", "money": "no"},
    "ledger": {"view": "practices", "show": "ledger"},
    "practice": {"practice": "hongse-wuye", "with": TWO},
    "course": {"view": "course"},
    "add": {"view": "add"},
    "library": {"view": "library"},
    "quality": {"view": "library", "part": "quality"},
    "gaps": {"view": "library", "part": "gaps"},
    "terms": {"view": "library", "part": "terms"},
    "state": {"view": "library", "part": "state"},
    "unknown": {"article": "nothing-here"},
}
