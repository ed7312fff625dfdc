// Reads JSON that does not fit into memory: finds one string by its path while the bytes go by, hands that string on
// piece by piece, and everything around it as it is. A strict state machine over bytes, so that quotes, escapes and
// look-alikes inside other strings cannot mislead it, wherever the pieces are cut.

export interface FieldSink {
  /** Bytes outside the string's content, in order. Views: copy what must last. */
  rest(bytes: Uint8Array): void;
  /** Content of the string, escapes decoded. Views: copy what must last. */
  text(bytes: Uint8Array): void;
  /** The content was written with an escape: its bytes cannot be told from what it means. */
  escaped(): void;
}

export interface FieldCutter {
  feed(chunk: Buffer): void;
  /** `invalid`: no JSON, or nested deeper than 64; `open`: it ended early. */
  finish(): { json: 'whole' | 'open' | 'invalid'; strings: number };
  readonly isInvalid: boolean;
}

type State =
  | 'value'
  | 'first_element'
  | 'first_key'
  | 'key'
  | 'colon'
  | 'after'
  | 'literal'
  | 'string'
  | 'field'
  | 'end';

const maxDepth = 64;
const quote = 0x22;
const backslash = 0x5c;
/** What the letter after a backslash means. */
const escapes: ReadonlyMap<number, number> = new Map([
  [quote, quote],
  [backslash, backslash],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * Makes a cutter for one body.
 * @param field names from the root down, e.g. ['data', 'full_audio']; only objects are walked
 */
export function createFieldCutter(field: readonly string[], sink: FieldSink): FieldCutter {
  // Escaped (\u0061) a name is six times as long; a longer key cannot be one of ours.
  const maxKeyBytes = 6 * Math.max(...field.map((name) => name.length));
  const containers: { isObject: boolean; isOnPath: boolean }[] = [];
  let state: State = 'value';
  let invalid = false;
  let strings = 0;
  let isKey = false;
  /** Bytes of the key so far; null when it cannot matter. */
  let key: number[] | null = null;
  let keyMatches = false;
  /** Inside an escape of the field: hex digits still to come (4..1), or 5 for its letter; of other strings 1; 0 outside. */
  let escapeLeft = 0;
  let hex = 0;

  const fail = (): void => {
    invalid = true;
  };

  const open = (isObject: boolean): void => {
    const parent = containers.at(-1);
    const isRoot = parent === undefined;
    const isOnPath = isObject && containers.length < field.length && (isRoot || keyMatches);
    if (containers.length === maxDepth) return fail();
    containers.push({ isObject, isOnPath });
    keyMatches = false;
    state = isObject ? 'first_key' : 'first_element';
  };

  const close = (isObject: boolean): void => {
    if (containers.pop()?.isObject !== isObject) return fail();
    valueDone();
  };

  const valueDone = (): void => {
    keyMatches = false;
    state = containers.length === 0 ? 'end' : 'after';
  };

  const beginString = (asKey: boolean): void => {
    isKey = asKey;
    key = asKey && containers.at(-1)?.isOnPath === true ? [] : null;
    escapeLeft = 0;
    const isField = !asKey && keyMatches && containers.length === field.length;
    if (isField) strings += 1;
    state = isField ? 'field' : 'string';
  };

  const endString = (): void => {
    if (!isKey) return valueDone();
    keyMatches = key !== null && unquote(key) === field[containers.length - 1];
    state = 'colon';
  };

  /** A byte where a value has to begin. */
  const beginValue = (byte: number): void => {
    if (byte === quote) beginString(false);
    else if (byte === 0x7b) open(true);
    else if (byte === 0x5b) open(false);
    else if (isLiteral(byte)) state = 'literal';
    else fail();
  };

  const step = (byte: number): void => {
    if (state === 'string') return stepString(byte);
    if (state === 'literal') {
      if (isLiteral(byte)) return;
      valueDone();
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    switch (state) {
      case 'value':
        return beginValue(byte);
      case 'first_element':
        return byte === 0x5d ? close(false) : beginValue(byte);
      case 'first_key':
        return byte === 0x7d ? close(true) : byte === quote ? beginString(true) : fail();
      case 'key':
        return byte === quote ? beginString(true) : fail();
      case 'colon':
        state = 'value';
        return byte === 0x3a ? undefined : fail();
      case 'after':
        return stepAfter(byte);
      default:
        return fail();
    }
  };

  const stepAfter = (byte: number): void => {
    const isObject = containers.at(-1)?.isObject === true;
    if (byte === 0x2c) state = isObject ? 'key' : 'value';
    else if (byte === 0x7d) close(true);
    else if (byte === 0x5d) close(false);
    else fail();
  };

  const collect = (byte: number): void => {
    if (key === null) return;
    if (key.length < maxKeyBytes) key.push(byte);
    else key = null;
  };

  // Escapes of strings that are kept are left to whoever parses the rest.
  const stepString = (byte: number): void => {
    if (escapeLeft === 0) {
      if (byte === quote) return endString();
      if (byte < 0x20) return fail();
    }
    escapeLeft = escapeLeft === 0 && byte === backslash ? 1 : 0;
    collect(byte);
  };

  /** Takes content of the field from `from` on. @returns where the content ends, or the length */
  const takeField = (chunk: Buffer, from: number): number => {
    let at = from;
    while (at < chunk.length && !invalid) {
      if (escapeLeft > 0) {
        stepEscape(chunk[at] ?? 0);
        at += 1;
        continue;
      }
      const quoteAt = chunk.indexOf(quote, at);
      const stretch = chunk.subarray(at, quoteAt === -1 ? chunk.length : quoteAt);
      const escapeAt = stretch.indexOf(backslash);
      const plain = escapeAt === -1 ? stretch : stretch.subarray(0, escapeAt);
      if (plain.length > 0) sink.text(plain);
      at += plain.length;
      if (escapeAt !== -1) {
        sink.escaped();
        escapeLeft = 5;
        at += 1;
      } else if (quoteAt !== -1) {
        return quoteAt;
      }
    }
    return at;
  };

  const stepEscape = (byte: number): void => {
    if (escapeLeft === 5) {
      const meant = escapes.get(byte);
      if (meant !== undefined) {
        escapeLeft = 0;
        sink.text(Uint8Array.of(meant));
      } else if (byte === 0x75) {
        escapeLeft = 4;
        hex = 0;
      } else fail();
      return;
    }
    const digit = Number.parseInt(String.fromCharCode(byte), 16);
    if (Number.isNaN(digit)) return fail();
    hex = hex * 16 + digit;
    escapeLeft -= 1;
    // Beyond ASCII any byte does that is none of base64's.
    if (escapeLeft === 0) sink.text(Uint8Array.of(hex < 0x80 ? hex : 0xff));
  };

  return {
    get isInvalid() {
      return invalid;
    },
    feed(chunk) {
      let restFrom = 0;
      let at = 0;
      while (at < chunk.length && !invalid) {
        if (state === 'field') {
          if (at > restFrom) sink.rest(chunk.subarray(restFrom, at));
          at = takeField(chunk, at);
          restFrom = at;
          if (at === chunk.length || invalid) break;
          endString();
        } else step(chunk[at] ?? 0);
        at += 1;
      }
      const isLost = invalid && state === 'field';
      if (restFrom < chunk.length && !isLost) sink.rest(chunk.subarray(restFrom));
    },
    finish() {
      if (state === 'literal' && containers.length === 0) valueDone();
      return { json: invalid ? 'invalid' : state === 'end' ? 'whole' : 'open', strings };
    },
  };
}

/** Characters of numbers and of true, false, null; whether they make one is left to whoever parses the rest. */
function isLiteral(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  );
}

/** What a key's bytes mean; null when they are no string. */
function unquote(bytes: readonly number[]): string | null {
  try {
    const name: unknown = JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`);
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}
