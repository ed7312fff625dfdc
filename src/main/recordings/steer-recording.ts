// Use cases: a person starts, pauses, resumes or stops a recording.
import { isOver } from '../domain/dialling.ts';
import { AppError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Provider } from '../providers/provider.ts';
import type { JobRow, Store } from '../store/store.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export interface SteerRecording {
  /** Asks for a recording of a live call. @returns the job that starts it. Errors: not_found, call_not_live, not_eligible. */
  start(callId: string): Promise<string>;
  /** Errors: not_found, conflict (it is not running), not_eligible, and those of the provider. */
  steer(recordingId: string, action: 'pause' | 'resume' | 'stop'): Promise<void>;
}

const timeoutMs = 30_000;

export function createSteerRecording(deps: {
  store: Pick<Store, 'getCall' | 'getRecording' | 'appendEvents' | 'findJob'>;
  providers: readonly Provider[];
  journalPulledFacts: JournalPulledFacts;
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
}): SteerRecording {
  const { store, providers, clock } = deps;

  /** An earlier asking that is still on its way, or the name of a new one. */
  const asking = async (
    callId: string,
    providerId: string,
  ): Promise<{ job: JobRow | null; dedupe: string }> => {
    const dedupe = `asked ${providerId} ${callId}`;
    const job = await store.findJob('start-recording', dedupe);
    if (job === null || job.state === 'ready' || job.state === 'running') return { job, dedupe };
    return { job: null, dedupe: `${dedupe} ${deps.newId('ask', clock.now())}` };
  };

  return {
    async start(callId) {
      const found = await store.getCall(callId);
      if (found === null) throw new AppError('not_found', 'There is no call with this id.');
      if (isOver(found.call.status)) throw new AppError('call_not_live', 'This call is over.');
      const provider = providers.find(
        ({ providerId, api, missing }) =>
          api.startRecording !== undefined &&
          missing().length === 0 &&
          found.keys.some((key) => key.providerId === providerId),
      );
      if (provider === undefined) {
        throw new AppError(
          'not_eligible',
          'None of the phone services of this call can be told to record it.',
        );
      }
      const { providerId } = provider;
      const asked = await asking(found.call.callId, providerId);
      if (asked.job !== null) return asked.job.jobId;
      const payload = { callId: found.call.callId, isAsked: true };
      await store.appendEvents([], 'user', [
        { kind: 'start-recording', dedupe: asked.dedupe, payload, providerId, runAtMs: clock.now() },
      ]);
      const job = await store.findJob('start-recording', asked.dedupe);
      if (job === null) throw new AppError('internal', 'A job that was just stored was not found.');
      return job.jobId;
    },

    async steer(recordingId, action) {
      const recording = await store.getRecording(recordingId);
      const found = recording === null ? null : await store.getCall(recording.callId);
      if (recording === null || found === null) {
        throw new AppError('not_found', 'There is no recording with this id.');
      }
      if (recording.status !== 'recording') throw new AppError('conflict', 'This recording is not running.');
      const provider = providers.find(({ providerId }) => providerId === recording.providerId);
      if (provider?.api.steerRecording === undefined) {
        throw new AppError(
          'not_eligible',
          'This phone service does not let a recording be paused or stopped.',
        );
      }
      const signal = AbortSignal.timeout(timeoutMs);
      const facts = await provider.api.steerRecording(recording, found.keys, action, signal);
      await deps.journalPulledFacts({ providerId: provider.providerId, facts, source: 'job' });
    },
  };
}
