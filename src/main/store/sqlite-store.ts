// The store port on SQLite: one connection, one queue of writes for it, and reads that never wait for either.
import { mkdirSync } from 'node:fs';
import type { Clock } from '../domain/clock.ts';
import { leaseMs } from '../domain/job.ts';
import type { WorkerClient } from '../worker/worker.ts';
import type { ChangeLog } from './changes.ts';
import type { PoisonJob } from './claim-jobs.ts';
import { type Connection, openConnection } from './connection.ts';
import { attempt, databasePathIn } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { type Migration, migrate } from './migrate.ts';
import { dialEndedByCrashes, failedByCrashes } from './own-events.ts';
import { compareWithJournal } from './rebuild.ts';
import { reopenJob, reopenJobs } from './reopen-jobs.ts';
import type { Changes, Store } from './store.ts';

export interface SqliteStoreDeps {
  /** Must be locked by this process (lock.ts). Made when it does not exist. */
  dataDir: string;
  clock: Clock;
  /** A new id that sorts by time, such as ids.ts makes. */
  newId: (prefix: string, nowMs: number) => string;
  /** Our id of a provider's recording, the same for ever. */
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
  /** Takes searches and comparisons off the main loop; without it they run here. */
  worker?: WorkerClient | undefined;
  /** Tests only: called at named points around commits. */
  crashPoint?: ((name: string) => void) | undefined;
  /** Told what a change listener threw; other listeners and the commit are not disturbed. */
  onListenerError?: ((error: unknown) => void) | undefined;
  /** Tests only: another list of migrations. */
  migrations?: readonly Migration[] | undefined;
}

/**
 * Opens the store of a data folder, bringing its database up to date first.
 * Errors: database_newer, database_damaged, disk_full, disk_failed, unavailable.
 */
