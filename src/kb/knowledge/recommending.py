"""From a question to the practices that fit it, each with the sentence that makes it fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kb.index.dense import Numbers
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.search.evidence import best_sentence
from kb.search.fuse import POOL
from kb.search.practices import PracticeNames
from kb.search.surfacing import CALIBRATIONS, OTHER_MODELS, Pages, Surfaced, named, surface
from kb.text import other_names
from kb.text.segment import Segmenter
from kb.text.sentences import sentences
from kb.types import Mode, PracticeHit, Quote

MOST_PRACTICES = 8
LEAST_LIKELY = 0.02
"""A practice that is less likely to be meant is not shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as each leg compares it: in matching form, its vector (None without the dense leg) and its terms (None
    without words); `further` are those of other names. `default_model` tells whether the vector is of the model that
    likelihoods were measured with."""

    matching: str
    mode: Mode
    vector: npt.NDArray[np.float32] | None
    terms: list[str] | None
    default_model: bool
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommender:
    """The practices' pages with what is needed to compare a question with them; `articles[i]` is the article that
    passage `pages.numbers[i]` is of."""

    store: Store
    retriever: Retriever
    segmenter: Segmenter
    names: PracticeNames
    pages: Pages
    articles: Numbers

    @classmethod
    def of(cls, store: Store, retriever: Retriever, segmenter: Segmenter, names: PracticeNames) -> Recommender:
        """The pages of the practices, as far as the retriever knows them."""
        owners = store.catalogue.pages()
        numbers, articles = retriever.passages_of(np.array(sorted(owners), dtype=np.int64))
        pages = {number: owners[article] for number, article in zip(numbers.tolist(), articles.tolist(), strict=True)}
        return cls(store, retriever, segmenter, names, Pages.of(pages, retriever.vectors_of(numbers)), articles)

    def practices(self, asked: Asked, articles: Numbers | None) -> tuple[PracticeHit, ...]:
        """The practices that fit, likeliest first; a filter leaves those whose own page fits it."""
        pages = self.pages
        if articles is not None:
            pages = pages.only(pages.numbers[np.isin(self.articles, articles)])
        lexical = None
        if asked.terms is not None:
            owners = np.unique(self.articles[np.isin(self.pages.numbers, pages.numbers)])
            lexical = self.retriever.lexical.search(asked.terms, POOL, owners)
        calibration = (CALIBRATIONS if asked.default_model else OTHER_MODELS)[asked.mode]
        shares = self.names.share(asked.matching)
        surfaced = [
            replace(one, likelihood=named(one.likelihood, shares[one.id])) if one.id in shares else one
            for one in surface(pages, asked.vector, lexical, calibration)
        ]
        likely = sorted(surfaced, key=lambda one: (-one.likelihood, one.id))[:MOST_PRACTICES]
        return self._evident([one for one in likely if one.likelihood >= LEAST_LIKELY], shares, asked)

    def _evident(
        self, likely: Sequence[Surfaced], shares: Mapping[str, float], asked: Asked
    ) -> tuple[PracticeHit, ...]:
        """Each with the sentence of its page that fits best."""
        loaded = self.store.passages([one.passage for one in likely], generation=self.retriever.generation)
        terms = {token.term for token in self.segmenter.tokens(asked.matching)}
        found = []
        for one in likely:
            quote, reason = None, "问题中提到" if one.id in shares else ""
            if one.passage in loaded:
                passage, _article = loaded[one.passage]
                text = passage.text
                told = [one for one in sentences(text) if not other_names.is_line(text[one.start : one.end])]
                span = best_sentence(text, told, terms)
                if span is not None:
                    start, end = passage.start + span.start, passage.start + span.end
                    quote = Quote(passage.article_id, start, end, text[span.start : span.end])
                reason = reason or f"页面内容相符：{passage.headings[-1] if passage.headings else '正文'}"
            found.append(PracticeHit(one.id, self.names[one.id].name, round(one.likelihood, 4), reason, quote))
        return tuple(found)
