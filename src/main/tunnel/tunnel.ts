// The port of being reached from outside.

/** A public address of the webhook listener. Without a trailing slash; may have a path prefix. */
export interface Tunnel {
  /** Null while there is none. */
  publicUrl(): string | null;
  /** Everything that a provider may still be using: the current URL first, then those retired in the last 24 h. */
  acceptedUrls(): string[];
}