export async function createSqliteStore(deps: SqliteStoreDeps): Promise<Store> {
  const { clock, newId, worker } = deps;
  mkdirSync(deps.dataDir, { recursive: true, mode: 0o700 });
  const recordingIdOf = remember(deps.recordingIdOf);
  const open = (): Connection =>
    attempt(() =>
      openConnection({
        databasePath: databasePathIn(deps.dataDir),
        clock,
        newId,
        recordingIdOf,
        migrate: (db) => void migrate(db, deps),
      }),
    );
  let opened = open();
  const current = (): Connection => {
    if (!opened.db.open && !closed) opened = open();
    return opened;
  };
  let closed = false;
  const listeners = new Set<(changes: Changes) => void>();
  const tell = (changes: Changes): void => {
    for (const listener of listeners) {
      try {
        listener(changes);
      } catch (error) {
        deps.onListenerError?.(error);
      }
    }
  };
  const commits = createGroupCommit<Connection>({
    connection: current,
    discard: () => void opened.db.close(),
    onCommitted: tell,
    crashPoint: deps.crashPoint ?? (() => undefined),
  });
  const { write } = commits;

  const buried = (connection: Connection, poison: readonly PoisonJob[], log: ChangeLog): void => {
    for (const job of poison) {
      const recording = job.recordingId === null ? null : connection.recordings.get(job.recordingId);
      if (recording !== null) {
        connection.journal.addEvents(failedByCrashes(job, recording, clock.now()), 'job', log);
      }
      const call =
        job.kind !== 'place-call' || job.callId === null ? null : connection.calls.getRow(job.callId);
      if (call === null || job.callId === null) continue;
      const ended = dialEndedByCrashes(job.jobId, job.callId, call, clock.now());
      connection.journal.addEvents(ended, 'job', log);
    }
  };

  return {
    recordDelivery: (delivery) =>
      write('delivery', ({ journal, jobs }, log) => {
        const recorded = journal.addDelivery(delivery, log);
        if (!recorded.repeat) jobs.add(delivery.jobs, log);
        return recorded;
      }),
    appendEvents: (events, source = 'job', newJobs = []) =>
      write('other', ({ journal, jobs }, log) => {
        journal.addEvents(events, source, log);
        jobs.add(newJobs, log);
      }),

    claimJobs: (limit) =>
      write('other', (connection, log) => {
        const { jobs, poison } = connection.claims.claim(
          limit,
          clock.now(),
          newId('lease', clock.now()),
          log,
        );
        buried(connection, poison, log);
        return jobs;
      }),
    renewLease: (jobId, lease) =>
      write('other', ({ jobs }) => jobs.renew(jobId, lease, clock.now() + leaseMs)),
    settleJob: (settlement) =>
      write('job', ({ jobs, journal }, log) => {
        if (!jobs.settle(settlement, log)) return false;
        journal.addEvents(settlement.events, 'job', log);
        jobs.add(settlement.jobs, log);
        return true;
      }),
    retryJob: (jobId) =>
      write(
        'other',
        (connection, log) =>
          reopenJob(connection, jobId, { nowMs: clock.now(), source: 'user', log }) ??
          connection.jobs.get(jobId),
      ),
    retryJobs: (query, afterJobId, limit) =>
      write('other', (connection, log) => {
        const jobIds = connection.jobs.dead(query, afterJobId, limit);
        const count = reopenJobs(connection, jobIds, { nowMs: clock.now(), source: 'user', log });
        return { count, lastJobId: jobIds[limit - 1] ?? null };
      }),
    reopenDeadFetches: (nowMs, limit) =>
      write('other', (connection, log) =>
        reopenJobs(connection, connection.jobs.deadFetches(nowMs).slice(0, limit), {
          nowMs,
          source: 'job',
          log,
        }),
      ),
    recoverJobs: () =>
      write('other', (connection, log) => {
        const { count, poison } = connection.claims.recover(clock.now(), log);
        buried(connection, poison, log);
        return count;
      }),

    // Free search has no index to walk: it would hold up the main loop, and with it the next webhook.
    listCalls: async (query, limit, cursor) =>
      worker !== undefined && isSearch(query.q)
        ? worker.searchCalls(query, limit, cursor)
        : attempt(() => current().calls.list(query, limit, cursor)),
    countCalls: async (query, cap) =>
      worker !== undefined && isSearch(query.q)
        ? worker.countCalls(query, cap)
        : attempt(() => current().calls.count(query, cap)),
    getCall: async (callId) => attempt(() => current().calls.get(callId)),
    getCallRow: async (callId) => attempt(() => current().calls.getRow(callId)),
    getRecording: async (recordingId) => attempt(() => current().recordings.get(recordingId)),
    findCallId: async (key) => attempt(() => current().queue.findCallId(key)),
    listQueue: async () => attempt(() => current().queue.list()),
    listCandidates: async (callId, limit) => attempt(() => current().queue.candidates(callId, limit)),
    matchCalls: (callId, withCallId, by) =>
      write('other', ({ matches }, log) => matches.match(callId, withCallId, by, log)),
    unmatchCalls: (callId, matchEventKey) =>
      write('other', ({ matches }, log) => matches.unmatch(callId, matchEventKey, log)),
    storedTotals: async () => attempt(() => current().recordings.totals()),

    listDeliveries: async (query, limit, cursor) =>
      attempt(() => current().deliveries.list(query, limit, cursor)),
    getDelivery: async (deliveryId) => attempt(() => current().deliveries.get(deliveryId)),
    lastDeliveryAtMs: async (providerId) => attempt(() => current().deliveries.lastAtMs(providerId)),

    listJobs: async (query, limit, cursor) => attempt(() => current().jobs.list(query, limit, cursor)),
    countMatchingJobs: async (query) => attempt(() => current().jobs.countMatching(query)),
    getJob: async (jobId) => attempt(() => current().jobs.get(jobId)),
    findJob: async (kind, dedupe) => attempt(() => current().jobs.find(kind, dedupe)),
    hastenJob: (jobId) => write('other', ({ callFacts }, log) => callFacts.hasten(jobId, clock.now(), log)),
    listJobsOfCall: async (query) => attempt(() => current().callFacts.jobs(query)),
    countJobs: async () => attempt(() => current().jobs.count()),

    recordRefusal: (refusal) => write('other', ({ refusals }, log) => refusals.add(refusal, log)),
    listRefusals: async (limit, cursor) => attempt(() => current().refusals.list(limit, cursor)),
    listRefusalsAround: async (...about) => attempt(() => current().callFacts.refusals(...about)),
    getRefusal: async (refusalId) => attempt(() => current().refusals.get(refusalId)),
    dropRefusedBodies: () => write('other', ({ refusals }, log) => refusals.dropBodies(log)),

    listOpenCalls: async (fromMs, toMs, limit) =>
      attempt(() => current().checks.openCalls(fromMs, toMs, limit)),
    hastenJobs: (names) => write('other', ({ jobs }, log) => jobs.hasten(names, clock.now(), log)),
    listJobsNamed: async (names) => attempt(() => current().jobs.named(names)),
    putCheckRun: (run) => write('other', ({ checks }, log) => checks.put(run, log)),
    addCheckOutcomes: (runId, outcomes) =>
      write('other', ({ checks }, log) => checks.addOutcomes(runId, outcomes, log)),
    getCheckRun: async (runId) => attempt(() => current().checks.get(runId)),
    listCheckRuns: async (query, limit, cursor) => attempt(() => current().checks.list(query, limit, cursor)),
    listOpenCheckRuns: async () => attempt(() => current().checks.open()),
    listCheckOutcomes: async (runId, offset, limit) =>
      attempt(() => current().checks.outcomes(runId, offset, limit)),
    listOutcomesOfCall: async (callId, limit) =>
      attempt(() => current().checks.outcomesOfCall(callId, limit)),
    putCheckMark: (mark) => write('other', ({ checks }, log) => checks.putMark(mark, log)),
    listCheckMarks: async () => attempt(() => current().checks.marks()),
    putOutage: (outage) => write('other', ({ outages }, log) => outages.put(outage, log)),
    listOutages: async (fromMs, toMs) => attempt(() => current().outages.list(fromMs, toMs)),

    getSetting: async (name) => attempt(() => current().settings.get(name)),
    putSetting: (name, value) => write('other', ({ settings }, log) => settings.put(name, value, log)),
    pauseProvider: (providerId, code) =>
      write('other', ({ settings }, log) => settings.pause(providerId, code, clock.now(), log)),
    resumeProvider: (providerId) => write('other', ({ settings }, log) => settings.resume(providerId, log)),
    listPauses: async () => attempt(() => current().settings.pauses()),

    async rebuild(apply) {
      const compared =
        worker === undefined
          ? attempt(() => compareWithJournal(current().db, recordingIdOf))
          : await worker.compareRebuild();
      if (!apply) return { ...compared, applied: false };
      if (compared.differences === 0) return { ...compared, applied: true };
      // What differed is folded once more on the connection that writes: the journal may have grown meanwhile.
      return write('other', (connection, log) => ({
        ...compareWithJournal(connection.db, recordingIdOf, { projection: connection.projection, log }),
        applied: true,
      }));
    },

    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await commits.close();
      closed = true;
      if (!opened.db.open) return;
      opened.db.pragma('wal_checkpoint(TRUNCATE)');
      opened.db.close();
    },
  };
}

function isSearch(q: string | undefined): boolean {
  return q !== undefined && q.trim() !== '';
}

/** Every event of a recording asks for its id, and the id is a hash. */
function remember(idOf: SqliteStoreDeps['recordingIdOf']): SqliteStoreDeps['recordingIdOf'] {
  const known = new Map<string, string>();
  return (providerId, providerRecordingId) => {
    const name = `${providerId}\n${providerRecordingId}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= 4_096) known.clear();
    const made = idOf(providerId, providerRecordingId);
    known.set(name, made);
    return made;
  };
}
