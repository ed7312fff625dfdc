// LiveKit's ids. Only exactly these shapes become keys.
// Source: https://docs.livekit.io/reference/telephony/sip-participant/ and the ids of @livekit/protocol.

/** The webhooks' providerId and the first part of every stored row. */
export const providerId = 'livekit';

/** `sip.callID` and CreateSIPParticipant's sip_call_id. */
export const sipCallPattern = /^SCL_[A-Za-z0-9]{1,60}$/;
/** `sip.callIDFull`: the Call-ID header of the trunk's leg. Source: RFC 3261, 20.8. */
export const sipCallIdPattern = /^[\x21-\x7e]{1,255}$/;
export const participantPattern = /^PA_[A-Za-z0-9]{1,60}$/;
export const egressPattern = /^EG_[A-Za-z0-9]{1,60}$/;
export const eventPattern = /^EV_[A-Za-z0-9]{1,60}$/;
/** `sip.twilio.callSid`: the trunk provider's own id of the call, where that is Twilio. */
export const twilioCallSidPattern = /^CA[0-9a-f]{32}$/;
