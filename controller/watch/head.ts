import { duration, plural } from '../decision/words.ts'
import { type Line, lengthOf, type Piece, type Tone, toned } from '../terminal/style.ts'
import { filled } from '../terminal/width.ts'
import type { Status } from '../web/status.ts'
import { verdict } from '../web/verdict.ts'
import { lateAfter, type Scene, silentAfter } from './scene.ts'

/** Who is watched and how it is, with the age of what is shown; a bar across the screen where that is old. */
export function headLines(scene: Scene): Line[] {
  const { status, url, columns } = scene
  const who = status === undefined ? 'capuchin' : `${status.controller} (epoch ${status.epoch})`
  const first = [toned('strong', who), `  ${url}`]
  const lines = [spread(first, [toned(ageTone(scene), ageWords(scene))], columns)]
  const bar = alarmBar(scene)
  if (bar !== undefined) lines.push([{ text: filled(` ${bar}`, columns), tone: 'bar' }])
  if (status !== undefined) lines.push(...summary(status, scene.now))
  return lines
}

/** Left and right, with the room between them; what is left gives way. */
function spread(left: Line, right: Line, columns: number): Line {
  const room = columns - lengthOf(left) - lengthOf(right)
  return room >= 2 ? [...left, ' '.repeat(room), ...right] : [...right, '  ', ...left]
}

const ageOf = ({ status, now }: Scene): number | undefined =>
  status === undefined ? undefined : Math.max(0, now - status.at)

function ageWords(scene: Scene): string {
  const age = ageOf(scene)
  if (age === undefined) return scene.link.kind === 'lost' ? 'no answer yet' : 'connecting ...'
  return `last tick ${duration(age)} ago`
}

function ageTone(scene: Scene): Tone {
  const { status, link } = scene
  const age = ageOf(scene)
  if (status === undefined || age === undefined) return link.kind === 'lost' ? 'bad' : 'faint'
  if (link.kind === 'lost' || age > silentAfter(status)) return 'bad'
  return age > lateAfter(status) ? 'warn' : 'good'
}

function alarmBar(scene: Scene): string | undefined {
  const { link, status, now } = scene
  if (link.kind === 'lost') {
    const since = duration(Math.max(0, now - link.since))
    const shown = status === undefined ? '' : ', and what is below is old'
    return `NO CONTROLLER for ${since}: ${link.detail}; it is tried again${shown}`
  }
  const age = ageOf(scene)
  if (status === undefined || age === undefined || age <= silentAfter(status)) return undefined
  return `NO TICK for ${duration(age)}: the controller answers, but its loop is silent (capuchin doctor)`
}

const tones: readonly Tone[] = ['good', 'warn', 'bad', 'warn']

function summary(status: Status, now: number): Line[] {
  const { code, word } = verdict(status, now)
  const { workloads, pools, overrides, operations, notices = [] } = status
  const slots = pools.reduce((sum, pool) => sum + pool.slots.total, 0)
  const used = pools.reduce((sum, pool) => sum + pool.slots.used, 0)
  const costs = pools.flatMap(({ spending }) => (spending === undefined ? [] : [spending.perHour]))
  const alarms =
    workloads.reduce((sum, one) => sum + one.alarms.length, 0) +
    pools.reduce((sum, { alarms: some = [] }) => sum + some.length, 0)
  const parts = [
    plural(workloads.length, 'workload'),
    `${used} of ${plural(slots, 'slot')} used`,
    ...(operations === 0 ? [] : [`${plural(operations, 'operation')} under way`]),
    ...(overrides.length === 0 ? [] : [plural(overrides.length, 'override')]),
    ...(costs.length === 0 ? [] : [`${costs.reduce((sum, one) => sum + one, 0).toFixed(2)} an hour`]),
  ]
  const ringing: Piece[] = alarms === 0 ? [] : [toned('bad', plural(alarms, 'alarm')), ', ']
  const line: Line = [toned(tones[code] ?? 'bad', word), ': ', ...ringing, parts.join(', ')]
  return [line, ...notices.map((notice): Line => [toned('warn', `! ${notice}`)])]
}
