// What is told when a port cannot be listened on: one sentence for the public and the private listener.
import { AppError } from './errors.ts';

/**
 * @param cause what the operating system said, with its `code`
 * @param setting name of the setting that chooses another port
 * @returns port_taken, or bad_config where this port or address may not or cannot be used
 */
export function listenError(cause: { code?: string | undefined }, port: number, setting: string): AppError {
  const choose = `choose another with ${setting}`;
  if (cause.code === 'EADDRINUSE')
    return new AppError('port_taken', `Port ${port} is in use by another program; ${choose}.`, { cause });
  const because = cause.code === 'EACCES' ? 'may not be used by this user' : 'cannot be used';
  return new AppError('bad_config', `Port ${port} ${because}; ${choose}.`, { cause });
}
