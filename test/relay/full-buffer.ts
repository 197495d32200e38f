import type { openRelay } from '../../relay/relay.ts'
import { type MemoryFolder, memoryFolder } from './folders.ts'
import { beginStory, missing, optionsOf } from './story.ts'

const LIMIT = 4 * 2 ** 20
const NAME = 'x'.repeat(100)

/**
 * Graphite is away until twice of what the buffer may hold has come in, with a restart of the relay in between; then it is back. Answers
 * what is wrong: too many bytes, something else lost than the oldest, or other lines counted than are lost.
 */
export const tellFullBuffer = async (open: typeof openRelay): Promise<string[]> => {
  const folder = memoryFolder()
  const options = optionsOf('--buffer', '4MiB', '--report', 'off', '--resend-rate', '20000')
  const story = await beginStory({ open, folder, options })
  const faults: string[] = []
  const dropped = () => story.relay().figures().servers[0]?.dropped.full ?? 0
  let before = 0
  story.carbon.set('killed')
  for (let burst = 0; burst < 70; burst++) {
    for (let line = 0; line < 1_000; line++) story.send(NAME)
    await story.pass(1_000)
    if (bytesOf(folder) > LIMIT) faults.push(`${bytesOf(folder)} bytes at burst ${burst}`)
    if (burst !== 50) continue
    before = dropped()
    story.kill()
    await story.start()
  }
  story.carbon.set('up')
  await story.pass(120_000)
  const lost = missing(story)
  const counted = before + dropped()
  if (counted === 0) faults.push('nothing was dropped')
  if (counted !== lost.length) faults.push(`${counted} are counted as dropped, ${lost.length} are`)
  const oldest = [...story.sent.keys()].slice(0, lost.length)
  if (lost.some((line, at) => line !== oldest[at])) faults.push('others than the oldest are lost')
  return faults
}

const bytesOf = (folder: MemoryFolder): number =>
  [...folder.files].reduce((bytes, [name, file]) => bytes + (name.endsWith('.lines') ? file.length : 0), 0)
