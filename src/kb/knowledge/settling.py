"""After articles came: every vector, link, calibration and index file agrees with the store again."""

from __future__ import annotations

from kb.index.store import Store
from kb.knowledge.adding import Adding
from kb.knowledge.calibrating import calibrate
from kb.knowledge.keeping import Keeping
from kb.knowledge.linking import link
from kb.knowledge.progress import Progress
from kb.knowledge.recognizing import keep_sample
from kb.knowledge.reembedding import reembed
from kb.text.segment import Segmenter


def settle(store: Store, keeping: Keeping, adding: Adding, segmenter: Segmenter, progress: Progress) -> None:
    """Bring what follows from the articles of `adding` up to date.

    Raises:
        IndexStateError: it cannot be written; the articles are stored, and the next change makes up for it.
    """
    encoder = adding.encoder
    adding.embedded += reembed(store, encoder, progress, with_sentences=adding.with_sentences)
    store.adopt_model(encoder.identity, encoder.dimension, encoder.engine)
    keep_sample(store, encoder)
    link(store, encoder.identity)
    calibrate(store, encoder)
    keeping.sync(store, encoder.identity, segmenter, progress)
