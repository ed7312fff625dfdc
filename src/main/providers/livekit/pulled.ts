// Facts that were asked for, in our words.
import { hash } from 'node:crypto';
import { placedAtMs } from '../../domain/our-call-id.ts';
import { type CallFacts, type CallKey, type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import type { PulledFact } from '../provider.ts';
import { providerId } from './ids.ts';
import { canonicalJson, countOf, type Json } from './json.ts';
import { readParticipant, standingOf } from './participant.ts';
import { listMethod, pathOf } from './rpc.ts';

/** @param method that it was asked by */
export function pulled(label: string, event: DomainEvent, json: Json, method: string): PulledFact {
  return {
    outcome: 'applied',
    label,
    dedupeKey: event.eventKey,
    events: [event],
    body: Buffer.from(canonicalJson(json)),
    path: pathOf(method),
  };
}

/**
 * A telephone that is listed in the room of a call that we placed. Of the answer LiveKit does not say when it was:
 * it is told as of the moment in which it was first seen.
 * Source: https://docs.livekit.io/reference/other/roomservice-api/#participantinfo
 */
export function listedFact(json: Json, callId: string, nowMs: number): PulledFact {
  const { keys, leg, callStatus, parties } = readParticipant(json, callId);
  const joinedMs = countOf(json, 'joinedAtMs') ?? (countOf(json, 'joinedAt') ?? 0) * 1000;
  const startedAtMs = joinedMs > 0 ? joinedMs : nowMs;
  const status = standingOf(callStatus);
  // A later look at the same participant may know more ids or another status: then it is another fact.
  const print = hash('sha256', canonicalJson({ keys, leg, callStatus, parties }), 'base64url').slice(0, 22);
  const head = { eventKey: `listed:${leg.legId.slice(0, 70)}:${print}`, providerId, keys };
  const data: CallFacts = { leg, ...parties, ...(status === null ? {} : { status }), startedAtMs };
  const event: DomainEvent =
    status === 'in_progress'
      ? {
          ...head,
          kind: 'call.answered',
          occurredAtMs: nowMs,
          sequence: 4,
          data: { ...data, answeredAtMs: nowMs },
        }
      : {
          ...head,
          kind: 'call.started',
          occurredAtMs: startedAtMs,
          sequence: status === 'ringing' ? 3 : 2,
          data,
        };
  return pulled('participant listed', event, json, listMethod);
}

/**
 * The room of a call that we placed is gone: it has ended, and how and when LiveKit no longer says. Told as of the
 * placing, so that whatever a webhook or the carrier says of the end stands before it.
 */
export function endedFact(callId: string, keys: readonly CallKey[], nowMs: number): PulledFact {
  const sipCall = keys.find((key) => key.providerId === providerId && key.kind === 'sip_call');
  const event: DomainEvent = {
    kind: 'call.ended',
    eventKey: `gone:${callId}`,
    providerId,
    occurredAtMs: placedAtMs(callId),
    sequence: 0,
    // The carrier's ids among them: its recordings are looked for when the call has ended.
    keys: [ourCallKey(callId), ...keys.filter((key) => key.providerId !== 'tapedeck')],
    data: {
      ...(sipCall === undefined ? {} : { leg: { legId: sipCall.value, parentLegId: null } }),
      status: 'completed',
      endedAtMs: nowMs,
    },
  };
  return pulled('room gone', event, { room: callId }, listMethod);
}
