// ElevenLabs' ids. They become part of URLs, so only these shapes are ever used.
// Source: https://elevenlabs.io/docs/api-reference/conversations/get (examples: `conv_...`, older ones without it)
import type { CallKey } from '../../domain/provider-event.ts';

/** First part of every stored row. */
export const providerId = 'elevenlabs';

export const conversationIdPattern = /^[A-Za-z0-9_-]{10,80}$/;
const twilioCallSidPattern = /^CA[0-9a-f]{32}$/;
const sipCallIdPattern = /^[\x21-\x7e]{4,200}$/;

export function isConversationId(value: unknown): value is string {
  return typeof value === 'string' && conversationIdPattern.test(value);
}

export function conversationKey(conversationId: string): CallKey {
  return { providerId, kind: 'conversation_id', value: conversationId };
}

/** The call as Twilio knows it, where ElevenLabs placed it there. @returns empty for what is no CallSid */
export function twilioKeys(callSid: unknown): CallKey[] {
  return typeof callSid === 'string' && twilioCallSidPattern.test(callSid)
    ? [{ providerId: 'twilio', kind: 'call_sid', value: callSid }]
    : [];
}

/**
 * The id of a call over a SIP trunk. A trunk that ends at Telnyx has its recording under the same Call-ID.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings (filter[sip_call_id])
 * @returns empty for what can be no id
 */
export function sipKeys(sipCallId: unknown): CallKey[] {
  if (typeof sipCallId !== 'string' || !sipCallIdPattern.test(sipCallId)) return [];
  const key = { kind: 'sip_call_id', value: sipCallId };
  return [
    { providerId, ...key },
    { providerId: 'telnyx', ...key },
  ];
}

/** The conversations that keys name. */
export function conversationIdsOf(keys: readonly CallKey[]): string[] {
  return keys
    .filter((key) => key.providerId === providerId && key.kind === 'conversation_id')
    .map(({ value }) => value)
    .filter(isConversationId);
}
