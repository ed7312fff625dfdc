// The methods of LiveKit's API that a client of telephone calls uses.
import type { SandboxClock } from '../clock.ts';
import type { Rooms } from './rooms.ts';
import { grants, isRecord } from './tokens.ts';
import { TwirpError } from './twirp-error.ts';
import { inProtocolNames, participantView, roomView, type SimParticipant, type SimRoom } from './views.ts';

export interface MethodDeps {
  clock: SandboxClock;
  rooms: Rooms;
  trunk: { trunkId: string; number: string };
}

type Body = Readonly<Record<string, unknown>>;
type Method = (deps: MethodDeps, body: Body, claims: Record<string, unknown>) => unknown;

/** A field by its name in either spelling; unknown fields are passed over, as the server does. */
function field(body: Body, name: string): unknown {
  return body[name] ?? body[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function text(body: Body, name: string): string {
  const value = field(body, name);
  if (value === undefined) return '';
  if (typeof value !== 'string')
    throw new TwirpError(400, 'malformed', 'the json request could not be decoded');
  return value;
}

function texts(body: Body, name: string): Record<string, string> {
  const value = field(body, name) ?? {};
  if (!isRecord(value)) throw new TwirpError(400, 'malformed', 'the json request could not be decoded');
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
}

function demand(allowed: boolean): void {
  if (!allowed) throw new TwirpError(401, 'unauthenticated', 'permissions denied');
}

function invalid(message: string): TwirpError {
  return new TwirpError(400, 'invalid_argument', message);
}

function listed({ clock }: MethodDeps, room: SimRoom): SimParticipant[] {
  return [...room.participants.values()].filter(({ listedFromMs }) => listedFromMs <= clock.now());
}

function roomNamed({ rooms }: MethodDeps, name: string): SimRoom {
  const room = rooms.open.get(name);
  if (room === undefined) throw new TwirpError(404, 'not_found', 'requested room does not exist');
  return room;
}

const sipCodes = {
  busy: ['486', 'Busy Here'],
  no_answer: ['480', 'Temporarily Unavailable'],
  failed: ['503', 'Service Unavailable'],
} as const;

const createSipParticipant: Method = async ({ rooms, trunk }, body, claims) => {
  demand(grants(claims, 'sip', 'call'));
  const to = text(body, 'sipCallTo');
  const roomName = text(body, 'roomName');
  const trunkId = text(body, 'sipTrunkId');
  if (trunkId === '') throw invalid('missing sip trunk id');
  if (to === '') throw invalid('missing sip callee number');
  if (roomName === '') throw invalid('missing room name');
  if (trunkId !== trunk.trunkId) throw new TwirpError(404, 'not_found', 'requested sip trunk does not exist');
  if (!/^\+?\d{3,15}$/.test(to)) throw invalid('invalid sip callee number');
  const { participant, answered } = rooms.dial({
    to,
    from: text(body, 'sipNumber') || trunk.number,
    roomName,
    identity: text(body, 'participantIdentity') || `sip_${to}`,
    attributes: texts(body, 'participantAttributes'),
    headers: texts(body, 'headers'),
  });
  if (field(body, 'waitUntilAnswered') === true) {
    const outcome = await answered;
    if (outcome !== 'answered') {
      const [code, words] = sipCodes[outcome];
      const meta = { sip_status_code: code, sip_status: words };
      throw new TwirpError(412, 'failed_precondition', `sip status: ${code}: ${words}`, meta);
    }
  }
  return {
    participant_id: participant.sid,
    participant_identity: participant.identity,
    room_name: roomName,
    sip_call_id: participant.attributes['sip.callID'],
  };
};

const listParticipants: Method = (deps, body, claims) => {
  const name = text(body, 'room');
  demand(grants(claims, 'video', 'roomAdmin', name));
  const participants = listed(deps, roomNamed(deps, name));
  return { participants: participants.map((one) => inProtocolNames(participantView(one))) };
};

const getParticipant: Method = (deps, body, claims) => {
  const name = text(body, 'room');
  demand(grants(claims, 'video', 'roomAdmin', name));
  const identity = text(body, 'identity');
  const found = listed(deps, roomNamed(deps, name)).find((one) => one.identity === identity);
  if (found === undefined) throw new TwirpError(404, 'not_found', 'participant does not exist');
  return inProtocolNames(participantView(found));
};

const listRooms: Method = ({ rooms }, body, claims) => {
  demand(grants(claims, 'video', 'roomList'));
  const names = field(body, 'names');
  const wanted = Array.isArray(names) && names.length > 0 ? new Set<unknown>(names) : null;
  const found = [...rooms.open.values()].filter(({ name }) => wanted === null || wanted.has(name));
  return { rooms: found.map((room) => inProtocolNames(roomView(room))) };
};

/** By service and name, e.g. `SIP/CreateSIPParticipant`. Errors: TwirpError. */
export const methods: ReadonlyMap<string, Method> = new Map([
  ['SIP/CreateSIPParticipant', createSipParticipant],
  ['RoomService/ListParticipants', listParticipants],
  ['RoomService/GetParticipant', getParticipant],
  ['RoomService/ListRooms', listRooms],
]);
