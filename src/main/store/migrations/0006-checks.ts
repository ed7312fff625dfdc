import type { Migration } from '../migrate.ts';

/** What Tapedeck asked by itself and what came of it, how far each provider was compared, and when it could not listen. */
export const checks: Migration = {
  number: 6,
  what: 'checks',
  sql: `
    CREATE TABLE checkRuns (
      runId        TEXT    PRIMARY KEY,         -- run_ and 26 characters; sorts by time
      kind         TEXT    NOT NULL,            -- poll | sweep | backfill
      "trigger"    TEXT    NOT NULL,
      state        TEXT    NOT NULL,            -- running | paused | done | canceled | interrupted | failed
      fromMs       INTEGER NOT NULL,            -- the window, epoch milliseconds
      toMs         INTEGER NOT NULL,
      startedAtMs  INTEGER NOT NULL,
      finishedAtMs INTEGER,
      providers    TEXT    NOT NULL,            -- JSON [CheckProviderView]
      lookedAt     INTEGER NOT NULL,
      processed    INTEGER NOT NULL,
      waiting      INTEGER NOT NULL,
      notRecorded  INTEGER NOT NULL,
      problems     INTEGER NOT NULL,
      -- JSON by provider: where a backfill goes on; null for what is not gone on with.
      resume       TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkRunsOpen ON checkRuns (runId) WHERE state = 'running' OR state = 'paused';

    CREATE TABLE checkOutcomes (
      runId        TEXT    NOT NULL,
      ordinal      INTEGER NOT NULL,            -- order in which they were found
      callId       TEXT    NOT NULL,            -- as it was then; merges do not rewrite history
      chatId       TEXT    NOT NULL,
      callSid      TEXT    NOT NULL,            -- the provider's id of the call
      providerId   TEXT    NOT NULL,
      status       TEXT    NOT NULL,            -- a poll outcome
      recordingId  TEXT,
      code         TEXT,
      providerCode TEXT,
      message      TEXT,
      PRIMARY KEY (runId, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkOutcomesByCall ON checkOutcomes (callId, runId);

    CREATE TABLE checkMarks (
      providerId         TEXT    PRIMARY KEY,
      fromMs             INTEGER NOT NULL,      -- the window compared last, epoch milliseconds
      upToMs             INTEGER NOT NULL,
      checkedAtMs        INTEGER NOT NULL,
      providerRecordings INTEGER NOT NULL,
      lacking            TEXT    NOT NULL       -- JSON: our ids of those that were not safe here yet
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outages (
      outageId TEXT    PRIMARY KEY,             -- out_ and 26 characters
      kind     TEXT    NOT NULL,                -- app_off | asleep | web_link | clock_wrong | disk_full
      fromMs   INTEGER NOT NULL,                -- epoch milliseconds
      toMs     INTEGER,                         -- null while it lasts
      code     TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outagesByTime ON outages (fromMs);
  `,
};
