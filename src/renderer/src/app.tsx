import { useApp } from './state/use-app.tsx';
import { CallLog } from './views/call-log.tsx';
import { Frame } from './views/frame.tsx';
import { Live } from './views/live.tsx';
import { Queue } from './views/queue.tsx';
import { Services } from './views/services.tsx';

export function App() {
  const view = useApp((state) => state.route.view);
  return (
    <Frame>
      {view === 'live' && <Live />}
      {view === 'calls' && <CallLog />}
      {view === 'queue' && <Queue />}
      {view === 'services' && <Services />}
    </Frame>
  );
}
