import { sayDuration } from '../../controller/policy/duration.ts'
import { slotPicture } from '../../controller/web/words.ts'
import { textOf } from './line.ts'
import { clock, consumerDecisionOf, decisionOf, lagOf, type Scene, whole } from './scene.ts'
import type { View } from './screen.ts'
import { introduction, toldLine } from './tale.ts'
import { sayCost } from './zones.ts'

const EVERY = 10_000

/** One line for everything that changes, and a line about the state every ten seconds: for logs and pipes. */
export function createPlain(write: (line: string) => void): View {
  let told = 0
  let next = EVERY
  let introduced = false
  let closed = false
  return {
    show(scene) {
      if (closed) return
      if (!introduced) for (const line of introduction(scene)) write(textOf(line))
      introduced = true
      const fresh = scene.told.slice(told).filter(({ kind }) => kind !== 'hold')
      told = scene.told.length
      for (const one of fresh) write(textOf(toldLine(one, scene.began)))
      if (scene.elapsed < next) return
      next = scene.elapsed - (scene.elapsed % EVERY) + EVERY
      write(stateLine(scene))
    },
    close() {
      closed = true
    },
  }
}

/** ` 0:40  -- ramp up: 395 events/s; 91 each (12s mean, band 40 to 100); size 4 of 2..8, ready 4; hosts [##.] [##.]` */
function stateLine(scene: Scene): string {
  const { elapsed, stages, moment, load, status } = scene
  const parts = [...judgedParts(scene), ...consumerParts(scene)]
  if (load !== undefined) parts.unshift(`${whole(load.rate)} events/s`)
  const hosts = status?.pools[0]?.hosts ?? []
  const what = scene.pace.cloud === undefined ? 'hosts' : 'VMs'
  if (hosts.length > 0) parts.push(`${what} ${hosts.map(({ slots }) => slotPicture(slots)).join(' ')}`)
  const cost = sayCost(scene)
  if (cost !== undefined) parts.push(cost)
  const name = stages[moment.stage]?.name ?? ''
  return `${clock(elapsed).padStart(5)}  -- ${name}: ${parts.join('; ')}`
}

/** `backlog 1,234; consumers 3 of 2..6, ready 2` */
function consumerParts(scene: Scene): string[] {
  const decision = consumerDecisionOf(scene)
  if (decision === undefined) return []
  const { granted, min, max, counts } = decision
  const lag = lagOf(scene.status)
  const backlog = lag === undefined ? [] : [`backlog ${whole(lag)}`]
  return [...backlog, `consumers ${granted} of ${min}..${max}, ready ${counts.ready}`]
}

function judgedParts(scene: Scene): string[] {
  const decision = decisionOf(scene)
  if (decision === undefined) return []
  const { granted, min, max, counts, rules } = decision
  const size = `size ${granted} of ${min}..${max}, ready ${counts.ready}`
  const level = rules[0]?.level
  if (level === undefined) return [size]
  const { above, below } = scene.pace.band
  const mean = `${sayDuration(scene.pace.window)} mean`
  return [`${whole(level)} each (${mean}, band ${below} to ${above})`, size]
}
