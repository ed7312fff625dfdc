import type { Migration } from '../migrate.ts';

/** The job queue, in the same file as what jobs change, so that an effect and its acknowledgement are one commit. */
export const queue: Migration = {
  number: 3,
  what: 'queue',
  sql: `
    CREATE TABLE jobs (
      jobId         TEXT    PRIMARY KEY,        -- job_ and 26 characters; sorts by time
      kind          TEXT    NOT NULL,
      dedupe        TEXT    NOT NULL,           -- the same work asked for twice is one row, for ever
      callId        TEXT    NOT NULL,           -- call of the recording that dedupe names, follows merges; '' for none
      payload       TEXT    NOT NULL,           -- JSON, our own ids only
      providerId    TEXT,
      state         TEXT    NOT NULL,           -- ready | running | done | dead
      runAtMs       INTEGER NOT NULL,           -- epoch milliseconds
      attempt       INTEGER NOT NULL,           -- counted at the claim
      generation    INTEGER NOT NULL,           -- grows when a person asks again
      crashes       INTEGER NOT NULL,           -- claims that ended with the process or its lease
      lease         TEXT,                       -- random; only while running
      leaseUntilMs  INTEGER,
      lastErrorCode TEXT,
      createdAtMs   INTEGER NOT NULL,
      finishedAtMs  INTEGER,
      -- As good as (kind, dedupe) alone, for a recording is of one call; but new calls add to its end, where the
      -- ids of recordings would make every callback write a page of its own.
      UNIQUE (callId, kind, dedupe)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX jobsReady ON jobs (runAtMs) WHERE state = 'ready';
    CREATE INDEX jobsRunning ON jobs (leaseUntilMs) WHERE state = 'running';
    CREATE INDEX jobsDead ON jobs (jobId) WHERE state = 'dead';

    -- Providers that refused our credentials. One job at a time may try again once untilMs has passed.
    CREATE TABLE providerPauses (
      providerId TEXT    PRIMARY KEY,
      code       TEXT    NOT NULL,
      sinceMs    INTEGER NOT NULL,
      untilMs    INTEGER NOT NULL,
      refusals   INTEGER NOT NULL               -- in a row
    ) STRICT, WITHOUT ROWID;
  `,
};
