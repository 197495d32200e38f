import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Row } from './sink.ts'

/** What a transform is told about an event besides the event. `timestamp` in epoch milliseconds. */
export type Meta = Pick<Row, 'topic' | 'partition' | 'offset' | 'timestamp' | 'id'>

/**
 * What is done to every event on its way: answers the event to store (the same object, or another one), or undefined to
 * drop it. Throws when it cannot tell; the event is then set aside as a dead letter.
 */
export type Transform = (event: Record<string, unknown>, meta: Meta) => unknown

/** The transform of a file, or the sentence that says why there is none. */
export type Loaded = { kind: 'loaded'; transform: Transform } | { kind: 'refused'; why: string }

/** Loads the module and takes its export `transform`. Never rejects. */
export const loadTransform = async (file: string): Promise<Loaded> => {
  try {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(file)).href)
    return accepted(file, module['transform'])
  } catch (error) {
    return refused(file, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const accepted = (file: string, transform: unknown): Loaded => {
  if (!isFunction(transform)) return refused(file, 'has no export `transform` that is a function')
  // Events keep their order and offsets their meaning only because a transform answers at once.
  if (transform.constructor.name === 'AsyncFunction') {
    return refused(file, 'exports an async transform: it has to answer at once')
  }
  return { kind: 'loaded', transform }
}

const isFunction = (value: unknown): value is Transform => typeof value === 'function'

const refused = (file: string, why: string): Loaded => ({
  kind: 'refused',
  why: `--transform ${file} ${why}`,
})
