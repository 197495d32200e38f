import type { ReadSink } from '../sink.ts'
import { clickhouse } from './clickhouse.ts'
import { file } from './file.ts'
import { stdout } from './stdout.ts'

/** The registry: a new sink is a new file and one line here. */
const SINKS: Readonly<Record<string, ReadSink>> = {
  clickhouse,
  file,
  stdout, //
}

/** What `--sink` may say. */
export const sinkNames: readonly string[] = Object.keys(SINKS)

/** Reads the sink that `--sink` names from the flags. Throws an Error that says what is missing or wrong. */
export const readSink: (name: string, ...flags: Parameters<ReadSink>) => ReturnType<ReadSink> = (
  name,
  flags,
) => {
  const read = Object.hasOwn(SINKS, name) ? SINKS[name] : undefined
  if (read === undefined) throw new Error(`--sink ${name} is not known: say one of ${sinkNames.join(', ')}`)
  return read(flags)
}
