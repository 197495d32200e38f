import type { Answer, Series } from './prometheus-answer.ts'
import type { Range } from './prometheus-ask.ts'
import { recall } from './recall.ts'
import { type Shape, shapesOf } from './shape.ts'

/** Asks one range query and never throws. */
export type Ask = (query: string, range: Range) => Promise<Answer>

/** A query that waits to be asked, and who waits for it. */
interface Item {
  query: string
  range: Range
  shapes: readonly Shape[]
  answered: ((answer: Answer) => void)[]
}

/** An item seen as one of its shapes. */
interface Member {
  item: Item
  shape: Shape
}

/** Most values in one query: the text stays short, an answer small, and what one of them spoils is little. */
const MOST = 100
/** Queries that are remembered: more than the rules of a controller have. */
const MOST_KNOWN = 20_000
/** In a wave, answers with a warning are asked again in halves so often, to find whom it is about. */
const MOST_WARNED = 64

/**
 * Asks together what is asked in the same turn of the loop and differs in the value of one label only (see shape.ts), equal queries
 * once; the answers are those that each query would have got by itself. What goes wrong with many is asked again in halves, down
 * to single queries, so that one that is wrong is found and spoils no other. What took too long is asked in smaller parts the next
 * times, until the one that takes long is alone.
 */
export function batching(ask: Ask): Ask {
  const shapes = recall(shapesOf, MOST_KNOWN)
  const limits = createLimits()
  let wave = new Map<string, Item>()

  function flush(): void {
    const items = [...wave.values()]
    wave = new Map()
    const warned = { left: MOST_WARNED }
    for (const members of groupsOf(items))
      for (const part of limits.split(members)) void askTogether(part, warned)
  }

  async function askTogether(members: readonly Member[], warned: { left: number }): Promise<void> {
    const [first] = members
    if (first === undefined) return
    const { item, shape } = first
    const query = members.length === 1 ? item.query : shape.ask(members.map((member) => member.shape.value))
    const answer = await ask(query, item.range)
    limits.note(members, isGood(answer))
    if (members.length === 1) return give(item, answer)
    if (!isForOne(answer, warned)) return deal(members, answer)
    const half = Math.ceil(members.length / 2)
    await Promise.all([members.slice(0, half), members.slice(half)].map((part) => askTogether(part, warned)))
  }

  return (query, range) => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const key = `${query} ${keyOf(range)}`
    const known = wave.get(key)
    if (known !== undefined) {
      known.answered.push(resolve)
      return promise
    }
    if (wave.size === 0) setImmediate(flush)
    wave.set(key, { query, range, shapes: shapes(query), answered: [resolve] })
    return promise
  }
}

const keyOf = ({ start, end, step }: Range): string => `${start} ${end} ${step}`

/** Puts each item to the most others that it can be asked with. Those that go with nobody are groups of one. */
function groupsOf(items: readonly Item[]): Member[][] {
  const groups = new Map<string, Member[]>()
  for (const item of items) {
    for (const shape of item.shapes) {
      const key = `${keyOf(item.range)} ${shape.key}`
      const group = groups.get(key) ?? []
      group.push({ item, shape })
      groups.set(key, group)
    }
  }
  const taken = new Set<Item>()
  const chosen: Member[][] = []
  for (const group of [...groups.values()].toSorted((a, b) => b.length - a.length)) {
    const free = group.filter(({ item }) => !taken.has(item))
    for (const { item } of free) taken.add(item)
    if (free.length > 0) chosen.push(free)
  }
  const alone = items.filter((item) => !taken.has(item))
  return [...chosen, ...alone.map((item) => [{ item, shape: single(item) }])]
}

/** Of an item that is always alone. */
const single = ({ query }: Item): Shape => {
  return { label: '', value: '', key: query, ask: () => query, keepsLabel: true }
}

const isGood = (answer: Answer): boolean => answer.kind === 'series' && answer.warnings.length === 0

/** Whether what is wrong may be about one of many. A server that cannot be reached or does not answer is so for all. */
function isForOne(answer: Answer, warned: { left: number }): boolean {
  if (isGood(answer)) return false
  if (answer.kind === 'fault' && answer.reason === 'bad-query') return true
  if (answer.kind === 'fault' && answer.reason !== 'bad-answer') return false
  warned.left--
  return warned.left >= 0
}

function give({ answered }: Item, answer: Answer): void {
  for (const resolve of answered) resolve(answer)
}

/** Gives each member its own series, as if it had been asked alone. */
function deal(members: readonly Member[], answer: Answer): void {
  if (answer.kind === 'fault') {
    for (const { item } of members) give(item, answer)
    return
  }
  const label = members[0]?.shape.label ?? ''
  const byValue = Map.groupBy(answer.series, ({ labels }) => labels[label] ?? '')
  for (const { item, shape } of members) {
    const mine = byValue.get(shape.value) ?? []
    give(item, { ...answer, series: shape.keepsLabel ? mine : mine.map((one) => without(one, label)) })
  }
}

function without({ labels, points }: Series, label: string): Series {
  const { [label]: _, ...others } = labels
  return { labels: others, points }
}

/** How many may be asked together with a query: fewer where that went wrong, more again where it went well. */
function createLimits(): {
  split(members: readonly Member[]): Member[][]
  note(members: readonly Member[], good: boolean): void
} {
  const limits = new Map<string, number>()
  const limitOf = ({ item }: Member): number => limits.get(item.query) ?? MOST
  return {
    split(members) {
      const parts: Member[][] = []
      let part: Member[] = []
      // The least limit of a part is that of its first member.
      for (const member of members.toSorted((a, b) => limitOf(a) - limitOf(b))) {
        const [first] = part
        if (first === undefined || part.length >= limitOf(first)) {
          part = []
          parts.push(part)
        }
        part.push(member)
      }
      return parts
    },
    note(members, good) {
      if (limits.size > MOST_KNOWN) limits.clear()
      const fewer = Math.max(1, Math.floor(members.length / 4))
      for (const member of members) {
        const next = good ? 2 * limitOf(member) : fewer
        if (next >= MOST) limits.delete(member.item.query)
        else limits.set(member.item.query, next)
      }
    },
  }
}
