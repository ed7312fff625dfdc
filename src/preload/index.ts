// What the console's page may do in the desktop application: call procedures and listen to events. Nothing else of
// Electron is reachable from it. Runs in the sandbox, so it may import nothing but electron.
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';

let subscriptions = 0;

contextBridge.exposeInMainWorld('tapedeck', {
  host: 'electron',
  invoke: (name: string, input: unknown): Promise<unknown> =>
    ipcRenderer.invoke('tapedeck:invoke', name, input),
  subscribe(listener: (envelope: unknown) => void, afterSeq?: number): () => void {
    subscriptions += 1;
    const own = subscriptions;
    const receive = (_event: IpcRendererEvent, id: number, envelope: unknown): void => {
      if (id === own) listener(envelope);
    };
    ipcRenderer.on('tapedeck:event', receive);
    ipcRenderer.send('tapedeck:subscribe', own, afterSeq);
    return () => {
      ipcRenderer.off('tapedeck:event', receive);
      ipcRenderer.send('tapedeck:unsubscribe', own);
    };
  },
});
