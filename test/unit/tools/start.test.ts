import { describe, expect, it } from 'vitest';
import { whyHeadless } from '../../../tools/start.ts';

describe('npm start', () => {
  it('opens a window where there is a display', () => {
    expect(whyHeadless([], { DISPLAY: ':0' }, 'linux')).toBeNull();
    expect(whyHeadless([], { WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBeNull();
    expect(whyHeadless([], {}, 'darwin')).toBeNull();
    expect(whyHeadless([], {}, 'win32')).toBeNull();
  });

  it('runs headless without a display, and says so', () => {
    expect(whyHeadless([], {}, 'linux')).toBe('because this machine has no display');
    expect(whyHeadless([], { DISPLAY: '' }, 'freebsd')).toBe('because this machine has no display');
  });

  it('runs headless when asked to', () => {
    expect(whyHeadless(['--headless'], { DISPLAY: ':0' }, 'linux')).toBe('as asked');
    expect(whyHeadless([], { TAPEDECK_HEADLESS: '1', DISPLAY: ':0' }, 'linux')).toBe('as asked');
  });
});
