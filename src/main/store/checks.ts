// Runs of checks with what they found, and how far each provider was compared.
import type { PollDetail } from '../../preload/contract/checks.ts';
import type { CallRow } from '../domain/call.ts';
import type { ChangeLog } from './changes.ts';
import { decodeId, pageOf } from './cursor.ts';
import type { Database, SqlValue } from './database.ts';
import type { CheckMark, CheckRun, CheckRunsQuery } from './check-store.ts';
import { type StoredCall, toCall } from './rows.ts';
import type { Page } from './store.ts';

export interface Checks {
  /** Newest first. */
  openCalls(fromMs: number, toMs: number, limit: number): CallRow[];
  put(run: CheckRun, log: ChangeLog): void;
  addOutcomes(runId: string, outcomes: readonly PollDetail[], log: ChangeLog): void;
  get(runId: string): CheckRun | null;
  /** Newest first. */
  list(query: CheckRunsQuery, limit: number, cursor: string | null): Page<CheckRun>;
  /** Those that run or are paused, oldest first. */
  open(): CheckRun[];
  /** In the order found; at most `limit` after the first `offset`. */
  outcomes(runId: string, offset: number, limit: number): PollDetail[];
  /** The newest outcomes of one call, newest run first. */
  outcomesOfCall(callId: string, limit: number): (PollDetail & { runId: string })[];
  putMark(mark: CheckMark, log: ChangeLog): void;
  marks(): CheckMark[];
}

interface OutcomeRow {
  runId: string;
  callId: string;
  chatId: string;
  callSid: string;
  providerId: string;
  status: string;
  recordingId: string | null;
  code: string | null;
  providerCode: string | null;
  message: string | null;
}

type MarkRow = Omit<CheckMark, 'lacking'> & { lacking: string };
type RunRow = Omit<CheckRun, 'providers' | 'resume'> & { providers: string; resume: string | null };

/** Runs that are kept, of all kinds together; their outcomes go with them. */
const keptRuns = 2_000;

