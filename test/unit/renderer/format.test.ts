import { describe, expect, it } from 'vitest';
import {
  clockTime,
  clockTimeWithSeconds,
  counted,
  dayHeading,
  lengthInWords,
  lengthText,
  momentInWords,
  sizeText,
  spokenLength,
} from '../../../src/renderer/src/format.ts';

const at = (day: number, hour: number, minute: number, second = 0) =>
  new Date(2026, 10, day, hour, minute, second).getTime();
const now = at(21, 10, 44);

describe('format', () => {
  it('writes clock times without padding the hour', () => {
    expect(clockTime(at(21, 9, 5))).toBe('9:05');
    expect(clockTimeWithSeconds(at(21, 10, 31, 2))).toBe('10:31:02');
  });

  it.each([
    [0, '0:00', '0 s', '0 seconds'],
    [48_000, '0:48', '48 s', '48 seconds'],
    [60_000, '1:00', '1 min', '1 minute'],
    [108_000, '1:48', '1 min 48 s', '1 minute 48'],
    [247_000, '4:07', '4 min 7 s', '4 minutes 7'],
    [3_723_000, '1:02:03', '1 h 2 min', '1 hour 2 minutes 3'],
    [-5, '0:00', '0 s', '0 seconds'],
  ])('writes %d ms as %s, %s and "%s"', (durationMs, short, words, spoken) => {
    expect(lengthText(durationMs)).toBe(short);
    expect(lengthInWords(durationMs)).toBe(words);
    expect(spokenLength(durationMs)).toBe(spoken);
  });

  it('names today, yesterday and other days', () => {
    expect(dayHeading(at(21, 0, 0), now)).toBe('Today, Saturday 21 November');
    expect(dayHeading(at(20, 23, 59), now)).toBe('Yesterday, Friday 20 November');
    expect(dayHeading(at(19, 23, 59), now)).toBe('Thursday 19 November');
    expect(dayHeading(new Date(2025, 10, 21).getTime(), now)).toBe('Friday 21 November 2025');
    expect(momentInWords(at(21, 10, 31), now)).toBe('today at 10:31');
    expect(momentInWords(at(3, 14, 5), now)).toBe('on 3 November at 14:05');
  });

  it.each([
    [812, '812 B'],
    [3_900_000, '3.9 MB'],
    [12_345, '12 KB'],
    [999_999, '1.0 MB'],
    [14_200_000_000, '14.2 GB'],
  ])('writes %d bytes as %s', (sizeBytes, text) => expect(sizeText(sizeBytes)).toBe(text));

  it('counts with a plural and thousands', () => {
    expect(counted(1, 'call')).toBe('1 call');
    expect(counted(1_240, 'recording')).toBe('1,240 recordings');
  });
});
