import type { RecordingRow } from '../../domain/recording.ts';
import { AppError } from '../../domain/errors.ts';
import type { Ask } from './client.ts';
import { uuidPattern } from './ids.ts';
import { isJson, textOf } from './json.ts';
import { TelnyxRefusal } from './refusals.ts';

/**
 * Deletes a recording. Telnyx answers 200 with what it deleted, and that has to be what was meant.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/delete-a-call-recording
 * Errors: bad_input (an id that does not fit), provider_unavailable (an answer about something else), those of asking
 */
export async function deleteRecording(
  ask: Ask,
  recording: RecordingRow,
  signal: AbortSignal,
): Promise<'deleted' | 'gone'> {
  const id = recording.providerRecordingId;
  if (!uuidPattern.test(id)) throw new AppError('bad_input', 'This is no id of a Telnyx recording.');
  try {
    const answer = await ask(signal, (client, options) => client.recordings.delete(id, options));
    const deleted: unknown = answer.data;
    if (isJson(deleted) && textOf(deleted, 'id') === id) return 'deleted';
  } catch (error) {
    if (error instanceof TelnyxRefusal && error.httpStatus === 404) return 'gone';
    throw error;
  }
  throw new AppError('provider_unavailable', 'Telnyx did not say that it deleted the recording.', {
    retryable: true,
  });
}
