import { run } from '../../relay/app.ts'
import { FLAGS } from '../../relay/usage.ts'
import type { Command, Options } from './command.ts'

const options: Options = {
  ...Object.fromEntries(
    Object.entries(FLAGS).map(([name, { value, text }]) => [name, { type: 'string', value, text }]),
  ),
  json: { type: 'boolean', text: 'its log is JSON lines in any case' },
  help: { type: 'boolean', short: 'h', text: 'print this' },
}

/**
 * Runs the relay in this process. Its options, help and exit codes are its own, as it stands alone: on a host it is started as
 * `node relay/main.ts`, which loads nothing of the controller and takes less memory.
 */
export const relay: Command = {
  name: 'relay',
  summary: 'Takes Graphite lines on a host and brings them to Graphite, through outages and restarts.',
  options,
  async run(argv, context) {
    const stopped = () => {
      const signal = context.stopped()
      return new Promise<string>((resolve) => {
        const told = () => resolve(String(signal.reason))
        if (signal.aborted) told()
        else signal.addEventListener('abort', told, { once: true })
      })
    }
    return await run(argv, {
      env: context.env,
      out: (text) => context.out(text.trimEnd()),
      err: (text) => context.err(text.trimEnd()),
      stopped,
    })
  },
}
