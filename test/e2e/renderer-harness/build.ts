// Builds the renderer alone. Start: node build.ts <dir>.
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** @param outDir absolute; emptied first */
export async function buildRenderer(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: new URL('../../../src/renderer', import.meta.url).pathname,
    base: './',
    plugins: [react()],
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });
}

const [, script, dir] = process.argv;
if (script !== undefined && import.meta.filename === script && dir !== undefined) await buildRenderer(dir);
