// Rooms and who is in them. A SIP participant is a telephone that LiveKit dials through its trunk, which ends at one
// of the sandbox's telephone networks.
import type { Carrier, CarrierCall, CarrierProgress } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import { uuidOf } from '../random.ts';
import type { Post } from './post.ts';
import { idOf, participantView, roomView, type SimParticipant, type SimRoom } from './views.ts';

export interface DialWish {
  to: string;
  from: string;
  roomName: string;
  identity: string;
  attributes: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
}

export interface Dialled {
  participant: SimParticipant;
  room: SimRoom;
  /** Resolves when somebody answers, or with how it ended when nobody does. */
  answered: Promise<'answered' | 'busy' | 'no_answer' | 'failed'>;
}

/** A participant's call on the network that the trunk ended at then. */
export interface DialledCall {
  roomName: string;
  to: string;
  network: Carrier['network'];
  /** The network's own id. */
  providerCallId: string;
}

export interface Rooms {
  readonly open: ReadonlyMap<string, SimRoom>;
  dial(wish: DialWish): Dialled;
  /** How many times a telephone was made to ring for a room. */
  dials(roomName: string): number;
  calls(): readonly DialledCall[];
  /** Resolves when every call has ended, every room is closed and every webhook was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface RoomsDeps {
  clock: SandboxClock;
  seed: string;
  carrier: Carrier;
  trunkId: string;
  post: Post;
  /** How late participants are listed. */
  listLateMs: () => number;
  /** Whether the carrier records, and what becomes of the calls where the seed shall not decide it. */
  wish: () => { record: boolean; outcome?: 'answered' | 'busy' | 'no_answer' | 'too_short'; talkMs?: number };
}

/** An empty room stays for so long after the last one has left. */
const departureMs = 20_000;

const reasons = {
  completed: 'CLIENT_INITIATED',
  busy: 'USER_REJECTED',
  no_answer: 'USER_UNAVAILABLE',
  failed: 'SIP_TRUNK_FAILURE',
} as const;

