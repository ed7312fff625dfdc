// Conversations in ElevenLabs' words. https://elevenlabs.io/docs/api-reference/conversations/get
import { type SimConversation, talkSeconds } from './conversations.ts';

const seconds = (atMs: number): number => Math.floor(atMs / 1000);

/** GET /v1/convai/conversations/{id}, and `data` of post_call_transcription. */
export function detailView(conversation: SimConversation): Record<string, unknown> {
  const { phone, status, conversationId } = conversation;
  const isOver = status === 'done' || status === 'failed';
  return {
    agent_id: conversation.agentId,
    agent_name: 'Clinic',
    conversation_id: conversationId,
    status,
    user_id: conversation.userId,
    transcript: (isOver ? conversation.lines : []).map(({ role, message, atMs }) => ({
      role,
      message,
      tool_calls: [],
      tool_results: [],
      feedback: null,
      time_in_call_secs: seconds(atMs),
      conversation_turn_metrics: null,
    })),
    metadata: {
      start_time_unix_secs: seconds(conversation.createdAtMs),
      accepted_time_unix_secs: conversation.acceptedAtMs === null ? null : seconds(conversation.acceptedAtMs),
      call_duration_secs: talkSeconds(conversation),
      cost: isOver ? 12 * talkSeconds(conversation) : null,
      deletion_settings: { delete_transcript_and_pii: false, delete_audio: false },
      feedback: { likes: 0, dislikes: 0 },
      authorization_method: 'authorization_header',
      charging: { dev_discount: false },
      phone_call: phoneView(phone),
      termination_reason: isOver ? 'Client disconnected' : '',
      conversation_initiation_source: phone.type === 'twilio' ? 'twilio' : 'sip_trunk',
    },
    analysis: null,
    conversation_initiation_client_data: {
      conversation_config_override: {},
      custom_llm_extra_body: {},
      user_id: conversation.userId,
      dynamic_variables: {
        ...conversation.dynamicVariables,
        system__conversation_id: conversationId,
        system__call_sid: phone.callSid,
        system__caller_id: phone.direction === 'outbound' ? phone.agentNumber : phone.externalNumber,
        system__called_number: phone.direction === 'outbound' ? phone.externalNumber : phone.agentNumber,
      },
    },
    has_audio: status === 'done' && conversation.hasAudio,
    has_user_audio: status === 'done' && conversation.hasAudio,
    has_response_audio: status === 'done' && conversation.hasAudio,
    has_auxiliary_audio: false,
  };
}

function phoneView(phone: SimConversation['phone']): Record<string, unknown> {
  return {
    type: phone.type,
    direction: phone.direction,
    phone_number_id: phone.phoneNumberId,
    agent_number: phone.agentNumber,
    external_number: phone.externalNumber,
    call_sid: phone.callSid,
    ...(phone.type === 'twilio'
      ? { stream_sid: `MZ${phone.callSid.slice(2)}` }
      : { call_id: phone.callId, sip_header_dynamic_variables: null }),
  };
}

/** An item of GET /v1/convai/conversations. */
export function summaryView(conversation: SimConversation): Record<string, unknown> {
  return {
    agent_id: conversation.agentId,
    agent_name: 'Clinic',
    conversation_id: conversation.conversationId,
    start_time_unix_secs: seconds(conversation.createdAtMs),
    call_duration_secs: talkSeconds(conversation),
    message_count: conversation.lines.length,
    status: conversation.status,
    call_successful: conversation.status === 'done' ? 'success' : 'unknown',
    transcript_summary: null,
    call_summary_title: null,
    direction: conversation.phone.direction,
  };
}
