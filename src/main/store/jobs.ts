// The job queue: what is to be done, kept in the same file and the same commits as what it changes.
import { isReopened, type JobKind, type NewJob, reopenEveryMs, reopenForMs } from '../domain/job.ts';
import type { ChangeLog } from './changes.ts';
import { decodeId, pageOf } from './cursor.ts';
import type { Database, SqlValue, Statement } from './database.ts';
import type { JobName } from './check-store.ts';
import type { JobRow, JobSettlement, JobsQuery, Page } from './store.ts';

export interface Jobs {
  /** Work that was asked for before is not asked for again. */
  add(jobs: readonly NewJob[], log: ChangeLog): void;
  renew(jobId: string, lease: string, leaseUntilMs: number): boolean;
  /** @returns false when the lease is no longer that job's */
  settle(settlement: JobSettlement, log: ChangeLog): boolean;
  /** @returns the job as it is now ready again; null when it was not dead */
  reopen(jobId: string, log: ChangeLog): JobRow | null;
  /** Makes waiting jobs due now. @returns how many had to wait longer */
  hasten(names: readonly JobName[], nowMs: number, log: ChangeLog): number;
  named(names: readonly JobName[]): JobRow[];
  get(jobId: string): JobRow | null;
  find(kind: JobKind, dedupe: string): JobRow | null;
  /** Newest first. */
  list(query: JobsQuery, limit: number, cursor: string | null): Page<JobRow>;
  countMatching(query: JobsQuery): number;
  /** Ids of dead jobs after one id, by id. */
  dead(query: Omit<JobsQuery, 'state'>, afterJobId: string | null, limit: number): string[];
  /** Ids of dead fetches that another day may mend. */
  deadFetches(nowMs: number): string[];
  count(): { ready: number; running: number; dead: number };
}

export interface JobsDeps {
  now: () => number;
  newId: (prefix: string, nowMs: number) => string;
}

// A job of a provider that is left alone runs when that is over, whatever was planned for it.
const columns = `jobId, kind, state, attempt,
  CASE WHEN state = 'ready' THEN max(runAtMs, ifnull(
    (SELECT untilMs FROM providerPauses resting WHERE resting.providerId = jobs.providerId), runAtMs))
    ELSE runAtMs END AS runAtMs, lastErrorCode, crashes, providerId,
  payload ->> '$.recordingId' AS recordingId,
  coalesce(payload ->> '$.callId', nullif(callId, ''),
    (SELECT known.callId FROM recordings known WHERE known.recordingId = payload ->> '$.recordingId'),
    (SELECT named.callId FROM callKeys named WHERE named.providerId = payload ->> '$.callKey.providerId'
       AND named.kind = payload ->> '$.callKey.kind' AND named.value = payload ->> '$.callKey.value')) AS callId,
  createdAtMs, finishedAtMs, generation`;

const matching = `(@state IS NULL OR state = @state) AND (@kind IS NULL OR kind = @kind)
  AND (@providerId IS NULL OR providerId = @providerId) AND (@errorCode IS NULL OR lastErrorCode = @errorCode)
  AND (@sinceMs IS NULL OR ifnull(finishedAtMs, createdAtMs) >= @sinceMs)`;

const matchingValues = (query: JobsQuery): Record<string, SqlValue> => ({
  state: query.state ?? null,
  kind: query.kind ?? null,
  providerId: query.providerId ?? null,
  errorCode: query.errorCode ?? null,
  sinceMs: query.sinceMs ?? null,
});

type DeadFetch = Pick<JobRow, 'jobId' | 'kind' | 'lastErrorCode' | 'createdAtMs' | 'finishedAtMs'>;

const settleTo = {
  done: `state = 'done', finishedAtMs = @nowMs, lastErrorCode = NULL`,
  retry: `state = 'ready', runAtMs = @runAtMs, lastErrorCode = @errorCode`,
  dead: `state = 'dead', finishedAtMs = @nowMs, lastErrorCode = @errorCode`,
  // The attempt was counted at the claim; a run that was called off used none.
  release: `state = 'ready', runAtMs = @runAtMs, attempt = attempt - 1,
    lastErrorCode = ifnull(@errorCode, lastErrorCode)`,
} as const;

/** The call under which a job is filed, by the recording that its dedupe names. */
const callOfDedupe = `ifnull((SELECT callId FROM recordings WHERE recordingId = ?), '')`;

