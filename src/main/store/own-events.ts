// Events that the queue itself causes: what happened to a job is part of its recording's story.
import type { CallRow } from '../domain/call.ts';
import { decidesRecording, type JobKind } from '../domain/job.ts';
import { type DomainEvent, ourCallKey } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';

interface JobOfRecording {
  jobId: string;
  kind: JobKind;
  generation: number;
  attempt: number;
}

function head(recording: RecordingRow, eventKey: string, nowMs: number) {
  const { providerId } = recording;
  return { eventKey, providerId, occurredAtMs: nowMs, sequence: 0, keys: [] };
}

/** @returns nothing for a job whose end does not decide its recording's */
export function failedByCrashes(job: JobOfRecording, recording: RecordingRow, nowMs: number): DomainEvent[] {
  if (!decidesRecording(job.kind)) return [];
  const { generation, attempt } = job;
  const { providerRecordingId } = recording;
  return [
    {
      ...head(recording, `crashed:${job.jobId}:${generation}`, nowMs),
      kind: 'recording.failed',
      data: { providerRecordingId, generation, attempt, code: 'crashed_repeatedly' },
    },
  ];
}

/**
 * A dial that took the process down again and again. Whether a phone rang is for a person to find out; before the dial
 * was claimed none has, for certain.
 */
export function dialEndedByCrashes(
  jobId: string,
  placedCallId: string,
  { dialState, dialGeneration: generation, providerId }: CallRow,
  nowMs: number,
): DomainEvent[] {
  if (generation === null || (dialState !== 'waiting' && dialState !== 'dialing')) return [];
  const head = {
    eventKey: `crashed:${jobId}:${generation}`,
    providerId,
    occurredAtMs: nowMs,
    sequence: 0,
    keys: [ourCallKey(placedCallId)],
  };
  return dialState === 'dialing'
    ? [{ ...head, kind: 'call.dial_unknown', data: { generation } }]
    : [{ ...head, kind: 'call.dial_refused', data: { generation, code: 'crashed_repeatedly' } }];
}

/** @returns nothing for a job whose end does not decide its recording's */
export function retriedAgain(job: JobOfRecording, recording: RecordingRow, nowMs: number): DomainEvent[] {
  if (!decidesRecording(job.kind)) return [];
  const { generation } = job;
  const { providerRecordingId } = recording;
  return [
    {
      ...head(recording, `retried:${job.jobId}:${generation}`, nowMs),
      kind: 'recording.retried',
      data: { providerRecordingId, generation, attempt: 0 },
    },
  ];
}
