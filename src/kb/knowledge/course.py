"""Course kits: what is collected, checked against the store, and what a plan is made from, read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.errors import NotFoundError, QueryError
from kb.knowledge.browsing import Browsing
from kb.types import Answer, Article, Quote

if TYPE_CHECKING:
    from kb.course.basket import Basket, Item
    from kb.course.values import CoursePlan

_PLACE = re.compile(r"(?P<article>.+?)(?:@(?P<start>\d{1,9})-(?P<end>\d{1,9})|#(?P<passage>\d{1,6}))?", re.DOTALL)


class Teaching(Browsing):
    """An index folder, open for making courses from it."""

    def course(self, basket: Basket) -> CoursePlan:
        """The plan made from a basket; the same basket gives the same plan.

        Raises:
            QueryError: the basket is empty.
            NotFoundError: nothing of it is in the index any more.
        """
        from kb.catalogue.figures import figures_of
        from kb.course.material import Material
        from kb.course.planning import EMPTY, plan
        from kb.knowledge.around import Around

        if not basket.items:
            raise QueryError(EMPTY)
        catalogue = Around(self._reading())
        practices = {practice.id: practice for practice in catalogue.practices}
        names = [name for practice in catalogue.practices for name in practice.names]
        wanted = [item.practice for item in basket.items if item.practice in practices]
        around = {key: catalogue.of(practices[key]) for key in wanted}
        keys = [quote.article_id for item in basket.items for quote in item.quotes] + wanted
        for one in around.values():
            keys += [quote.article_id for quote in one.passages] + [key for key, _title in one.explained_in]
        found = {key: _article(self, key) for key in dict.fromkeys(keys)}
        return plan(
            basket,
            Material(
                articles={key: article for key, article in found.items() if article is not None},
                practices=practices,
                figures={key: figures_of(practices[key], names) for key in wanted},
                around=around,
            ),
        )

    def basket(
        self,
        topic: str = "",
        *,
        practices: Iterable[str] = (),
        articles: Iterable[str] = (),
        answers: Iterable[Answer] = (),
        into: Basket | None = None,
    ) -> Basket:
        """A basket with these, behind what is in `into` already; `articles` are places as `pick` takes them.

        Raises:
            NotFoundError: a practice, an article or a passage is not there.
            QueryError: a place is outside its article, an answer has no sentences, or the basket would be too full.
        """
        from kb.course.basket import Basket, add, answer_item, practice_item, titled

        items = [practice_item(self.practice(name)) for name in practices]
        items += [self.pick(place) for place in articles]
        items += [answer_item(answer) for answer in answers]
        made = add(into or Basket(), *items)
        return titled(made, topic) if topic.strip() else made

    def pick(self, place: str) -> Item:
        """A whole article (`id`), a passage of it (`id#3`) or characters of it (`id@120-180`), to put into a basket.

        Raises:
            NotFoundError: the article or the passage is not there.
            QueryError: the place is empty or outside the article.
        """
        from kb.course.basket import passage_item

        found = _PLACE.fullmatch(place.strip())
        if found is None:
            raise QueryError("请写明文章编号，如 wanggehua-rumen、wanggehua-rumen#3 或 wanggehua-rumen@120-180。")
        article = self.article(found["article"])
        start, end = 0, len(article.text)
        if found["passage"]:
            key = f"{article.id}#{int(found['passage'])}"
            passage = next((one for one in self.passages(article.id) if one.id == key), None)
            if passage is None:
                raise NotFoundError(f"文章 {article.id} 没有第 {found['passage']} 段。用 kb search 查看段落编号。")
            start, end = passage.start, passage.end
        elif found["start"]:
            start, end = int(found["start"]), int(found["end"])
        text = article.text[start:end]
        if not text.strip() or end > len(article.text):
            raise QueryError(f"文章 {article.id} 共 {len(article.text)} 字，{start}–{end} 处没有文字。请改正起止位置。")
        return passage_item(Quote(article.id, start, end, text), article.title)


def _article(knowledge: Teaching, key: str) -> Article | None:
    try:
        return knowledge.article(key)
    except NotFoundError:
        return None
