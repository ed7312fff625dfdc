// The port of being reached from outside.

/** A public address of the webhook listener. Without a trailing slash; may have a path prefix. */
export interface Tunnel {
  /** Null while there is none. */
  publicUrl(): string | null;
  /** Everything that a provider may still be using: the current URL first, then those retired in the last 24 h. */
  acceptedUrls(): string[];
  /** Those retired longer ago: nothing is accepted for them, but a refusal can say that one of them was used. */
  retiredUrls?(): string[];
}
