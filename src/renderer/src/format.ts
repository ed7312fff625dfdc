// Times, lengths and sizes as the console writes them. Pure; the time zone is the computer's.

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const month = new Intl.DateTimeFormat('en', { month: 'long' });

/** `9:58`, `10:42`: hours are not padded, as in the mock. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getHours()}:${pad(at.getMinutes())}`;
}

/** `10:31:02` */
export function clockTimeWithSeconds(atMs: number): string {
  return `${clockTime(atMs)}:${pad(new Date(atMs).getSeconds())}`;
}

/** `0:48`, `4:07`, `1:02:03`; a negative length counts as none. */
export function lengthText(durationMs: number): string {
  const { hours, minutes, seconds } = parts(durationMs);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}

/** `4 min 7 s`, `48 s`, `1 h 2 min` */
export function lengthInWords(durationMs: number): string {
  const { hours, minutes, seconds } = parts(durationMs);
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes === 0) return `${seconds} s`;
  return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
}

/** `1 minute 48`, as a person would say it: for screen readers. */
export function spokenLength(durationMs: number): string {
  const { hours, minutes, seconds } = parts(durationMs);
  const said = [
    hours > 0 ? counted(hours, 'hour') : '',
    minutes > 0 ? counted(minutes, 'minute') : '',
    minutes > 0 || hours > 0 ? (seconds > 0 ? String(seconds) : '') : counted(seconds, 'second'),
  ];
  return said.filter((part) => part !== '').join(' ');
}

/** `3.9 MB`, `812 KB`: decimal units, as file managers show them. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} B`;
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
  ] as const) {
    if (sizeBytes >= size * 0.9995) return `${(sizeBytes / size).toFixed(1)} ${unit}`;
  }
  return `${Math.round(sizeBytes / 1_000)} KB`;
}

/** Local midnight before `atMs`, in epoch milliseconds. */
export function dayStart(atMs: number): number {
  const at = new Date(atMs);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** `Today, Saturday 21 November`; the year only where it is not this one. */
export function dayHeading(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const year = at.getFullYear() === new Date(nowMs).getFullYear() ? '' : ` ${at.getFullYear()}`;
  const date = `${weekday.format(at)} ${at.getDate()} ${month.format(at)}${year}`;
  const relative = relativeDay(atMs, nowMs);
  return relative === null ? date : `${relative}, ${date}`;
}

/** `today at 10:31`, `yesterday at 9:12`, `on 3 October at 14:05` */
export function momentInWords(atMs: number, nowMs: number): string {
  const relative = relativeDay(atMs, nowMs);
  if (relative !== null) return `${relative.toLowerCase()} at ${clockTime(atMs)}`;
  const at = new Date(atMs);
  return `on ${at.getDate()} ${month.format(at)} at ${clockTime(atMs)}`;
}

/** `Today 10:31`, `3 October 14:05`: short, for the deck. */
export function momentShort(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  return `${relativeDay(atMs, nowMs) ?? `${at.getDate()} ${month.format(at)}`} ${clockTime(atMs)}`;
}

/** `This computer's clock is 7 minutes behind.` @param skewMs how far it is ahead; negative: behind */
export function clockWords(skewMs: number): string {
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const length =
    minutes < 90
      ? counted(minutes, 'minute')
      : minutes < 48 * 60
        ? counted(Math.round(minutes / 60), 'hour')
        : counted(Math.round(minutes / 1_440), 'day');
  return `This computer's clock is ${length} ${skewMs < 0 ? 'behind' : 'ahead'}.`;
}

/** `1 call`, `31 calls`, `1,240 calls` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function relativeDay(atMs: number, nowMs: number): 'Today' | 'Yesterday' | null {
  const day = dayStart(atMs);
  const today = dayStart(nowMs);
  if (day === today) return 'Today';
  // One millisecond before midnight is yesterday even where a day has 23 or 25 hours.
  return day === dayStart(today - 1) ? 'Yesterday' : null;
}

function parts(durationMs: number): { hours: number; minutes: number; seconds: number } {
  const total = Math.max(0, Math.floor(durationMs / 1_000));
  return { hours: Math.floor(total / 3_600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
