import type { Row } from '../sink.ts'

/**
 * A row as one line of JSON without its end: where it comes from, and the event as it stands in the log, but for line
 * breaks, which JSON allows as white space between tokens only: they become spaces.
 */
export const lineOf = ({ topic, partition, offset, id, json }: Row): string => {
  const place = JSON.stringify({ topic, partition, offset, id })
  return `${place.slice(0, -1)},"event":${flat(json)}}`
}

const flat = (json: string): string => (/[\r\n]/.test(json) ? json.replace(/[\r\n]/g, ' ') : json)
