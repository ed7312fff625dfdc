// call_initiation_failure: the call never became a conversation. Without it a dialled call would seem to ring for ever.
// Source: https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks (call initiation failure)
import { z } from 'zod';
import { type CallFacts, type DomainEvent } from '../../domain/provider-event.ts';
import { conversationIdPattern, conversationKey, providerId, sipKeys, twilioKeys } from './ids.ts';

const text = z.string().nullish().catch(null);

export const initiationFailure = z.object({
  conversation_id: z.string().regex(conversationIdPattern),
  failure_reason: text,
  metadata: z
    .object({
      type: text,
      body: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type InitiationFailure = z.infer<typeof initiationFailure>;

/** @param atMs moment of the webhook, by its own word */
export function failureEvent(told: InitiationFailure, eventKey: string, atMs: number): DomainEvent {
  const body = told.metadata?.body ?? {};
  const isTwilio = told.metadata?.type === 'twilio';
  const data: CallFacts = {
    status: statusOf(told.failure_reason),
    direction: 'outbound',
    endedAtMs: atMs,
  };
  const [from, to, code] = isTwilio
    ? [body['From'], body['To'], body['SipResponseCode']]
    : [body['from_number'], body['to_number'], body['sip_status_code']];
  if (isNumberText(from)) data.from = from;
  if (isNumberText(to)) data.to = to;
  if (/^[1-9]\d{2,5}$/.test(String(code))) data.providerCode = String(code);
  return {
    kind: 'call.ended',
    eventKey,
    providerId,
    occurredAtMs: atMs,
    sequence: 3,
    keys: [
      conversationKey(told.conversation_id),
      ...(isTwilio ? twilioKeys(body['CallSid']) : []),
      // Called call_sid here, though it is the call over the SIP trunk.
      ...(told.metadata?.type === 'sip' ? sipKeys(body['call_sid']) : []),
    ],
    data,
  };
}

function statusOf(reason: string | null | undefined): 'busy' | 'no_answer' | 'failed' {
  if (reason === 'busy') return 'busy';
  return reason === 'no-answer' || reason === 'no_answer' ? 'no_answer' : 'failed';
}

function isNumberText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 100;
}
