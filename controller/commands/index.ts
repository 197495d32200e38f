import type { Registry } from './command.ts'

/**
 * The registry: one line per command. Each is loaded when it is asked for, since what all of them need together takes longer to load
 * than many of them take to answer.
 */
export const commands: Registry = {
  run: async () => (await import('./run.ts')).run,
  check: async () => (await import('./check.ts')).check,
  plan: async () => (await import('./plan.ts')).plan,
  status: async () => (await import('./status.ts')).status,
  watch: async () => (await import('./watch.ts')).watch,
  explain: async () => (await import('./explain.ts')).explain,
  cost: async () => (await import('./cost.ts')).cost,
  history: async () => (await import('./history.ts')).history,
  logs: async () => (await import('./logs.ts')).logs,
  test: async () => (await import('./test.ts')).test,
  schema: async () => (await import('./schema.ts')).schema,
  pause: async () => (await import('./pause.ts')).pause,
  resume: async () => (await import('./resume.ts')).resume,
  pin: async () => (await import('./pin.ts')).pin,
  scale: async () => (await import('./scale.ts')).scale,
  freeze: async () => (await import('./freeze.ts')).freeze,
  thaw: async () => (await import('./thaw.ts')).thaw,
  host: async () => (await import('./host.ts')).host,
  overrides: async () => (await import('./overrides.ts')).overrides,
  notify: async () => (await import('./notify.ts')).notify,
  down: async () => (await import('./down.ts')).down,
  completion: async () => (await import('./completion.ts')).completion,
  complete: async () => (await import('./complete.ts')).complete,
  relay: async () => (await import('./relay.ts')).relay,
  doctor: async () => (await import('./doctor.ts')).doctor,
}
