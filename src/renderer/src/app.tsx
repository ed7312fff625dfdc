import { CallLog } from './views/call-log.tsx';
import { Frame } from './views/frame.tsx';
import { Live } from './views/live.tsx';
import { useApp } from './state/use-app.tsx';

export function App() {
  const view = useApp((state) => state.route.view);
  return <Frame>{view === 'live' ? <Live /> : <CallLog />}</Frame>;
}
