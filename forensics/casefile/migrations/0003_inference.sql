-- What follows from something missing, and the thresholds of a case.

CREATE TABLE addition (
  event INTEGER PRIMARY KEY, -- an event that a log or a copy gave
  more  TEXT NOT NULL        -- JSON: the reasons and bounds that inference adds to it
);

CREATE TABLE setting (
  name  TEXT    PRIMARY KEY,
  value TEXT    NOT NULL,
  at    INTEGER NOT NULL,
  who   TEXT    NOT NULL
) WITHOUT ROWID;
