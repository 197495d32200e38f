import { draw, type Line, type Tone, toned } from '../terminal/style.ts'
import { widthOf, wrap } from '../terminal/width.ts'
import { overrideLines } from '../web/override-words.ts'
import { timeOf } from '../web/times.ts'
import { legend } from '../web/words.ts'
import { headLines } from './head.ts'
import { poolLines } from './pool-lines.ts'
import type { News, Scene } from './scene.ts'
import { workloadLines } from './workload-lines.ts'

/** A picture of the scene: lines that are as many as it has rows, and no wider than its columns. `top`: the first line of the middle. */
export interface Frame {
  lines: string[]
  top: number
  /** As far down as the middle can be moved. */
  lowest: number
}

/** Draws a scene. Pure: the same scene makes the same frame. */
export function frameOf(scene: Scene): Frame {
  const { columns, rows, colours } = scene
  const { lines: middle, mark } = middleOf(scene)
  const foot: Line[] = rows === undefined ? [] : [footOf(scene)]
  const head = headLines(scene).slice(0, rows === undefined ? undefined : Math.max(1, rows - 1))
  const room = rows === undefined ? middle.length : Math.max(0, rows - head.length - foot.length)
  const news = newsLines(scene, rows === undefined ? 0 : roomForNews(scene, room))
  const height = room - news.length
  const lowest = Math.max(0, middle.length - height)
  const top = Math.min(lowest, Math.max(0, scene.top ?? topFor(mark, height)))
  const shown = middle.slice(top, top + height)
  const blank: Line[] = Array.from({ length: height - shown.length }, () => [])
  const all = [...head, ...shown, ...blank, ...news, ...foot]
  const cut = rows === undefined ? all : all.slice(0, rows)
  return { lines: cut.map((line) => draw(line, columns, colours)), top, lowest }
}

interface Middle {
  lines: Line[]
  /** Where the chosen workload is: first and last line. */
  mark: { from: number; to: number }
}

const nowhere = { from: 0, to: 0 }

function middleOf(scene: Scene): Middle {
  if (scene.mode === 'help') return { lines: helpLines, mark: nowhere }
  if (scene.mode === 'workload')
    return { lines: scene.detail.flatMap((text) => toldIn(text, scene.columns)), mark: nowhere }
  return listOf(scene)
}

/** A line of an explanation, which goes on below itself where it is too long. Charts are made as wide as the screen. */
function toldIn(text: string, columns: number): Line[] {
  if (widthOf(text) <= columns) return [[text]]
  const indent = /^ */.exec(text)?.[0] ?? ''
  const lines = wrap(text.trimStart(), Math.max(20, columns - indent.length - 2))
  return lines.map((line, i) => [`${indent}${i === 0 ? '' : '  '}${line}`])
}

/** Beyond so many workloads the sentences of all of them would hide the overview. */
const ROOMY = 8
const NAMES = 32

function listOf({ status, chosen, columns, now }: Scene): Middle {
  if (status === undefined) return { lines: [], mark: nowhere }
  const { workloads } = status
  const widest = Math.max(4, ...workloads.map(({ workload }) => widthOf(workload)))
  const nameWidth = Math.min(widest, NAMES, Math.max(8, Math.floor(columns / 3)))
  const isRoomy = workloads.length <= ROOMY
  const lines: Line[] = [[]]
  let mark = nowhere
  for (const decision of workloads) {
    const isChosen = decision.workload === chosen
    const from = lines.length
    lines.push(...workloadLines(decision, { columns, nameWidth, isChosen, isRoomy, now }))
    if (isChosen) mark = { from: from - 1, to: lines.length }
  }
  for (const pool of status.pools) lines.push([], ...poolLines(pool, columns, now))
  const hand = overrideLines(status.overrides, now)
  if (hand.length > 0) lines.push([], ...hand.map((text): Line => [toned('note', text)]))
  return { lines: [...lines, [], [toned('faint', legend)]], mark }
}

/** The least that has to be moved for the mark to be seen. */
const topFor = ({ from, to }: Middle['mark'], height: number): number =>
  to <= height ? 0 : Math.min(from, to - height)

/** A quarter of the screen, where there is enough of it. */
function roomForNews({ recent, mode }: Scene, room: number): number {
  if (mode !== 'list' || recent.length === 0 || room < 10) return 0
  return Math.min(recent.length + 1, Math.max(3, Math.floor(room / 4)))
}

function newsLines({ recent, columns, zone }: Scene, rows: number): Line[] {
  if (rows < 2) return []
  const title = '-- lately '
  const said = recent.slice(1 - rows).map((one) => newsLine(one, zone))
  return [[toned('faint', title + '-'.repeat(Math.max(0, columns - title.length)))], ...said]
}

const newsLine = ({ at, text, tone }: News, zone: string): Line => [
  toned('faint', `${timeOf(at, zone)} `),
  tone === 'note' ? text : toned(tone satisfies Tone, text),
]

function footOf({ mode }: Scene): Line {
  const keys =
    mode === 'list'
      ? 'q quit  ↑↓ choose a workload  enter explain it  PgUp PgDn scroll  ? help'
      : 'q quit  esc back  ↑↓ PgUp PgDn scroll  ? help'
  return [toned('faint', keys)]
}

const helpLines: Line[] = [
  [],
  [toned('strong', 'Keys')],
  ['  q, Ctrl-C        quit'],
  ['  ↑ ↓, k j         choose a workload; in its explanation: scroll'],
  ['  enter            the explanation of the chosen workload, with the chart of the last hour'],
  ['  esc, backspace   back to the list'],
  ['  PgUp PgDn, space scroll; g and G: to the top and to the end'],
  ['  r                ask the controller again at once'],
  ['  ?                this'],
  [],
  [toned('strong', 'Slots of a host')],
  [`  ${legend}`],
  [],
  [toned('strong', 'A line of a workload')],
  ['  size of min..max, its instances by state, what an operator has laid over it,'],
  ['  and each rule: what is judged, its unit, and its band [in below..out above].'],
  [],
  ['  Everything can be had as text too: capuchin status, explain, history, overrides.'],
]
