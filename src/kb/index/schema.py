"""The tables of the store, as one readable piece of SQL, and the steps from older ones."""

from __future__ import annotations

VERSION = 4
"""`PRAGMA user_version` of a store made by this package."""

UPLOADED = "upload:"
"""Before the origin of an article that came as bytes with a name: `upload:<digest of the bytes>/<name>`."""

SCHEMA = """
-- Columns that end in `seal` are checksums of what the row says (kb.index.seals).

-- What the index as a whole knows: model, generation, versions of the stages.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    seal  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- How many rows a table has and the sum of their seals, so that a row that vanished is noticed.
CREATE TABLE total (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    seal INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE article (
    pk       INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL,          -- as written; every span in the index counts its characters
    raw      BLOB NOT NULL,          -- the bytes as received
    script   TEXT NOT NULL,          -- hans | hant | mixed
    source   TEXT NOT NULL,
    url      TEXT NOT NULL,
    date     TEXT NOT NULL,          -- ISO date or its known beginning, '' where not stated
    region   TEXT NOT NULL,
    author   TEXT NOT NULL,
    category TEXT NOT NULL,
    tags     TEXT NOT NULL,          -- JSON list
    headings TEXT NOT NULL,          -- JSON list: what stands above the first line
    sources  TEXT NOT NULL,          -- JSON list of the sources the article cites
    origin   TEXT NOT NULL UNIQUE,   -- the file (and line) it was read from
    root     TEXT NOT NULL,          -- the path given to `kb build`; '' when added by hand
    digest   TEXT NOT NULL,          -- of all of the above, to tell what changed
    region_folded   TEXT NOT NULL,   -- these three in matching form, for filters
    source_folded   TEXT NOT NULL,
    category_folded TEXT NOT NULL,
    added    TEXT NOT NULL,          -- UTC time
    repairs  TEXT NOT NULL DEFAULT '[]',  -- JSON list of the steps from the text as received to `text`
    flags    TEXT NOT NULL DEFAULT '[]',  -- JSON list of the places of `text` to be read with care
    quality  REAL NOT NULL DEFAULT 1,     -- soundness of the text, 0 to 1
    receipt  TEXT NOT NULL DEFAULT '',    -- JSON: how the file was read; '' where an older version stored it
    fingerprint BLOB NOT NULL DEFAULT x'',  -- of the text in matching form, to find duplicates
    parts     INTEGER NOT NULL DEFAULT 0, -- the seals of its passages, added
    seal      INTEGER NOT NULL DEFAULT 0, -- of all but what the next three are of
    text_seal INTEGER NOT NULL DEFAULT 0,
    raw_seal  INTEGER NOT NULL DEFAULT 0,
    kept_seal INTEGER NOT NULL DEFAULT 0  -- of repairs, flags, receipt, fingerprint
);
CREATE INDEX article_by_root ON article (root);

-- AUTOINCREMENT: a pk is never used again, so that a cache can tell old passages from new ones by number.
CREATE TABLE passage (
    pk       INTEGER PRIMARY KEY AUTOINCREMENT,
    article  INTEGER NOT NULL REFERENCES article (pk) ON DELETE CASCADE,
    n        INTEGER NOT NULL,       -- from 1; the passage's id is article#n
    start    INTEGER NOT NULL,       -- characters of article.text
    "end"    INTEGER NOT NULL,
    headings TEXT NOT NULL,          -- JSON list
    digest   TEXT NOT NULL,          -- of the text that is embedded: the key of its vector
    flags    TEXT NOT NULL DEFAULT '[]',  -- JSON list: the article's flags that lie in it
    quality  REAL NOT NULL DEFAULT 1,
    searched TEXT,                   -- what is searched instead of its text, where damage makes a difference
    linked   INTEGER NOT NULL DEFAULT 0,  -- 1 once the practices it speaks of were looked for
    seal           INTEGER NOT NULL DEFAULT 0,  -- of all above but `linked`
    sentences_seal INTEGER NOT NULL DEFAULT 0,
    links_seal     INTEGER NOT NULL DEFAULT 0,  -- 0 while it was not looked at
    UNIQUE (article, n)
);
CREATE INDEX passage_by_digest ON passage (digest);

-- The sentences of a passage that are embedded on their own; a passage of one sentence has none.
CREATE TABLE sentence (
    passage INTEGER NOT NULL REFERENCES passage (pk) ON DELETE CASCADE,
    n       INTEGER NOT NULL,        -- from 1, in reading order
    start   INTEGER NOT NULL,        -- characters of article.text
    "end"   INTEGER NOT NULL,
    digest  TEXT NOT NULL,           -- of the text that is embedded: the key of its vector
    PRIMARY KEY (passage, n)
) WITHOUT ROWID;
CREATE INDEX sentence_by_digest ON sentence (digest);

-- Vectors are kept by what was embedded and by which model, so that an interrupted build or an article added
-- again embeds nothing twice. Those of another model go when a build has replaced them all.
CREATE TABLE vector (
    model  TEXT NOT NULL,
    digest TEXT NOT NULL,
    value  BLOB NOT NULL,            -- little endian, unit length: float32 of passages, float16 of sentences
    seal   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (model, digest)
);

-- `data` is the Practice as JSON.
CREATE TABLE practice (
    id      TEXT PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES article (pk) ON DELETE CASCADE,
    data    TEXT NOT NULL,
    seal    INTEGER NOT NULL DEFAULT 0
);

-- Which practices a passage speaks of, found when it was stored (kb.knowledge.linking).
CREATE TABLE link (
    passage    INTEGER NOT NULL REFERENCES passage (pk) ON DELETE CASCADE,
    practice   TEXT NOT NULL,
    kind       TEXT NOT NULL,        -- describes | mentions
    likelihood REAL NOT NULL,        -- that it describes it
    start      INTEGER NOT NULL,     -- the evidence, characters of article.text
    "end"      INTEGER NOT NULL,
    PRIMARY KEY (passage, practice)
) WITHOUT ROWID;
CREATE INDEX link_by_practice ON link (practice);

-- Our own terms for segmentation, besides the names of practices; several roots may bring the same one.
CREATE TABLE term (
    term TEXT NOT NULL,
    root TEXT NOT NULL,
    seal INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (term, root)
) WITHOUT ROWID;

-- Questions that the texts do not answer, put down for the editors by those who asked them; `nearest` is a JSON list of
-- [article id, title, heading].
CREATE TABLE gap (
    folded     TEXT PRIMARY KEY,     -- the question in matching form: both scripts are one gap
    question   TEXT NOT NULL,        -- as asked last
    times      INTEGER NOT NULL,
    first      TEXT NOT NULL,        -- UTC time
    last       TEXT NOT NULL,
    confidence REAL NOT NULL,
    nearest    TEXT NOT NULL,
    seal       INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""

MIGRATIONS = {
    2: """
