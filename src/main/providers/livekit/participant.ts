// A SIP participant is one leg of a telephone call; its attributes say which.
// Source: https://docs.livekit.io/reference/telephony/sip-participant/
import type { CallStatus } from '../../../preload/contract/calls.ts';
import { isOurCallId } from '../../domain/our-call-id.ts';
import { type CallFacts, type CallKey, type Leg, ourCallKey } from '../../domain/provider-event.ts';
import {
  participantPattern,
  providerId,
  sipCallIdPattern,
  sipCallPattern,
  twilioCallSidPattern,
} from './ids.ts';
import { isEnum, type Json, textMapOf, textOf } from './json.ts';

/** The attribute that carries our callId. */
export const callIdAttribute = 'tapedeck.callId';

export interface Participant {
  isSip: boolean;
  identity: string;
  /** Exact ids of its call; empty when it says nothing of one. */
  keys: CallKey[];
  leg: Leg;
  /** `sip.callStatus`: dialing, ringing, automation, active, hangup; empty when it is not said. */
  callStatus: string;
  /** Who speaks with whom. */
  parties: CallFacts;
  /** Why it left, in LiveKit's words; empty while it has not, or when that is not known. */
  disconnectReason: string;
}

/**
 * Reads a participant.
 * @param roomName the room it is in: the rooms of calls that we placed are named by our callId
 */
export function readParticipant(json: Json, roomName: string): Participant {
  const attributes = textMapOf(json, 'attributes');
  const attribute = (name: string): string => attributes.get(name) ?? '';
  const isSip = isEnum(json, 'kind', 'SIP', 3);
  const isInbound = attribute('sip.ruleID') !== '';
  // Somebody else in a room may name our call in an attribute, and a SIP header may become one: only a leg that was
  // dialled, in the room that bears the call's name, is believed.
  const inOurRoom = isOurCallId(roomName) && !(isSip && isInbound);
  const isOurs = isSip && inOurRoom && attribute(callIdAttribute) === roomName;
  const keys = isSip ? sipKeys(attribute, textOf(json, 'sid')) : [];
  if (inOurRoom) keys.unshift(ourCallKey(roomName));
  return {
    isSip,
    identity: textOf(json, 'identity'),
    keys,
    leg: {
      legId: attribute('sip.callID') || textOf(json, 'sid'),
      // A second telephone in the room of our call is a transfer or a conference: a leg of it, not the call itself.
      parentLegId: inOurRoom && !isOurs ? roomName : null,
    },
    callStatus: attribute('sip.callStatus'),
    parties: isSip ? partiesOf(attribute, isOurs, isInbound) : {},
    disconnectReason: disconnectReasonOf(json),
  };
}

function sipKeys(attribute: (name: string) => string, sid: string): CallKey[] {
  const keys: CallKey[] = [];
  const add = (owner: string, kind: string, value: string, pattern: RegExp): void => {
    if (pattern.test(value)) keys.push({ providerId: owner, kind, value });
  };
  const callSid = attribute('sip.twilio.callSid');
  add(providerId, 'sip_call', attribute('sip.callID'), sipCallPattern);
  add(providerId, 'participant', sid, participantPattern);
  add(providerId, 'sip_call_id', attribute('sip.callIDFull'), sipCallIdPattern);
  // The carrier names the same leg: Twilio by its CallSid, Telnyx by the SIP Call-ID.
  // Source: https://docs.livekit.io/reference/telephony/sip-participant/#twilio-attributes,
  // https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings (filter[sip_call_id])
  if (twilioCallSidPattern.test(callSid)) add('twilio', 'call_sid', callSid, twilioCallSidPattern);
  else add('telnyx', 'sip_call_id', attribute('sip.callIDFull'), sipCallIdPattern);
  return keys;
}

/** `sip.phoneNumber` is the person outside, `sip.trunkPhoneNumber` the clinic; `sip.ruleID` only an incoming call has. */
function partiesOf(attribute: (name: string) => string, isOurs: boolean, isInbound: boolean): CallFacts {
  const theirs = attribute('sip.phoneNumber');
  const clinics = attribute('sip.trunkPhoneNumber');
  if (!isOurs && !isInbound) return {};
  const facts: CallFacts = { direction: isInbound ? 'inbound' : 'outbound' };
  const [from, to] = isInbound ? [theirs, clinics] : [clinics, theirs];
  if (from !== '') facts.from = from;
  if (to !== '') facts.to = to;
  return facts;
}

/** Order of the protocol's enum. Source: @livekit/protocol, livekit_models.proto, DisconnectReason */
const disconnectReasons = [
  '',
  'CLIENT_INITIATED',
  'DUPLICATE_IDENTITY',
  'SERVER_SHUTDOWN',
  'PARTICIPANT_REMOVED',
  'ROOM_DELETED',
  'STATE_MISMATCH',
  'JOIN_FAILURE',
  'MIGRATION',
  'SIGNAL_CLOSE',
  'ROOM_CLOSED',
  'USER_UNAVAILABLE',
  'USER_REJECTED',
  'SIP_TRUNK_FAILURE',
  'CONNECTION_TIMEOUT',
  'MEDIA_FAILURE',
  'AGENT_ERROR',
];

function disconnectReasonOf(json: Json): string {
  return (
    disconnectReasons.find((word, number) => word !== '' && isEnum(json, 'disconnectReason', word, number)) ??
    ''
  );
}

/** How a call stands by what its participant says of itself; null when it does not say. */
export function standingOf(callStatus: string): CallStatus | null {
  if (callStatus === 'dialing') return 'queued';
  if (callStatus === 'ringing') return 'ringing';
  // `automation`: it was answered and tones are being dialled.
  return callStatus === 'active' || callStatus === 'automation' ? 'in_progress' : null;
}

/** How a call ended, by why its participant left and how far it had come. */
export function endingOf({ disconnectReason, callStatus }: Participant): CallStatus {
  if (disconnectReason === 'USER_UNAVAILABLE') return 'no_answer';
  if (disconnectReason === 'USER_REJECTED') return 'busy';
  if (disconnectReason === 'SIP_TRUNK_FAILURE' || disconnectReason === 'JOIN_FAILURE') return 'failed';
  const standing = standingOf(callStatus);
  if (standing !== 'queued' && standing !== 'ringing') return 'completed';
  return disconnectReason === 'PARTICIPANT_REMOVED' || disconnectReason === 'ROOM_DELETED'
    ? 'canceled'
    : 'no_answer';
}
