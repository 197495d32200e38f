import { resolve } from 'node:path'
import type { NotifierSetting } from '../notifiers/index.ts'
import type { Message } from '../notifiers/notice.ts'
import type { Sent } from '../notifiers/notifier.ts'
import { hint } from '../policy/nearest.ts'
import type { Settings } from '../settings.ts'
import { type Context, command, configOption, exits, table } from './command.ts'
import { printProblems, settingsOnly } from './configuration.ts'
import { urlOf } from './remote.ts'

/** What came of asking, or of sending, as it is printed. */
interface Shown {
  name: string
  type: string
  outcome: Sent['kind']
  detail: string
}

export const notify = command({
  name: 'notify',
  summary:
    'Looks whether the notifiers of the settings can be reached, without telling them anything. With --test one is sent a message.',
  options: {
    ...configOption,
    test: {
      type: 'string',
      value: 'NAME',
      text: 'send this notifier a test message, and tell what came back',
    },
  },
  exits: {
    [exits.ok]: 'all that were asked have answered well',
    [exits.failed]: 'one has not, or the settings are wrong',
    [exits.usage]: 'wrong usage, or there is no such notifier',
  },
  async run({ values }, context) {
    const loaded = settingsOnly(values.config, context)
    if (loaded.kind === 'refused') {
      printProblems(loaded.problems, values.json, context, 'nobody was told anything')
      return exits.failed
    }
    const { settings } = loaded
    const { test } = values
    const names = [...settings.notify.keys()]
    if (test !== undefined && !settings.notify.has(test)) {
      const there =
        names.length === 0
          ? '; the settings have none'
          : hint(test, names) || `; there is ${names.join(', ')}`
      context.err(`capuchin notify: there is no notifier ${test}${there}`)
      return exits.usage
    }
    const meant = [...settings.notify].filter(([name]) => test === undefined || name === test)
    const shown = await Promise.all(
      meant.map(([name, setting]) => ask(name, setting, settings, test !== undefined, context)),
    )
    print(shown, values.json, context)
    return shown.every(({ outcome }) => outcome === 'sent') ? exits.ok : exits.failed
  },
})

async function ask(
  name: string,
  { type, common, open }: NotifierSetting,
  settings: Settings,
  isTest: boolean,
  { files, now }: Context,
): Promise<Shown> {
  const notifier = open({ now, readFile: (path) => files.read(resolve(settings.folder, path)) })
  const signal = AbortSignal.timeout(common.timeout)
  const { kind: outcome, detail } = isTest
    ? await notifier.send(testMessage(settings, common.link, now()), signal)
    : await notifier.check(signal)
  notifier.close()
  return { name, type, outcome, detail }
}

/** For an Alertmanager it fires until it counts as over by itself, so that it can be seen to go all of its way. */
function testMessage(settings: Settings, link: string | undefined, at: number): Message {
  const text = 'this is a test of notifications; nothing is wrong'
  const about = { event: 'controller', kind: 'test', severity: 'info', subject: {}, text } as const
  const notice = { ...about, at, status: 'firing', key: 'controller test', since: at } as const
  return { controller: settings.name, url: link ?? urlOf(settings), at, notices: [notice], more: 0 }
}

function print(shown: readonly Shown[], json: boolean | undefined, context: Context): void {
  if (json === true) {
    const ok = shown.every(({ outcome }) => outcome === 'sent')
    context.out(JSON.stringify({ ok, notifiers: shown }, null, 2))
    return
  }
  if (shown.length === 0) context.out('nobody is notified: the settings have no notify')
  const rows = shown.map(({ name, type, outcome, detail }) => {
    return [`${name} (${type})`, `${outcome === 'sent' ? 'ok' : outcome}: ${detail}`] as const
  })
  if (rows.length > 0) context.out(table(rows))
}
