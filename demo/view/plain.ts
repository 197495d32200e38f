import { sayDuration } from '../../controller/policy/duration.ts'
import { slotPicture } from '../../controller/web/words.ts'
import { textOf } from './line.ts'
import { clock, decisionOf, type Scene, whole } from './scene.ts'
import type { View } from './screen.ts'
import { introduction, toldLine } from './tale.ts'

const EVERY = 10_000

/** One line for everything that changes, and a line about the state every ten seconds: for logs and pipes. */
export function createPlain(write: (line: string) => void): View {
  let told = 0
  let next = EVERY
  let introduced = false
  return {
    show(scene) {
      if (!introduced) for (const line of introduction(scene)) write(textOf(line))
      introduced = true
      const fresh = scene.told.slice(told).filter(({ kind }) => kind !== 'hold')
      told = scene.told.length
      for (const one of fresh) write(textOf(toldLine(one, scene.began)))
      if (scene.elapsed < next) return
      next = scene.elapsed - (scene.elapsed % EVERY) + EVERY
      write(stateLine(scene))
    },
    close() {},
  }
}

/** ` 0:40  ramp up: 395 events/s, 99 each (12s mean 91, band 40 to 100); size 4 of 2..8, ready 4; hosts [##.] [##.]` */
function stateLine(scene: Scene): string {
  const { elapsed, stages, moment, load, pace, status } = scene
  const parts: string[] = []
  const decision = decisionOf(scene)
  if (load !== undefined) parts.push(`${whole(load.rate)} events/s`)
  const level = decision?.rules[0]?.level
  if (level !== undefined) {
    const { above, below } = pace.band
    parts.push(`${whole(level)} each over ${sayDuration(pace.window)} (band ${below} to ${above})`)
  }
  if (decision !== undefined) {
    const { granted, min, max, counts } = decision
    parts.push(`size ${granted} of ${min}..${max}, ready ${counts.ready}`)
  }
  const hosts = status?.pools[0]?.hosts ?? []
  if (hosts.length > 0) parts.push(`hosts ${hosts.map(({ slots }) => slotPicture(slots)).join(' ')}`)
  const name = stages[moment.stage]?.name ?? ''
  return `${clock(elapsed).padStart(5)}  -- ${name}: ${parts.join('; ')}`
}
