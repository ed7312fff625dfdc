// What exists at the made-up Telnyx: calls, recordings and what happened. Kept in memory.
import { createHash } from 'node:crypto';
import { uuidOf } from '../random.ts';

export interface Header {
  name: string;
  value: string;
}

export interface TelnyxRecording {
  id: string;
  call: TelnyxCall;
  /** `saved` ones are listed from `listedFromMs` on; one in progress is not listed at all. */
  state: 'planned' | 'recording' | 'paused' | 'saving' | 'saved' | 'failed' | 'deleted';
  channels: 'single' | 'dual';
  format: 'wav' | 'mp3';
  initiatedBy: 'DialVerb' | 'OutboundAPI' | 'StartCallRecordingAPI' | 'Trunking';
  startedAtMs: number;
  endedAtMs: number | null;
  durationMs: number;
  /** Nobody says a word in it. */
  isSilent: boolean;
  pauses: { fromMs: number; toMs: number | null }[];
  listedFromMs: number | null;
  /** Downloads answer 404 before this moment. */
  mediaFromMs: number;
}

/** A row of the list of call events. */
export interface LoggedEvent {
  name: string;
  type: 'command' | 'webhook';
  atMs: number;
  call: TelnyxCall;
  metadata: Readonly<Record<string, unknown>>;
}

export interface TelnyxCall {
  controlId: string;
  legId: string;
  sessionId: string;
  /** Of the SIP leg; filters recordings, and no webhook tells it. */
  sipCallId: string;
  connectionId: string;
  direction: 'incoming' | 'outgoing';
  from: string;
  to: string;
  headers: readonly Header[];
  /** Base64, or null while nobody set one. */
  clientState: string | null;
  /** Where its webhooks go; null: nowhere. */
  webhookUrl: string | null;
  createdAtMs: number;
  answeredAtMs: number | null;
  endedAtMs: number | null;
  recordings: TelnyxRecording[];
  /** A second command with one of these does nothing. */
  commandIds: Set<string>;
  /** Types of events that its webhooks told and that were answered 2xx. */
  told: Set<string>;
  /** Before this moment no list shows it. */
  listedFromMs: number;
}

export interface TelnyxWorld {
  calls: Map<string, TelnyxCall>;
  recordings: Map<string, TelnyxRecording>;
  events: LoggedEvent[];
  /** Dial commands by their command_id. */
  dialed: Map<string, TelnyxCall>;
}

export function createTelnyxWorld(): TelnyxWorld {
  return { calls: new Map(), recordings: new Map(), events: [], dialed: new Map() };
}

/** A call's three ids, always the same for the same seed. */
export function idsOf(seed: string): Pick<TelnyxCall, 'controlId' | 'legId' | 'sessionId'> {
  const token = createHash('sha256').update(`control/${seed}`).digest('base64url');
  const tail = createHash('sha256').update(`tail/${seed}`).digest('base64url').slice(0, 11);
  return {
    controlId: `v3:${token}${tail}`,
    legId: uuidOf(`telnyx/leg/${seed}`),
    sessionId: uuidOf(`telnyx/session/${seed}`),
  };
}

/** True while a recording still takes in sound, or could again. */
export function isRunning({ state }: TelnyxRecording): boolean {
  return state === 'recording' || state === 'paused';
}

export function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
