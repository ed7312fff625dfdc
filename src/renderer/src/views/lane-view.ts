// Which stretch of a recording the lanes show. Pure.

export interface LaneView {
  fromMs: number;
  toMs: number;
}

// Closer than this, a bar would be shorter than a step of the peaks.
const closestMs = 4_000;

/** Zooms around a moment. @param factor below 1 shows less, above 1 more */
export function zoomed(view: LaneView, factor: number, aroundMs: number, durationMs: number): LaneView {
  const length = Math.min(
    Math.max((view.toMs - view.fromMs) * factor, Math.min(closestMs, durationMs)),
    durationMs,
  );
  const share = (aroundMs - view.fromMs) / Math.max(1, view.toMs - view.fromMs);
  const fromMs = Math.min(Math.max(0, aroundMs - share * length), durationMs - length);
  return { fromMs, toMs: fromMs + length };
}

/** Turns the page when the playhead leaves the view; the same object while it is inside. */
export function followView(view: LaneView, atMs: number, durationMs: number): LaneView {
  if (atMs >= view.fromMs && atMs <= view.toMs) return view;
  const length = view.toMs - view.fromMs;
  const fromMs = Math.min(Math.max(0, atMs - length / 20), Math.max(0, durationMs - length));
  return { fromMs, toMs: fromMs + length };
}
