import type { Alarm } from './clock.ts'
import type { Log } from './log.ts'
import type { Loss } from './spool.ts'

/** Says that the disk has begun to fail, or (undefined) works again. */
export const tellOfDisk = (log: Log, why: string | undefined) => {
  if (why === undefined) log.info({}, 'the buffer can be written again')
  else
    log.error(
      { why },
      'the buffer cannot be written: lines wait in memory, and the oldest are lost when that is full',
    )
}

/** Says that lines are lost: at once, and then once a minute how many. */
export const createLosses = (log: Log, alarm: Alarm) => {
  let since = new Map<string, number>()
  let isQuiet = false

  const speak = () => {
    isQuiet = since.size > 0
    if (!isQuiet) return
    for (const [what, lines] of since) {
      const [server, reason] = what.split(' ')
      log.error({ server, reason, lines }, 'lines are lost')
    }
    since = new Map()
    alarm.set(60_000, speak)
  }

  const tell = (server: string, lines: number, why: Loss) => {
    if (lines === 0) return
    const what = `${server} ${why}`
    since.set(what, (since.get(what) ?? 0) + lines)
    if (!isQuiet) speak()
  }

  return { tell }
}
