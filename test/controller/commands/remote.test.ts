import { describe, expect, test } from 'vitest'
import { controllerOf, type WhichValues, whichController } from '../../../controller/commands/remote.ts'
import type { Settings } from '../../../controller/settings.ts'
import { filesOf } from '../policy/support.ts'
import { witness } from './support.ts'

const settings = `pools: { edge: { provider: process, slots: 3, hosts: { min: 1, max: 2 }, portBase: 45100 } }\n`
const files = filesOf({
  '/srv/capuchin.yaml': `${settings}server: { listen: "0.0.0.0:7070" }\n`,
  '/srv/other.yaml': `${settings}server: { listen: "[::1]:7171", tls: { cert: ./x.crt, key: ./x.key } }\n`,
  '/srv/open.yaml': `${settings}server: { listen: "10.0.0.1:7070", reads: open }\n`,
  '/srv/bad.yaml': 'pools: {}\n',
})

const which = (values: Partial<WhichValues>, env: Record<string, string> = {}) =>
  whichController({ config: 'capuchin.yaml', ...values }, { ...witness(files), env })

const CAPUCHIN_URL = 'https://ops.example/capuchin/'

describe('which controller is meant', () => {
  test.for<{
    name: string
    values?: Partial<WhichValues>
    env?: Record<string, string>
    is: { kind: string; url?: string; byToken?: boolean; message?: RegExp }
  }>([
    {
      name: 'that of the settings; a wildcard address is asked on loopback, where reads need the token',
      is: { kind: 'local', url: 'http://127.0.0.1:7070', byToken: true },
    },
    {
      name: 'that of other settings, by HTTPS, open on loopback',
      values: { config: 'other.yaml' },
      is: { kind: 'local', url: 'https://[::1]:7171', byToken: false },
    },
    {
      name: 'one that lets everybody read is not shown the token',
      values: { config: 'open.yaml' },
      is: { kind: 'local', url: 'http://10.0.0.1:7070', byToken: false },
    },
    {
      name: 'that of the option, below a path',
      values: { url: 'https://ops.example/capuchin//' },
      is: { kind: 'remote', url: 'https://ops.example/capuchin', byToken: true },
    },
    {
      name: 'that of the environment',
      env: { CAPUCHIN_URL },
      is: { kind: 'remote', url: 'https://ops.example/capuchin' },
    },
    {
      name: 'the option comes before the environment',
      values: { url: 'http://[::1]:7070' },
      env: { CAPUCHIN_URL },
      is: { kind: 'remote', url: 'http://[::1]:7070' },
    },
    {
      name: 'settings that are named come before the environment',
      values: { config: 'other.yaml' },
      env: { CAPUCHIN_URL },
      is: { kind: 'local', url: 'https://[::1]:7171' },
    },
    {
      name: 'an empty environment means nothing',
      env: { CAPUCHIN_URL: '', CAPUCHIN_TOKEN_FILE: '', CAPUCHIN_CA: '' },
      is: { kind: 'local', url: 'http://127.0.0.1:7070' },
    },
    { name: 'settings that are refused', values: { config: 'bad.yaml' }, is: { kind: 'refused' } },
    {
      name: 'two at once',
      values: { url: CAPUCHIN_URL, config: 'other.yaml' },
      is: { kind: 'wrong', message: /say one of them/ },
    },
    {
      name: 'a certificate without an address',
      values: { ca: 'x' },
      is: { kind: 'wrong', message: /^--ca goes with --url$/ },
    },
    {
      name: 'a host without a scheme',
      values: { url: 'ops.example:7070' },
      is: { kind: 'wrong', message: /is no address of a controller: say http:\/\/HOST:PORT/ },
    },
    {
      name: 'a password in the address, which is not told',
      values: { url: 'https://:hunter2@ops.example' },
      is: { kind: 'wrong', message: /^(?!.*hunter2)/ },
    },
    {
      name: 'a query in the address',
      values: { url: 'https://ops.example?x' },
      is: { kind: 'wrong', message: /without user, password or query/ },
    },
  ])('$name', async ({ values = {}, env = {}, is }) => {
    const found = await which(values, env)
    expect(found.kind).toBe(is.kind)
    if ('controller' in found) expect(found.controller.url).toBe(is.url)
    if ('controller' in found && is.byToken !== undefined)
      expect(found.controller.readsByToken).toBe(is.byToken)
    if (found.kind === 'wrong') expect(found.message).toMatch(is.message ?? /never/)
  })
})

test('a certificate that cannot be read fails the question, and nothing else', async () => {
  const outcome = await which({ config: 'other.yaml' })
  if (outcome.kind !== 'local') throw new Error('it is local')
  const given: Settings = outcome.settings
  const { fetch, url } = controllerOf(given, witness(files))
  await expect(fetch(url)).rejects.toThrow('ENOENT')
})
