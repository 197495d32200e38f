import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 looks after requests held back by a throttle every millisecond, for ever and on every connection, also
 * when none is held back: 6 % of a core for doing nothing, and on Node 24 a TimeoutNegativeWarning as well. Here it looks
 * only while there are some. Where a later kafkajs is built otherwise nothing is changed.
 */
export const quietenRequestQueue = (): void => {
  const queue = prototypeOf(createRequire(import.meta.url)('kafkajs/src/network/requestQueue'))
  const original: unknown = queue === undefined ? undefined : Reflect.get(queue, METHOD)
  if (queue === undefined || typeof original !== 'function' || QUIET in original) return
  const quiet = function (this: { pending: readonly unknown[] }) {
    if (this.pending.length > 0) Reflect.apply(original, this, [])
  }
  Reflect.set(queue, METHOD, Object.assign(quiet, { [QUIET]: true }))
}

const METHOD = 'scheduleCheckPendingRequests'
const QUIET = Symbol('quiet')

const prototypeOf = (type: unknown): object | undefined => {
  if (typeof type !== 'function') return undefined
  const prototype: unknown = type.prototype
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined
}
