import { check } from './check.ts'
import type { Command } from './command.ts'
import { down } from './down.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { status } from './status.ts'
import { test } from './test.ts'

/** The registry: one line per command. */
export const commands: readonly Command[] = [
  run,
  check,
  plan,
  status,
  test,
  schema,
  down, //
]
