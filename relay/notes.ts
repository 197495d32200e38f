import type { Alarm } from './clock.ts'

/** What each server has is written down so often at most, in ms. */
const WRITE_EVERY = 5_000

/** Writes down soon, and not too often, what has been noted. */
export const createNotes = (alarm: Alarm, write: () => Promise<void>) => {
  let writing = Promise.resolve()
  let isDue = false

  // A folder that cannot be written is told of by those who write lines to it.
  const writeNow = () => {
    isDue = false
    writing = writing.then(write).catch(() => undefined)
    return writing
  }

  return {
    note() {
      if (isDue) return
      isDue = true
      alarm.set(WRITE_EVERY, () => void writeNow())
    },
    close() {
      alarm.clear()
      return writeNow()
    },
  }
}
