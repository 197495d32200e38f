import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { BODY, type Definition, HEADER, MAGIC, NUMBERS_A_RULE, RECORD_HEAD, recordSize } from './block.ts'
import type { NumbersQuery, Tick, TickRule } from './tick.ts'

const DefinitionSchema = z.object({
  workload: z.string(),
  min: z.number(),
  max: z.number(),
  rules: z.array(
    z.object({
      name: z.string(),
      strategy: z.string(),
      unit: z.string(),
      band: z.object({ above: z.number().exactOptional(), below: z.number().exactOptional() }),
    }),
  ),
})

/** Of one session, by id. */
type Definitions = Map<number, Definition>

/** The ticks in a file that a query asks for. `cut` is told where bytes are no block. */
export function decode(file: Buffer, query: NumbersQuery, cut: (offset: number) => void): Tick[] {
  const ticks: Tick[] = []
  const sessions = new Map<number, Definitions>()
  for (const body of blocksOf(file, cut)) {
    const session = body.readDoubleLE(8)
    const definitions = sessions.get(session) ?? new Map()
    sessions.set(session, definitions)
    const records = learn(body, definitions)
    const at = body.readDoubleLE(0)
    if (at < query.from || at > query.to) continue
    const tick = find(body, records, at, definitions, query.workload)
    if (tick !== undefined) ticks.push(tick)
  }
  return ticks
}

/** The time of the first block; undefined when the file does not begin with a whole head. */
export function firstTime(beginning: Buffer): number | undefined {
  if (beginning.length < HEADER + 8 || !beginning.subarray(0, 4).equals(MAGIC)) return undefined
  return beginning.readDoubleLE(HEADER)
}

/** The bodies of whole blocks. After bytes that are none it goes on where the next block begins. */
function* blocksOf(file: Buffer, cut: (offset: number) => void): Generator<Buffer> {
  let offset = 0
  while (offset < file.length) {
    const body = bodyAt(file, offset)
    if (body !== undefined) {
      yield body
      offset += HEADER + body.length
      continue
    }
    cut(offset)
    const next = file.indexOf(MAGIC, offset + 1)
    if (next === -1) return
    offset = next
  }
}

function bodyAt(file: Buffer, offset: number): Buffer | undefined {
  if (file.length - offset < HEADER + BODY || !file.subarray(offset, offset + 4).equals(MAGIC))
    return undefined
  const length = file.readUInt32LE(offset + 4)
  const begin = offset + HEADER
  if (length < BODY || begin + length > file.length) return undefined
  const body = file.subarray(begin, begin + length)
  return crc32(body) === file.readUInt32LE(offset + 8) ? body : undefined
}

/** Takes in the definitions of a block; answers where its records begin. */
function learn(body: Buffer, definitions: Definitions): number {
  let offset = BODY
  for (let left = body.readUInt32LE(16); left > 0 && offset + 8 <= body.length; left--) {
    const end = offset + 8 + body.readUInt32LE(offset + 4)
    const definition = parse(body.toString('utf8', offset + 8, end))
    if (definition !== undefined) definitions.set(body.readUInt32LE(offset), definition)
    offset = end
  }
  return offset
}

function parse(text: string): Definition | undefined {
  try {
    return DefinitionSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The record of a workload. One whose definition was in a block that was cut is nobody's. */
function find(
  body: Buffer,
  start: number,
  at: number,
  definitions: Definitions,
  workload: string,
): Tick | undefined {
  let offset = start
  while (offset + RECORD_HEAD <= body.length) {
    const rules = body.readUInt16LE(offset + 4)
    const definition = definitions.get(body.readUInt32LE(offset))
    const end = offset + recordSize(rules)
    if (end > body.length) return undefined
    if (definition?.workload === workload && definition.rules.length === rules)
      return read(body, offset + RECORD_HEAD, at, definition)
    offset = end
  }
  return undefined
}

function read(body: Buffer, start: number, at: number, { workload, min, max, rules }: Definition): Tick {
  const float = (index: number): number => body.readFloatLE(start + 4 * index)
  const [size, wanted, ready, starting] = [float(0), float(1), float(2), float(3)]
  const told = rules.map((rule, i): TickRule => {
    const first = 4 + NUMBERS_A_RULE * i
    const [load, level, coverage] = [float(first), float(first + 1), float(first + 2)]
    return {
      ...rule,
      ...(!Number.isNaN(load) && { load: rounded(load) }),
      ...(!Number.isNaN(level) && { level: rounded(level) }),
      ...(!Number.isNaN(coverage) && { coverage: rounded(coverage) }),
    }
  })
  return { workload, at, min, max, size, wanted, ready, starting, rules: told }
}

/** A 32-bit float holds seven digits; more of them would be noise. */
const rounded = (number: number): number => Number(number.toPrecision(7))
