// Recordings that LiveKit made of a room. They lie in the clinic's own storage, where LiveKit put them: there is
// nothing to fetch, and no address that came in a webhook is ever gone to.
// Source: https://docs.livekit.io/transport/media/ingress-egress/egress/ (EgressInfo, FileInfo)
import type { CallKey, DomainEvent, RecordingFacts } from '../../domain/provider-event.ts';
import { egressPattern, providerId } from './ids.ts';
import { countOf, isEnum, type Json, objectOf, objectsOf, textOf } from './json.ts';
import type { Head } from './webhooks.ts';

/**
 * The files of an egress that has ended.
 * @param roomKeys the call whose room it was; empty for a room that Tapedeck did not name: then a person may match it
 */
export function egressEvents(egress: Json, head: Head, roomKeys: readonly CallKey[]): DomainEvent[] {
  const egressId = textOf(egress, 'egressId');
  if (!egressPattern.test(egressId)) return [];
  const keys: CallKey[] = [...roomKeys, { providerId, kind: 'egress', value: egressId }];
  const single = objectOf(egress, 'file');
  const listed = objectsOf(egress, 'fileResults');
  const files = listed.length > 0 || single === null ? listed : [single];
  if (files.length === 0) {
    const failed = isEnum(egress, 'status', 'EGRESS_FAILED', 4);
    const data = { what: 'egress_ended', ...(failed ? { code: 'EGRESS_FAILED' } : {}) };
    return roomKeys.length === 0 ? [] : [{ ...head, kind: 'call.told', keys, data }];
  }
  return files.map((file, i) => {
    const data: RecordingFacts = {
      providerRecordingId: i === 0 ? egressId : `${egressId}.${i + 1}`,
      reason: 'external_storage',
    };
    const startedAtMs = millisecondsOf(file, 'startedAt');
    const durationMs = millisecondsOf(file, 'duration');
    if (startedAtMs !== null) data.startedAtMs = startedAtMs;
    if (durationMs !== null) data.durationMs = durationMs;
    const eventKey = i === 0 ? head.eventKey : `${head.eventKey}.${i + 1}`;
    return { ...head, eventKey, kind: 'recording.external', keys, data };
  });
}

/** Moments and lengths are in nanoseconds. */
function millisecondsOf(file: Json, name: string): number | null {
  const nanoseconds = countOf(file, name);
  return nanoseconds === null ? null : Math.round(nanoseconds / 1_000_000);
}
