// Where the console is, as the part of the address after `#`. Filters live here so that Back works; typed search
// text does not, because it may hold a patient's number.

export type Show = 'today' | 'all' | 'attention';

export type View = 'live' | 'calls' | 'queue' | 'services' | 'polling' | 'trouble';

export interface Route {
  view: View;
  /** The call that is open, if any. */
  callId: string | null;
  show: Show;
  /** Seconds into the recording (`?t=108`), only in links from outside. */
  atSeconds: number | null;
}

const views: readonly View[] = ['live', 'calls', 'queue', 'services', 'polling', 'trouble'];
const shows: readonly Show[] = ['today', 'all', 'attention'];

/** Reads `#/calls/<id>?show=all&t=108`. Anything unknown is the call log. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [head, id] = path.split('/');
  const params = new URLSearchParams(query);
  const seconds = Number.parseFloat(params.get('t') ?? '');
  return {
    view: views.find((view) => view === head) ?? 'calls',
    callId: head === 'calls' && id !== undefined && id !== '' ? decode(id) : null,
    show: shows.find((show) => show === params.get('show')) ?? 'today',
    atSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : null,
  };
}

/** The opposite of parseRoute, in the shortest form. */
export function formatRoute(route: Route): string {
  if (route.view !== 'calls') return `#/${route.view}`;
  const params = new URLSearchParams();
  if (route.show !== 'today') params.set('show', route.show);
  if (route.atSeconds !== null) params.set('t', String(route.atSeconds));
  const query = params.size > 0 ? `?${params}` : '';
  return `#/calls${route.callId === null ? '' : `/${encodeURIComponent(route.callId)}`}${query}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
