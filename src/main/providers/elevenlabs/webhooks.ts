// What ElevenLabs' webhooks mean. A verified body is never thrown away: an unknown type is kept and shown, and what
// cannot be read is `not_understood`. Audio has no chat_id and no numbers: conversation_id is its only link.
// Source: https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { DomainEvent } from '../../domain/provider-event.ts';
import type { Understanding } from '../provider.ts';
import { fingerprint, timePart } from './canonical.ts';
import { conversation, eventsOf } from './conversation.ts';
import { conversationKey, isConversationId, providerId } from './ids.ts';
import { failureEvent, initiationFailure } from './initiation-failure.ts';

export const postCallPath = '/webhooks/elevenlabs-post-call';
/** Where the audio is in a body. */
export const audioField = ['data', 'full_audio'] as const;

const envelope = z.object({
  type: z.string(),
  event_timestamp: z.number().min(0).max(4e9).nullish().catch(null),
  data: z.record(z.string(), z.unknown()).nullish().catch(null),
});

/** Reads one body. @param receivedAtMs stands in for a moment that the body does not name */
export function understandBody(body: Buffer, receivedAtMs: number): Understanding {
  return understandJson(parseJson(body), receivedAtMs, hash('sha256', body, 'hex'));
}

/**
 * Reads what a body says.
 * @param json with or without the content of its audio
 * @param bodySha256 of the whole body, lower-case hex: tells apart what the ids do not
 */
export function understandJson(json: unknown, receivedAtMs: number, bodySha256: string): Understanding {
  const read = envelope.safeParse(json);
  const label =
    read.success && /^[a-z][a-z_]{0,40}$/.test(read.data.type) ? read.data.type : 'type not known';
  const print = fingerprint(bodySha256);
  const notUnderstood: Understanding = {
    outcome: 'not_understood',
    label: label.replaceAll('_', ' '),
    dedupeKey: `not-understood:${print}`,
    events: [],
  };
  if (!read.success) return notUnderstood;
  const { type, data, event_timestamp: sentSeconds } = read.data;
  const atMs = typeof sentSeconds === 'number' ? Math.round(sentSeconds * 1000) : receivedAtMs;
  const conversationId = data?.['conversation_id'];
  if (!isConversationId(conversationId)) return notUnderstood;
  const dedupeKey = `${timePart(typeof sentSeconds === 'number' ? atMs : 0)}:${label}:${conversationId}:${print}`;
  const events = eventsOfType(type, data, { dedupeKey, atMs, conversationId });
  if (events === null) return notUnderstood;
  const outcome = events.length > 0 ? 'applied' : 'ignored';
  return { outcome, label: label.replaceAll('_', ' '), dedupeKey, events };
}

interface Head {
  dedupeKey: string;
  atMs: number;
  conversationId: string;
}

/** @returns null for a known type with a body that cannot be read; empty when there is nothing to do */
function eventsOfType(type: string, data: unknown, head: Head): DomainEvent[] | null {
  const { dedupeKey, atMs, conversationId } = head;
  if (type === 'post_call_transcription') {
    const told = conversation.safeParse(data);
    if (!told.success) return null;
    return eventsOf(told.data, { eventKey: dedupeKey, atMs, noAudioIsFinal: false });
  }
  if (type === 'call_initiation_failure') {
    const told = initiationFailure.safeParse(data);
    return told.success ? [failureEvent(told.data, `${dedupeKey}:0`, atMs)] : null;
  }
  // Whatever its type is called, audio of a conversation is audio of that call.
  if (typeof field(data, 'full_audio') !== 'string') return [];
  return [
    {
      kind: 'recording.available',
      eventKey: `${dedupeKey}:0`,
      providerId,
      occurredAtMs: atMs,
      sequence: 5,
      keys: [conversationKey(conversationId)],
      data: { providerRecordingId: conversationId },
    },
  ];
}

function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
