import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../src/renderer/src/styles/tokens.css', import.meta.url), 'utf8');

/** Role to its light and dark value; a role with one value has it in both. */
const tokens = new Map(
  [
    ...css.matchAll(/--([a-z0-9-]+):\s*(?:light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)|(#[0-9a-f]{6}));/g),
  ].map(([, name = '', light, dark, both]) => [
    name,
    { light: light ?? both ?? '', dark: dark ?? both ?? '' },
  ]),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string): number {
  const [light = 0, dark = 0] = [luminance(front), luminance(back)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['desk', 'panel', 'raised', 'sunken', 'hover', 'selected', 'heading'];
const notes = ['ok', 'wait', 'err', 'info', 'mute'];
const pairs: [front: string, back: string, least: number][] = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) =>
    surfaces.map((surface): [string, string, number] => [ink, surface, 4.5]),
  ),
  ...['ok', 'wait', 'err', 'info', 'live', 'mute'].flatMap((tone) =>
    ['desk', 'panel', 'hover', 'selected', 'raised'].map((back): [string, string, number] => [
      tone,
      back,
      4.5,
    ]),
  ),
  ...notes.flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-bg`, 4.5],
    ['ink', `${tone}-bg`, 4.5],
  ]),
  ['live', 'err-bg', 4.5],
  ['ink-2', 'mute-bg', 4.5],
  ['on-accent', 'accent', 4.5],
  ['accent', 'raised', 4.5],
  ...['panel', 'raised', 'desk'].flatMap((back): [string, string, number][] => [
    ['line-strong', back, 3],
    ['focus', back, 3],
    ['accent', back, 3],
  ]),
  ['focus', 'selected', 3],
  ...['deck', 'deck-raised', 'deck-on'].flatMap((back): [string, string, number][] => [
    ['deck-ink', back, 4.5],
    ['deck-focus', back, 3],
  ]),
  ['deck-ink-2', 'deck', 4.5],
  ['deck-ink-2', 'deck-raised', 4.5],
  ['clinic', 'deck', 4.5],
  ['caller', 'deck', 4.5],
];

describe('contrast', () => {
  it('finds the tokens', () => expect(tokens.size).toBeGreaterThanOrEqual(35));

  it.each(pairs)('shows %s on %s at %s to 1 or better, light and dark', (front, back, least) => {
    for (const theme of ['light', 'dark'] as const) {
      const [ink, ground] = [tokens.get(front)?.[theme], tokens.get(back)?.[theme]];
      if (ink === undefined || ground === undefined) throw new Error(`no token ${front} or ${back}`);
      expect(contrast(ink, ground), `${theme}: ${ink} on ${ground}`).toBeGreaterThanOrEqual(least);
    }
  });
});
