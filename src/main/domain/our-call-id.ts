// What providers carry back to us is their word, not ours: it is an id of ours only when it has exactly its shape.

const shape = /^call_[0-9a-hjkmnp-tv-z]{26}$/;

/** Whether something that a provider carried back can be the id of a call that Tapedeck placed (src/main/ids.ts). */
export function isOurCallId(value: unknown): value is string {
  return typeof value === 'string' && shape.test(value);
}

/**
 * When the call was placed: our ids begin with their moment (ULID layout).
 * @returns epoch milliseconds
 */
export function placedAtMs(callId: string): number {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  let ms = 0;
  for (const character of callId.slice(5, 15)) ms = ms * 32 + alphabet.indexOf(character);
  return ms;
}
