// Webhooks of ElevenLabs for tests: bodies, and headers as ElevenLabs' own formula makes them.
import { createHmac } from 'node:crypto';

export const webhookSecret = 'wsec_that_only_tests_use';
export const apiKey = 'sk_that_only_tests_use';
export const conversationId = 'conv_7f3kq2m9x4t8w1z6b5n0c3d2';
export const postCallPath = '/webhooks/elevenlabs-post-call';

/** `ElevenLabs-Signature`. Source: https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks */
export function signature(body: Uint8Array | string, atMs: number, secret = webhookSecret): string {
  const at = Math.floor(atMs / 1000);
  return `t=${at},v0=${createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')}`;
}

export function audioWebhook(mp3: Buffer, id = conversationId, atSeconds = 1_739_537_325): Buffer {
  const data = { agent_id: 'agent_clinic01', conversation_id: id, full_audio: mp3.toString('base64') };
  return Buffer.from(JSON.stringify({ type: 'post_call_audio', event_timestamp: atSeconds, data }));
}
