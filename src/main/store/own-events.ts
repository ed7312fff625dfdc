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

/** A dial that took the process down again and again: whether the phone rang is for a person to find out. */
export function dialLostByCrashes(
  jobId: string,
  placedCallId: string,
  call: CallRow,
  nowMs: number,
): DomainEvent[] {
  if (call.dialState !== 'dialing' || call.dialGeneration === null) return [];
  return [
    {
      eventKey: `crashed:${jobId}:${call.dialGeneration}`,
      providerId: call.providerId,
      occurredAtMs: nowMs,
      sequence: 0,
      keys: [ourCallKey(placedCallId)],
      kind: 'call.dial_unknown',
      data: { generation: call.dialGeneration },
    },
  ];
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
