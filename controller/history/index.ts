import { z } from 'zod'
import { file } from './file.ts'
import { memory } from './memory.ts'

/** The registry: a new history is a new file and one line here. Parsing yields `{ type, config, open }`. */
export const HistorySettings = z.discriminatedUnion('type', [
  file,
  memory, //
])
