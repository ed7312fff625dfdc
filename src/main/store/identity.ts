// Which call an event belongs to: by exact ids only. Every id that an event names, and the recording that it is
// about, is one and the same call; the rebuild follows the same rule.
import {
  type CallKey,
  type DomainEvent,
  type EventKind,
  isRecordingEvent,
} from '../domain/provider-event.ts';

/** An exact id of a call. A recording's is remembered by its own row (`recordings`), every other one by `callKeys`. */
export interface Identity extends CallKey {
  isRecording: boolean;
}

/** Kind of the id that a recording is of its call, whatever the provider calls it. */
export const recordingKind = 'recording';
/** An event that names nothing stands for itself: it is a call of its own, and nothing that came is lost. */
const eventKind = 'event';

/** What we say ourselves of which call is which; it may name a call by its recording. */
const ownWords: ReadonlySet<EventKind> = new Set(['call.minted', 'call.matched', 'call.unmatched']);

/** Every exact id that an event gives its call, without repeats; never empty. */
export function identitiesOf(event: DomainEvent): Identity[] {
  const { providerId } = event;
  const about = isRecordingEvent(event) ? event.data.providerRecordingId : null;
  const found: Identity[] = [];
  const isOwnWord = ownWords.has(event.kind);
  for (const key of event.keys) {
    // Under whichever kind an event names the recording that it is about, that is the one id below. An id that is the
    // conversation's as well (ElevenLabs) stays a key of the call.
    if (about !== null && key.value === about && key.kind.startsWith(recordingKind)) continue;
    if (found.some((other) => isSame(key, other))) continue;
    const isRecording = isOwnWord && key.kind === recordingKind;
    found.push({ providerId: key.providerId, kind: key.kind, value: key.value, isRecording });
  }
  if (about !== null) found.push({ providerId, kind: recordingKind, value: about, isRecording: true });
  if (found.length > 0) return found;
  return [{ providerId, kind: eventKind, value: event.eventKey, isRecording: false }];
}

function isSame(a: CallKey, b: CallKey): boolean {
  return a.value === b.value && a.kind === b.kind && a.providerId === b.providerId;
}

/** Equal for equal ids, different for different ones. */
export function identityText({ providerId, kind, value }: CallKey): string {
  return `${providerId}\n${kind}\n${value}`;
}

/** The event by which a call gets our own id. It carries the ids that it was given for, so that a rebuild finds it. */
export function mintedEvent(
  callId: string,
  first: DomainEvent,
  identities: readonly Identity[],
): DomainEvent {
  return {
    kind: 'call.minted',
    eventKey: `minted:${callId}`,
    providerId: first.providerId,
    occurredAtMs: first.occurredAtMs,
    sequence: 0,
    keys: identities.map(({ providerId, kind, value }) => ({ providerId, kind, value })),
    data: { callId },
  };
}
