// Refusals in ElevenLabs' words. https://elevenlabs.io/docs/developers/resources/error-messages

export class ElevenLabsRefusal extends Error {
  readonly status: number;
  readonly detail: unknown;

  constructor(status: number, detail: unknown) {
    super(`refused with ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

const told = (status: number, code: string, message: string): ElevenLabsRefusal =>
  new ElevenLabsRefusal(status, { status: code, message });

export function unauthorized(): ElevenLabsRefusal {
  return told(401, 'invalid_api_key', 'Invalid API key');
}

/** @param code e.g. `conversation_not_found` */
export function notFound(code: string, message: string): ElevenLabsRefusal {
  return told(404, code, message);
}

export function badRequest(code: string, message: string): ElevenLabsRefusal {
  return told(400, code, message);
}

/** 422 as FastAPI words it. @param loc e.g. ['body', 'to_number'] */
export function invalidField(loc: readonly string[], msg: string, type = 'value_error'): ElevenLabsRefusal {
  return new ElevenLabsRefusal(422, [{ loc, msg, type }]);
}

export function tooManyRequests(): ElevenLabsRefusal {
  return told(429, 'too_many_concurrent_requests', 'Too many requests');
}

export function unavailable(): ElevenLabsRefusal {
  return told(503, 'service_unavailable', 'The service is unavailable');
}
