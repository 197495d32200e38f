import type { FileWriter } from '../../shared/file/file-writer.ts'
import { type OpenDisk, openDisk, openEventFile } from '../../shared/file/open-file.ts'
import type { ConsumerSink, ReadSink } from '../sink.ts'
import { lineOf } from './line.ts'
import { patient } from './patient.ts'

/**
 * One JSON line per event in DIR/events.jsonl, durable before it counts. Rows that come again are there again: who reads
 * the file tells them by topic, partition and offset.
 */
export const fileOn =
  (disk: OpenDisk): ReadSink =>
  ({ dir, writeWithin }) => {
    if (!dir) throw new Error('--dir is missing: say in which folder the file sink keeps the events')
    return async () => {
      const opened = await openEventFile(dir, disk)
      if (opened.kind === 'refused') return opened
      return { kind: 'open', sink: patient(sinkOf(opened.writer), writeWithin) }
    }
  }

/** The sink on the real file system. */
export const file: ReadSink = fileOn(openDisk)

const sinkOf = (writer: FileWriter): ConsumerSink => ({
  write: async (rows) => {
    const written = await writer.write(rows.map((row) => Buffer.from(lineOf(row))))
    return written.kind === 'stored' ? { kind: 'stored' } : written
  },
  probe: () => writer.probe(),
  close: () => writer.close(),
})
