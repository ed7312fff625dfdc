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
      -- Every callback adds to this index at a random place: row numbers keep it narrow.
      UNIQUE (kind, dedupe)
    ) STRICT;
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
