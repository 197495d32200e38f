import type { Environment } from './launch.ts'

/** What a supervisor may use of the world. */
export interface World {
  pid: number
  now(): number
  random(): number
  env: Environment
  log(fields: object, message: string): void
}
