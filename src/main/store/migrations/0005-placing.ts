import type { Migration } from '../migrate.ts';

/** Calls that Tapedeck places, how a call came to be joined with another, and bodies whose audio is a file. */
export const placing: Migration = {
  number: 5,
  what: 'placing',
  sql: `
    -- The first eight are null for a call that Tapedeck did not place.
    ALTER TABLE calls ADD COLUMN kind TEXT;             -- voice-bot | priority-queue
    ALTER TABLE calls ADD COLUMN via TEXT;
    ALTER TABLE calls ADD COLUMN agentId TEXT;
    ALTER TABLE calls ADD COLUMN priority INTEGER;      -- higher first
    ALTER TABLE calls ADD COLUMN dialState TEXT;        -- waiting | dialing | dialed | refused | unknown | canceled
    ALTER TABLE calls ADD COLUMN dialGeneration INTEGER;
    ALTER TABLE calls ADD COLUMN dialCode TEXT;
    ALTER TABLE calls ADD COLUMN record INTEGER;        -- 0 | 1; null: the line decides
    ALTER TABLE calls ADD COLUMN unmatched INTEGER NOT NULL DEFAULT 0;      -- 0 | 1
    ALTER TABLE calls ADD COLUMN matchedBy TEXT;        -- person | auto_unique
    ALTER TABLE calls ADD COLUMN hasTranscript INTEGER NOT NULL DEFAULT 0;  -- 0 | 1
    ALTER TABLE calls ADD COLUMN recordingReason TEXT;  -- of the main recording

    -- JSON CutBody: where the content of a long audio string went, and what it was cut out of. Null for a whole body.
    ALTER TABLE deliveries ADD COLUMN cut TEXT;

    -- Small whatever the log holds: a call leaves it when it has ended.
    CREATE INDEX callsToPlace ON calls (kind, priority DESC, startedAtMs) WHERE kind IS NOT NULL
      AND (dialState IN ('waiting', 'dialing', 'unknown')
           OR (dialState = 'dialed' AND status IN ('queued', 'ringing', 'in_progress', 'unknown')));
    CREATE INDEX callsUnmatched ON calls (startedAtMs) WHERE unmatched = 1;
  `,
};
