import type { CloudPace, ConsumerPace } from '../pace.ts'
import { totalOf } from '../progress.ts'
import type { Told } from '../story.ts'
import { type Line, span, type Tone } from './line.ts'
import { clock, consumerDecisionOf, decisionOf, type Scene } from './scene.ts'

const tones: Record<Told['kind'], Tone> = { out: 'high', in: 'low', hold: 'dim', step: 'dim', fate: 'bad' }

/** The last sentences, oldest first, and what holds at present below. Holds of the past are left out: they are many. */
export function storyLines(scene: Scene, height: number): Line[] {
  const moves = scene.told.filter(({ kind }) => kind !== 'hold')
  if (moves.length === 0) return introduction(scene).slice(0, height)
  const latest = [decisionOf(scene), consumerDecisionOf(scene)].flatMap((one) => (one ? [one] : []))
  const last = moves.slice(-latest.length).map(({ text }) => text)
  const news = latest.filter(({ sentence }) => !last.includes(sentence))
  const present = news.map(({ sentence }): Line => [span('now'.padStart(5)), span(`  ${sentence}`, 'bold')])
  const past = Math.max(0, height - present.length)
  return [
    ...moves.slice(moves.length - Math.min(past, moves.length)).map((one) => toldLine(one, scene.began)),
    ...present.slice(0, height),
  ]
}

/** ` 0:27  ingest 2 -> 3: ...`; what follows from a decision is set in below it. */
export function toldLine({ at, kind, text }: Told, began: number): Line {
  const inset = kind === 'step' ? '    ' : '  '
  return [span(clock(at - began).padStart(5), 'dim'), span(`${inset}${text}`, tones[kind])]
}

/** What is going to happen, for those who see it for the first time. */
export function introduction({ pace, stages }: Scene): Line[] {
  const { size, band, wave, consumer, cloud } = pace
  const peak = Math.max(...wave.map(({ to }) => to))
  return [
    `A wave of ${wave[0].from} to ${peak} events a second goes to ingest, a small HTTP service.`,
    `Capuchin keeps ${size.min} to ${size.max} instances of it, each within ${band.below} to ${band.above} events a second,`,
    ...(consumer === undefined ? [] : [behindKafka(consumer)]),
    ...(cloud === undefined
      ? ['on hosts that are processes of this machine. No acknowledged event may be lost.']
      : onVms(cloud)),
    `It takes about ${Math.round(totalOf(stages) / 10_000) * 10} seconds; Ctrl-C stops everything.`,
  ].map((text) => [span(text)])
}

const behindKafka = ({ size, partitions, work }: ConsumerPace): string =>
  `and ${size.min} to ${size.max} consumers behind Kafka (${partitions} partitions), which work ${work} ms on each event,`

const onVms = ({ slots, hosts }: CloudPace): string[] => [
  `on ${hosts.min} to ${hosts.max} VMs of ${slots} slots that it orders from a Yandex Cloud. The cloud is a FAKE: a process of this machine`,
  'that speaks the protocol of the real one and runs what the metadata of its VMs declares; nothing is paid.',
  'A zone will run out of capacity and a VM will be taken away. No acknowledged event may be lost: to count them,',
  'the disks of all VMs are kept, which the real cloud would delete with them.',
]
