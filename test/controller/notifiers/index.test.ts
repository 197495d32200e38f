import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { NotifierSettings } from '../../../controller/notifiers/index.ts'
import { presetNames, presets } from '../../../controller/notifiers/presets.ts'
import { the } from '../../../controller/notifiers/template.ts'
import { validate } from '../../../controller/policy/issues.ts'
import { sayPath, sayProblem } from '../../../controller/policy/problem.ts'
import { readSettings } from '../../../controller/settings/read.ts'
import { filesOf } from '../policy/support.ts'

const folder = join(import.meta.dirname, '../../../controller/notifiers')

test('every notifier on disk is registered under its own name, and nothing else is', () => {
  const defines = (file: string): boolean =>
    /^export const \w+ = defineNotifier\(/m.test(readFileSync(join(folder, file), 'utf8'))
  const onDisk = readdirSync(folder)
    .filter(defines)
    .map((file) => file.replace(/\.ts$/, ''))
  const registered = NotifierSettings.options.map((option) => option.in.shape.type.value)
  expect(registered.toSorted()).toEqual(onDisk.toSorted())
})

test('every preset can be chosen', () => {
  expect(presetNames.toSorted()).toEqual(Object.keys(presets).toSorted())
})

describe('settings of notifiers', () => {
  const said = (settings: unknown): string[] =>
    validate(NotifierSettings, settings).faults.map(({ path, message }) => `${sayPath(path)}: ${message}`)
  const hook = { type: 'webhook', url: 'https://hooks.example.com/canary-secret' }

  test('defaults: alarms and what operators do, from info on, reminded of every 4 hours', () => {
    expect(NotifierSettings.parse(hook)).toMatchObject({
      common: { events: ['alarm', 'override', 'files', 'controller'], severity: 'info', timeout: 10_000 },
      repeat: 14_400_000,
    })
    expect(NotifierSettings.parse({ type: 'alertmanager', urls: ['http://a:9093'] }).repeat).toBeUndefined()
  })

  test.for<[string, object, RegExp]>([
    ['an unknown type', { type: 'webhok' }, /^type: .*did you mean "webhook"/],
    ['no address', { type: 'webhook' }, /^url: has to be there, or urlFile/],
    ['two addresses', { ...hook, urlFile: './url' }, /^url: has to be there, or urlFile, and not both/],
    [
      'an address that is none',
      { ...hook, url: 'canary-secret' },
      /^url: has to be an http or https address/,
    ],
    ['a password in it', { ...hook, url: 'http://u:canary-secret@x' }, /^url: .*without a user or password/],
    ['an unknown preset', { ...hook, preset: 'slak' }, /^preset: .*did you mean "slack"/],
    [
      'a preset and a template',
      { ...hook, preset: 'slack', template: 'x' },
      /^template: cannot stand beside/,
    ],
    ['telegram without its chat', { ...hook, preset: 'telegram' }, /^chat: belongs to preset: telegram/],
    ['a chat for others', { ...hook, chat: '1' }, /^chat: belongs to preset: telegram/],
    [
      'an unknown placeholder, where it stands',
      { ...hook, template: { blocks: [{ text: `all is ${the('titel')}` }] } },
      /^template.blocks\[0\].text: \$\{titel\} is not known; did you mean "title"/,
    ],
    ['one that is not closed', { ...hook, template: '${title' }, /^template: .*lacks its closing brace/],
    ['one that lines do not have', { ...hook, line: the('lines') }, /^line: \$\{lines\} is not known/],
    ['an event that there is not', { ...hook, events: ['alarms'] }, /^events\[0\]: .*did you mean "alarm"/],
    [
      'a header that is none',
      { ...hook, headers: { 'a b': 'x' } },
      /^headers.a b: has to be the name of a header/,
    ],
    ['no Alertmanager', { type: 'alertmanager', urls: [] }, /^urls: must not be empty/],
    [
      'a label that is none',
      { type: 'alertmanager', urls: ['http://a'], labels: { 'a-b': 'x' } },
      /^labels.a-b: /,
    ],
  ])('refused: %s', ([, settings, wanted]) => {
    const faults = said(settings)
    expect(faults).toEqual([expect.stringMatching(wanted)])
    expect(faults.join()).not.toContain('canary')
  })
})

test('check tells each fault of a notifier at its line, without what may be secret', () => {
  const text = [
    'pools: { local: { provider: process, slots: 1, hosts: { min: 1, max: 1 } } }',
    'notify:',
    '  chat:',
    '    type: webhook',
    '    url: canary-secret',
    '    template:',
    '      blocks:',
    `        - text: "${the('titel')}"`,
    '  there: { type: alertmanager, urls: ["ftp://canary-secret"] }',
    '',
  ].join('\n')
  const { problems } = readSettings('/s/capuchin.yaml', {
    files: filesOf({ '/s/capuchin.yaml': text }),
    machine: { cores: 2 },
    shown: () => 'capuchin.yaml',
  })
  const address = 'has to be an http or https address without a user or password in it'
  expect(problems.map(sayProblem)).toEqual([
    `capuchin.yaml:5: notify.chat.url: ${address}`,
    `capuchin.yaml:8: notify.chat.template.blocks[0].text: ${the('titel')} is not known; did you mean "title"?`,
    `capuchin.yaml:9: notify.there.urls[0]: ${address}`,
  ])
})
