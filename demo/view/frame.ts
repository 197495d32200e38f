import type { Glyphs } from './glyphs.ts'
import { progressLines, titleLine } from './head.ts'
import { hostLines } from './hosts.ts'
import { type Line, shorten, span } from './line.ts'
import { consumerLines, levelLines, loadLines, sizeLines } from './numbers.ts'
import type { Scene } from './scene.ts'
import { storyLines } from './tale.ts'

/** The terminal as the frame has to fill it, in characters. */
export interface Room {
  width: number
  height: number
  glyphs: Glyphs
}

/** From a generous picture to the bare numbers: rows of the chart, and whether empty lines stand between the parts. */
const LAYOUTS = [
  { chart: 6, airy: true },
  { chart: 5, airy: true },
  { chart: 4, airy: true },
  { chart: 4, airy: false },
  { chart: 3, airy: false },
  { chart: 0, airy: false },
] as const

type Layout = (typeof LAYOUTS)[number]

/** Fewer sentences than this tell no story. */
const FEWEST_SENTENCES = 5
/** The demo has as many hosts at its peak; room for them is kept, so that the picture does not jump. */
const USUAL_HOSTS = 3

/** The whole picture: as many lines as the terminal has at most, none longer than it is wide. */
export function frame(scene: Scene, room: Room): Line[] {
  const { width, height, glyphs } = room
  const hosts = scene.status?.pools[0]?.hosts.length ?? 0
  const kept = Math.max(0, USUAL_HOSTS - hosts) + FEWEST_SENTENCES
  const tops = LAYOUTS.map((layout) => above(scene, room, layout))
  const top = tops.find((lines) => lines.length + kept <= height) ?? tops.at(-1) ?? []
  const left = Math.max(0, height - top.length)
  const lines = [...top, ...storyLines(scene, left)].slice(0, height)
  return lines.map((line) => shorten(line, width, glyphs.more))
}

/** Everything but the story, whose length depends on what is left. */
function above(scene: Scene, { width, glyphs }: Room, { chart, airy }: Layout): Line[] {
  const gap: Line[] = airy ? [[]] : []
  const consumers = consumerLines(scene, width, glyphs)
  return [
    titleLine(scene, width),
    ...progressLines(scene, width, glyphs),
    ...gap,
    ...loadLines(scene, width, glyphs),
    ...gap,
    ...levelLines(scene, width, chart, glyphs),
    ...sizeLines(scene, width),
    ...gap,
    ...consumers,
    ...(consumers.length === 0 ? [] : gap),
    ...hostLines(scene),
    ...gap,
    [span('What Capuchin says', 'bold')],
  ]
}
