// Handlers of calls as they are: lists, one call, what may belong together, their recordings.
import type { Handlers } from '../../preload/contract/api.ts';
import type { CallView } from '../../preload/contract/calls.ts';
import { momentSaid, verdictSentence } from '../../preload/contract/verdict-words.ts';
import type { VerdictView } from '../../preload/contract/verdicts.ts';
import { AppError } from '../domain/errors.ts';
import { becauseOf } from '../domain/matching.ts';
import type { CallWithEvents } from '../store/store.ts';
import type { HandlerDeps } from './handlers.ts';

/** Counting stops here and the screen says "1,000+": an exact count of a million calls costs more than it tells. */
const countCap = 1_000;
const candidatesShown = 20;

type CallProcedure =
  | `calls.${'list' | 'count' | 'get' | 'check' | 'candidates' | 'match' | 'unmatch'}`
  | `recordings.${'playback' | 'retry' | 'start' | 'steer'}`;

export function createCallHandlers(deps: HandlerDeps): Pick<Handlers, CallProcedure> {
  const { store, views, jobs, providers, clock } = deps;

  const find = async (callId: string): Promise<CallWithEvents> => {
    const found = await store.getCall(callId);
    if (found === null) throw new AppError('not_found', 'There is no call with this id.');
    return found;
  };
  const view = async (callId: string): Promise<CallView> => views.call((await find(callId)).call);

  const explained = async (found: CallWithEvents): Promise<VerdictView | null> => {
    const verdict = await deps.explain(found);
    if (verdict === null) return null;
    const nowMs = clock.now();
    const service = providers.find(({ providerId }) => providerId === verdict.providerId)?.name;
    const names = { service: service ?? 'The phone service', at: (atMs: number) => momentSaid(atMs, nowMs) };
    return { ...verdict, sentence: verdictSentence(verdict, names) };
  };

  return {
    async 'calls.list'({ limit, cursor, ...filters }) {
      const page = await store.listCalls(filters, limit, cursor ?? null);
      return { items: page.items.map(views.call), nextCursor: page.nextCursor };
    },
    async 'calls.count'(filters) {
      return { ...(await store.countCalls(filters, countCap)), cap: countCap };
    },
    async 'calls.get'({ callId }) {
      const found = await find(callId);
      return views.callDetail(found, await explained(found));
    },
    async 'calls.check'({ callId }) {
      const count = await deps.checkCall(callId);
      jobs.wake();
      return { jobs: count };
    },
    async 'calls.candidates'({ callId }) {
      const { call } = await find(callId);
      const rows = await store.listCandidates(call.callId, candidatesShown);
      return { items: rows.map((row) => ({ call: views.call(row), because: becauseOf(call, row) })) };
    },
    async 'calls.match'({ callId, withCallId }) {
      const [one, other] = [await find(callId), await find(withCallId)];
      if (one.call.callId === other.call.callId) {
        throw new AppError('conflict', 'These two are one call already.');
      }
      const matched = await store.matchCalls(one.call.callId, other.call.callId, 'person');
      return { call: await view(matched.callId), matchEventKey: matched.matchEventKey };
    },
    async 'calls.unmatch'({ callId, matchEventKey }) {
      const { call } = await find(callId);
      const callIds = await store.unmatchCalls(call.callId, matchEventKey);
      return { calls: await Promise.all(callIds.map(view)) };
    },
    'recordings.playback': ({ recordingId }) => deps.playback(recordingId),
    async 'recordings.retry'({ recordingId }) {
      const recording = await store.getRecording(recordingId);
      if (recording === null) throw new AppError('not_found', 'There is no recording with this id.');
      const job = await store.findJob('fetch-recording', recordingId);
      if (recording.status === 'stored') throw new AppError('conflict', 'This recording is already saved.');
      if (job === null || job.state !== 'dead') {
        throw new AppError('conflict', 'This recording has not failed, so there is nothing to try again.');
      }
      await store.retryJob(job.jobId);
      jobs.wake();
      return { jobId: job.jobId };
    },
    async 'recordings.start'({ callId }) {
      const jobId = await deps.steering.start(callId);
      jobs.wake();
      return { jobId };
    },
    async 'recordings.steer'({ recordingId, action }) {
      await deps.steering.steer(recordingId, action);
      return { recordingId };
    },
  };
}
