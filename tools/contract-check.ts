// `npm run test:contract`: holds the stand-ins, and every request that Tapedeck makes of Twilio, Telnyx and ElevenLabs,
// against the official API descriptions. The validator is installed into .contract-check/ and is no dependency of the
// product.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { createClock } from '../src/main/clock.ts';
import { createSandbox } from '../src/main/sandbox/sandbox.ts';
import { checkElevenLabs, newerThanDescription } from './contract-elevenlabs.ts';
import { createNameCheck } from './contract-names.ts';
import { checkTelnyx } from './contract-telnyx.ts';
import { type Answer, tourAsProduct, tourWithSdk, twilioBesideSpec } from './contract-tour.ts';

const root = join(import.meta.dirname, '..');
const spec = join(root, '..', 'shared', 'specs', 'twilio.strict.json');
const telnyxSpec = join(root, '..', 'shared', 'specs', 'telnyx.strict.json');
const elevenLabsSpec = join(root, '..', 'shared', 'specs', 'elevenlabs.json');
const folder = join(root, '.contract-check');
const validator = '@stoplight/prism-cli@5.16.0';
const prism = join(folder, 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js');
const accountSid = 'AC000000000000000000000000000c0de5';
const authToken = 'made-up-for-the-contract-check';

function install(): void {
  if (existsSync(prism)) return;
  console.log(`Installing ${validator} into ${relative(root, folder)}/ (once) ...`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', validator];
  const result = spawnSync('npm', args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0 || !existsSync(prism)) throw new Error('The validator could not be installed.');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A proxy in front of `upstream` that answers with an error where a request or an answer breaks the description. */
async function startProxy(
  description: string,
  upstream: string,
): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const args = [prism, 'proxy', '-h', '127.0.0.1', '-p', String(port), '--errors', description, upstream];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const onData = (piece: Buffer): void => {
      output += piece.toString();
      if (output.includes('Prism is listening')) resolve();
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', () => reject(new Error(`The validator did not start:\n${output}`)));
  });
  return { url: `http://127.0.0.1:${port}`, child };
}

/** A validator that finds nothing proves nothing: it must refuse what is plainly wrong. */
async function proveThatItRefuses(proxyUrl: string): Promise<string[]> {
  const headers = { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` };
  const account = `${proxyUrl}/2010-04-01/Accounts/${accountSid}`;
  const wrong = [
    ['a status that does not exist', `${account}/Calls.json?Status=asleep`],
    ['a SID of the wrong form', `${account}/Calls/CA1.json`],
    ['a page that is too large', `${account}/Recordings.json?PageSize=1001`],
  ] as const;
  const passed: string[] = [];
  for (const [what, url] of wrong) {
    const reply = await fetch(url, { headers });
    if (!(await reply.text()).includes('stoplight.io/prism/errors'))
      passed.push(`the validator let ${what} pass`);
  }
  return passed;
}

async function check(): Promise<number> {
  install();
  const checkNames = createNameCheck(JSON.parse(readFileSync(spec, 'utf8')));
  const problems: string[] = [];
  const clock = createClock(100);
  const names = new Set<string>();
  const sandbox = createSandbox({
    clock,
    seed: 1,
    accountSid,
    authToken,
    onRequest(request) {
      // What is not part of the description is checked by hand.
      const beside = twilioBesideSpec.find(({ path }) => path.test(request.path));
      const sent = [...request.queryNames, ...request.formNames];
      problems.push(
        ...(beside === undefined
          ? checkNames(request)
          : sent.filter((name) => !beside.names.includes(name)).map((name) => `unknown field ${name}`)),
      );
      for (const name of beside === undefined ? sent : []) names.add(name);
    },
  });
  const { twilioBaseUrl } = await sandbox.start();
  await sandbox.seedHistory({ count: 20 });
  const proxy = await startProxy(spec, twilioBaseUrl);
  const stop = { clock, sandbox, accountSid, authToken, proxyUrl: proxy.url, directUrl: twilioBaseUrl };
  const seen: Answer[] = [];
  try {
    problems.push(...(await proveThatItRefuses(proxy.url)));
    await tourWithSdk(stop, (answer) => seen.push(answer)).catch((error: unknown) => {
      problems.push(`the tour with the SDK broke off: ${String(error)}`);
    });
    const bySdk = seen.length;
    const recordings = await tourAsProduct(stop, (answer) => seen.push(answer));
    if (recordings === 0) problems.push('the product was told of no recording');
    for (const { method, path, status, violations } of seen) {
      problems.push(...violations.map((violation) => `${method} ${path} (${status}): ${violation}`));
    }
    console.log(`Twilio, by ${relative(root, spec)}:`);
    console.log(`  ${bySdk} requests of the official SDK and the stand-in's answers to them`);
    console.log(
      `  ${seen.length - bySdk} requests of the product and callbacks to it, ${recordings} recordings`,
    );
    console.log(`  ${names.size} names of query and form fields`);
  } finally {
    proxy.child.kill();
    await sandbox.stop();
  }
  return tell(problems);
}

async function checkTelnyxToo(): Promise<number> {
  const description: unknown = JSON.parse(readFileSync(telnyxSpec, 'utf8'));
  const report = await checkTelnyx(description, async (upstream) => {
    const { url, child } = await startProxy(telnyxSpec, upstream);
    return { url, stop: () => void child.kill() };
  });
  console.log(`Telnyx, by ${relative(root, telnyxSpec)}:`);
  console.log(`  ${report.requests} requests of the product and the stand-in's answers to them`);
  console.log(`  ${report.operations} operations, ${report.names} names of query and body fields`);
  return tell(report.problems);
}

async function checkElevenLabsToo(): Promise<number> {
  const description: unknown = JSON.parse(readFileSync(elevenLabsSpec, 'utf8'));
  const report = await checkElevenLabs(description, async (upstream) => {
    const { url, child } = await startProxy(elevenLabsSpec, upstream);
    return { url, stop: () => void child.kill() };
  });
  console.log(`ElevenLabs, by ${relative(root, elevenLabsSpec)}:`);
  console.log(`  ${report.requests} requests of the product and the stand-in's answers to them`);
  console.log(`  ${report.operations} operations, ${report.names} names of query and body fields`);
  for (const { path, name, why } of newerThanDescription)
    console.log(`  newer than the description, known to the SDK: ${name} of ${path}. ${why}`);
  return tell(report.problems);
}

/** @returns an exit code */
function tell(problems: readonly string[]): number {
  const distinct = new Set(problems);
  for (const problem of distinct) console.error(`  violation: ${problem}`);
  console.log(distinct.size === 0 ? '  no violations' : `  ${distinct.size} violations`);
  return distinct.size === 0 ? 0 : 1;
}

if (existsSync(spec))
  process.exitCode = (await check()) + (await checkTelnyxToo()) + (await checkElevenLabsToo());
else console.log('Nothing to check against: ../shared/specs with the official API descriptions is not here.');
