// A conversation in our words: the post_call_transcription webhook and GET /v1/convai/conversations/{id} are the same
// model, so they are read by the same code. Tolerant: what is missing or odd is left out, never refused.
// Source: https://elevenlabs.io/docs/api-reference/conversations/get
import { z } from 'zod';
import type { TranscriptLine } from '../../../preload/contract/calls.ts';
import { isOurCallId } from '../../domain/our-call-id.ts';
import { type CallFacts, type CallKey, type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import { conversationIdPattern, conversationKey, providerId, sipKeys, twilioKeys } from './ids.ts';

const text = z.string().nullish().catch(null);
const seconds = z.number().finite().min(0).max(4e9).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

const phoneCall = z
  .object({
    type: text,
    direction: z.enum(['inbound', 'outbound']).nullish().catch(null),
    agent_number: text,
    external_number: text,
    call_sid: text,
    call_id: text,
  })
  .nullish()
  .catch(null);

const line = z.object({ role: text, message: text, time_in_call_secs: seconds }).nullable().catch(null);

export const conversation = z.object({
  conversation_id: z.string().regex(conversationIdPattern),
  status: text,
  user_id: text,
  transcript: z.array(line).nullish().catch(null),
  metadata: z
    .object({
      start_time_unix_secs: seconds,
      accepted_time_unix_secs: seconds,
      call_duration_secs: seconds,
      termination_reason: text,
      phone_call: phoneCall,
    })
    .nullish()
    .catch(null),
  conversation_initiation_client_data: z
    .object({ dynamic_variables: z.record(z.string(), z.unknown()).nullish().catch(null) })
    .nullish()
    .catch(null),
  has_audio: flag,
});
export type Conversation = z.infer<typeof conversation>;

interface Meaning {
  kind: 'call.started' | 'call.answered' | 'call.ended';
  status: NonNullable<CallFacts['status']>;
  rank: number;
}

/** `processing` is after the call: the audio and the analysis are being made. */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['initiated', { kind: 'call.started', status: 'queued', rank: 0 }],
  ['in-progress', { kind: 'call.answered', status: 'in_progress', rank: 1 }],
  ['processing', { kind: 'call.ended', status: 'completed', rank: 2 }],
  ['done', { kind: 'call.ended', status: 'completed', rank: 3 }],
  ['failed', { kind: 'call.ended', status: 'failed', rank: 3 }],
]);

/** The id of a call of ours that a conversation carries back; null when it carries none that can be believed. */
export function carriedCallId(told: Conversation): string | null {
  const chatId = told.conversation_initiation_client_data?.dynamic_variables?.['chat_id'];
  // Whoever calls in can set variables, too; and our own orders carry the id twice (user_id).
  const isOutgoing = told.metadata?.phone_call?.direction === 'outbound';
  const isSame = (told.user_id ?? chatId) === chatId;
  return isOutgoing && isSame && isOurCallId(chatId) ? chatId : null;
}

/** Every exact id that a conversation gives its call. */
export function keysOf(told: Conversation): CallKey[] {
  const phone = told.metadata?.phone_call;
  const callId = carriedCallId(told);
  return [
    conversationKey(told.conversation_id),
    ...(phone?.type === 'twilio' ? twilioKeys(phone.call_sid) : []),
    ...(phone?.type === 'sip_trunking' ? sipKeys(phone.call_id) : []),
    ...(callId === null ? [] : [ourCallKey(callId)]),
  ];
}

export interface Telling {
  eventKey: string;
  /** Stands in where the conversation names no moment. */
  atMs: number;
  /** What "done, and no audio" means: only an answer to our own question settles that there is none. */
  noAudioIsFinal: boolean;
}

/**
 * The events of a conversation: how the call stands, its transcript with times, and whether there is audio.
 * @returns keys are `eventKey` and an index; at least the call's event
 */
