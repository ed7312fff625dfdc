import type { Migration } from '../migrate.ts';

/** The projection: what the events fold into. Every row of it can be made again from the journal. */
export const calls: Migration = {
  number: 2,
  what: 'calls',
  sql: `
    CREATE TABLE calls (
      callId          TEXT    PRIMARY KEY,      -- call_ and 26 characters
      reference       TEXT,
      providerId      TEXT    NOT NULL,
      direction       TEXT    NOT NULL,         -- inbound | outbound | unknown
      "from"          TEXT,                     -- as the provider wrote it
      "to"            TEXT,
      status          TEXT    NOT NULL,
      startedAtMs     INTEGER NOT NULL,         -- epoch milliseconds; the earliest moment known
      answeredAtMs    INTEGER,
      endedAtMs       INTEGER,
      recordingStatus TEXT    NOT NULL,
      durationMs      INTEGER,                  -- talk time
      recordingCount  INTEGER NOT NULL,
      mainRecordingId TEXT,
      needsAttention  INTEGER NOT NULL,         -- 0 | 1
      providerCode    TEXT
    ) STRICT, WITHOUT ROWID;
    -- Each ends in callId, the primary key, so that equal times keep one order.
    CREATE INDEX callsByStart ON calls (startedAtMs);
    -- Only what is rare: what most calls are is found soon enough by walking callsByStart, and an index that every
    -- callback adds to costs a page in every commit. Spelt with OR because SQLite cannot prove IN.
    CREATE INDEX callsByStatus ON calls (status, startedAtMs)
      WHERE status = 'queued' OR status = 'ringing' OR status = 'in_progress' OR status = 'busy'
        OR status = 'no_answer' OR status = 'failed' OR status = 'canceled';
    CREATE INDEX callsByRecordingStatus ON calls (recordingStatus, startedAtMs)
      WHERE recordingStatus = 'recording' OR recordingStatus = 'processing' OR recordingStatus = 'fetching'
        OR recordingStatus = 'absent' OR recordingStatus = 'external' OR recordingStatus = 'failed'
        OR recordingStatus = 'deleted' OR recordingStatus = 'not_recorded' OR recordingStatus = 'not_expected';
    CREATE INDEX callsInNeed ON calls (startedAtMs) WHERE needsAttention = 1;

    CREATE TABLE recordings (
      recordingId         TEXT    PRIMARY KEY,  -- rec_ and 26 characters, made from the provider's id
      callId              TEXT    NOT NULL,
      providerId          TEXT    NOT NULL,
      providerRecordingId TEXT    NOT NULL,
      providerAccountId   TEXT,
      status              TEXT    NOT NULL,
      durationMs          INTEGER,
      channels            INTEGER,
      sizeBytes           INTEGER,
      sha256              TEXT,                 -- lower-case hex of the stored file
      contentType         TEXT,
      fileName            TEXT,                 -- relative to the recordings folder
      startedAtMs         INTEGER,
      storedAtMs          INTEGER,
      reason              TEXT,
      providerCode        TEXT,
      flags               TEXT    NOT NULL,     -- JSON array
      generation          INTEGER NOT NULL
    -- With row numbers: its ids come in random order, and only a narrow index should have to. None by call: its
    -- events name its recordings.
    ) STRICT;
    CREATE INDEX recordingsStored ON recordings (sizeBytes) WHERE status = 'stored';

    -- Exact ids that name a call. Two ids told in one event are the same call. (Ids of recordings are in recordings.)
    -- No index by call: the ids of a call are those that its events name.
    CREATE TABLE callKeys (
      providerId TEXT NOT NULL,
      kind       TEXT NOT NULL,                 -- call_sid, ...
      value      TEXT NOT NULL,
      callId     TEXT NOT NULL,
      PRIMARY KEY (providerId, kind, value)
    ) STRICT, WITHOUT ROWID;

    -- Ids of calls that turned out to be another one. Kept for ever: links and outside scripts hold them.
    CREATE TABLE callAliases (
      callId     TEXT PRIMARY KEY,
      intoCallId TEXT NOT NULL                  -- never itself an alias
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX callAliasesByCall ON callAliases (intoCallId);
  `,
};
