import { check } from './check.ts'
import type { Command } from './command.ts'
import { down } from './down.ts'
import { explain } from './explain.ts'
import { freeze } from './freeze.ts'
import { history } from './history.ts'
import { host } from './host.ts'
import { overrides } from './overrides.ts'
import { pause } from './pause.ts'
import { pin } from './pin.ts'
import { plan } from './plan.ts'
import { resume } from './resume.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { schema } from './schema.ts'
import { status } from './status.ts'
import { test } from './test.ts'
import { thaw } from './thaw.ts'

/** The registry: one line per command. */
export const commands: readonly Command[] = [
  run,
  check,
  plan,
  status,
  explain,
  history,
  test,
  schema,
  pause,
  resume,
  pin,
  scale,
  freeze,
  thaw,
  host,
  overrides,
  down, //
]
