// How Telnyx carries our own id of a call: in client_state, and in a SIP header of calls that come through our trunk.
import type { CallKey } from '../../domain/provider-event.ts';
import { isOurCallId } from '../../domain/our-call-id.ts';
import { ourCallKey } from '../../domain/provider-event.ts';
import { type Json, listOf, textOf } from './json.ts';

/** The SIP header that LiveKit's calls carry through the trunk. */
const headerName = 'x-tapedeck-call-id';

/**
 * `client_state` must be base64 and comes back in every webhook of the call.
 * Source: https://developers.telnyx.com/api-reference/call-commands/dial (client_state)
 */
export function toClientState(callId: string): string {
  return Buffer.from(callId).toString('base64');
}

/** @returns our id, or undefined for anything that is not exactly one */
export function readClientState(clientState: string | undefined): string | undefined {
  if (clientState === undefined || clientState.length > 64) return undefined;
  const text = Buffer.from(clientState, 'base64').toString('latin1');
  return isOurCallId(text) ? text : undefined;
}

/**
 * The key of the call by our own id.
 * What is believed: client_state can only be set with the account's API key, so it is believed wherever the webhook
 * does not say that the call came from outside. A SIP header can be set by whoever calls; only an outgoing call came
 * through our own trunk's credentials, so only there, where the webhook says so, is it believed.
 * @param payload of a webhook
 */
export function ourKeysOf(payload: Json): CallKey[] {
  const direction = textOf(payload, 'direction');
  if (direction === 'incoming') return [];
  const callId =
    readClientState(textOf(payload, 'client_state')) ??
    (direction === 'outgoing' ? readHeader(payload) : undefined);
  return callId === undefined ? [] : [ourCallKey(callId)];
}

function readHeader(payload: Json): string | undefined {
  const values = [...listOf(payload, 'custom_headers'), ...listOf(payload, 'sip_headers')]
    .filter((header) => textOf(header, 'name')?.toLowerCase() === headerName)
    .map((header) => header['value']);
  // Two different ones: which was meant cannot be known.
  const value = new Set(values).size === 1 ? values[0] : undefined;
  return isOurCallId(value) ? value : undefined;
}
