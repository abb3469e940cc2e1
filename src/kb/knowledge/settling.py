"""After articles came: every vector, link, calibration and index file agrees with the store again."""

from __future__ import annotations

from kb.index.store import Store
from kb.knowledge.caching import Progress, sync
from kb.knowledge.calibrating import calibrate
from kb.knowledge.linking import link
from kb.knowledge.recognizing import keep_sample
from kb.knowledge.reembedding import reembed
from kb.models.encoder import Encoder
from kb.text.segment import Segmenter


def settle(store: Store, encoder: Encoder, segmenter: Segmenter, progress: Progress, *, with_sentences: bool) -> int:
    """Bring what follows from the articles up to date; how many passages were embedded for it.

    Raises:
        IndexStateError: it cannot be written; the articles are stored, and the next change makes up for it.
    """
    embedded = reembed(store, encoder, progress, with_sentences=with_sentences)
    store.adopt_model(encoder.identity, encoder.dimension, encoder.engine)
    keep_sample(store, encoder)
    link(store, encoder.identity)
    calibrate(store, encoder)
    sync(store, encoder.identity, segmenter, progress)
    return embedded
