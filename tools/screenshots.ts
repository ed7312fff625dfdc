// `npm run screenshots`: the README's pictures, made by the browser test that proves the main job.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const run = spawnSync(process.execPath, [join(root, 'tools/e2e.ts'), 'main-job'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TAPEDECK_SCREENSHOTS: join(root, 'docs') },
});
process.exit(run.status ?? 1);