export function createChecks(db: Database): Checks {
  const upsert = db.prepare(
    `INSERT INTO checkRuns (runId, kind, "trigger", state, fromMs, toMs, startedAtMs, finishedAtMs, providers, lookedAt,
       processed, waiting, notRecorded, problems, resume)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (runId) DO UPDATE SET state = excluded.state, fromMs = excluded.fromMs, toMs = excluded.toMs,
       finishedAtMs = excluded.finishedAtMs, providers = excluded.providers, lookedAt = excluded.lookedAt,
       processed = excluded.processed, waiting = excluded.waiting, notRecorded = excluded.notRecorded,
       problems = excluded.problems, resume = excluded.resume`,
  );
  const selectOpenCalls = db.prepare<SqlValue[], StoredCall>(
    `SELECT * FROM calls WHERE startedAtMs >= ? AND startedAtMs <= ?
       AND recordingStatus IN ('none_yet', 'recording', 'processing', 'available', 'fetching', 'failed')
       AND (dialState IS NULL OR dialState = 'dialed')
     ORDER BY startedAtMs DESC, callId DESC LIMIT ?`,
  );
  const isKnown = db.prepare('SELECT 1 FROM checkRuns WHERE runId = ?').pluck();
  const oldestKept = db
    .prepare<SqlValue[], string>('SELECT runId FROM checkRuns ORDER BY runId DESC LIMIT 1 OFFSET ?')
    .pluck();
  const dropOutcomes = db.prepare('DELETE FROM checkOutcomes WHERE runId < ?');
  const dropRuns = db.prepare(`DELETE FROM checkRuns WHERE runId < ? AND state NOT IN ('running', 'paused')`);
  const selectOne = db.prepare<SqlValue[], RunRow>('SELECT * FROM checkRuns WHERE runId = ?');
  const selectPage = db.prepare<Record<string, SqlValue>, RunRow>(
    `SELECT * FROM checkRuns WHERE (@before IS NULL OR runId < @before) AND (@kind IS NULL OR kind = @kind)
     ORDER BY runId DESC LIMIT @limit`,
  );
  const selectOpen = db.prepare<[], RunRow>(
    `SELECT * FROM checkRuns WHERE state = 'running' OR state = 'paused' ORDER BY runId`,
  );
  const nextOrdinal = db
    .prepare<SqlValue[], number>('SELECT ifnull(max(ordinal), 0) + 1 FROM checkOutcomes WHERE runId = ?')
    .pluck();
  const insertOutcome = db.prepare(
    `INSERT INTO checkOutcomes (runId, ordinal, callId, chatId, callSid, providerId, status, recordingId, code,
       providerCode, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectOutcomes = db.prepare<SqlValue[], OutcomeRow>(
    'SELECT * FROM checkOutcomes WHERE runId = ? ORDER BY ordinal LIMIT ? OFFSET ?',
  );
  const selectOfCall = db.prepare<SqlValue[], OutcomeRow>(
    'SELECT * FROM checkOutcomes WHERE callId = ? ORDER BY runId DESC LIMIT ?',
  );
  const upsertMark = db.prepare(
    `INSERT INTO checkMarks (providerId, fromMs, upToMs, checkedAtMs, providerRecordings, lacking) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (providerId) DO UPDATE SET fromMs = excluded.fromMs, upToMs = excluded.upToMs, checkedAtMs = excluded.checkedAtMs,
       providerRecordings = excluded.providerRecordings, lacking = excluded.lacking`,
  );
  const selectMarks = db.prepare<[], MarkRow>('SELECT * FROM checkMarks ORDER BY providerId');

  const prune = (): void => {
    const oldest = oldestKept.get(keptRuns - 1);
    if (oldest === undefined) return;
    dropOutcomes.run(oldest);
    dropRuns.run(oldest);
  };

  return {
    openCalls: (fromMs, toMs, limit) => selectOpenCalls.all(fromMs, toMs, limit).map(toCall),
    put(run, log) {
      const isNew = isKnown.get(run.runId) === undefined;
      upsert.run(
        run.runId,
        run.kind,
        run.trigger,
        run.state,
        run.fromMs,
        run.toMs,
        run.startedAtMs,
        run.finishedAtMs,
        JSON.stringify(run.providers),
        run.lookedAt,
        run.processed,
        run.waiting,
        run.notRecorded,
        run.problems,
        run.resume === null ? null : JSON.stringify(run.resume),
      );
      if (isNew) prune();
      log.note('run', run.runId);
    },
    addOutcomes(runId, outcomes, log) {
      let ordinal = nextOrdinal.get(runId) ?? 1;
      for (const one of outcomes) {
        insertOutcome.run(
          runId,
          ordinal++,
          one.callId,
          one.chatId,
          one.callSid,
          one.providerId,
          one.status,
          one.recordingId ?? null,
          one.code ?? null,
          one.providerCode ?? null,
          one.message ?? null,
        );
      }
      if (outcomes.length > 0) log.note('run', runId);
    },
    get(runId) {
      const row = selectOne.get(runId);
      return row === undefined ? null : runOf(row);
    },
    list(query, limit, cursor) {
      const rows = selectPage.all({
        before: cursor === null ? null : decodeId(cursor),
        kind: query.kind ?? null,
        limit: limit + 1,
      });
      return pageOf(rows, limit, ({ runId }) => [runId], runOf);
    },
    open: () => selectOpen.all().map(runOf),
    outcomes: (runId, offset, limit) => selectOutcomes.all(runId, limit, offset).map(detailOf),
    outcomesOfCall: (callId, limit) =>
      selectOfCall.all(callId, limit).map((row) => ({ ...detailOf(row), runId: row.runId })),
    putMark(mark, log) {
      upsertMark.run(
        mark.providerId,
        mark.fromMs,
        mark.upToMs,
        mark.checkedAtMs,
        mark.providerRecordings,
        JSON.stringify(mark.lacking),
      );
      log.noteSystem();
    },
    // Only this store writes the column, from a CheckMark.
    marks: () => selectMarks.all().map((row) => ({ ...row, lacking: JSON.parse(row.lacking) as string[] })),
  };
}

function runOf({ providers, resume, ...row }: RunRow): CheckRun {
  return { ...row, providers: JSON.parse(providers), resume: resume === null ? null : JSON.parse(resume) };
}

function detailOf(row: OutcomeRow): PollDetail {
  return {
    chatId: row.chatId,
    callSid: row.callSid,
    status: row.status,
    callId: row.callId,
    providerId: row.providerId,
    ...(row.recordingId === null ? {} : { recordingId: row.recordingId }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.providerCode === null ? {} : { providerCode: row.providerCode }),
    ...(row.message === null ? {} : { message: row.message }),
  };
}
