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
      dedupeKey      TEXT    NOT NULL,          -- the same fact told twice has the same key, and names the same call
      receivedAtMs   INTEGER NOT NULL,          -- epoch milliseconds
      source         TEXT    NOT NULL,          -- webhook | poll | sweep | replay | user | job
      verification   TEXT    NOT NULL,          -- verified | own
      outcome        TEXT    NOT NULL,          -- applied | ignored | not_understood
      label          TEXT    NOT NULL,
      method         TEXT    NOT NULL,
      path           TEXT    NOT NULL,          -- path and query as received
      callId         TEXT    NOT NULL,          -- of its first event, follows merges; '' when it names no call
      sizeBytes      INTEGER NOT NULL,          -- of the raw body
      bodySha256     TEXT    NOT NULL,          -- lower-case hex; stays when the body is pruned
      repeats        INTEGER NOT NULL DEFAULT 0,
      lastRepeatAtMs INTEGER,                   -- epoch milliseconds
      firstEventSeq  INTEGER NOT NULL,          -- its events lie together: from here up to the next delivery's
      headers        TEXT    NOT NULL,          -- JSON [[name, value], ...] in the order received
      -- Last, so that lists read none of a long one: it lies on pages of its own. Null once pruned.
      body           BLOB,
      -- By call first, so that new calls add to its end; ids in random order would write a page for every callback.
      UNIQUE (callId, providerId, dedupeKey)
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
      deliverySeq  INTEGER,                     -- null for events of our own making
      source       TEXT    NOT NULL,            -- as in deliveries
      recordedAtMs INTEGER NOT NULL,            -- when Tapedeck stored it; the fold never looks at it
      -- The call id that was minted for this event, for ever: a call.minted event that needs no row of its own.
      mintedCallId TEXT,
      -- Equal keys are of one call, so this is as good as unique alone, and new calls add to its end.
      UNIQUE (callId, eventKey)
    ) STRICT;
  `,
};
