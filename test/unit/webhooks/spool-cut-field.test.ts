// The cutter against JSON.parse: whatever the JSON, wherever the pieces are cut, it finds the very string that
// JSON.parse finds, or says that it cannot be sure; and what it leaves is the body without that string.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFieldCutter } from '../../../src/main/webhooks/cut-field.ts';

const field = ['data', 'full_audio'];

function cut(body: Buffer, sizes: readonly number[] = [body.length || 1]) {
  let rest = Buffer.alloc(0);
  let text = Buffer.alloc(0);
  let escaped = false;
  let cutAt = 0;
  const cutter = createFieldCutter(field, {
    rest: (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      if (text.length === 0) cutAt = rest.length;
    },
    text: (bytes) => {
      text = Buffer.concat([text, bytes]);
    },
    escaped: () => {
      escaped = true;
    },
  });
  for (let at = 0, i = 0; at < body.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    cutter.feed(body.subarray(at, at + size));
    at += size;
  }
  const again = Buffer.concat([rest.subarray(0, cutAt), text, rest.subarray(cutAt)]).toString();
  return { rest: rest.toString(), text: text.toString('latin1'), escaped, again, ...cutter.finish() };
}

/** JSON in all its spellings: names that look like ours, odd spacing, escapes, equal names. */
const name = fc.constantFrom('data', 'full_audio', 'd"ata', 'x', '', 'full_audio":"', 'data.full_audio', 'é');
const spelled = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    JSON.stringify(text),
    `"${text.replace(/./gs, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
  );
const space = fc.constantFrom('', ' ', '\n\t', '  \r\n');
const audio = fc.constantFrom('SUQz', 'QUJD/+==', '', 'a/b', '"}}', '\\', '\\"');
const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false', '0', '-1.5e+10', '""', '[]', '{}', '"full_audio"'),
    audio.chain(spelled),
    fc.string().map((text) => JSON.stringify(text)),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .array(fc.tuple(name.chain(spelled), space, tie('value'), space), { maxLength: 4 })
    .map((entries) => `{${entries.map(([key, a, held, b]) => `${a}${key}${b}:${a}${held}${b}`).join(',')}}`),
  array: fc
    .array(fc.tuple(space, tie('value')), { maxLength: 3 })
    .map((items) => `[${items.map(([a, held]) => a + held).join(',')}]`),
}));
const wanted = fc
  .tuple(space, audio.chain(spelled), value, value)
  .map(([a, sound, x, y]) => `{"type":${x},${a}"data":{"id":${y},"full_audio"${a}:${a}${sound}${a}},"z":1}`);

/** What JSON.parse finds at the path. */
function parsedField(json: string): unknown {
  let found: unknown = JSON.parse(json);
  for (const key of field) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined;
  }
  return found;
}

describe('the cutter', () => {
  test('finds what JSON.parse finds, however the bytes are cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.oneof(value, wanted), sizes, (json, cuts) => {
        const body = Buffer.from(json);
        const found = cut(body, cuts);
        expect(found).toEqual(cut(body));
        expect(found.json).toBe('whole');
        const meant = parsedField(json);
        const left = parsedField(found.rest);
        if (found.strings === 0) {
          expect(found.rest).toBe(json);
          expect(typeof meant).not.toBe('string');
        } else if (found.strings === 1 && left === '') {
          // Bytes beyond ASCII are told as none of base64's; the names above have none in audio.
          expect(found.text).toBe(meant);
        } else {
          // Equal names: another one is the last. The spool refuses those.
          expect(found.strings > 1 || left !== '').toBe(true);
        }
        // Put back where it was, the string makes the body again.
        if (found.strings === 1 && !found.escaped) expect(found.again).toBe(json);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never calls whole what JSON.parse refuses, once the string is put back', () => {
    const broken = fc
      .tuple(
        wanted,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.constantFrom('', '"', '{', '}', ',', ':', '[', ']', 'x', '\\'),
      )
      .map(([json, at, drop, text]) => {
        const place = at % json.length;
        return json.slice(0, place) + text + json.slice(place + drop);
      });
    fc.assert(
      fc.property(broken, (json) => {
        const found = cut(Buffer.from(json), [3]);
        const isJson = isParsable(json);
        if (isJson) expect(found.json).toBe('whole');
        else if (found.json === 'whole') expect(isParsable(found.rest)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is not misled by look-alikes in other strings, deeper down or higher up', () => {
    for (const json of [
      '{"data":"{\\"full_audio\\":\\"SUQz\\"}"}',
      '{"full_audio":"SUQz","data":{"x":"\\"full_audio\\":"}}',
      '{"data":{"deep":{"full_audio":"SUQz"},"full_audio":null}}',
      '{"data":[{"full_audio":"SUQz"}]}',
      '{"x":{"data":{"full_audio":"SUQz"}}}',
      '[{"data":{"full_audio":"SUQz"}}]',
      '{"data":{"full_audio":["SUQz"]}}',
    ]) {
      expect(cut(Buffer.from(json), [1])).toMatchObject({ strings: 0, rest: json, json: 'whole' });
    }
  });

  test('reads escapes inside the string, and says that it was escaped', () => {
    const found = cut(Buffer.from('{"data":{"full_audio":"QU\\/J\\u002bD\\u00e9"}}'), [1]);
    expect(found).toMatchObject({ text: 'QU/J+D\u00ff', escaped: true, strings: 1 });
  });

  test('calls a body open that ends early, at every byte', () => {
    const json = '{"type":"post_call_audio","data":{"full_audio":"SUQzBAAA"}}';
    for (let length = 0; length < json.length; length++) {
      expect(cut(Buffer.from(json.slice(0, length))).json).toBe('open');
    }
  });

  test('refuses nesting without end', () => {
    expect(cut(Buffer.from('['.repeat(65))).json).toBe('invalid');
    expect(cut(Buffer.from(`${'['.repeat(64)}${']'.repeat(64)}`)).json).toBe('whole');
  });
});

function isParsable(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