export function eventsOf(told: Conversation, telling: Telling): DomainEvent[] {
  const keys = keysOf(told);
  const meaning = meanings.get(told.status ?? '');
  const { facts, occurredAtMs, startedAtMs } = factsOf(told, meaning, telling.atMs);
  const heads = (
    sequence: number,
  ): Pick<DomainEvent, 'providerId' | 'occurredAtMs' | 'sequence' | 'keys'> => ({
    providerId,
    occurredAtMs,
    sequence,
    keys,
  });
  const events: DomainEvent[] = [
    {
      ...heads(meaning?.rank ?? 0),
      kind: meaning?.kind ?? 'call.noted',
      eventKey: `${telling.eventKey}:0`,
      data: facts,
    },
  ];
  const lines = linesOf(told);
  const { conversation_id: id } = told;
  if (lines.length > 0 && meaning?.kind === 'call.ended') {
    const data = { providerTranscriptId: id, lines };
    events.push({ ...heads(4), kind: 'transcript.attached', eventKey: `${telling.eventKey}:1`, data });
  }
  const recording = { providerRecordingId: id, ...(startedAtMs === null ? {} : { startedAtMs }) };
  const eventKey = `${telling.eventKey}:2`;
  if (told.has_audio === true && meaning?.rank === 3) {
    events.push({ ...heads(5), kind: 'recording.available', eventKey, data: recording });
  } else if (told.has_audio === false && told.status === 'done' && telling.noAudioIsFinal) {
    const data = { ...recording, reason: 'no_audio_by_policy' };
    events.push({ ...heads(5), kind: 'recording.absent', eventKey, data });
  }
  return events;
}

/** Whether nothing more will come of asking for this conversation: it is over and it is known whether there is audio. */
export function isSettled(told: Conversation): boolean {
  return told.status === 'failed' || (told.status === 'done' && typeof told.has_audio === 'boolean');
}

function factsOf(
  told: Conversation,
  meaning: Meaning | undefined,
  atMs: number,
): { facts: CallFacts; occurredAtMs: number; startedAtMs: number | null } {
  const { metadata } = told;
  const phone = metadata?.phone_call;
  const startedAtMs = toMs(metadata?.start_time_unix_secs);
  const answeredAtMs = toMs(metadata?.accepted_time_unix_secs);
  const talkMs = toMs(metadata?.call_duration_secs);
  const hasEnded = meaning?.kind === 'call.ended';
  const beganMs = answeredAtMs ?? startedAtMs;
  const endedAtMs = hasEnded && beganMs !== null ? beganMs + (talkMs ?? 0) : null;
  const facts: CallFacts = {};
  if (meaning !== undefined) facts.status = meaning.status;
  if (phone?.direction) {
    facts.direction = phone.direction;
    const isInbound = phone.direction === 'inbound';
    const [from, to] = isInbound
      ? [phone.external_number, phone.agent_number]
      : [phone.agent_number, phone.external_number];
    if (from) facts.from = from;
    if (to) facts.to = to;
  }
  if (startedAtMs !== null) facts.startedAtMs = startedAtMs;
  if (answeredAtMs !== null) facts.answeredAtMs = answeredAtMs;
  if (hasEnded) facts.endedAtMs = endedAtMs ?? atMs;
  if (hasEnded && talkMs !== null && meaning.status === 'completed') facts.talkMs = talkMs;
  return { facts, occurredAtMs: endedAtMs ?? beganMs ?? atMs, startedAtMs };
}

function linesOf({ transcript }: Conversation): TranscriptLine[] {
  return (transcript ?? []).flatMap((said): TranscriptLine[] => {
    // Turns without words are calls of tools.
    if (said === null || !said.message) return [];
    const speaker = said.role === 'agent' ? 'clinic' : said.role === 'user' ? 'caller' : 'unknown';
    return [{ speaker, text: said.message, atMs: toMs(said.time_in_call_secs) }];
  });
}

function toMs(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1000);
}
