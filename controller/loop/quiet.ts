import type { Observer } from './deps.ts'

/** Nobody wants to know: for a look that leaves no trace. */
export const quiet: Observer = {
  listed() {},
  queried() {},
  called() {},
  saved() {},
  published() {},
  decided() {},
  stepped() {},
  warned() {},
}
