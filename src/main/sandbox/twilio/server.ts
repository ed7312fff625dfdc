// The Twilio stand-in: a real HTTP server on loopback that answers as api.twilio.com does, to whoever knows the
// made-up account and its token. It is the outside world: nothing of the product is reached from here.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { tellDate } from '../clock.ts';
import type { WavEncoding } from '../audio/wav.ts';
import type { SimCall, SimNumber, SimRecording } from '../world.ts';
import { type ApiDeps, createCall, deleteCall, listCalls, updateCall } from './calls.ts';
import { notFound, TwilioError } from './errors.ts';
import { fieldsOf, flag } from './fields.ts';
import { sendMedia } from './media.ts';
import { type AccountState, accountView, listNumbers, numberView, updateNumber } from './numbers.ts';
import { page } from './pages.ts';
import {
  createRecording,
  deleteRecording,
  findOfCall,
  listRecordings,
  updateRecording,
} from './recordings.ts';
import { accountPath, callRecordingView, callView, recordingView } from './views.ts';

/** Behaviour that tests switch on and off while the stand-in runs. */
export interface TwilioSwitches {
  /** More requests than this at the same time are answered 429 with 20429; null for no limit. */
  maxConcurrent: number | null;
  wavEncoding: WavEncoding;
  /** Placed calls (not incoming ones) are in no list until they are this old, up to 60 s; 0 by default. */
  listLateMs: number;
  account: AccountState;
  /** Numbers of lines that do not record by themselves: somebody has to start the recording. */
  unrecordedLines: ReadonlySet<string>;
  /**
   * What a connected number tells of incoming calls: every step, as TwiML that asks for statusCallbackEvent does, or
   * the end only, which is all that StatusCallback of a number is by itself.
   */
  lineEvents: 'all' | 'end';
}

export interface SeenRequest {
  method: string;
  /** Path without the query. */
  path: string;
  queryNames: string[];
  formNames: string[];
}

interface Deps extends ApiDeps {
  accountSid: string;
  authToken: string;
  switches: TwilioSwitches;
  /** Told of every request that was let in. */
  onRequest: ((request: SeenRequest) => void) | null;
}

/** @returns start resolves with the base address, e.g. `http://127.0.0.1:40123` */
export function createTwilioServer(deps: Deps): { start(): Promise<string>; stop(): Promise<void> } {
  let server: Server | null = null;
  return {
    start() {
      const listening = createServer(createApplication(deps));
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(0, '127.0.0.1', () => {
          const address = listening.address();
          resolve(`http://127.0.0.1:${isAddressInfo(address) ? address.port : 0}`);
        });
      });
    },
    async stop() {
      const closing = server;
      server = null;
      if (closing === null) return;
      const closed = new Promise((resolve) => closing.close(resolve));
      closing.closeAllConnections();
      await closed;
    },
  };
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function createApplication(deps: Deps): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(tellDate(deps.clock.now));
  app.disable('etag');
  app.use(limitConcurrency(deps.switches));
  app.use('/2010-04-01/Accounts/:accountSid', authenticate(deps));
  app.use(express.urlencoded({ extended: false, limit: '64kb' }));
  app.use((req, _res, next) => {
    const names = (given: unknown): string[] => [...fieldsOf(given).keys()];
    deps.onRequest?.({
      method: req.method,
      path: req.path,
      queryNames: names(req.query),
      formNames: names(req.body),
    });
    next();
  });
  const api = express.Router();
  addCalls(api, deps);
  addCallRecordings(api, deps);
  addRecordings(api, deps);
  addNumbers(api, deps);
  app.get(`${accountPath(deps.accountSid)}.json`, (_req, res) => {
    res.json(accountView(deps.accountSid, deps.authToken, deps.switches.account));
  });
  app.use(accountPath(deps.accountSid), api);
  app.use((req: Request) => {
    throw notFound(req.path);
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const known =
      error instanceof TwilioError ? error : new TwilioError(500, 20_500, 'Internal Server Error');
    if (known.status === 401) res.setHeader('WWW-Authenticate', 'Basic realm="Twilio API"');
    res.status(known.status).json(known.body());
  });
  return app;
}

function limitConcurrency(switches: TwilioSwitches) {
  let open = 0;
  return (_req: Request, res: Response, next: NextFunction): void => {
    open += 1;
    res.once('close', () => {
      open -= 1;
    });
    if (switches.maxConcurrent !== null && open > switches.maxConcurrent) {
      throw new TwilioError(429, 20_429, 'Too Many Requests');
    }
    next();
  };
}

