// Which jobs run next. Time is compared with the wall clock at every tick, so a laptop that slept or whose clock was
// set wrong neither freezes a job nor runs one twice.
import {
  type ClaimedJob,
  crashDelayMs,
  type JobKind,
  jobKinds,
  leaseMs,
  maxCrashes,
  maxDelayMs,
  maxPauseMs,
} from '../domain/job.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import type { ProviderPause } from './store.ts';

export interface ClaimJobs {
  /** @param lease random; proves the ownership of every job claimed in this step */
  claim(limit: number, nowMs: number, lease: string, log: ChangeLog): Claimed;
  /** At start: nothing can be running. */
  recover(nowMs: number, log: ChangeLog): { count: number; poison: PoisonJob[] };
}

export interface Claimed {
  jobs: ClaimedJob[];
  /** Jobs that took the process down too often; now dead. */
  poison: PoisonJob[];
}

export interface PoisonJob {
  jobId: string;
  kind: JobKind;
  /** Whom it was about; null where it names none. */
  recordingId: string | null;
  callId: string | null;
  generation: number;
  attempt: number;
}

interface ClaimedRow extends Omit<ClaimedJob, 'payload'> {
  payload: string;
}

const due = (also: string): string => `
  SELECT jobId, runAtMs FROM jobs WHERE state = 'ready' AND runAtMs <= @nowMs AND ${also}
  UNION ALL
  SELECT jobId, runAtMs FROM jobs WHERE state = 'running' AND leaseUntilMs <= @nowMs AND ${also}
  ORDER BY runAtMs, jobId LIMIT @limit`;

/** A run that ended with its process or its lease used no attempt: it is given back here and counted again. */
const claimSql = (also: string): string => `
  UPDATE jobs SET
    attempt = attempt + (state = 'ready'), crashes = crashes + (state = 'running'),
    state = 'running', lease = @lease, leaseUntilMs = @leaseUntilMs
  WHERE jobId IN (SELECT jobId FROM (${due(also)}))
  RETURNING jobId, kind, dedupe, payload, providerId, runAtMs, attempt, generation, lease, leaseUntilMs, createdAtMs`;

export function createClaimJobs(db: Database): ClaimJobs {
  const claimFree = db.prepare<Record<string, SqlValue>, ClaimedRow>(
    claimSql('(providerId IS NULL OR providerId NOT IN (SELECT providerId FROM providerPauses))'),
  );
  // After a refusal one job at a time may try whether the provider accepts us again.
  const claimProbe = db.prepare<Record<string, SqlValue>, ClaimedRow>(
    claimSql(`providerId = @providerId AND NOT EXISTS (
      SELECT 1 FROM jobs WHERE state = 'running' AND leaseUntilMs > @nowMs AND providerId = @providerId)`),
  );
  const selectPauses = db.prepare<SqlValue[], ProviderPause>(
    'SELECT * FROM providerPauses WHERE untilMs <= ?',
  );
  const clampDue = db.prepare<SqlValue[], { jobId: string }>(
    `UPDATE jobs SET runAtMs = ? WHERE state = 'ready' AND runAtMs > ? AND kind = ? RETURNING jobId`,
  );
  const clampLeases = db.prepare(
    `UPDATE jobs SET leaseUntilMs = ? WHERE state = 'running' AND leaseUntilMs > ?`,
  );
  const clampPauses = db.prepare('UPDATE providerPauses SET untilMs = ? WHERE untilMs > ?');
  const buryPoison = db.prepare<SqlValue[], PoisonJob>(
    `UPDATE jobs SET state = 'dead', lease = NULL, leaseUntilMs = NULL, finishedAtMs = ?,
       lastErrorCode = 'crashed_repeatedly', crashes = crashes + 1
     WHERE state = 'running' AND leaseUntilMs <= ? AND crashes + 1 >= ?
     RETURNING jobId, kind, payload ->> '$.recordingId' AS recordingId,
       payload ->> '$.callId' AS callId, generation, attempt`,
  );
  const reopenRunning = db.prepare<Record<string, SqlValue>, { jobId: string }>(
    `UPDATE jobs SET state = 'ready', lease = NULL, leaseUntilMs = NULL,
       runAtMs = CASE ${Array.from({ length: maxCrashes }, (_, before) => `WHEN crashes = ${before} THEN ${before === 0 ? 'min(runAtMs, @nowMs)' : `@nowMs + ${crashDelayMs(before + 1)}`}`).join(' ')} ELSE @nowMs END,
       attempt = attempt - 1, crashes = crashes + 1
     WHERE state = 'running' RETURNING jobId`,
  );

  const bury = (nowMs: number, leaseEndedMs: number, log: ChangeLog): PoisonJob[] => {
    const poison = buryPoison.all(nowMs, leaseEndedMs, maxCrashes);
    for (const { jobId } of poison) log.note('job', jobId);
    return poison;
  };

  /** A time further away than any delay of its kind was written by a clock that has been set back since. */
  const clamp = (nowMs: number, log: ChangeLog): void => {
    for (const kind of jobKinds) {
      for (const { jobId } of clampDue.all(nowMs, nowMs + maxDelayMs(kind), kind)) log.note('job', jobId);
    }
    clampLeases.run(nowMs + leaseMs, nowMs + leaseMs);
    clampPauses.run(nowMs, nowMs + maxPauseMs);
  };

  return {
    claim(limit, nowMs, lease, log) {
      clamp(nowMs, log);
      const poison = bury(nowMs, nowMs, log);
      const given = { nowMs, lease, leaseUntilMs: nowMs + leaseMs };
      const rows = claimFree.all({ ...given, limit });
      for (const { providerId } of selectPauses.all(nowMs)) {
        if (rows.length < limit) rows.push(...claimProbe.all({ ...given, providerId, limit: 1 }));
      }
      for (const { jobId } of rows) log.note('job', jobId);
      rows.sort((a, b) => a.runAtMs - b.runAtMs || (a.jobId < b.jobId ? -1 : 1));
      return { jobs: rows.map(toClaimed), poison };
    },
    recover(nowMs, log) {
      const poison = bury(nowMs, Number.MAX_SAFE_INTEGER, log);
      const reopened = reopenRunning.all({ nowMs });
      for (const { jobId } of reopened) log.note('job', jobId);
      return { count: reopened.length + poison.length, poison };
    },
  };
}

function toClaimed(row: ClaimedRow): ClaimedJob {
  // Only this store writes the column, from NewJob.payload.
  return { ...row, payload: JSON.parse(row.payload) as ClaimedJob['payload'] };
}
