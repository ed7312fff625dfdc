// Base64 that comes in pieces. Node's own decoder takes anything and drops what it does not like; here every byte has
// to be base64, and it is known whether the text can be made again from what it decodes to.

export interface Base64Decoder {
  /** @returns what can be decoded so far; null when it is no base64 */
  write(bytes: Uint8Array): Buffer | null;
  /** The rest: a last group without its padding. Null when no group can end so. */
  finish(): Buffer | null;
  /** False when encoding the result would give another text (padding left out, spare bits set). */
  readonly isCanonical: boolean;
}

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;
const nothing = Buffer.alloc(0);

/** Source: https://www.rfc-editor.org/rfc/rfc4648#section-4 (standard alphabet, no line breaks). */
export function createBase64Decoder(): Base64Decoder {
  let held = '';
  let hasEnded = false;
  let isCanonical = true;

  const decode = (text: string): Buffer | null => {
    const bytes = Buffer.from(text, 'base64');
    // Encoding it again is the quickest check that nothing was dropped.
    if (bytes.toString('base64') !== text) {
      if (!alphabet.test(text)) return null;
      isCanonical = false;
    }
    if (text.endsWith('=')) hasEnded = true;
    return bytes;
  };

  return {
    get isCanonical() {
      return isCanonical;
    },
    write(bytes) {
      if (bytes.length === 0) return nothing;
      if (hasEnded) return null;
      const text = held + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      const whole = text.length - (text.length % 4);
      held = text.slice(whole);
      const decoded = whole === 0 ? nothing : decode(text.slice(0, whole));
      return decoded !== null && hasEnded && held !== '' ? null : decoded;
    },
    finish() {
      if (held === '') return nothing;
      // One character alone is six bits: not even a byte. A cut padding (`AA=`) is not one either.
      if (held.length === 1 || held.includes('=')) return null;
      isCanonical = false;
      return alphabet.test(held) ? Buffer.from(held, 'base64') : null;
    },
  };
}
