// Placing a call through an agent: over a Twilio number or a SIP trunk that ElevenLabs knows.
// Source: https://elevenlabs.io/docs/api-reference/twilio/outbound-call, .../sip-trunk/outbound-call
import { z } from 'zod';
import { codeOf } from '../../domain/errors.ts';
import { type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import type { DialAnswer, DialOrder } from '../provider.ts';
import { canonicalJson, timePart } from './canonical.ts';
import { type Answer, type Client, retryAfterMsOf } from './client.ts';
import { conversationKey, isConversationId, providerId, sipKeys, twilioKeys } from './ids.ts';

export const twilioVia = 'elevenlabs-twilio';
export const sipVia = 'elevenlabs-sip';

const paths: ReadonlyMap<string, string> = new Map([
  [twilioVia, '/v1/convai/twilio/outbound-call'],
  [sipVia, '/v1/convai/sip-trunk/outbound-call'],
]);

/** Mixed case, as it comes; ids may be null although the call is being made. */
const placed = z.object({
  success: z.boolean(),
  conversation_id: z.unknown().optional(),
  callSid: z.unknown().optional(),
  sip_call_id: z.unknown().optional(),
});

export interface DialDeps {
  client: Client;
  agentId: string;
  phoneNumberId: string;
  now: () => number;
}

/**
 * Places a call: one request, never repeated. Our callId goes along as dynamic variable and as user_id, so that the
 * call can be found by either. ElevenLabs is not asked to record at Twilio: Tapedeck starts that recording itself.
 * Answers that leave open whether the phone rings (5xx, 408, no JSON, broken connection) are `unknown`.
 */
export async function dial(deps: DialDeps, order: DialOrder, signal: AbortSignal): Promise<DialAnswer> {
  const path = paths.get(order.via);
  const agentId = order.agentId ?? deps.agentId;
  if (path === undefined || agentId === '' || deps.phoneNumberId === '') {
    return { outcome: 'refused', code: 'not_set_up', providerCode: null };
  }
  if (!/^\+[1-9]\d{4,14}$/.test(order.to))
    return { outcome: 'refused', code: 'bad_number', providerCode: null };
  let answer: Answer;
  try {
    answer = await deps.client.send('POST', path, requestOf(order, agentId, deps.phoneNumberId), signal);
  } catch (error) {
    const code = codeOf(error);
    // These two are found out before anything leaves.
    if (code === 'secret_missing' || code === 'blocked_address') {
      return { outcome: 'refused', code, providerCode: null };
    }
    return { outcome: 'unknown', code };
  }
  return read(answer, order, path, deps.now());
}

function requestOf(order: DialOrder, agentId: string, phoneNumberId: string): unknown {
  return {
    agent_id: agentId,
    agent_phone_number_id: phoneNumberId,
    to_number: order.to,
    ...(order.via === twilioVia ? { call_recording_enabled: false } : {}),
    conversation_initiation_client_data: {
      user_id: order.callId,
      dynamic_variables: { chat_id: order.callId },
    },
  };
}

function read(answer: Answer, order: DialOrder, path: string, nowMs: number): DialAnswer {
  const { status, code, json } = answer;
  if (status === 408 || status === 425 || status >= 500 || status < 200 || (status >= 300 && status < 400)) {
    return { outcome: 'unknown', code: 'provider_unavailable' };
  }
  // Too many at once, or the system is busy: turned away before anything is dialled.
  // Source: https://elevenlabs.io/docs/developers/resources/error-messages
  if (status === 429) return { outcome: 'not_processed', retryAfterMs: retryAfterMsOf(answer) };
  if (status >= 400)
    return { outcome: 'refused', code: refusalCode(status), providerCode: code ?? String(status) };
  const told = placed.safeParse(json);
  if (!told.success) return { outcome: 'unknown', code: 'provider_unavailable' };
  const { data } = told;
  if (!data.success) return { outcome: 'refused', code: 'dial_refused', providerCode: code };
  const conversationId = isConversationId(data.conversation_id) ? data.conversation_id : null;
  const dedupeKey = `${timePart(nowMs)}:dial:${conversationId ?? order.attemptKey}`;
  const event: DomainEvent = {
    kind: 'call.started',
    eventKey: `${dedupeKey}:0`,
    providerId,
    occurredAtMs: nowMs,
    sequence: 0,
    keys: [
      ourCallKey(order.callId),
      ...(conversationId === null ? [] : [conversationKey(conversationId)]),
      ...(order.via === twilioVia ? twilioKeys(data.callSid) : sipKeys(data.sip_call_id)),
    ],
    data: { status: 'queued', direction: 'outbound', to: order.to, startedAtMs: nowMs },
  };
  const body = Buffer.from(canonicalJson(json));
  return {
    outcome: 'placed',
    fact: { outcome: 'applied', label: 'call placed', dedupeKey, events: [event], body, path },
  };
}

function refusalCode(status: number): 'provider_unauthorized' | 'dial_refused' {
  return status === 401 || status === 403 ? 'provider_unauthorized' : 'dial_refused';
}
