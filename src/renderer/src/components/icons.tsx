// Our own few icons on a 16 px grid with a little air around it, drawn at stroke 1.5, in the colour of the text around them.
import type { ReactNode } from 'react';

const shapes = {
  live: (
    <>
      <circle cx="8" cy="8" r="2.6" fill="currentColor" stroke="none" />
      <path d="M4.1 4.1a5.5 5.5 0 0 0 0 7.8M11.9 4.1a5.5 5.5 0 0 1 0 7.8" />
    </>
  ),
  list: <path d="M2.5 4h11M2.5 8h8M2.5 12h11" />,
  queue: <path d="M2.5 4h6M2.5 8h6M2.5 12h11M12.5 2.5v6M10 6l2.5 2.5L15 6" />,
  phone: <path d="M5.6 2.5 3 3.2c-.5 5 4.3 10 9.8 9.8l.7-2.7-3-1.2-1.3 1.4c-1.7-.8-3-2.1-3.8-3.8l1.4-1.3z" />,
  plug: <path d="M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  check: <path d="m3.5 8.5 3 3 6-6.5" />,
  up: <path d="M8 13V3.5M4.5 7 8 3.5 11.5 7" />,
  down: <path d="M8 3v9.5M4.5 9 8 12.5 11.5 9" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 4.8V8l2.2 1.6" />
    </>
  ),
  none: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
  alert: (
    <>
      <path d="M8 2.5 14 13H2z" />
      <path d="M8 6.5v3M8 11.2v.1" />
    </>
  ),
  ring: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M4.1 4.1a5.5 5.5 0 0 0 0 7.8M11.9 4.1a5.5 5.5 0 0 1 0 7.8" />
    </>
  ),
  incoming: <path d="m12 4-8 8M4 6v6h6" />,
  outgoing: <path d="m4 12 8-8M6 4h6v6" />,
  missed: <path d="m3.5 3.5 4.5 4.5 4.5-4.5M8 8v5" />,
  unknown: <path d="M3 8h10" />,
  play: <path d="M5 3.2v9.6L12.6 8z" fill="currentColor" stroke="none" />,
  pause: <path d="M4.5 3.5h2.4v9H4.5zM9.1 3.5h2.4v9H9.1z" fill="currentColor" stroke="none" />,
  help: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.5.2-.8.5-.8 1M8 11.1v.1" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </>
  ),
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  back: <path d="M13 8H3.5M7 4.5 3.5 8 7 11.5" />,
  link: <path d="M6.5 9.5 9.5 6.5M7 5l1.7-1.7a3 3 0 0 1 4 4L11 9M9 11l-1.7 1.7a3 3 0 0 1-4-4L5 7" />,
  copy: <path d="M5.5 5.5h7v8h-7zM3.5 10.5v-8h7" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="3.5" cy="8" r="1.3" />
      <circle cx="8" cy="8" r="1.3" />
      <circle cx="12.5" cy="8" r="1.3" />
    </g>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** Always beside a word or inside a labelled button, so hidden from screen readers. */
export function Icon({ name, className }: { name: IconName; className?: string | undefined }) {
  return (
    <svg
      className={className}
      width="16"
      height="16"
      viewBox="-1 -1 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="square"
      strokeLinejoin="miter"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}
