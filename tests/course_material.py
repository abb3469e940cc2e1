"""Made-up articles and practices for the tests of course kits: small, with every kind of thing a plan can hold."""

from __future__ import annotations

from kb.catalogue.figures import figures_of
from kb.catalogue.surroundings import legal_basis
from kb.catalogue.values import Related, Surroundings
from kb.course.basket import Basket, add, passage_item, practice_item
from kb.course.material import Material
from kb.course.planning import plan
from kb.course.values import CoursePlan
from kb.types import Article, Flag, FlagKind, Mark, Practice, Quote, RepairKind, Script, Source, Statement, Step

LAW = Source("街道办事处条例", "市人大常委会", "2019-11-27", note="第十条")
REPORT = Source("十年回访", "晚报", "2020-01-02", "http://a.cn/1")
OTHER = Source("另一篇报道", "商报", "2021")

SECTIONS = {
    "lead": "牵头", "problem": "针对的问题", "mechanism": "做法", "steps": "步骤", "figures": "数据",
    "results": "成效", "limits": "局限",
}  # fmt: skip


def statement(text: str, *sources: int, marks: tuple[Mark, ...] = ()) -> Statement:
    return Statement(text, sources or (0,), marks)


def practice(key: str, name: str, **fields: object) -> Practice:
    whole: dict[str, object] = {
        "category": "议事协商",
        "region": f"{name}市",
        "aliases": (f"{name}法", f"{name}經"),
        "sources": (REPORT, LAW, OTHER),
        "lead": (statement(f"{name}由街道牵头。", 1),),
        "problem": (statement(f"{name}之前部门互相推。", 0, marks=(Mark.SUMMARY,)),),
        "mechanism": (statement("先摸底。"), statement("再开会。", 1)),
        "steps": tuple(statement(f"第{n}步这样做。", 0, marks=(Mark.SUMMARY,)) for n in "一二三"),
        "results": (statement("群众满意。", 0, marks=(Mark.OWN_CLAIM,)),),
        "limits": (statement("要有人干。", 2),),
    }
    return Practice(key, name, **{**whole, **fields})  # type: ignore[arg-type]


def page(one: Practice) -> Article:
    """The stored page of a practice, as the corpus writes it."""
    lines = [f"# {one.name}"]
    for field, title in SECTIONS.items():
        lines += ["", f"## {title}"]
        said: tuple[Statement, ...] = getattr(one, field)
        for number, item in enumerate(said, start=1):
            sign = f"{number}." if field == "steps" else "-"
            tail = "".join(f"[{at + 1}]" for at in item.sources) + "".join(f"〔{mark.value}〕" for mark in item.marks)
            lines.append(f"{sign} {item.text}{tail}")
        lines += [] if said else ["- 未载明。"]
    return Article(one.id, one.name, "\n".join(lines) + "\n", sources=one.sources)


FIRST = practice("jia", "甲")
SECOND = practice(
    "yi",
    "乙",
    figures=(
        statement("2020年全市有247个平台。", 0, marks=(Mark.OWN_CLAIM,)),
        statement("另一篇报道说有197个平台。", 2, marks=(Mark.UNVERIFIED,)),
    ),
    steps=tuple(statement(f"乙的第{n}步。") for n in "一二三四"),
    limits=(),
)
THIRD = practice("bing", "丙", lead=(), problem=(), mechanism=(), steps=(), results=(), limits=())

NOTICE = Article(
    "tongzhi",
    "關於網格的通知",
    "# 關於網格的通知\n\n網格員每天巡查。[1]發現問題就上報。[1][2]〔自述〕\n\n- 第一，公開。[9]\n- 第二，監督。\n\n"
    "| 項目 | 期限 |\n|---|---|\n| 巡查 | 每天 |\n",
    script=Script.HANT,
    source="民政局",
    date="2022-03",
    author="民政局办公室",
    sources=(REPORT, OTHER),
)
_TEXT = "街道有三\u00a0百人。楼道里堆放□□，居民不满。"
DAMAGED = Article(
    "sunhuai",
    "损坏的通知",
    _TEXT.replace("\u00a0", "?"),
    source="社区报",
    repairs=(Step(RepairKind.SPACES, 4, 5, "?", "?"),),
    flags=(Flag(FlagKind.LOST, _TEXT.index("□"), _TEXT.index("□") + 2, "此处缺两个字", ("杂物", "物品")),),
)
HOSTILE = Article(
    "huai",
    "<script>alert('题')</script>|*#",
    "<script>alert(1)</script> & \x00\x0b\x1f\ud800\uffff *粗* [链](javascript:x) | 表 |。\n" + "W" * 4_000 + "\n"
    "# 标题\n" + "没有句号的长句子" * 700 + "\n1. 行首。\n",
    source="<b>报</b>\x07",
    url="javascript:alert(1)",
)

PRACTICES = (FIRST, SECOND, THIRD)
ARTICLES = {one.id: one for one in (NOTICE, DAMAGED, HOSTILE, *map(page, PRACTICES))}


def material(*practices: Practice, articles: dict[str, Article] | None = None) -> Material:
    """Everything above, or only these practices and articles."""
    known = practices or PRACTICES
    return Material(
        articles=ARTICLES if articles is None else articles,
        practices={one.id: one for one in known},
        figures={one.id: figures_of(one) for one in known},
        around={
            one.id: Surroundings(
                related=(Related("yi", "乙", ("本页列出",)),),
                basis=legal_basis(one),
                explained_in=(("tongzhi", NOTICE.title),),
                passages=(quote("sunhuai", 0, 9),),
            )
            for one in known
        },
    )


def quote(key: str, start: int, end: int) -> Quote:
    return Quote(key, start, end, ARTICLES[key].text[start:end])


def whole(key: str) -> Quote:
    return quote(key, 0, len(ARTICLES[key].text))


def basket(*practices: Practice, quotes: tuple[Quote, ...] = (), topic: str = "怎样议事") -> Basket:
    items = [practice_item(one) for one in practices]
    return add(Basket(topic), *items, *(passage_item(one, ARTICLES[one.article_id].title) for one in quotes))


def full_plan() -> CoursePlan:
    """Three practices, an article in traditional script, a damaged and a hostile one."""
    return plan(basket(*PRACTICES, quotes=(whole("tongzhi"), whole("sunhuai"), whole("huai"))), material())
