// The closed set of error codes. Both sides compare codes, never messages.
import { z } from 'zod';

export const errorCodes = [
  // What a caller did or may not do.
  'bad_input',
  'unknown_procedure',
  'not_found',
  'conflict',
  'unauthorized',
  'forbidden_origin',
  'too_large',
  'not_in_sample_mode',
  // What went wrong with us.
  'unavailable',
  'internal',
  // Why a fetch from a provider did not work.
  'provider_unauthorized',
  'provider_not_found',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_refused',
  'link_expired',
  'network_failed',
  'timed_out',
  'blocked_address',
  'secret_missing',
  // Why a call was not dialled, recorded or matched.
  'bad_number',
  'not_set_up',
  'dial_refused',
  'dial_unknown',
  'call_not_live',
  'not_eligible',
  'no_candidate',
  // Why a copy could not be kept in a storage of the clinic's own.
  'storage_refused',
  'storage_not_found',
  'storage_unavailable',
  'storage_public',
  'copy_differs',
  // Why nobody outside can reach Tapedeck.
  'web_link_refused',
  'web_link_taken',
  'web_link_unreachable',
  // What was wrong with the bytes that came.
  'not_audio',
  'truncated',
  'duration_differs',
  // Trouble with this computer.
  'disk_full',
  'disk_failed',
  'worker_failed',
  // How a job ended.
  'gave_up',
  'crashed_repeatedly',
  'lease_lost',
  // Why Tapedeck could not start.
  'port_taken',
  'already_running',
  'database_newer',
  'database_damaged',
  'bad_config',
] as const;

export const errorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCode>;

/** What crosses the boundary when a procedure fails: a closed code and one plain sentence; never a stack. */
export const errorView = z.object({ code: errorCode, message: z.string() });
export type ErrorView = z.infer<typeof errorView>;
