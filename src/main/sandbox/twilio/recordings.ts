// Recordings of a call and of the account. https://www.twilio.com/docs/voice/api/recording
import { isRunning, type SimCall, type SimRecording } from '../world.ts';
import { type ApiDeps, recordingForm, sidFilter } from './calls.ts';
import { TwilioError } from './errors.ts';
import { choice, type Fields, flag, one } from './fields.ts';
import { inDateRange } from './pages.ts';

function notEligible(): TwilioError {
  return new TwilioError(400, 21_220, 'Requested resource is not eligible for recording');
}

/**
 * Starts a recording; one of a leg is of the call above it. A call that is already recorded through the API keeps that one recording.
 * Errors: 21220 unless the call is in progress.
 */
export function createRecording({ lifecycle, world }: ApiDeps, asked: SimCall, fields: Fields): SimRecording {
  const wish = recordingForm(fields);
  if (asked.state !== 'in-progress') throw notEligible();
  const call = world.calls.get(asked.parentCallSid ?? '') ?? asked;
  const running = call.recordings.find(
    (recording) => recording.source === 'StartCallRecordingAPI' && isRunning(recording),
  );
  return running ?? lifecycle.record(call, { source: 'StartCallRecordingAPI', ...wish });
}

/** Newest first. Filters: CallSid, ConferenceSid (there are none here), DateCreated, IncludeSoftDeleted. */
export function listRecordings({ world }: ApiDeps, fields: Fields, ofCall?: SimCall): SimRecording[] {
  const callSid = ofCall?.sid ?? sidFilter(fields, 'CallSid', /^CA[0-9a-f]{32}$/i);
  if (sidFilter(fields, 'ConferenceSid', /^CF[0-9a-f]{32}$/i) !== undefined) return [];
  const withDeleted = ofCall === undefined && flag(fields, 'IncludeSoftDeleted');
  const matching = world
    .recordingsNewestFirst()
    .filter(
      (recording) =>
        (callSid === undefined || recording.call.sid === callSid) &&
        (withDeleted || recording.state !== 'deleted'),
    );
  return inDateRange(matching, fields, 'DateCreated', (recording) => recording.createdAtMs);
}

/** @param sid of a recording, or `Twilio.CURRENT`: the one that is running */
export function findOfCall(call: SimCall, sid: string): SimRecording | undefined {
  if (sid === 'Twilio.CURRENT') return call.recordings.findLast(isRunning);
  return call.recordings.find((recording) => recording.sid === sid && recording.state !== 'deleted');
}

/** Pauses, resumes or ends a running recording. Errors: 20001 for another Status, 21220 when it has ended. */
export function updateRecording({ lifecycle }: ApiDeps, recording: SimRecording, fields: Fields): void {
  if (one(fields, 'Status') === undefined)
    throw new TwilioError(400, 20_001, 'Missing required parameter Status');
  const status = choice(fields, 'Status', ['paused', 'in-progress', 'stopped']);
  const behavior = choice(fields, 'PauseBehavior', ['skip', 'silence']) ?? 'silence';
  if (!isRunning(recording)) throw notEligible();
  if (status === 'paused') lifecycle.pause(recording, behavior);
  else if (status === 'in-progress') lifecycle.resume(recording);
  else lifecycle.stopRecording(recording);
}

/** The sound is gone at once, the entry stays for those who ask with IncludeSoftDeleted. Errors: 20409 while it runs. */
export function deleteRecording({ clock }: ApiDeps, recording: SimRecording): void {
  if (isRunning(recording)) {
    throw new TwilioError(409, 20_409, 'Cannot delete this resource as it is still in progress.');
  }
  recording.state = 'deleted';
  recording.updatedAtMs = clock.now();
}
