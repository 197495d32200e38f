import type { Row } from '../sink.ts'

/** A row as one line of JSON without its end: where it comes from, and the event as it was stored in the log. */
export const lineOf = ({ topic, partition, offset, id, json }: Row): string => {
  const place = JSON.stringify({ topic, partition, offset, id })
  return `${place.slice(0, -1)},"event":${json}}`
}