/** Basic auth with account SID and token. Errors: 20003; another account's path is 20404 even with our own token. */
function authenticate({ accountSid, authToken }: Deps) {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`);
  return (req: Request<{ accountSid: string }>, _res: Response, next: NextFunction): void => {
    if (!timingSafeEqual(digest(req.get('authorization') ?? ''), expected)) {
      throw new TwilioError(401, 20_003, 'Authenticate');
    }
    if (req.params.accountSid.replace(/\.json$/, '') !== accountSid) throw notFound(req.baseUrl);
    next();
  };
}

type OfCall = Request<{ callSid: string; sid: string }>;

function callOf({ world }: Deps, sid: string, req: Pick<Request, 'baseUrl' | 'path'>): SimCall {
  const call = world.calls.get(sid);
  if (call === undefined) throw notFound(req.baseUrl + req.path);
  return call;
}

function addCalls(api: express.Router, deps: Deps): void {
  const path = `${accountPath(deps.accountSid)}/Calls.json`;
  const view = (call: SimCall): unknown => callView(deps.accountSid, call);
  api.post('/Calls.json', (req, res) => {
    res.status(201).json(view(createCall(deps, fieldsOf(req.body))));
  });
  api.get('/Calls.json', (req, res) => {
    const fields = fieldsOf(req.query);
    res.json(page(listCalls(deps, fields), fields, path, 'calls', view));
  });
  api.get('/Calls/:sid.json', (req, res) => {
    res.json(view(callOf(deps, req.params.sid, req)));
  });
  api.post('/Calls/:sid.json', (req, res) => {
    const call = callOf(deps, req.params.sid, req);
    updateCall(deps, call, fieldsOf(req.body));
    res.json(view(call));
  });
  api.delete('/Calls/:sid.json', (req, res) => {
    deleteCall(deps, callOf(deps, req.params.sid, req));
    res.status(204).end();
  });
}

function addCallRecordings(api: express.Router, deps: Deps): void {
  const view = (recording: SimRecording): unknown => callRecordingView(deps.accountSid, recording);
  const recordingOf = (req: OfCall): SimRecording => {
    const recording = findOfCall(callOf(deps, req.params.callSid, req), req.params.sid);
    if (recording === undefined) throw notFound(req.baseUrl + req.path);
    return recording;
  };
  api.post('/Calls/:callSid/Recordings.json', (req, res) => {
    const call = callOf(deps, req.params.callSid, req);
    res.status(201).json(view(createRecording(deps, call, fieldsOf(req.body))));
  });
  api.get('/Calls/:callSid/Recordings.json', (req, res) => {
    const call = callOf(deps, req.params.callSid, req);
    const fields = fieldsOf(req.query);
    res.json(page(listRecordings(deps, fields, call), fields, req.baseUrl + req.path, 'recordings', view));
  });
  api.get('/Calls/:callSid/Recordings/:sid.json', (req, res) => {
    res.json(view(recordingOf(req)));
  });
  api.post('/Calls/:callSid/Recordings/:sid.json', (req, res) => {
    const recording = recordingOf(req);
    updateRecording(deps, recording, fieldsOf(req.body));
    res.json(view(recording));
  });
  api.delete('/Calls/:callSid/Recordings/:sid.json', (req, res) => {
    deleteRecording(deps, recordingOf(req));
    res.status(204).end();
  });
}

function addRecordings(api: express.Router, deps: Deps): void {
  const path = `${accountPath(deps.accountSid)}/Recordings.json`;
  const view = (recording: SimRecording): unknown => recordingView(deps.accountSid, recording);
  const recordingOf = (
    sid: string,
    req: Pick<Request, 'baseUrl' | 'path'>,
    withDeleted = false,
  ): SimRecording => {
    const recording = deps.world.recordings.get(sid);
    if (recording === undefined || (recording.state === 'deleted' && !withDeleted)) {
      throw notFound(req.baseUrl + req.path);
    }
    return recording;
  };
  api.get('/Recordings.json', (req, res) => {
    const fields = fieldsOf(req.query);
    res.json(page(listRecordings(deps, fields), fields, path, 'recordings', view));
  });
  api.get('/Recordings/:sid.json', (req, res) => {
    res.json(view(recordingOf(req.params.sid, req, flag(fieldsOf(req.query), 'IncludeSoftDeleted'))));
  });
  api.delete('/Recordings/:sid.json', (req, res) => {
    deleteRecording(deps, recordingOf(req.params.sid, req));
    res.status(204).end();
  });
  api.get('/Recordings/:file', async (req, res) => {
    const [, sid = '', extension = ''] = /^(RE[0-9a-f]{32})(\.wav|\.mp3|)$/.exec(req.params.file) ?? [];
    const media = { seed: deps.seed, now: deps.clock.now, wavEncoding: () => deps.switches.wavEncoding };
    await sendMedia(media, recordingOf(sid, req), extension, fieldsOf(req.query), req, res);
  });
}

function addNumbers(api: express.Router, deps: Deps): void {
  const path = `${accountPath(deps.accountSid)}/IncomingPhoneNumbers.json`;
  const view = (item: SimNumber): unknown => numberView(deps.accountSid, item);
  const numberOf = (req: Request<{ sid: string }>): SimNumber => {
    const item = deps.world.numbers.get(req.params.sid);
    if (item === undefined) throw notFound(req.baseUrl + req.path);
    return item;
  };
  api.get('/IncomingPhoneNumbers.json', (req, res) => {
    const fields = fieldsOf(req.query);
    res.json(page(listNumbers(deps, fields), fields, path, 'incoming_phone_numbers', view));
  });
  api.get('/IncomingPhoneNumbers/:sid.json', (req, res) => {
    res.json(view(numberOf(req)));
  });
  api.post('/IncomingPhoneNumbers/:sid.json', (req, res) => {
    const item = numberOf(req);
    updateNumber(deps, item, fieldsOf(req.body));
    res.json(view(item));
  });
}
