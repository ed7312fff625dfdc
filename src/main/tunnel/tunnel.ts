// The port of being reached from outside: over ngrok, under an address that the user runs or rents, or not at all.
import type { WebLinkView } from '../../preload/contract/system.ts';

/** Where and whether phone services can reach the webhook listener. */
export type TunnelStatus = WebLinkView;

/** A public address of the webhook listener. Without a trailing slash; may have a path prefix. */
export interface Tunnel {
  /**
   * What is given to providers; null while there is none. An address that does not answer right now is still given:
   * providers try again, and it is the one that comes back.
   */
  publicUrl(): string | null;
  /** Everything that a provider may still be using: the current URL first, then those retired in the last 24 h. */
  acceptedUrls(): string[];
  /** Those retired longer ago: nothing is accepted for them, but a refusal can say that one of them was used. */
  retiredUrls(): string[];
  status(): TunnelStatus;
  /** Told of every change with what was before. @returns stops it */
  onChange(listener: (now: TunnelStatus, before: TunnelStatus) => void): () => void;
  /** Begins; resolves without waiting for the outside. */
  start(): Promise<void>;
  /** Asks now whether the public address answers, and as us. */
  probe(): Promise<TunnelStatus>;
  /** Builds the link anew at once. */
  reconnect(): Promise<TunnelStatus>;
  stop(): Promise<void>;
}
