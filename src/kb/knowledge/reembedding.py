"""Vectors that are missing, made from the texts in the store: another model was chosen, or a build was cut short."""

from __future__ import annotations

from kb.errors import IndexStateError
from kb.index.store import Store
from kb.knowledge.adding import GROUP
from kb.knowledge.caching import searchable_text
from kb.knowledge.preparing import text_digest
from kb.knowledge.progress import Progress
from kb.models.encoder import Encoder, TextKind
from kb.text.normalize import normalize


def reembed(store: Store, encoder: Encoder, progress: Progress, *, with_sentences: bool) -> int:
    """Vectors of the encoder's model for every passage that lacks one, from the texts in the store; how many.

    `with_sentences`: those of sentences, too.
    """
    numbers = store.vectors.passages_without(encoder.identity)
    for at in range(0, len(numbers), GROUP):
        progress("重算向量", at, len(numbers))
        passages = list(store.texts(numbers[at : at + GROUP]))
        texts = {row.digest: searchable_text(row.title, row.headings, row.text) for row in passages}
        if any(text_digest(text) != digest for digest, text in texts.items()):
            raise IndexStateError("索引由另一版本的 kb 建立，段落与现有规则不符。请对原来的文章重新运行 kb build。")
        digests = sorted(texts)
        store.vectors.put(
            encoder.identity, digests, encoder.encode([texts[digest] for digest in digests], TextKind.PASSAGE)
        )
        progress("重算向量", min(at + GROUP, len(numbers)), len(numbers))
    if with_sentences:
        _reembed_sentences(store, encoder, progress)
    return len(numbers)


def _reembed_sentences(store: Store, encoder: Encoder, progress: Progress) -> None:
    missing = store.vectors.sentences_without(encoder.identity)
    for at in range(0, len(missing), GROUP):
        progress("重算句子向量", at, len(missing))
        digests = missing[at : at + GROUP]
        texts = store.sentences.texts(digests)
        vectors = encoder.encode([normalize(texts[digest]) for digest in digests], TextKind.PASSAGE)
        store.vectors.put(encoder.identity, digests, vectors, half=True)
        progress("重算句子向量", min(at + GROUP, len(missing)), len(missing))