export function createRooms(deps: RoomsDeps): Rooms {
  const { clock, seed, carrier, post } = deps;
  const open = new Map<string, SimRoom>();
  const counts = new Map<string, number>();
  const calls: DialledCall[] = [];
  const live = new Map<SimParticipant, CarrierCall>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const tell = (
    event: string,
    room: SimRoom,
    atMs: number,
    participant?: SimParticipant,
    more = {},
  ): void => {
    const about = participant === undefined ? {} : { participant: participantView(participant) };
    post.send(room.name, { event, room: roomView(room), ...about, ...more }, atMs);
  };

  const track = (promise: Promise<void>): void => {
    const tracked = promise.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  const enter = (room: SimRoom, participant: SimParticipant): void => {
    room.participants.set(participant.identity, participant);
    tell('participant_joined', room, participant.joinedAtMs, participant);
  };

  const leave = (room: SimRoom, participant: SimParticipant, reason: string, atMs: number): void => {
    if (participant.disconnectReason !== null) return;
    participant.disconnectReason = reason;
    if (room.participants.get(participant.identity) === participant)
      room.participants.delete(participant.identity);
    tell('participant_left', room, atMs, participant);
  };

  /** The room of a name, made when there is none, with the clinic's voice bot in it. */
  const roomOf = (name: string, nowMs: number): SimRoom => {
    const known = open.get(name);
    if (known !== undefined) return known;
    const sid = idOf('RM', `${seed}/${name}/${counts.get(name) ?? 0}`);
    const room: SimRoom = { sid, name, createdAtMs: nowMs, participants: new Map() };
    open.set(name, room);
    tell('room_started', room, nowMs);
    const agentSid = idOf('PA', `${sid}/agent`);
    enter(room, {
      sid: agentSid,
      identity: `agent-${agentSid.slice(3)}`,
      name: '',
      kind: 'AGENT',
      joinedAtMs: nowMs,
      listedFromMs: nowMs,
      attributes: { 'lk.agent.state': 'listening' },
      disconnectReason: null,
    });
    return room;
  };

  const closeWhenEmpty = async (room: SimRoom): Promise<void> => {
    await clock.delay(departureMs, stopping.signal);
    const hasPhones = [...room.participants.values()].some(({ kind }) => kind === 'SIP');
    if (stopping.signal.aborted || hasPhones || open.get(room.name) !== room) return;
    for (const participant of room.participants.values())
      leave(room, participant, 'ROOM_CLOSED', clock.now());
    open.delete(room.name);
    tell('room_finished', room, clock.now());
  };

  const progressed = (
    room: SimRoom,
    participant: SimParticipant,
    { call, network, sipCallId }: { call: CarrierCall; network: Carrier['network']; sipCallId: string },
    progress: CarrierProgress,
  ): void => {
    const { attributes } = participant;
    // The trunk's own Call-ID is known from its first answer, Twilio's SID from the second.
    attributes['sip.callIDFull'] = sipCallId;
    if (progress.state === 'ringing') attributes['sip.callStatus'] = 'ringing';
    if (progress.state === 'in_progress') {
      attributes['sip.callStatus'] = 'active';
      if (network === 'twilio') attributes['sip.twilio.callSid'] = call.providerCallId;
      const info = {
        sid: idOf('TR', participant.sid),
        type: 'AUDIO',
        source: 'MICROPHONE',
        mimeType: 'audio/opus',
      };
      tell('track_published', room, progress.atMs, participant, { track: info });
    }
    if (progress.state === 'ended') {
      attributes['sip.callStatus'] = 'hangup';
      live.delete(participant);
      leave(room, participant, reasons[progress.outcome], progress.atMs);
      track(closeWhenEmpty(room));
    }
  };

  return {
    open,
    dials: (roomName) => counts.get(roomName) ?? 0,
    calls: () => calls,
    dial(wish) {
      const nowMs = clock.now();
      const room = roomOf(wish.roomName, nowMs);
      const number = counts.get(wish.roomName) ?? 0;
      counts.set(wish.roomName, number + 1);
      // By the number called: names of rooms are made by whoever dials, and are new in every run.
      const callSeed = `${seed}/${wish.to}/${calls.filter(({ to }) => to === wish.to).length}`;
      // As in life, an identity that is there already is no reason not to dial: the newcomer puts the other one out.
      const twin = room.participants.get(wish.identity);
      if (twin !== undefined) {
        leave(room, twin, 'DUPLICATE_IDENTITY', nowMs);
        live.get(twin)?.hangUp();
      }
      const participant: SimParticipant = {
        sid: idOf('PA', callSeed),
        identity: wish.identity,
        name: `Phone ${wish.to.slice(-4)}`,
        kind: 'SIP',
        joinedAtMs: nowMs,
        listedFromMs: nowMs + deps.listLateMs(),
        attributes: {
          ...wish.attributes,
          'sip.callID': idOf('SCL', callSeed),
          'sip.callStatus': 'dialing',
          'sip.phoneNumber': wish.to,
          'sip.trunkID': deps.trunkId,
          'sip.trunkPhoneNumber': wish.from,
          'sip.hostname': 'trunk.sandbox.invalid',
        },
        disconnectReason: null,
      };
      enter(room, participant);
      const sipCallId = uuidOf(`sip/${callSeed}`);
      const { to, from, headers } = wish;
      // Where the trunk ends may be changed; a call stays where it is.
      const { network } = carrier;
      const call = carrier.dial({ seed: callSeed, to, from, headers, sipCallId, ...deps.wish() });
      live.set(participant, call);
      calls.push({ roomName: wish.roomName, to, network, providerCallId: call.providerCallId });
      const answered = new Promise<'answered' | 'busy' | 'no_answer' | 'failed'>((resolve) => {
        track(
          new Promise<void>((ended) => {
            call.onProgress((progress) => {
              progressed(room, participant, { call, network, sipCallId }, progress);
              if (progress.state === 'in_progress') resolve('answered');
              if (progress.state !== 'ended') return;
              resolve(progress.outcome === 'completed' ? 'failed' : progress.outcome);
              ended();
            });
            stopping.signal.addEventListener('abort', () => ended(), { once: true });
          }),
        );
      });
      return { participant, room, answered };
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
      await post.flush();
    },
    async stop() {
      stopping.abort();
      for (const call of live.values()) call.hangUp();
      post.stop();
      await Promise.all(underWay);
    },
  };
}
