// The fixtures of test/fixtures/twilio as a provider module reads them, whole or with parameters changed.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { DomainEvent } from '../../../../src/main/domain/provider-event.ts';
import type { Understanding } from '../../../../src/main/providers/provider.ts';
import { understandCallback } from '../../../../src/main/providers/twilio/callbacks.ts';
import { parseForm } from '../../../../src/main/providers/twilio/form.ts';

export const recordingPath = '/webhooks/twilio-recording';
export const callPath = '/webhooks/twilio-call-status';
export const callSid = 'CA7d793037a0760186574b0282f2f435e7';
export const otherSid = 'CA00000000000000000000000000000001';
export const recordingSid = 'RE9dd4e461268c8034f5c8564e155c67a6';
export const accountSid = 'AC5d41402abc4b2a76b9719d911017c592';
export const receivedAtMs = Date.UTC(2026, 5, 1);
export const recordingBeganMs = Date.UTC(2026, 2, 3, 9, 15, 20);

/** The fixture's parameters with some changed; undefined takes one away. */
export function read(
  fixture: string,
  changes: Record<string, string | undefined> = {},
  atMs = receivedAtMs,
): Understanding {
  const file = new URL(`../../../fixtures/twilio/${fixture}.form.txt`, import.meta.url);
  const form = new URLSearchParams(readFileSync(file, 'utf8'));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) form.delete(name);
    else form.set(name, value);
  }
  const path = fixture.startsWith('recording') ? recordingPath : callPath;
  return understandCallback(path, parseForm(Buffer.from(form.toString())), atMs);
}

export function only(understanding: Understanding): DomainEvent {
  expect(understanding.outcome).toBe('applied');
  expect(understanding.events).toHaveLength(1);
  const [event] = understanding.events;
  if (event === undefined) throw new Error('no event');
  return event;
}
