// Twilio's ids. They become part of URLs, so only exactly these shapes are ever used.
// Source: https://www.twilio.com/docs/glossary/what-is-a-sid

/** The callbacks' providerId and the first part of every stored row. */
export const providerId = 'twilio';

export const accountSidPattern = /^AC[0-9a-f]{32}$/;
export const callSidPattern = /^CA[0-9a-f]{32}$/;
export const recordingSidPattern = /^RE[0-9a-f]{32}$/;
