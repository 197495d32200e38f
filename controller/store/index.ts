import { z } from 'zod'
import { file } from './file.ts'
import { memory } from './memory.ts'

/** The registry: a new store is a new file and one line here. Parsing yields `{ type, config, open }`. */
export const StoreSettings = z.discriminatedUnion('type', [
  file,
  memory, //
])
