// One open connection with everything that is prepared on it. Opened anew as a whole after a failing disk.
import type { Clock } from '../domain/clock.ts';
import { type CallFactsReader, createCallFacts } from './call-facts.ts';
import { type Calls, createCalls } from './calls.ts';
import { type Checks, createChecks } from './checks.ts';
import { type ClaimJobs, createClaimJobs } from './claim-jobs.ts';
import { type Database, openWriter } from './database.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createJournal, type Journal } from './journal.ts';
import { createMatches, type Matches } from './matches.ts';
import { createMergeCalls } from './merge-calls.ts';
import { createOutages, type Outages } from './outages.ts';
import { createQueue, type Queue } from './queue.ts';
import { createProjection, type Projection } from './projection.ts';
import { createRecordings, type Recordings } from './recordings.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { createSettings, type Settings } from './settings.ts';
import { createSplitCalls } from './split-calls.ts';

export interface Connection {
  db: Database;
  journal: Journal;
  projection: Projection;
  calls: Calls;
  matches: Matches;
  queue: Queue;
  recordings: Recordings;
  deliveries: Deliveries;
  jobs: Jobs;
  claims: ClaimJobs;
  settings: Settings;
  refusals: Refusals;
  checks: Checks;
  outages: Outages;
  callFacts: CallFactsReader;
}

export interface ConnectionDeps {
  databasePath: string;
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
  /** Runs before anything is prepared. */
  migrate: (db: Database) => void;
}

/** Errors: database_damaged, database_newer, disk_full, disk_failed, unavailable. */
export function openConnection(deps: ConnectionDeps): Connection {
  const db = openWriter(deps.databasePath);
  try {
    deps.migrate(db);
    const projection = createProjection(db, deps.recordingIdOf);
    const mergeCalls = createMergeCalls(db, deps.recordingIdOf);
    const journal = createJournal(db, { ...deps, projection, mergeCalls });
    const calls = createCalls(db, deps.recordingIdOf);
    const jobs = createJobs(db, { now: deps.clock.now, newId: deps.newId });
    const splitCalls = createSplitCalls(db, projection);
    return {
      db,
      projection,
      journal,
      calls,
      matches: createMatches(db, { ...deps, journal, splitCalls, getRow: calls.getRow }),
      queue: createQueue(db),
      recordings: createRecordings(db),
      deliveries: createDeliveries(db),
      jobs,
      claims: createClaimJobs(db),
      settings: createSettings(db),
      refusals: createRefusals(db),
      checks: createChecks(db),
      outages: createOutages(db),
      callFacts: createCallFacts(db, jobs),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
