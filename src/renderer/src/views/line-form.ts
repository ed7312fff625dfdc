// A line as it is typed, and what is wrong with it. Pure.
import type { SettingsView } from '../../../preload/contract/system.ts';

type Line = SettingsView['lines'][number];

export interface LineErrors {
  number?: string;
  label?: string;
}

const e164 = /^\+[1-9]\d{4,14}$/;

/** @returns the line to store, or null and what is wrong; spaces, dots and brackets in the number do not matter */
export function checkLine(
  typed: { number: string; label: string },
  lines: readonly Line[],
): { line: Line | null; errors: LineErrors } {
  const number = typed.number.replace(/[\s().-]/g, '');
  const label = typed.label.trim();
  const errors: LineErrors = {};
  if (!e164.test(number)) errors.number = 'Type it in international form, such as +14155550100.';
  else if (lines.some((line) => line.number === number)) errors.number = 'This line has a name already.';
  if (label === '') errors.label = 'Type a name, such as Front desk.';
  return { line: Object.keys(errors).length === 0 ? { number, label } : null, errors };
}
