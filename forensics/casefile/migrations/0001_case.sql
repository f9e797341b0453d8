-- The first schema of a case. docs/case-format.md tells what each column means.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE text (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);
CREATE UNIQUE INDEX text_text ON text (text);

CREATE TABLE evidence (
  id        INTEGER PRIMARY KEY,
  name      TEXT    NOT NULL,
  path      TEXT    NOT NULL,
  size      INTEGER NOT NULL,
  digest    BLOB,
  is_folder INTEGER NOT NULL,
  modified  INTEGER,
  added     INTEGER NOT NULL,
  done      INTEGER NOT NULL,
  tool      TEXT    NOT NULL
);
CREATE INDEX evidence_path ON evidence (path);

CREATE TABLE item (
  id         INTEGER PRIMARY KEY,
  evidence   INTEGER NOT NULL REFERENCES evidence (id),
  name       TEXT    NOT NULL,
  size       INTEGER NOT NULL,
  digest     BLOB,
  modified   INTEGER,
  format     TEXT    NOT NULL,
  status     INTEGER NOT NULL,
  reason     TEXT    NOT NULL,
  clock      TEXT    NOT NULL,
  records    INTEGER NOT NULL,
  read       INTEGER NOT NULL,
  events     INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  skipped    INTEGER NOT NULL,
  broken     INTEGER NOT NULL,
  warnings   INTEGER NOT NULL,
  first      INTEGER NOT NULL,
  last       INTEGER NOT NULL,
  low        INTEGER NOT NULL, -- no event of this item has a smaller id
  UNIQUE (evidence, name)
);
CREATE INDEX item_digest ON item (digest);

CREATE TABLE event (
  id         INTEGER PRIMARY KEY, -- in the order of reading
  time       INTEGER NOT NULL,    -- nanoseconds since 1970, UTC
  kind       INTEGER NOT NULL,
  certainty  INTEGER NOT NULL,
  outcome    INTEGER NOT NULL,
  flags      INTEGER NOT NULL,
  item       INTEGER NOT NULL,
  "offset"   INTEGER NOT NULL,
  length     INTEGER NOT NULL,
  line       INTEGER NOT NULL,
  n          INTEGER NOT NULL,    -- which of the events of its record
  digest     BLOB,                -- SHA-256 of the raw record
  original   TEXT,                -- the time as the source wrote it
  zone       INTEGER,             -- seconds from UTC
  port       INTEGER,
  asn        INTEGER,
  uid        INTEGER,
  session    TEXT,
  message_id TEXT,
  subject    TEXT,
  fact       INTEGER,             -- 64 bits of a salted hash of the fact's identity
  more       TEXT,                -- JSON: what few events have
  -- numbers in the table text:
  zone_name  INTEGER,
  "desc"     INTEGER,             -- what the time means
  format     INTEGER,
  account    INTEGER,
  actor      INTEGER,
  ip         INTEGER,
  host       INTEGER,
  country    INTEGER,
  org        INTEGER,
  client     INTEGER,
  protocol   INTEGER,
  service    INTEGER,
  operation  INTEGER,
  sender     INTEGER,             -- the address a mail came from
  key        INTEGER,
  folder     INTEGER,
  detail     INTEGER,
  rule       INTEGER
);

CREATE TABLE seen_in (
  event  INTEGER NOT NULL, -- 0 while the event's own item is being read again
  fact   INTEGER NOT NULL,
  item   INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  length INTEGER NOT NULL,
  line   INTEGER NOT NULL
);
CREATE INDEX seen_in_event ON seen_in (event);

CREATE TABLE warning (
  id       INTEGER PRIMARY KEY,
  evidence INTEGER NOT NULL,
  item     INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  length   INTEGER NOT NULL,
  line     INTEGER NOT NULL,
  text     TEXT    NOT NULL
);

CREATE TABLE tag (
  event INTEGER NOT NULL,
  tag   TEXT    NOT NULL,
  at    INTEGER NOT NULL,
  who   TEXT    NOT NULL,
  PRIMARY KEY (event, tag)
) WITHOUT ROWID;

CREATE TABLE note (
  event INTEGER PRIMARY KEY,
  text  TEXT    NOT NULL,
  at    INTEGER NOT NULL,
  who   TEXT    NOT NULL
);

CREATE TABLE verdict (
  entity  TEXT    PRIMARY KEY, -- such as ip:203.0.113.7
  verdict TEXT    NOT NULL,    -- mine or not-mine
  at      INTEGER NOT NULL,
  who     TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE mark (
  seq    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL,
  what   TEXT    NOT NULL,
  before TEXT    NOT NULL, -- JSON: what to put back to undo it
  undone INTEGER           -- when
);

CREATE TABLE filter_history (
  filter TEXT    PRIMARY KEY,
  at     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE custody (
  seq    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL,
  what   TEXT    NOT NULL,
  detail TEXT    NOT NULL,
  tool   TEXT    NOT NULL,
  prev   BLOB    NOT NULL,
  hash   BLOB    NOT NULL
);
