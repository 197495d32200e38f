import { check } from './check.ts'
import type { Command } from './command.ts'

/** The registry: one line per command. */
export const commands: readonly Command[] = [
  check, //
]
