import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { expect, test } from 'vitest';
import { takeBreaches } from '../setup-tripwire.ts';

test('a connection that would leave this machine throws and is remembered', () => {
  expect(() => net.connect({ host: '192.0.2.1', port: 443 })).toThrow('tripwire');
  expect(() => net.connect(443, 'api.twilio.com')).toThrow('tripwire');
  expect(takeBreaches()).toEqual(['connect to 192.0.2.1', 'connect to api.twilio.com']);
});

test('fetch and name look-ups are caught, too', async () => {
  await expect(fetch('https://192.0.2.1/')).rejects.toThrow();
  await expect(async () => lookup('api.twilio.com')).rejects.toThrow('tripwire');
  expect(takeBreaches()).toEqual(['connect to 192.0.2.1', 'look up api.twilio.com']);
});

test('loopback is free', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  server.close();
  expect(takeBreaches()).toEqual([]);
});