export function createJobs(db: Database, deps: JobsDeps): Jobs {
  const insert = db.prepare(
    `INSERT INTO jobs (jobId, kind, dedupe, callId, payload, providerId, state, runAtMs, attempt, generation, crashes,
       createdAtMs)
     SELECT ?, ?, ?, ${callOfDedupe}, ?, ?, 'ready', ?, 0, 0, 0, ?
     -- Asked for before the recording was known.
     WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE callId = '' AND kind = ? AND dedupe = ?)
     ON CONFLICT (callId, kind, dedupe) DO NOTHING`,
  );
  const renew = db.prepare(
    `UPDATE jobs SET leaseUntilMs = ? WHERE jobId = ? AND lease = ? AND state = 'running'`,
  );
  const settleAs = (result: keyof typeof settleTo): Statement =>
    db.prepare(
      `UPDATE jobs SET lease = NULL, leaseUntilMs = NULL, ${settleTo[result]}
       WHERE jobId = @jobId AND lease = @lease AND state = 'running'`,
    );
  const settles = {
    done: settleAs('done'),
    retry: settleAs('retry'),
    dead: settleAs('dead'),
    release: settleAs('release'),
  };
  const reopen = db.prepare<SqlValue[], JobRow>(
    `UPDATE jobs SET state = 'ready', runAtMs = ?, attempt = 0, crashes = 0, generation = generation + 1,
       lastErrorCode = NULL, finishedAtMs = NULL
     WHERE jobId = ? AND state = 'dead' RETURNING ${columns}`,
  );
  const selectOne = db.prepare<SqlValue[], JobRow>(`SELECT ${columns} FROM jobs WHERE jobId = ?`);
  const selectSame = db.prepare<SqlValue[], JobRow>(
    `SELECT ${columns} FROM jobs WHERE callId IN ('', ${callOfDedupe}) AND kind = ? AND dedupe = ?`,
  );
  const hasten = db
    .prepare<SqlValue[], string>(
      `UPDATE jobs SET runAtMs = ? WHERE state = 'ready' AND runAtMs > ? AND callId IN ('', ${callOfDedupe})
         AND kind = ? AND dedupe = ? RETURNING jobId`,
    )
    .pluck();
  const selectPage = db.prepare<Record<string, SqlValue>, JobRow>(
    `SELECT ${columns} FROM jobs WHERE (@before IS NULL OR jobId < @before) AND ${matching}
     ORDER BY jobId DESC LIMIT @limit`,
  );
  const selectCount = db
    .prepare<Record<string, SqlValue>, number>(`SELECT count(*) FROM jobs WHERE ${matching}`)
    .pluck();
  // The state is written out so that the index of the dead, which are few, is used.
  const selectDead = db
    .prepare<Record<string, SqlValue>, string>(
      `SELECT jobId FROM jobs WHERE state = 'dead' AND (@after IS NULL OR jobId > @after) AND ${matching}
       ORDER BY jobId LIMIT @limit`,
    )
    .pluck();
  const selectDeadFetches = db.prepare<SqlValue[], DeadFetch>(
    `SELECT jobId, kind, lastErrorCode, createdAtMs, finishedAtMs FROM jobs
     WHERE state = 'dead' AND kind = 'fetch-recording' AND createdAtMs >= ? AND finishedAtMs <= ? ORDER BY jobId`,
  );
  const counts = (['ready', 'running', 'dead'] as const).map((state) =>
    db.prepare<[], number>(`SELECT count(*) FROM jobs WHERE state = '${state}'`).pluck(),
  );

  return {
    add(jobs, log) {
      for (const job of jobs) {
        const nowMs = deps.now();
        const jobId = deps.newId('job', nowMs);
        const { changes } = insert.run(
          jobId,
          job.kind,
          job.dedupe,
          job.dedupe,
          JSON.stringify(job.payload),
          job.providerId,
          job.runAtMs,
          nowMs,
          job.kind,
          job.dedupe,
        );
        if (changes === 1) log.note('job', jobId);
      }
    },
    renew: (jobId, lease, leaseUntilMs) => renew.run(leaseUntilMs, jobId, lease).changes === 1,
    settle(settlement, log) {
      const { changes } = settles[settlement.result].run({
        jobId: settlement.jobId,
        lease: settlement.lease,
        nowMs: deps.now(),
        runAtMs: 'runAtMs' in settlement ? settlement.runAtMs : null,
        errorCode: 'errorCode' in settlement ? settlement.errorCode : null,
      });
      if (changes === 1) log.note('job', settlement.jobId);
      return changes === 1;
    },
    reopen(jobId, log) {
      const row = reopen.get(deps.now(), jobId) ?? null;
      if (row !== null) log.note('job', jobId);
      return row;
    },
    hasten(names, nowMs, log) {
      let hastened = 0;
      for (const { kind, dedupe } of names) {
        const jobId = hasten.get(nowMs, nowMs, dedupe, kind, dedupe);
        if (jobId === undefined) continue;
        hastened += 1;
        log.note('job', jobId);
      }
      return hastened;
    },
    named: (names) => names.flatMap(({ kind, dedupe }) => selectSame.get(dedupe, kind, dedupe) ?? []),
    get: (jobId) => selectOne.get(jobId) ?? null,
    find: (kind, dedupe) => selectSame.get(dedupe, kind, dedupe) ?? null,
    list(query, limit, cursor) {
      const rows = selectPage.all({
        ...matchingValues(query),
        before: cursor === null ? null : decodeId(cursor),
        limit: limit + 1,
      });
      return pageOf(
        rows,
        limit,
        ({ jobId }) => [jobId],
        (row) => row,
      );
    },
    countMatching: (query) => selectCount.get(matchingValues(query)) ?? 0,
    dead: (query, afterJobId, limit) =>
      selectDead.all({ ...matchingValues({ ...query, state: 'dead' }), after: afterJobId, limit }),
    deadFetches: (nowMs) =>
      selectDeadFetches
        .all(nowMs - reopenForMs, nowMs - reopenEveryMs)
        .filter((job) => isReopened(job, nowMs))
        .map(({ jobId }) => jobId),
    count() {
      const [ready, running, dead] = counts.map((statement) => statement.get() ?? 0);
      return { ready: ready ?? 0, running: running ?? 0, dead: dead ?? 0 };
    },
  };
}
