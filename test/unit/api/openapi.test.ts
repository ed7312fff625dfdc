import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateOpenApi } from '../../../src/main/api/openapi.ts';
import { procedures } from '../../../src/preload/contract/api.ts';

const document = generateOpenApi() as {
  paths: Record<string, { post?: { requestBody: unknown } }>;
  components: { schemas: Record<string, { required?: string[]; oneOf?: unknown[] }> };
};

test('docs/openapi.json is what the contract says now (npm run openapi writes it)', () => {
  const committed: unknown = JSON.parse(
    readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
  );
  expect(committed).toEqual(document);
});

test('describes every procedure and the shapes that outside scripts rely on', () => {
  for (const name of Object.keys(procedures)) expect(document.paths[`/api/${name}`]?.post).toBeDefined();
  expect(document.components.schemas['CallView']?.required).toEqual(
    expect.arrayContaining(['callId', 'reference', 'providerId', 'status', 'startedAtMs', 'recordingStatus']),
  );
  expect(document.components.schemas['RecordingView']?.required).toEqual(
    expect.arrayContaining(['recordingId', 'providerRecordingId', 'status', 'sha256', 'contentType']),
  );
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document);
  for (const [, path = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = path
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], document);
    expect([path, typeof found]).toEqual([path, 'object']);
  }
  expect(text).not.toMatch(/"\$(schema|id)"|undefined/);
});

test('an input with defaults may leave them out, and answers may grow', () => {
  const list = JSON.stringify(document.paths['/api/calls.list']?.post?.requestBody);
  expect(list).not.toContain('"required":["limit"');
  expect(JSON.stringify(document.components.schemas)).not.toContain('additionalProperties":false');
});

test('no procedure takes fields that it does not know: a misspelt filter is an error, not all calls', () => {
  const lenient = Object.entries(procedures).flatMap(([name, { input }]) =>
    input.safeParse({ misspelt: true }).error?.issues.some(({ code }) => code === 'unrecognized_keys') ===
    true
      ? []
      : [name],
  );
  expect(lenient).toEqual([]);
});
