// Telnyx's ids. They become keys of calls and parts of URLs, so only exactly these shapes are ever used.
// Source: https://developers.telnyx.com/api-reference/call-commands/dial (call_control_id, call_leg_id, call_session_id)
import type { CallKey } from '../../domain/provider-event.ts';
import { type Json, textOf } from './json.ts';

/** The webhooks' providerId and the first part of every stored row. */
export const providerId = 'telnyx';

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Today `v3:` and 54 characters of base64url; old ones were UUIDs. */
export const controlIdPattern = /^[A-Za-z0-9_:=-]{8,160}$/;
/** The Call-ID header of the SIP leg. Source: RFC 3261, 20.8. */
export const sipCallIdPattern = /^[\x21-\x7e]{1,255}$/;
/** Event ids are UUIDs; others are taken as long as they are harmless. */
export const eventIdPattern = /^[A-Za-z0-9-]{8,64}$/;

export type KeyKind = 'call_control_id' | 'call_leg_id' | 'call_session_id' | 'sip_call_id' | 'recording_id';

const patterns: Readonly<Record<KeyKind, RegExp>> = {
  call_control_id: controlIdPattern,
  call_leg_id: uuidPattern,
  call_session_id: uuidPattern,
  sip_call_id: sipCallIdPattern,
  recording_id: uuidPattern,
};

export function keyOf(kind: KeyKind, value: string): CallKey {
  return { providerId, kind, value };
}

/**
 * The ids of a payload or a listed item that name its call. One session is one call, however many legs it has: the
 * session joins the legs of a transfer.
 * Source: https://developers.telnyx.com/api-reference/callbacks/call-initiated (call_session_id)
 * @returns null when an id does not fit its pattern: then nothing of the item is believed
 */
export function keysOf(item: Json): CallKey[] | null {
  const keys: CallKey[] = [];
  for (const kind of ['call_control_id', 'call_leg_id', 'call_session_id', 'sip_call_id'] as const) {
    if (item[kind] === undefined || item[kind] === null || item[kind] === '') continue;
    const value = textOf(item, kind);
    if (value === undefined || !patterns[kind].test(value)) return null;
    keys.push(keyOf(kind, value));
  }
  return keys;
}

/** The values of our keys of one kind, those that fit only. */
export function valuesOf(keys: readonly CallKey[], kind: KeyKind): string[] {
  const values = keys
    .filter((key) => key.providerId === providerId && key.kind === kind && patterns[kind].test(key.value))
    .map(({ value }) => value);
  return [...new Set(values)];
}