ALTER TABLE article ADD COLUMN repairs TEXT NOT NULL DEFAULT '[]';
ALTER TABLE article ADD COLUMN flags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE article ADD COLUMN quality REAL NOT NULL DEFAULT 1;
ALTER TABLE article ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN fingerprint BLOB NOT NULL DEFAULT x'';
ALTER TABLE passage ADD COLUMN flags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE passage ADD COLUMN quality REAL NOT NULL DEFAULT 1;
ALTER TABLE passage ADD COLUMN searched TEXT;
ALTER TABLE passage ADD COLUMN linked INTEGER NOT NULL DEFAULT 0;
CREATE TABLE link (
    passage    INTEGER NOT NULL REFERENCES passage (pk) ON DELETE CASCADE,
    practice   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    likelihood REAL NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    PRIMARY KEY (passage, practice)
) WITHOUT ROWID;
CREATE INDEX link_by_practice ON link (practice);
CREATE TABLE sentence (
    passage INTEGER NOT NULL REFERENCES passage (pk) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    "end"   INTEGER NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (passage, n)
) WITHOUT ROWID;
CREATE INDEX sentence_by_digest ON sentence (digest);
""",
    3: """
CREATE TABLE gap (
    folded     TEXT PRIMARY KEY,
    question   TEXT NOT NULL,
    times      INTEGER NOT NULL,
    first      TEXT NOT NULL,
    last       TEXT NOT NULL,
    confidence REAL NOT NULL,
    nearest    TEXT NOT NULL
) WITHOUT ROWID;
""",
    4: """
CREATE TABLE total (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    seal INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE article ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN text_seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN raw_seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN kept_seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passage ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passage ADD COLUMN sentences_seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passage ADD COLUMN links_seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE vector ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE term ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gap ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
""",
}
"""The step to each version from the one before it. What a column adds is filled by the next build of the article,
which takes it for changed since the versions of repair, normalize and split are part of its digest. Seals are of what
a row says when the store is taken over (`kb.index.seals.reseal`)."""
