import type { Clock } from './clock.ts'
import type { Folder } from './folder.ts'
import type { Log } from './log.ts'
import type { Options } from './options.ts'
import { inherit, recall } from './remembered.ts'
import { type Found, findSegments } from './segments.ts'

/** What the process before has left behind. Without a folder that can be read it begins anew, in memory. */
export const findOut = async (
  { graphite }: Pick<Options, 'graphite'>,
  { folder, clock, log }: { folder: Folder; clock: Clock; log: Log },
) => {
  const found = await look(folder, clock, log)
  const remembered = await recall(folder)
  const end = found.segments.at(-1)?.to ?? 0
  const next = Math.max(found.next, end, remembered?.next ?? 0)
  const kept = { from: found.segments[0]?.from ?? next, to: next }
  const inherited = inherit(
    graphite.map(({ name }) => name),
    remembered,
    kept,
  )
  for (const { from, to } of inherited.renamed)
    log.info({ from, to }, 'what waited for a server goes to the one in its place')
  for (const server of inherited.forgotten)
    log.warn({ server }, 'a server is no longer wanted; nobody gets what waited for it alone')
  if (found.tornBytes > 0)
    log.info({ bytes: found.tornBytes }, 'the end of the buffer was half written, and is left out')
  return { segments: found.segments, next, owed: inherited.owed }
}

/** New numbers must not meet those of a folder that cannot be looked at; a clock that goes on sees to that. */
const look = async (folder: Folder, clock: Clock, log: Log): Promise<Found & { next: number }> => {
  try {
    return { ...(await findSegments(folder)), next: 0 }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.error({ why }, 'the folder of the buffer cannot be used: lines wait in memory only; see to --dir')
    return { segments: [], tornBytes: 0, next: Math.floor(clock.wall()) * 1_000 }
  }
}
