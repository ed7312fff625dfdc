import { useSyncExternalStore } from 'react';

/** Rows take two lines, the sidebar is a menu. The same width as in the style sheets. */
export const narrowScreen = '(width < 720px)';
/** List and detail stand side by side. */
export const wideScreen = '(width >= 1000px)';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(query);
      media.addEventListener('change', onChange);
      return () => media.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
}
