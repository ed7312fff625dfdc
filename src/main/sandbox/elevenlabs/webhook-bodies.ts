// The bodies of ElevenLabs' webhooks, piece by piece, so that an hour of audio needs no more memory than a minute.
// https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks
import { writeMp3 } from '../audio/mp3.ts';
import type { Sound } from '../send-sound.ts';
import { type SimConversation, talkSeconds } from './conversations.ts';
import { detailView } from './views.ts';

/** Bytes that can be gone through any number of times: once to sign them, once to send them. */
export type Body = Iterable<Buffer>;

export function transcriptionBody(conversation: SimConversation, atMs: number): Body {
  return [envelope('post_call_transcription', atMs, detailView(conversation))];
}

/** The MP3 of a conversation. */
export function audioOf(conversation: SimConversation): Sound {
  const durationMs = Math.max(1, talkSeconds(conversation)) * 1000;
  return writeMp3({ seed: conversation.seed, durationMs, silences: [] }, 1, conversation.audioBytes);
}

export function audioBody(conversation: SimConversation, atMs: number): Body {
  const { agentId, conversationId } = conversation;
  const data = { agent_id: agentId, conversation_id: conversationId, full_audio: '' };
  const whole = envelope('post_call_audio', atMs, data).toString();
  const cut = whole.length - '"}}'.length;
  return {
    *[Symbol.iterator]() {
      yield Buffer.from(whole.slice(0, cut));
      let held: Buffer = Buffer.alloc(0);
      for (const piece of audioOf(conversation).chunks) {
        const bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
        const full = bytes.length - (bytes.length % 3);
        held = bytes.subarray(full);
        yield Buffer.from(bytes.subarray(0, full).toString('base64'), 'latin1');
      }
      if (held.length > 0) yield Buffer.from(held.toString('base64'), 'latin1');
      yield Buffer.from(whole.slice(cut));
    },
  };
}

export type FailureReason = 'busy' | 'no-answer' | 'unknown';

const sipStatus = { busy: 486, 'no-answer': 480, unknown: 500 };
const twilioStatus = { busy: 'busy', 'no-answer': 'no-answer', unknown: 'failed' };

export function failureBody(conversation: SimConversation, atMs: number, reason: FailureReason): Body {
  const { phone } = conversation;
  const metadata =
    phone.type === 'twilio'
      ? {
          type: 'twilio',
          body: {
            Called: phone.externalNumber,
            To: phone.externalNumber,
            Caller: phone.agentNumber,
            From: phone.agentNumber,
            Direction: 'outbound-api',
            CallbackSource: 'call-progress-events',
            CallSid: phone.callSid,
            CallStatus: twilioStatus[reason],
            SequenceNumber: '2',
            Timestamp: new Date(atMs).toUTCString().replace('GMT', '+0000'),
            SipResponseCode: String(sipStatus[reason]),
            Duration: '0',
            CallDuration: '0',
          },
        }
      : {
          type: 'sip',
          body: {
            from_number: phone.agentNumber,
            to_number: phone.externalNumber,
            sip_status_code: sipStatus[reason],
            error_reason: `INVITE failed: sip status: ${sipStatus[reason]}`,
            call_sid: phone.callId,
          },
        };
  const { agentId, conversationId } = conversation;
  const data = { agent_id: agentId, conversation_id: conversationId, failure_reason: reason, metadata };
  return [envelope('call_initiation_failure', atMs, data)];
}

function envelope(type: string, atMs: number, data: unknown): Buffer {
  return Buffer.from(JSON.stringify({ type, event_timestamp: Math.floor(atMs / 1000), data }));
}
