import { type Answer, closing, refusal } from '../shared/answer.ts'
import type { Unread } from './body.ts'
import type { ErrorType } from './metrics.ts'

/** An answer, and what the request counts as when it is none that acknowledges all. */
export type Outcome = { answer: Answer; error?: ErrorType }

const retryLater = (text: string): Outcome => ({
  answer: refusal(503, text, { 'Retry-After': '1' }),
  error: 'refused',
})

export const WRONG_METHOD: Outcome = {
  answer: refusal(405, 'Method Not Allowed', { Allow: 'POST' }),
  error: 'refused',
}
export const NOT_SERVING: Outcome = {
  ...retryLater('Not serving'),
  answer: closing(retryLater('Not serving').answer),
}
export const NOT_JSON: Outcome = { answer: refusal(400, "Can't parse json"), error: 'json' }
export const NO_EVENTS: Outcome = { answer: refusal(400, 'No events'), error: 'json' }
export const NOT_STORED: Outcome = { answer: refusal(500, "Can't post to kafka"), error: 'kafka' }
export const TOO_LARGE: Outcome = { answer: refusal(413, 'Request body too large'), error: 'body' }
export const TOO_MANY: Outcome = { answer: refusal(413, 'Too many events'), error: 'body' }
export const FULL: Outcome = retryLater('Too many events wait already')

/** Nothing more can be read on a connection whose body was not read to its end. */
export const UNREAD: Record<Unread, Outcome> = {
  'too-large': { ...TOO_LARGE, answer: closing(TOO_LARGE.answer) },
  'broken-off': { answer: closing(refusal(400, "Can't read body")), error: 'body' },
  'too-slow': { answer: closing(refusal(408, "Can't read body")), error: 'body' },
  'no-room': { ...FULL, answer: closing(FULL.answer) },
}
