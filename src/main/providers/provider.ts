// The provider port. A provider is one folder: it says which webhook paths are its own, proves that a request came
// from it, and says in our words what a delivery means. It owns no state and opens no connection.
import type { CallKey } from '../../preload/contract/calls.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { ProviderCheck, ProviderNumber } from '../../preload/contract/system.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';

export interface WebhookRoute {
  /** Exact path, e.g. `/webhooks/twilio-recording`. Always POST. */
  path: string;
  /** Media types that the body may have, without parameters. */
  contentTypes: readonly string[];
  maxBodyBytes: number;
  /** Bodies may be too large for memory: verified and decoded while they stream (see StreamedAudio). */
  streams?: boolean;
}

/**
 * A request as it came, nothing parsed. Header names are lower case. A header that came twice is an array, or one
 * string joined with `, ` where the HTTP server has joined it already: a signature must survive neither.
 */
export interface RawRequest {
  path: string;
  /** Path and query exactly as received. */
  pathAndQuery: string;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: Buffer;
}

export type Verdict =
  | { ok: true }
  | { ok: false; reason: 'bad_signature' | 'signature_missing' | 'secret_missing' | 'clock_skew' };

/** What a delivery says. `label` is for the Webhooks list, in the provider's own words, without numbers. */
export interface Understanding {
  outcome: 'applied' | 'ignored' | 'not_understood';
  label: string;
  /** Unique per provider for ever. The same fact told twice has the same key. */
  dedupeKey: string;
  events: DomainEvent[];
}

export interface MediaRequest {
  url: string;
  headers: Record<string, string>;
}

/** One setting of a provider, for forms and for saying what is missing. */
export interface SettingField {
  /** Its configuration name, e.g. TELNYX_API_KEY. */
  name: string;
  label: string;
  isSecret: boolean;
  isRequired: boolean;
  /** Where to find it, in one sentence. */
  where: string;
}

/** A fact that was asked for (listed, looked up, answered to a command) and is journaled like one that came by itself. */
export interface PulledFact extends Understanding {
  /** The provider's own words: the item as canonical JSON. */
  body: Uint8Array;
  /** Path that it was asked from, without secrets. */
  path: string;
}

/** A way of placing calls, e.g. `elevenlabs-twilio`. */
export interface Via {
  via: string;
  label: string;
  /** Needs an agent (voice bot) to talk for the clinic. */
  needsAgent: boolean;
  /** Names of the settings without which it cannot be used; empty when it can. */
  missing(): string[];
  /** True where every call placed this way is recorded without Tapedeck (a trunk that records): it starts no second one. */
  isRecordedElsewhere?(): boolean;
}

export interface DialOrder {
  callId: string;
  via: string;
  /** E.164. */
  to: string;
  from: string | null;
  agentId: string | null;
  reference: string | null;
  record: boolean;
  /** Equal for every request of the same asking: what makes a provider drop a second one (command_id, identity). */
  attemptKey: string;
  /** Public address for callbacks; null while there is none. */
  publicUrl: string | null;
}

/**
 * `not_processed`: the provider was too busy (429) and did nothing, so the same order may be given again later.
 * `unknown`: the request may have arrived (time-out, 5xx, broken connection): never dial again before
 * asking back.
 */
export type DialAnswer =
  | { outcome: 'placed'; fact: PulledFact }
  | { outcome: 'refused'; code: ErrorCode; providerCode: string | null }
  /** `retryAfterMs`: the provider's own wish; null when it told none. */
  | { outcome: 'not_processed'; retryAfterMs: number | null }
  | { outcome: 'unknown'; code: ErrorCode };

/** `not_yet`: the call is not in progress; `not_live`: it has ended. */
export type StartAnswer =
  | { outcome: 'started' | 'already'; facts: PulledFact[] }
  | { outcome: 'not_yet' }
  | { outcome: 'not_live'; providerCode: string | null }
  | { outcome: 'refused'; code: ErrorCode; providerCode: string | null };

export interface LookUp {
  facts: PulledFact[];
  /** Nothing more will ever come of this question (ended and listed; no audio by policy). */
  isFinal: boolean;
  /** While not final: nothing more is to be expected once the call has been over for so long. */
  finalAfterEndMs?: number;
}

/** A stretch of time at a provider, epoch milliseconds, and where to go on (null: the first page). */
export interface Window {
  fromMs: number;
  toMs: number;
  page: string | null;
}

/**
 * What Tapedeck asks of a provider; each part is there when the provider has it. All of it goes through the guarded
 * fetch and throws AppError (provider_unauthorized, provider_rate_limited with retryAfterMs, provider_unavailable,
 * provider_refused, network_failed, timed_out, secret_missing); "not there" is a value.
 */
