import { type App, startApp } from '../app.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems, printRefusal } from './configuration.ts'

export const run = command({
  name: 'run',
  summary: 'Runs the controller until it is told to stop. That stops no host: `capuchin down` does.',
  options: configOption,
  exits: {
    [exits.ok]: 'it was told to stop',
    [exits.failed]: 'it could not start, or had to end by itself',
    [exits.usage]: 'wrong usage',
    137: 'it had to end by itself while a disk or the like hung, and was killed for it',
  },
  async run({ values }, context) {
    const outcome = configuration(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, values.json, context, 'nothing was started')
      return exits.failed
    }
    const started = await startApp(outcome.settings, outcome.policies, context)
    if (started.kind === 'running') return await attend(started.app, context)
    printRefusal('run', started.detail, values.json, context)
    return exits.failed
  },
})

/** Waits until the controller is told to stop, or has to. */
async function attend(app: App, context: Context): Promise<number> {
  const stopped = context.stopped()
  const told = new Promise<undefined>((resolve) => {
    if (stopped.aborted) resolve(undefined)
    stopped.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const why = await Promise.race([told, app.ended])
  const end = await app.stop()
  if (why === undefined && end === 'stopped') return exits.ok
  context.err(`capuchin run: ${why === undefined ? 'its last tick hangs' : `it had to end: ${why}`}`)
  return exits.failed
}
