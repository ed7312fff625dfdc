// What exists at the made-up ElevenLabs: its conversations, kept in memory.

export type ConversationStatus = 'initiated' | 'in-progress' | 'processing' | 'done' | 'failed';

export interface SimLine {
  role: 'agent' | 'user';
  message: string;
  atMs: number;
}

export interface SimConversation {
  conversationId: string;
  seed: string;
  agentId: string;
  userId: string | null;
  dynamicVariables: Readonly<Record<string, unknown>>;
  status: ConversationStatus;
  createdAtMs: number;
  acceptedAtMs: number | null;
  endedAtMs: number | null;
  /** Not in lists before this moment, as a call that was just placed. */
  listedFromMs: number;
  hasAudio: boolean;
  /** Its audio is at least so large. */
  audioBytes: number;
  /** Its audio can be had from this moment on; null: not yet, or never. */
  audioFromMs: number | null;
  lines: SimLine[];
  phone: {
    type: 'twilio' | 'sip_trunking';
    direction: 'inbound' | 'outbound';
    phoneNumberId: string;
    agentNumber: string;
    externalNumber: string;
    callSid: string;
    /** Of a SIP call only. */
    callId: string | null;
  };
}

/** Seconds of talk, whole, as the API tells it. */
export function talkSeconds({ acceptedAtMs, endedAtMs }: SimConversation): number {
  return acceptedAtMs === null || endedAtMs === null ? 0 : Math.round((endedAtMs - acceptedAtMs) / 1000);
}

const agentSays = [
  'Thank you for calling. How can I help you today?',
  'Let me look that up for you.',
  'I have an opening on Thursday at ten in the morning.',
  'May I have your date of birth, please?',
  'I will send a note to the nurse, and someone will call you back.',
  'Is there anything else that I can do for you?',
];
const callerSays = [
  'Hello, I would like to make an appointment.',
  'Could I come a little later in the day?',
  'That works for me, thank you.',
  'I have a question about my prescription.',
  'No, that was all.',
];

/** A transcript as long as the call, agent and caller by turns. */
export function writeLines(talkMs: number): SimLine[] {
  const lines: SimLine[] = [];
  for (let turn = 0, atMs = 0; atMs < talkMs && turn < 200; turn++, atMs += 6_000) {
    const isAgent = turn % 2 === 0;
    const said = isAgent ? agentSays : callerSays;
    lines.push({
      role: isAgent ? 'agent' : 'user',
      message: said[(turn >> 1) % said.length] ?? '',
      atMs,
    });
  }
  return lines;
}
