// What a verdict looks at beside the call itself: the jobs about it, and refused requests of that time.
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import type { Jobs } from './jobs.ts';
import type { CallJobsQuery } from './call-fact-store.ts';
import type { JobRow, RefusalRow } from './store.ts';

export interface CallFactsReader {
  jobs(query: CallJobsQuery): JobRow[];
  /** @returns whether it waited */
  hasten(jobId: string, nowMs: number, log: ChangeLog): boolean;
  /** Newest first, at most `limit` of each provider; without header names and bodies. */
  refusals(providerIds: readonly string[], fromMs: number, toMs: number, limit: number): RefusalRow[];
}

/** Kinds that name their call in `dedupe`: by a provider's key, or by our id of it. */
const kindsByCall = ['find-recordings', 'follow-call', 'start-recording'] as const;

/** @param jobs finds one job by its exact name, however the table is indexed */
export function createCallFacts(db: Database, jobs: Pick<Jobs, 'find'>): CallFactsReader {
  const selectRefusals = db.prepare<SqlValue[], Omit<RefusalRow, 'headerNames' | 'body'>>(
    `SELECT refusalId, atMs, providerId, path, reason, httpStatus, sizeBytes, bodySha256 FROM refusals
     WHERE providerId = ? AND atMs BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`,
  );
  const hasten = db.prepare(`UPDATE jobs SET runAtMs = ? WHERE jobId = ? AND state = 'ready'`);
  return {
    hasten(jobId, nowMs, log) {
      const isHastened = hasten.run(nowMs, jobId).changes === 1;
      if (isHastened) log.note('job', jobId);
      return isHastened;
    },
    jobs({ callIds, recordingIds, keys, dialGeneration }) {
      const found = new Map<string, JobRow>();
      const keep = (row: JobRow | null): void => {
        if (row !== null) found.set(row.jobId, row);
      };
      const providerIds = [...new Set(keys.map(({ providerId }) => providerId))];
      for (const recordingId of recordingIds) keep(jobs.find('fetch-recording', recordingId));
      for (const kind of kindsByCall) {
        for (const key of keys) keep(jobs.find(kind, `${key.providerId} ${key.kind} ${key.value}`));
        for (const callId of callIds) {
          for (const providerId of providerIds) {
            keep(jobs.find(kind, `${providerId} ${callId}`));
            if (kind === 'start-recording') keep(jobs.find(kind, `asked ${providerId} ${callId}`));
          }
        }
      }
      for (const callId of dialGeneration === null ? [] : callIds) {
        keep(jobs.find('place-call', `${callId}:${dialGeneration}`));
      }
      return [...found.values()];
    },
    refusals: (providerIds, fromMs, toMs, limit) =>
      providerIds.flatMap((providerId) =>
        selectRefusals
          .all(providerId, fromMs, toMs, limit)
          .map((row) => ({ ...row, headerNames: [], body: null })),
      ),
  };
}
