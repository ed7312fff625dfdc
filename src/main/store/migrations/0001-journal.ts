import type { Migration } from '../migrate.ts';

/** The journal: what came in, byte for byte, and the events it was understood as. Rows of `events` never change but for callId. */
export const journal: Migration = {
  number: 1,
  what: 'journal',
  sql: `
    CREATE TABLE deliveries (
      seq            INTEGER PRIMARY KEY,       -- order of commit; the newest has the highest
      deliveryId     TEXT    NOT NULL UNIQUE,   -- del_ and 26 characters
      providerId     TEXT    NOT NULL,
      dedupeKey      TEXT    NOT NULL,          -- the same fact told twice has the same key
      receivedAtMs   INTEGER NOT NULL,          -- epoch milliseconds
      source         TEXT    NOT NULL,          -- webhook | poll | sweep | replay | user | job
      verification   TEXT    NOT NULL,          -- verified | own
      outcome        TEXT    NOT NULL,          -- applied | ignored | not_understood
      label          TEXT    NOT NULL,
      method         TEXT    NOT NULL,
      path           TEXT    NOT NULL,          -- path and query as received
      callId         TEXT,                      -- null when it names no call
      sizeBytes      INTEGER NOT NULL,          -- of the raw body
      bodySha256     TEXT    NOT NULL,          -- lower-case hex; stays when the body is pruned
      repeats        INTEGER NOT NULL DEFAULT 0,
      lastRepeatAtMs INTEGER,                   -- epoch milliseconds
      UNIQUE (providerId, dedupeKey)
    ) STRICT;
    CREATE INDEX deliveriesByProvider ON deliveries (providerId);
    CREATE INDEX deliveriesByCall ON deliveries (callId) WHERE callId IS NOT NULL;

    -- Apart from deliveries so that lists do not read bodies and pruning deletes whole rows.
    CREATE TABLE deliveryBodies (
      deliverySeq INTEGER PRIMARY KEY REFERENCES deliveries (seq),
      headers     TEXT NOT NULL,                -- JSON [[name, value], ...] in the order received
      body        BLOB NOT NULL
    ) STRICT;

    CREATE TABLE events (
      seq          INTEGER PRIMARY KEY,
      eventKey     TEXT    NOT NULL,            -- the same fact told twice has the same key and the same ids
      kind         TEXT    NOT NULL,
      callId       TEXT    NOT NULL,            -- the call it belongs to now; follows merges
      providerId   TEXT    NOT NULL,
      occurredAtMs INTEGER NOT NULL,            -- epoch milliseconds, by the provider's word
      sequence     INTEGER NOT NULL,            -- breaks ties of equal times
      keys         TEXT    NOT NULL,            -- JSON [{providerId, kind, value}]
      data         TEXT    NOT NULL,            -- JSON, by kind
      deliverySeq  INTEGER REFERENCES deliveries (seq), -- null for events of our own making
      source       TEXT    NOT NULL,            -- as in deliveries
      recordedAtMs INTEGER NOT NULL,            -- when Tapedeck stored it; the fold never looks at it
      -- Equal keys are of one call, so this is as good as unique alone, and new calls add to its end.
      UNIQUE (callId, eventKey)
    ) STRICT;
    CREATE INDEX eventsByDelivery ON events (deliverySeq) WHERE deliverySeq IS NOT NULL;
  `,
};
