import type { Connection } from '@platformatic/kafka'
import { type Fault, fault } from './fault.ts'
import type { Library, Links } from './kafka-links.ts'

/** What a look needs. */
export interface Means {
  library: Library
  links: Links
  /** A connection that is open: anything but offsets and groups can be asked there. */
  connection: Connection
}

/**
 * The answer to a request, also where parts of it are errors: the library rejects then, with the whole answer in its error, in which
 * each part has its code.
 */
export async function answered<T>(asked: Promise<T>, { ResponseError }: Library): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    const response: T = error['response']
    return response
  }
}

/** What came of asking one broker of several: a broker that fails must not take the others along. */
export async function orFault<T>(asked: Promise<T>): Promise<T | Fault> {
  try {
    return await asked
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    return fault('unreachable', message === '' ? 'its broker cannot be asked' : `its broker says: ${message}`)
  }
}