export interface ProviderApi {
  /** Places a call: at most one request leaves. */
  dial?(order: DialOrder, signal: AbortSignal): Promise<DialAnswer>;
  /** Asks whether the call of this order exists, by what the order carried (callId, attemptKey). Null: not listed (yet). */
  findDial?(order: DialOrder, signal: AbortSignal): Promise<PulledFact | null>;
  /** Lists first what is already recording. `keys` name the call; callbacks only when there is a public URL. */
  startRecording?(
    request: { callId: string; keys: readonly CallKey[]; publicUrl: string | null },
    signal: AbortSignal,
  ): Promise<StartAnswer>;
  steerRecording?(
    recording: RecordingRow,
    keys: readonly CallKey[],
    action: 'pause' | 'resume' | 'stop',
    signal: AbortSignal,
  ): Promise<PulledFact[]>;
  /** How the call stands now (status, numbers, transcript). Empty facts: the provider does not know these ids. */
  lookUpCall?(keys: readonly CallKey[], signal: AbortSignal): Promise<LookUp>;
  /**
   * Every call that is live now, also those that nobody told of; child legs among them. Not one moment's picture: a
   * call may end, or begin, between two pages.
   */
  listLiveCalls?(signal: AbortSignal): Promise<PulledFact[]>;
  /** What the provider has recorded of exactly this call; the ids of every row are checked. */
  findRecordings?(keys: readonly CallKey[], signal: AbortSignal): Promise<LookUp>;
  listRecordings?(
    window: Window,
    signal: AbortSignal,
  ): Promise<{ facts: PulledFact[]; nextPage: string | null }>;
  listCalls?(window: Window, signal: AbortSignal): Promise<{ facts: PulledFact[]; nextPage: string | null }>;
  deleteRecording?(recording: RecordingRow, signal: AbortSignal): Promise<'deleted' | 'gone'>;
  check?(signal: AbortSignal): Promise<ProviderCheck>;
  listNumbers?(publicUrl: string | null, signal: AbortSignal): Promise<ProviderNumber[]>;
  /** @param url null takes the callback away */
  setNumberCallback?(numberId: string, url: string | null, signal: AbortSignal): Promise<ProviderNumber>;
}

/** What a provider wants done after certain events, decided by pure rules (recordings/follow-up). */
export interface Following {
  /** Starts recordings itself when asked by API. */
  canStartRecording: boolean;
  /** Its calls must be followed by asking, because their callbacks go to somebody else or there are none. */
  needsFollowing: (event: DomainEvent) => boolean;
  /** After a call has ended its recordings must be looked for, because no callback tells of them for sure. */
  findsRecordings: boolean;
}

/** How long a provider keeps recordings that nobody deletes. */
export interface Retention {
  /** Null: until somebody deletes them, or the provider does not say. */
  keptMs: number | null;
  /** Where that is said. */
  source: string;
}

/** A body that is taken in while it streams: JSON with one huge base64 field. */
export interface StreamedAudio {
  /** Path of the field, e.g. ['data', 'full_audio']. */
  field: readonly string[];
  /** The events of the finished body; `audio` is what was decoded. */
  understand(request: {
    path: string;
    json: unknown;
    receivedAtMs: number;
    bodySha256: string;
  }): Understanding;
}

/** Checks a signature over a body that does not fit into memory. */
export interface StreamVerifier {
  update(chunk: Uint8Array): void;
  verdict(): Verdict;
}

export interface Provider {
  /** Short and stable, e.g. `twilio`; stored in every row. */
  readonly providerId: string;
  /** As people know it, e.g. `Twilio`. */
  readonly name: string;
  readonly routes: readonly WebhookRoute[];
  /** Hosts that media and API requests may go to. */
  readonly hosts: readonly string[];
  /** Base URLs that the user set in place of the provider's own; only these may be http, private or on another port. */
  readonly overrides: readonly string[];
  /** Lower-case names of headers of its own that are stored with a delivery, signature included: a replay needs it. */
  readonly keptHeaders?: readonly string[];
  /** Names of the settings that are missing; empty when it can work. */
  missing(): string[];
  /**
   * Proves where a request came from, over its raw bytes.
   * @param publicUrls every public origin (and path prefix) handed out in the last 24 h, newest first, no trailing slash
   */
  verify(request: RawRequest, publicUrls: readonly string[]): Verdict;
  /**
   * Puts a verified delivery in our words. Never throws: what it cannot read is `not_understood`.
   * @param request `receivedAtMs` only stands in where the body names no moment of its own
   */
  understand(request: Pick<RawRequest, 'path' | 'body'> & { receivedAtMs: number }): Understanding;
  /**
   * Where the audio of a recording is, best form first; a 400-range refusal of one form moves on to the next.
   * Built from checked ids, never from a URL that came in a body.
   * @returns empty when an id does not fit its pattern
   */
  media(recording: RecordingRow, signal: AbortSignal): MediaRequest[] | Promise<MediaRequest[]>;
  readonly settings: readonly SettingField[];
  readonly vias: readonly Via[];
  readonly api: ProviderApi;
  readonly following: Following;
  /** What daily retries are bounded by; left out by one that has no recordings. */
  readonly retention?: Retention;
  /** For routes with `streams`: a verifier for a request with these headers; null when it cannot be right. */
  verifyStream?(headers: RawRequest['headers']): StreamVerifier | Verdict;
  readonly streamedAudio?: StreamedAudio;
}
