// One log: JSON lines on stderr (stdout carries only the ready line). Constant messages, fields beside them.
// No bodies, secrets, URLs or phone numbers: fields go through an allow-list, and digits of numbers are cut.
import pino from 'pino';

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const allowed = new Set([
  'attempt',
  'callId',
  'code',
  'count',
  'delayMs',
  'deliveryId',
  'durationMs',
  'generation',
  'httpStatus',
  'jobId',
  'kind',
  'migration',
  'mode',
  'port',
  'providerCode',
  'providerId',
  'reason',
  'recordingId',
  'sizeBytes',
  'stack',
]);
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Cuts whatever could be a phone number or a long secret out of free text. */
export function redact(text: string): string {
  return text
    .replace(/\+?\d[\d\s().-]{5,}\d/g, (number) => `…${number.slice(-2)}`)
    .replace(/\b[A-Za-z0-9_-]{40,}\b/g, '…');
}

function kept(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => allowed.has(name))
      .map(([name, value]) => [name, typeof value === 'string' && name === 'stack' ? redact(value) : value]),
  );
}

/**
 * @param level pino's: debug, info, warn, error, silent
 * @param write where lines go; standard error by default
 */
export function createLog(
  level: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const logger = pino({ level, base: null }, { write });
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void =>
      logger[name](kept(fields), message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
