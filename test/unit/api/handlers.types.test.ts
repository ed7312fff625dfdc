import { expect, test } from 'vitest';
import type { createHandlers } from '../../../src/main/api/handlers.ts';
import { handlersWith } from './parts.ts';

test('a handler that is missing would not compile', () => {
  // @ts-expect-error: one procedure left out
  const incomplete: ReturnType<typeof createHandlers> = { 'calls.list': handlersWith({})['calls.list'] };
  expect(Object.keys(incomplete)).toEqual(['calls.list']);
});
