// What LiveKit's webhooks mean. Telephones are SIP participants; of everything else only what happens in the room of
// a call is told.
// Source: https://docs.livekit.io/intro/basics/rooms-participants-tracks/webhooks-events/
import { hash } from 'node:crypto';
import { isOurCallId } from '../../domain/our-call-id.ts';
import { type CallFacts, type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import type { Understanding } from '../provider.ts';
import { egressEvents } from './egress.ts';
import { eventPattern, providerId } from './ids.ts';
import { countOf, type Json, objectOf, parseObject, textOf } from './json.ts';
import { endingOf, type Participant, readParticipant, standingOf } from './participant.ts';

/** Orders events of one second, which is all that `createdAt` tells. */
const ranks: ReadonlyMap<string, number> = new Map([
  ['room_started', 0],
  ['participant_joined', 2],
  ['participant_left', 8],
  ['participant_connection_aborted', 8],
  ['room_finished', 9],
]);

/** Reads one webhook. Never throws. */
export function understandWebhook(body: Uint8Array, receivedAtMs: number): Understanding {
  const json = parseObject(body);
  const name = json === null ? '' : textOf(json, 'event');
  const print = (): string => hash('sha256', body, 'base64url').slice(0, 22);
  if (json === null || !/^[a-z][a-z_]{1,60}$/.test(name)) {
    return {
      outcome: 'not_understood',
      label: 'event not known',
      dedupeKey: `webhook:not-understood:${print()}`,
      events: [],
    };
  }
  const id = textOf(json, 'id');
  const dedupeKey = `webhook:${eventPattern.test(id) ? id : print()}`;
  const createdAtSeconds = countOf(json, 'createdAt');
  const events = eventsOf(json, name, {
    eventKey: dedupeKey,
    providerId,
    occurredAtMs: momentOf(createdAtSeconds) ?? receivedAtMs,
    sequence: ranks.get(name) ?? 5,
  });
  const outcome = events.length > 0 ? 'applied' : 'ignored';
  return { outcome, label: name.replaceAll('_', ' '), dedupeKey, events };
}

/** @returns undefined for what no clock of this century says */
function momentOf(seconds: number | null): number | undefined {
  return seconds !== null && seconds < 4_102_444_800 ? seconds * 1000 : undefined;
}

export type Head = Pick<DomainEvent, 'eventKey' | 'providerId' | 'occurredAtMs' | 'sequence'>;

function eventsOf(json: Json, name: string, head: Head): DomainEvent[] {
  const egress = objectOf(json, 'egressInfo');
  const room = objectOf(json, 'room');
  const roomName = room === null ? (egress === null ? '' : textOf(egress, 'roomName')) : textOf(room, 'name');
  const participantJson = objectOf(json, 'participant');
  const participant = participantJson === null ? null : readParticipant(participantJson, roomName);
  const roomKeys = isOurCallId(roomName) ? [ourCallKey(roomName)] : [];
  const keys = participant === null ? roomKeys : participant.keys;

  if (egress !== null && name === 'egress_ended') return egressEvents(egress, head, roomKeys);
  if (keys.length === 0) return [];
  if (participant?.isSip === true) {
    if (name === 'participant_joined') return [joined(participant, head)];
    if (name === 'participant_left' && participant.disconnectReason !== 'MIGRATION')
      return [left(participant, head)];
    if (name === 'participant_connection_aborted') return [left(participant, head, 'JOIN_FAILURE')];
  }
  const code =
    participant !== null && participant.disconnectReason !== '' ? participant.disconnectReason : null;
  return [{ ...head, kind: 'call.told', keys, data: { what: name, ...(code === null ? {} : { code }) } }];
}

function joined({ leg, parties, keys, callStatus }: Participant, head: Head): DomainEvent {
  const { occurredAtMs } = head;
  const status = standingOf(callStatus) ?? 'queued';
  const data: CallFacts = { leg, ...parties, status, startedAtMs: occurredAtMs };
  if (status !== 'in_progress') return { ...head, kind: 'call.started', keys, data };
  return { ...head, kind: 'call.answered', keys, data: { ...data, answeredAtMs: occurredAtMs } };
}

function left(participant: Participant, head: Head, reason = participant.disconnectReason): DomainEvent {
  const { leg, parties, keys } = participant;
  const data: CallFacts = {
    leg,
    ...parties,
    status: endingOf({ ...participant, disconnectReason: reason }),
    endedAtMs: head.occurredAtMs,
  };
  if (reason !== '' && reason !== 'CLIENT_INITIATED') data.providerCode = reason;
  return { ...head, kind: 'call.ended', keys, data };
}
