// What the suites of providers are fed with: an order to dial, and a recording as the product keeps it.
import type { DialOrder } from '../../src/main/providers/provider.ts';
import type { RecordingRow } from '../../src/main/domain/recording.ts';

/** An order of this way of placing calls, its first asking, without anything that may be left out. */
export function anOrder(via: string, callId: string, changes: Partial<DialOrder> = {}): DialOrder {
  return {
    callId,
    via,
    to: '+14155550143',
    from: null,
    agentId: null,
    reference: null,
    record: true,
    attemptKey: `${callId}-0`,
    publicUrl: null,
    ...changes,
  };
}

/** A recording that the provider has and we do not yet. */
export function aRecording(
  providerId: string,
  providerRecordingId: string,
  changes: Partial<RecordingRow> = {},
): RecordingRow {
  return {
    recordingId: 'rec_00000000000000000000000000',
    callId: 'call_00000000000000000000000000',
    providerId,
    providerRecordingId,
    providerAccountId: null,
    status: 'available',
    durationMs: null,
    channels: null,
    sizeBytes: null,
    sha256: null,
    contentType: null,
    fileName: null,
    startedAtMs: null,
    storedAtMs: null,
    reason: null,
    providerCode: null,
    flags: [],
    generation: 0,
    ...changes,
  };
}
