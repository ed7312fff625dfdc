// Rooms and participants as LiveKit writes them: 64-bit numbers as text, empty fields left out.
// https://docs.livekit.io/reference/other/roomservice-api/
import { createHash } from 'node:crypto';

export interface SimParticipant {
  sid: string;
  identity: string;
  name: string;
  kind: 'SIP' | 'AGENT';
  joinedAtMs: number;
  /** Not listed before this moment. */
  listedFromMs: number;
  attributes: Record<string, string>;
  disconnectReason: string | null;
}

export interface SimRoom {
  sid: string;
  name: string;
  createdAtMs: number;
  participants: Map<string, SimParticipant>;
}

/** An id such as `SCL_kT9…`: a prefix and twelve letters and digits, always the same for the same seed. */
export function idOf(prefix: string, seed: string): string {
  const text = createHash('sha256').update(`${prefix}/${seed}`).digest('base64');
  return `${prefix}_${text.replace(/[^A-Za-z0-9]/g, '').slice(0, 12)}`;
}

const secondsText = (atMs: number): string => String(Math.floor(atMs / 1000));

/** In the names of proto3's JSON form, as in webhooks. */
export function roomView(room: SimRoom): Record<string, unknown> {
  return {
    sid: room.sid,
    name: room.name,
    emptyTimeout: 300,
    departureTimeout: 20,
    creationTime: secondsText(room.createdAtMs),
    creationTimeMs: String(room.createdAtMs),
    enabledCodecs: [{ mime: 'audio/opus' }, { mime: 'audio/red' }],
    ...(room.participants.size > 0 ? { numParticipants: room.participants.size } : {}),
  };
}

/** In the names of proto3's JSON form, as in webhooks. */
export function participantView(participant: SimParticipant): Record<string, unknown> {
  return {
    sid: participant.sid,
    identity: participant.identity,
    state: participant.disconnectReason === null ? 'ACTIVE' : 'DISCONNECTED',
    joinedAt: secondsText(participant.joinedAtMs),
    joinedAtMs: String(participant.joinedAtMs),
    name: participant.name,
    version: 3,
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
    kind: participant.kind,
    attributes: { ...participant.attributes },
    ...(participant.disconnectReason === null ? {} : { disconnectReason: participant.disconnectReason }),
  };
}

/** The same in the names of the protocol files, as the API answers; an attribute's name is left as it is. */
export function inProtocolNames(view: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
