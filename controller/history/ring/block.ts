import { crc32 } from 'node:zlib'
import type { Tick, TickRule } from './tick.ts'

/**
 * The form of ring files, little-endian. A file is a row of blocks, one a tick of the controller, each of which can be found and
 * checked by itself, so that a block that was cut costs nothing but itself:
 *
 *     u32 magic, u32 length of the body, u32 CRC-32 of the body
 *     body: f64 time, f64 session, u32 number of definitions, the definitions, the records
 *     definition: u32 id, u32 length, JSON of the workload, its bounds and its rules
 *     record: u32 id of a definition, u16 number of rules, then as f32: size, wanted, ready, starting, and load, level, coverage of each rule
 *
 * A definition holds for the later blocks of its session in the same file. A workload whose rules change gets a new one, so
 * numbers are never told under the name of another rule. What is absent is NaN.
 */
export const MAGIC = Buffer.from('CRN1', 'latin1')
export const HEADER = 12
/** Time, session and number of definitions. */
export const BODY = 20
export const NUMBERS_A_RULE = 3
const SIZES = 4

/** What a record does not repeat. */
export type Definition = Pick<Tick, 'workload' | 'min' | 'max' | 'rules'>

/** Ids of definitions that the file holds already. */
export interface Known {
  session: number
  lastId: number
  byWorkload: Map<string, { id: number; definition: Definition }>
}

export const nothingKnown = (session: number): Known => ({ session, lastId: 0, byWorkload: new Map() })

/** A block of ticks that were at the same time. `known` learns the definitions that go with it. */
export function encode(ticks: readonly Tick[], known: Known): Buffer {
  const definitions: Buffer[] = []
  const ids = ticks.map((tick) => {
    const { id, isNew } = identify(tick, known)
    if (isNew) definitions.push(encodeDefinition(id, tick))
    return id
  })
  const before = HEADER + BODY + definitions.reduce((sum, { length }) => sum + length, 0)
  const block = Buffer.allocUnsafe(
    before + ticks.reduce((sum, tick) => sum + recordSize(tick.rules.length), 0),
  )
  let offset = HEADER + BODY
  for (const definition of definitions) offset += definition.copy(block, offset)
  for (const [i, tick] of ticks.entries()) offset = writeRecord(block, offset, ids[i] ?? 0, tick)
  writeHead(block, ticks[0]?.at ?? 0, known.session, definitions.length)
  return block
}

/** Before the numbers of a record. */
export const RECORD_HEAD = 6

export const recordSize = (rules: number): number => RECORD_HEAD + 4 * (SIZES + NUMBERS_A_RULE * rules)

function writeHead(block: Buffer, at: number, session: number, definitions: number): void {
  block.writeDoubleLE(at, HEADER)
  block.writeDoubleLE(session, HEADER + 8)
  block.writeUInt32LE(definitions, HEADER + 16)
  MAGIC.copy(block)
  block.writeUInt32LE(block.length - HEADER, 4)
  block.writeUInt32LE(crc32(block.subarray(HEADER)), 8)
}

function identify(tick: Tick, known: Known): { id: number; isNew: boolean } {
  const former = known.byWorkload.get(tick.workload)
  if (former !== undefined && isSame(former.definition, tick)) return { id: former.id, isNew: false }
  const id = ++known.lastId
  known.byWorkload.set(tick.workload, { id, definition: tick })
  return { id, isNew: true }
}

function isSame(a: Definition, b: Definition): boolean {
  if (a.min !== b.min || a.max !== b.max || a.rules.length !== b.rules.length) return false
  return a.rules.every((rule, i) => isSameRule(rule, b.rules[i]))
}

function isSameRule(a: TickRule, b: TickRule | undefined): boolean {
  if (b === undefined || a.name !== b.name || a.strategy !== b.strategy || a.unit !== b.unit) return false
  return a.band.above === b.band.above && a.band.below === b.band.below
}

function encodeDefinition(id: number, { workload, min, max, rules }: Definition): Buffer {
  const plain = rules.map(({ name, strategy, unit, band }) => ({ name, strategy, unit, band }))
  const json = Buffer.from(JSON.stringify({ workload, min, max, rules: plain }))
  const head = Buffer.alloc(8)
  head.writeUInt32LE(id, 0)
  head.writeUInt32LE(json.length, 4)
  return Buffer.concat([head, json])
}

function writeRecord(block: Buffer, start: number, id: number, tick: Tick): number {
  const { size, wanted, ready, starting, rules } = tick
  let offset = block.writeUInt16LE(rules.length, block.writeUInt32LE(id, start))
  for (const number of [size, wanted, ready, starting]) offset = block.writeFloatLE(number, offset)
  for (const { load, level, coverage } of rules) {
    offset = block.writeFloatLE(load ?? Number.NaN, offset)
    offset = block.writeFloatLE(level ?? Number.NaN, offset)
    offset = block.writeFloatLE(coverage ?? Number.NaN, offset)
  }
  return offset
}
