import { writeFile } from 'node:fs/promises'
import { JVM } from '../../scripts/kafka/broker.ts'
import { fetchKafka } from '../../scripts/kafka/home.ts'
import { type Broker, startKafka } from '../../test/support/kafka.ts'
import { cleanUp } from '../../test/support/process.ts'
import { measure, type Plan } from './bench.ts'
import { CELLS } from './cells.ts'
import { isLoss } from './figures.ts'
import { conditionsOf, hasWrk } from './machine.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { buildReference } from './reference.ts'
import { removeFolders } from './servers.ts'
import { type Found, sayFound } from './tables.ts'

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

async function prepare(options: Options): Promise<Plan> {
  tell('Looking for Kafka; it is fetched with mvn where it is missing, which may take minutes')
  const kafka = fetchKafka(process.env)
  if (kafka.kind === 'missing') tell(`Without Kafka: ${kafka.why}`)
  if (options.reference !== undefined) tell('Building the Go reference, which may take a minute')
  const reference = await buildReference(options.reference)
  if (reference.kind === 'missing') tell(`Without the Go reference: ${reference.why}`)
  const conditions = conditionsOf(reference.kind === 'built' ? reference.versions : `none: ${reference.why}`)
  const broker: Broker | undefined = kafka.kind === 'found' ? await startKafka({ jvm: JVM }) : undefined
  const program = reference.kind === 'built' ? reference.program : undefined
  return { options, conditions, broker, reference: program, wrk: hasWrk(), tell }
}

async function bench(options: Options): Promise<number> {
  const found = await measure(await prepare(options))
  const text = sayFound(found)
  process.stdout.write(text)
  if (options.markdown !== undefined) await writeFile(options.markdown, text)
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(found, null, 2)}\n`)
  return verdict(found)
}

function verdict({ runs, hold, missing }: Found): number {
  const lost = [...runs, ...(hold === undefined ? [] : [hold])].flatMap(({ cell, contender, flaws }) =>
    flaws.filter(isLoss).map((flaw) => `${cell}, ${contender}: ${flaw}`),
  )
  for (const text of [...lost, ...missing]) tell(text)
  return lost.length + missing.length > 0 ? 1 : 0
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2))
  if (parsed.kind === 'run') return bench(parsed.options)
  if (parsed.kind === 'help') process.stdout.write(usage)
  if (parsed.kind === 'list')
    process.stdout.write(
      CELLS.map(({ name, into, title }) => `${name.padEnd(20)} ${into}: ${title}\n`).join(''),
    )
  if (parsed.kind === 'wrong') tell(`bench: ${parsed.why}\nTry --help.`)
  return parsed.kind === 'wrong' ? 2 : 0
}

const interrupted = new Promise<number>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(130))
})

const failed = (error: unknown): number => {
  tell(`bench: ${error instanceof Error ? error.message : String(error)}`)
  return 1
}

// Whatever happens, nothing that was started goes on, and no folder stays.
const code = await Promise.race([main().catch(failed), interrupted])
await cleanUp()
await removeFolders()
process.exit(code)
