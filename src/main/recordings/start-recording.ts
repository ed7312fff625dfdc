// Use case of the job start-recording: once somebody answers, the provider is told to record, if this call is to be
// recorded and nobody records it yet. It waits while the phone rings, and says why when it came too late.
import type { CallRow } from '../domain/call.ts';
import { isOver } from '../domain/dialling.ts';
import type { ClaimedJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { Provider } from '../providers/provider.ts';
import type { CallWithEvents, JobSettlement, Store } from '../store/store.ts';
import { callOfJob, findVia, ownKeys, readyProvider } from './find-provider.ts';
import { ackOf, createSettler, type SettlerDeps } from './job-trouble.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export interface StartRecordingDeps extends SettlerDeps {
  store: Pick<Store, 'getCall' | 'findCallId' | 'pauseProvider' | 'resumeProvider'>;
  providers: readonly Provider[];
  journalPulledFacts: JournalPulledFacts;
  /** Whether the clinic records the calls of this number of its own. */
  recordsLine: (number: string) => boolean;
  publicUrl: () => string | null;
}

export type StartRecording = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

/** By the rhythm of the kind some three and a half minutes: longer than a lost answer to a dialling is asked back for. */
const unwantedAttempts = 27;

export function createStartRecording(deps: StartRecordingDeps): StartRecording {
  const { store, clock, log } = deps;
  const settler = createSettler(deps);

  return async (job, signal) => {
    const found = await callOfJob(store, job);
    if (found === null) return { ...ackOf(job), result: 'dead', errorCode: 'not_found' };
    const isWanted = job.payload.isAsked === true || wants(found.call);
    if (isRecorded(found, job)) return { ...ackOf(job), result: 'done' };
    if (!isWanted)
      return isMaybeLater(job, found) ? settler.again(job, null) : { ...ackOf(job), result: 'done' };
    if (isOver(found.call.status)) return notStarted(job, found, 'call_not_live');
    try {
      return await start(job, found, signal);
    } catch (error) {
      const settlement = await settler.trouble(job, error, signal);
      return settlement.result === 'dead' ? notStarted(job, found, settlement.errorCode) : settlement;
    }
  };

  /**
   * A leg may be heard of before it is known whose it is: the trunk's call below one that we placed. For some
   * minutes it is looked at again, for the wish to record is the placed call's.
   */
  function isMaybeLater({ attempt }: ClaimedJob, { call }: CallWithEvents): boolean {
    return call.record === null && !isOver(call.status) && attempt < unwantedAttempts;
  }

  /** Where the trunk records, a recording of ours would be a second one; whoever asks for it by hand gets it. */
  function wants({ record, from, to, via }: CallRow): boolean {
    const way = via === null ? null : findVia(deps.providers, via);
    if (way?.via.isRecordedElsewhere?.() === true) return false;
    return record ?? [from, to].some((number) => number !== null && deps.recordsLine(number));
  }

  async function start(job: ClaimedJob, found: CallWithEvents, signal: AbortSignal): Promise<JobSettlement> {
    const { providerId, api } = readyProvider(deps.providers, job.providerId);
    if (api.startRecording === undefined) return notStarted(job, found, 'not_eligible');
    const { callId } = found.call;
    const answer = await api.startRecording(
      { callId, keys: found.keys, publicUrl: deps.publicUrl() },
      signal,
    );
    switch (answer.outcome) {
      case 'started':
      case 'already':
        await deps.journalPulledFacts({ providerId, facts: answer.facts, source: 'job' });
        await store.resumeProvider(providerId);
        log.info('recording started', { callId, attempt: job.attempt });
        return { ...ackOf(job), result: 'done' };
      case 'not_yet': {
        const settlement = settler.again(job, null);
        return settlement.result === 'dead' ? notStarted(job, found, settlement.errorCode) : settlement;
      }
      case 'not_live':
        return notStarted(job, found, 'call_not_live');
      case 'refused':
        return notStarted(job, found, answer.code, answer.providerCode);
    }
  }

  /** It ends here, and the call says why there is no recording. */
  function notStarted(
    job: ClaimedJob,
    found: CallWithEvents,
    code: string,
    providerCode: string | null = null,
  ): JobSettlement {
    const { callId, providerId } = found.call;
    log.warn('recording not started', { callId, code, attempt: job.attempt });
    const keys = ownKeys(found).slice(0, 1);
    const told: DomainEvent = {
      kind: 'call.told',
      eventKey: `told:${job.jobId}:${job.generation}`,
      providerId: job.providerId ?? providerId,
      occurredAtMs: clock.now(),
      sequence: 0,
      keys,
      data: { what: 'recording_not_started', code, ...(providerCode === null ? {} : { providerCode }) },
    };
    return { ...ackOf(job), result: 'done', events: keys.length === 0 ? [] : [told] };
  }
}

/** Asked for by a person, a second recording may follow one that has ended; by itself none does. */
function isRecorded({ recordings }: CallWithEvents, { providerId, payload }: ClaimedJob): boolean {
  const own = recordings.filter((row) => row.providerId === providerId);
  return own.some((row) => (payload.isAsked === true ? isRunning(row) : row.status !== 'absent'));
}

function isRunning({ status }: RecordingRow): boolean {
  return status === 'recording';
}
