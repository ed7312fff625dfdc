// The provider port. A provider is one folder: it says which webhook paths are its own, proves that a request came
// from it, and says in our words what a delivery means. It owns no state and opens no connection.
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';

export interface WebhookRoute {
  /** Exact path, e.g. `/webhooks/twilio-recording`. Always POST. */
  path: string;
  /** Media types that the body may have, without parameters. */
  contentTypes: readonly string[];
  maxBodyBytes: number;
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
  | { ok: false; reason: 'bad_signature' | 'signature_missing' | 'secret_missing' };

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
  media(recording: RecordingRow): MediaRequest[];
}
