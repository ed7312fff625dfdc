import type { Migration } from '../migrate.ts';

/** Settings, and the ring of requests that the public listener refused. */
export const settings: Migration = {
  number: 4,
  what: 'settings',
  sql: `
    CREATE TABLE settings (
      name  TEXT PRIMARY KEY,
      value TEXT NOT NULL                       -- JSON
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refusals (
      seq         INTEGER PRIMARY KEY,
      refusalId   TEXT    NOT NULL UNIQUE,
      atMs        INTEGER NOT NULL,             -- epoch milliseconds
      providerId  TEXT    NOT NULL,
      path        TEXT    NOT NULL,
      reason      TEXT    NOT NULL,
      httpStatus  INTEGER NOT NULL,
      sizeBytes   INTEGER NOT NULL,
      headerNames TEXT    NOT NULL,             -- JSON array
      bodySha256  TEXT,                         -- lower-case hex
      body        BLOB                          -- only from while the capture was on; never parsed
    ) STRICT;
  `,
};
