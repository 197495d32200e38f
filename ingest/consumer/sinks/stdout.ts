import { reasonOf } from '../../shared/file/file-writer.ts'
import type { ConsumerSink, ReadSink, Row } from '../sink.ts'
import { lineOf } from './line.ts'
import { patient } from './patient.ts'

/**
 * One JSON line per event on the standard output. A batch counts once the pipe has taken all of it; whether who reads
 * the pipe keeps it is theirs. A reader that stops reading holds the consumer up, one that is gone fails every write.
 */
export const stdout: ReadSink =
  ({ writeWithin }) =>
  async ({ stdout }) => ({ kind: 'open', sink: patient(sinkOf(stdout), writeWithin) })

const sinkOf = (pipe: NodeJS.WritableStream): ConsumerSink => {
  let broken: string | undefined
  // A broken pipe is told to every write below; an error event that nobody listens to would end the process.
  pipe.on('error', (error) => {
    broken = reasonOf(error)
  })

  const write = (rows: readonly Row[]): Promise<string | undefined> =>
    new Promise((resolve) => {
      const text = rows.map((row) => `${lineOf(row)}\n`).join('')
      pipe.write(text, (error) => resolve(error ? reasonOf(error) : undefined))
    })

  return {
    write: async (rows) => {
      const why = broken ?? (await write(rows))
      return why === undefined ? { kind: 'stored' } : { kind: 'failed', why: `the pipe is broken: ${why}` }
    },
    probe: async () => (broken === undefined ? undefined : `the pipe is broken: ${broken}`),
    close: async () => {},
  }
}
