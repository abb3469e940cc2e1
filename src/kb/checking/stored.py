"""The store: its file, its seals, and that passages, sentences and links lie where their texts say."""

from __future__ import annotations

from collections.abc import Iterator

from kb.catalogue.consistency import conflicts
from kb.errors import DamagedError, SourceError
from kb.index.damage import told
from kb.index.database import FILE
from kb.index.store import NewPassage, Store
from kb.knowledge.preparing import cut
from kb.types import Check, Document

MOST_NAMED = 50
"""Damages that are named one by one; of more the number is told."""


def file(store: Store) -> Iterator[Check]:
    """The file as SQLite sees it, and how much is in it."""
    problem = store.integrity()
    orphans = store.rows("PRAGMA foreign_key_check")
    detail = problem if problem != "ok" or not orphans else f"{len(orphans)} 行不属于任何文章"
    well = problem == "ok" and not orphans
    yield Check(
        "文章库", well, f"{store.path}：{detail}", f"{FILE} 已损坏：运行 kb build 修复，不行就从备份恢复或重建。"
    )
    articles, passages, practices, _characters = store.counts()
    yield Check("内容", articles > 0, f"{articles} 篇文章，{passages} 个段落，{practices} 个实践", "运行 kb build。")


def seals(store: Store) -> Iterator[Check]:
    """Every row against its seal; whatever is damaged is named."""
    found = list(dict.fromkeys(told(store.path, damage) for damage in store.damages()))
    if not found:
        yield Check("校验", True, "文章、段落、句子、向量、实践、词表逐行与校验值相符")
        return
    named = "".join(found[:MOST_NAMED])
    more = f"另有 {len(found) - MOST_NAMED} 处。" if len(found) > MOST_NAMED else ""
    advice = "运行 kb build，由原文件重新收录；没有原文件的从备份恢复（kb restore）。"
    yield Check("校验", False, f"{len(found)} 处损坏：{named}{more}", advice)


def places(store: Store) -> Iterator[Check]:
    """Every passage and sentence lies in its article and is cut, and its vector found, as the rules say today."""
    wrong_passages, wrong_sentences = [], []
    for known in store.known():
        try:
            article = store.article(known.id)
            expected = cut(Document(article), "", "").passages if article is not None else ()
        except DamagedError:
            continue  # Named with its seal.
        except SourceError:
            expected = ()
        held = store.rows(
            'SELECT p.pk, p.start, p."end", p.digest FROM passage p JOIN article a ON a.pk = p.article'
            " WHERE a.id = ? ORDER BY p.n",
            known.id,
        )
        if [(new.start, new.end, new.digest) for new in expected] != [tuple(row[1:]) for row in held]:
            wrong_passages.append(known.id)
        elif not _sentences_as(store, expected, [row[0] for row in held]):
            wrong_sentences.append(known.id)
    yield _placed("段落位置", wrong_passages, "每个段落都能在原文中按位置取出")
    yield _placed("句子位置", wrong_sentences, "每个句子都在它的段落里，向量按它的文字取用")


def _sentences_as(store: Store, expected: tuple[NewPassage, ...], numbers: list[int]) -> bool:
    return all(
        [(one.start, one.end, one.digest) for one in new.sentences]
        == [
            tuple(row)
            for row in store.rows('SELECT start, "end", digest FROM sentence WHERE passage = ? ORDER BY n', number)
        ]
        for new, number in zip(expected, numbers, strict=True)
    )


def _placed(name: str, wrong: list[str], well: str) -> Check:
    detail = well if not wrong else f"{len(wrong)} 篇与切分规则不符，如 {wrong[0]}"
    return Check(name, not wrong, detail, "对这些文章重新运行 kb build。")


def links(store: Store) -> Check:
    """The evidence of every link lies in its passage, and its practice is there."""
    astray = store.one(
        "SELECT count(*) FROM link l LEFT JOIN passage p ON p.pk = l.passage WHERE p.pk IS NULL"
        ' OR l.start < p.start OR l."end" > p."end" OR l.start >= l."end" OR l.likelihood NOT BETWEEN 0 AND 1'
    )
    unknown = store.one("SELECT count(*) FROM link WHERE practice NOT IN (SELECT id FROM practice)")
    count = store.one("SELECT count(*) FROM link")
    detail = f"{count} 处，依据都在段落里，实践都在目录里"
    if astray or unknown:
        detail = f"{astray} 处的依据不在段落里，{unknown} 处的实践不在目录里"
    return Check("与实践的联系", not astray and not unknown, detail, "运行 kb build，会重新找出段落与实践的联系。")


def catalogue(store: Store) -> Check:
    """Names and related ids agree between practice pages; an unknown id alone leads nobody astray."""
    found = conflicts(store.catalogue.practices())
    detail = "；".join(one.detail for one in found) or "名称和相关实践前后一致"
    return Check(
        "实践目录", not any(one.serious for one in found), detail, "".join(one.advice for one in found if one.serious)
    )
