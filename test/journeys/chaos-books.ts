// What the made-up services know at the end of a run: the judge of what the product found. Every call of a run has a
// number of the person outside that no other call has, so a recording says by itself which call it belongs to.
import { createHash } from 'node:crypto';
import type { Sound } from '../../src/main/sandbox/send-sound.ts';
import type { Town } from '../../src/main/sandbox/town.ts';
import { audioOf } from '../../src/main/sandbox/elevenlabs/webhook-bodies.ts';

export interface BookedCall {
  network: 'twilio' | 'telnyx';
  /** CallSid, call_leg_id. */
  id: string;
  isIncoming: boolean;
  /** Of the person outside. */
  number: string;
}

export interface BookedRecording {
  providerId: string;
  providerRecordingId: string;
  number: string;
  /** Lower-case hex of the sound as the service gives it. */
  sha256(): string;
}

export interface Books {
  calls: BookedCall[];
  recordings: BookedRecording[];
}

/** Reads the books of all services: calls that rang, and recordings whose sound can be had. */
export function readBooks({ twilio, telnyx, elevenLabs }: Town): Books {
  const twilioCalls = [...twilio.world.calls.values()].filter(({ parentCallSid }) => parentCallSid === null);
  const telnyxCalls = [...telnyx.world.calls.values()];
  return {
    calls: [
      ...twilioCalls.map(({ sid: id, direction, from, to }) => {
        const isIncoming = direction === 'inbound';
        return {
          network: 'twilio' as const,
          id,
          isIncoming,
          number: isIncoming ? from : to,
        };
      }),
      ...telnyxCalls.map(({ legId: id, direction, from, to }) => {
        const isIncoming = direction === 'incoming';
        return {
          network: 'telnyx' as const,
          id,
          isIncoming,
          number: isIncoming ? from : to,
        };
      }),
    ],
    recordings: [
      ...[...twilio.world.recordings.values()]
        .filter(({ state }) => state === 'completed')
        .map((recording) => ({
          providerId: 'twilio',
          providerRecordingId: recording.sid,
          number: recording.call.direction === 'inbound' ? recording.call.from : recording.call.to,
          sha256: () => hashOf(twilio.soundOf(recording)),
        })),
      ...[...telnyx.world.recordings.values()]
        .filter(({ state }) => state === 'saved')
        .map((recording) => ({
          providerId: 'telnyx',
          providerRecordingId: recording.id,
          number: recording.call.direction === 'incoming' ? recording.call.from : recording.call.to,
          sha256: () => hashOf(telnyx.soundOf(recording)),
        })),
      ...elevenLabs
        .conversations()
        .filter(({ status, hasAudio }) => status === 'done' && hasAudio)
        .map((conversation) => ({
          providerId: 'elevenlabs',
          providerRecordingId: conversation.conversationId,
          number: conversation.phone.externalNumber,
          sha256: () => hashOf(audioOf(conversation)),
        })),
    ],
  };
}

/**
 * Whose call one of the product is: the number that it shows, or that of the very call whose id it has. A call of which
 * nothing but its recording was heard may show no number.
 */
export function numberOf(
  { calls }: Books,
  shown: string | undefined,
  keys: readonly { value: string }[],
): string | undefined {
  return shown ?? calls.find(({ id }) => keys.some(({ value }) => value === id))?.number;
}

function hashOf({ chunks }: Sound): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
