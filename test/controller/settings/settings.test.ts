import { describe, expect, test } from 'vitest'
import { sayProblem } from '../../../controller/policy/problem.ts'
import type { Settings } from '../../../controller/settings/read.ts'
import { type Configuration, loadConfiguration, reloadPolicies } from '../../../controller/settings.ts'
import { fault, filesOf, soundBut } from '../policy/support.ts'

const sound = `name: capuchin
tick: 15s
sources:
  main: { type: scrape, interval: 15s }
pools:
  local:
    provider: process
    slots: 3
    zones: [a, b]
    hosts: { min: 1, max: 4 }
    portBase: 8100
store: { type: file, dir: ./state }
server: { listen: 127.0.0.1:7070, tokenFile: ./token }
`
const policy = soundBut('name: cpu', 'name: cpu')
const machine = { cores: 8 }

function load(
  settings: string | Error,
  policies: Readonly<Record<string, string>> = { 'ingest.yaml': policy },
): Configuration {
  const texts = Object.entries(policies).map(([name, text]) => [`/etc/cap/policies/${name}`, text])
  const files = filesOf({ '/etc/cap/capuchin.yaml': settings, ...Object.fromEntries(texts) })
  return loadConfiguration('/etc/cap/capuchin.yaml', {
    files,
    machine,
    shown: (path) => path.replace('/etc/cap/', ''),
  })
}

function problemsOf(...given: Parameters<typeof load>): string[] {
  const outcome = load(...given)
  return outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
}

function settingsOf(text: string): Settings {
  const outcome = load(text)
  if (outcome.kind === 'refused') throw new Error(outcome.problems.map(sayProblem).join('\n'))
  return outcome.settings
}

/** The sound settings with one text replaced; throws where it is not in them. */
function but(text: string, other: string): string {
  if (!sound.includes(text)) throw new Error(`the sound settings have no ${text}`)
  return sound.replace(text, () => other)
}

describe('sound settings', () => {
  test('are what was written, with absolute paths', () => {
    const settings = settingsOf(sound)
    expect(settings).toMatchObject({
      name: 'capuchin',
      tick: 15_000,
      folder: '/etc/cap',
      stateDir: '/etc/cap/state',
      policies: '/etc/cap/policies',
      server: { listen: { host: '127.0.0.1', port: 7070 }, tokenFile: '/etc/cap/token' },
      publish: { dir: '/etc/cap/state/published' },
      log: { level: 'info' },
    })
    expect(settings.store.config).toEqual({ type: 'file', dir: '/etc/cap/state' })
    expect(settings.sources.get('main')).toMatchObject({ type: 'scrape', interval: 15_000 })
    expect(settings.pools.get('local')?.pool).toEqual({
      name: 'local',
      provider: 'process',
      slots: 3,
      cores: 8,
      zones: ['a', 'b'],
      hosts: { min: 1, max: 4 },
      spareSlots: 0,
      portBase: 8100,
      sharedAddress: true,
      bootWithin: 600_000,
      emptyFor: 120_000,
      consolidateAfter: 600_000,
      listLag: 0,
      distrustShare: 0.45,
      restarts: false,
      strays: { act: 'report', after: 3_600_000 },
      failuresInRow: 3,
    })
  })

  test('may be as short as a pool and a source', () => {
    const short =
      'sources: { main: { type: scrape } }\npools: { local: { provider: process, slots: 3, hosts: { min: 0, max: 4 } } }\n'
    const settings = settingsOf(short)
    expect(settings).toMatchObject({
      name: 'capuchin',
      tick: 15_000,
      stateDir: '/etc/cap/state',
      server: { listen: { host: '127.0.0.1', port: 7070 } },
    })
    expect(settings.server).not.toHaveProperty('tokenFile')
    expect(settings.pools.get('local')?.pool).toMatchObject({ zones: ['a'], portBase: 8100 })
  })

  test.for<{ name: string; text: string; other: string; part: object }>([
    {
      name: 'an IPv6 address to listen on',
      text: '127.0.0.1:7070',
      other: '"[::1]:7070"',
      part: { server: { listen: { host: '::1', port: 7070 } } },
    },
    {
      name: 'absolute paths stay',
      text: './state',
      other: '/var/lib/capuchin',
      part: { stateDir: '/var/lib/capuchin' },
    },
    { name: 'a tick of five minutes', text: 'tick: 15s', other: 'tick: 5m', part: { tick: 300_000 } },
    {
      name: 'a store in memory keeps a folder for the hosts',
      text: '{ type: file, dir: ./state }',
      other: '{ type: memory }',
      part: { stateDir: '/etc/cap/state' },
    },
    {
      name: 'policies elsewhere',
      text: 'name: capuchin',
      other: 'policies: /etc/cap/policies',
      part: { policies: '/etc/cap/policies' },
    },
  ])('$name', ({ text, other, part }) => {
    expect(settingsOf(but(text, other))).toMatchObject(part)
  })

  test('a cloud says how many cores its hosts have, and its listings may lag', () => {
    const cloud = but('provider: process', 'provider: memory\n    cores: 2\n    listLag: 5s')
    const command = { 'a.yaml': soundBut('slots: 1', 'slots: 1') }
    const outcome = load(cloud, command)
    expect(outcome.kind === 'loaded' && outcome.settings.pools.get('local')?.pool).toMatchObject({
      cores: 2,
      listLag: 5_000,
      sharedAddress: false,
    })
  })
})

describe('one defect is told at its very place', () => {
  test.for<[defect: string, text: string, other: string, said: string]>([
    ['a key with a slip', 'server:', 'sever:', '13: sever: unknown key; did you mean "server"?'],
    [
      'a name that cannot be a label',
      'name: capuchin',
      'name: My Capuchin',
      '1: name: has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
    ],
    [
      'a tick that the clock cannot keep',
      'tick: 15s',
      'tick: 7s',
      '2: tick: has to divide a minute or an hour evenly, such as 5s, 15s, 30s, 1m or 5m',
    ],
    [
      'a tick without a unit',
      'tick: 15s',
      'tick: 15',
      '2: tick: has to be a duration such as 15s, 5m or 1h30m, not 15',
    ],
    [
      'a source of a later version',
      'type: scrape',
      'type: etcd',
      '4: sources.main.type: etcd is not available in this version; there is prometheus, graphite, scrape, kafka, alert, scripted',
    ],
    [
      'a source with a slip',
      'type: scrape',
      'type: prometeus',
      '4: sources.main.type: has to be one of prometheus, graphite, scrape, kafka, alert, scripted, not "prometeus"; did you mean "prometheus"?',
    ],
    [
      'a source without a type',
      'type: scrape, ',
      '',
      '4: sources.main.type: is missing: one of prometheus, graphite, scrape, kafka, alert, scripted',
    ],
    [
      'a key that the source does not have',
      'interval: 15s',
      'intervall: 15s',
      '4: sources.main.intervall: unknown key; did you mean "interval"?',
    ],
    [
      'a password in an address',
      'type: scrape',
      'type: prometheus, url: "http://a:b@h"',
      '4: sources.main.url: must not hold a user or password: use basic: { username, passwordFile }',
    ],
    [
      'a provider with a slip',
      'provider: process',
      'provider: proces',
      '7: pools.local.provider: has to be one of process, yandex, memory, not "proces"; did you mean "process"?',
    ],
    [
      'a key that the pool does not have',
      'zones:',
      'zone:',
      '9: pools.local.zone: unknown key; did you mean "zones"?',
    ],
    ['no slots', '    slots: 3\n', '', '6: pools.local.slots: is missing: slots of a host'],
    ['zones that say one twice', '[a, b]', '[a, a]', '9: pools.local.zones: names a zone twice'],
    [
      'hosts upside down',
      'min: 1, max: 4',
      'min: 5, max: 4',
      '10: pools.local.hosts.min: min (5) is more than max (4)',
    ],
    [
      'more spare slots than slots',
      'portBase: 8100',
      'spareSlots: 13',
      '11: pools.local.spareSlots: 13 spare slots are more than the pool has at its most (12)',
    ],
    [
      'a bound on what nobody can count',
      'portBase: 8100',
      'maxCostPerHour: 10',
      '11: pools.local.maxCostPerHour: needs pricePerHour: what a host costs in an hour',
    ],
    [
      'ports that do not exist',
      'portBase: 8100',
      'portBase: 65530',
      '11: pools.local.portBase: ports 65530 to 65541 go beyond 65535: lower portBase, slots or hosts.max',
    ],
    [
      'ports that the server wants',
      '7070',
      '8105',
      '13: server.listen: port 8105 belongs to pool "local" (8100 to 8111)',
    ],
    [
      'an address without a port',
      '127.0.0.1:7070',
      'localhost',
      '13: server.listen: has to be an address with a port, such as 127.0.0.1:7070, not "localhost"',
    ],
    [
      'a port that does not exist',
      '7070',
      '70700',
      '13: server.listen: has to be an address with a port, such as 127.0.0.1:7070, not "127.0.0.1:70700"',
    ],
    [
      'a store of a later version',
      'type: file, dir: ./state',
      'type: etcd',
      '12: store.type: etcd is not available in this version; there is file, memory',
    ],
    [
      'a store without a folder',
      ', dir: ./state',
      '',
      '12: store.dir: is missing: the state folder; hosts of this machine keep theirs there too',
    ],
    [
      'cores of a cloud that nobody knows',
      'provider: process',
      'provider: memory',
      '6: pools.local.cores: is missing: cores of one host',
    ],
    [
      'a level that logs do not have',
      'name: capuchin',
      'log: { level: verbose }',
      '1: log.level: has to be one of fatal, error, warn, info, debug, trace, silent, not "verbose"',
    ],
    [
      'a name of a pool with a capital',
      '  local:',
      '  Local: { provider: process, slots: 1, hosts: { min: 0, max: 1 }, portBase: 9000 }\n  local:',
      '6: pools.Local: has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
    ],
    [
      'pools of this machine that want the same ports',
      '  local:',
      '  second: { provider: process, slots: 2, hosts: { min: 0, max: 2 }, portBase: 8111 }\n  local:',
      '12: pools.local.portBase: ports 8100 to 8111 overlap with those of pool "second" (8111 to 8114)',
    ],
    ['a key given twice', 'tick: 15s', 'name: other', '2: this key was given before: keep one of the two'],
  ])('%s', ([, text, other, said]) => {
    expect(problemsOf(but(text, other))).toEqual([`capuchin.yaml:${said}`])
  })

  test('pools elsewhere may use the same ports', () => {
    const two = but(
      '  local:',
      '  second: { provider: memory, cores: 2, slots: 2, hosts: { min: 0, max: 2 }, portBase: 8100 }\n  local:',
    )
    expect(problemsOf(two)).toEqual([])
  })
})

describe('all problems are told at once', () => {
  test('those of the settings and those of the policies', () => {
    const settings = but('provider: process', 'provider: proces')
      .replace('15s', '7s')
      .replace('main:', 'mian:')
      .replace('listen', 'lisen')
    const policies = {
      'a.yaml': soundBut('slots: 1', 'slots: 0'),
      'b.yaml': soundBut('pool: local', 'pool: cloud'),
    }
    expect(problemsOf(settings, policies)).toEqual([
      'capuchin.yaml:2: tick: has to divide a minute or an hour evenly, such as 5s, 15s, 30s, 1m or 5m',
      'capuchin.yaml:7: pools.local.provider: has to be one of process, yandex, memory, not "proces"; did you mean "process"?',
      'capuchin.yaml:13: server.lisen: unknown key; did you mean "listen"?',
      'policies/a.yaml:7: run.slots: has to be at least 1, not 0',
      'policies/a.yaml:15: rules[0].source: there is no source "main" in the settings; did you mean "mian"?',
      'policies/b.yaml:1: workload: "ingest" has a policy already, in policies/a.yaml:1',
      'policies/b.yaml:2: pool: there is no pool "cloud" in the settings; there is local',
      'policies/b.yaml:15: rules[0].source: there is no source "main" in the settings; did you mean "mian"?',
    ])
  })

  test('a pool that is wrong by itself is there all the same for the policies', () => {
    expect(problemsOf(but('slots: 3', 'slots: 0'))).toEqual([
      'capuchin.yaml:8: pools.local.slots: has to be at least 1, not 0',
    ])
  })

  test('a query that the source refuses is told in the policy', () => {
    const said = problemsOf(sound, { 'a.yaml': soundBut('avg(rate(', 'avg(rate((') })
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^policies\/a\.yaml:16: rules\[0\]\.query: /)
  })

  test.for<{ name: string; text: string | Error; said: string[] }>([
    { name: 'a file that is not there', text: fault('ENOENT'), said: ['capuchin.yaml: does not exist'] },
    {
      name: 'a file that may not be read',
      text: fault('EACCES'),
      said: ['capuchin.yaml: cannot be read: permission denied'],
    },
    {
      name: 'no YAML at all',
      text: '{',
      said: ['capuchin.yaml:1: not YAML: Flow map must end with a }'],
    },
    {
      name: 'a list',
      text: '- a\n',
      said: [
        'capuchin.yaml:1: has to be a mapping of keys to values, not a list',
        'policies/ingest.yaml:2: pool: there is no pool "local" in the settings; the settings have no pool',
        'policies/ingest.yaml:15: rules[0].source: there is no source "main" in the settings; the settings have no source',
      ],
    },
  ])('$name', ({ text, said }) => {
    expect(problemsOf(text)).toEqual(said)
  })

  test('an empty file and a file without pools lack them', () => {
    expect(problemsOf('', {})).toEqual([
      'capuchin.yaml:1: pools: is missing: the hosts that workloads run on: at least one pool',
      'policies: does not exist',
    ])
    expect(problemsOf('pools: {}\n', {})[0]).toBe('capuchin.yaml:1: pools: needs at least one pool')
  })
})

test('policies can be read again against settings in force, and a bad one changes nothing', () => {
  const settings = settingsOf(sound)
  const texts = { '/etc/cap/policies/a.yaml': soundBut('max: 6', 'max: 7') }
  const again = reloadPolicies(settings, { files: filesOf(texts), machine })
  expect(again).toMatchObject({ kind: 'loaded', policies: [{ size: { min: 2, max: 7 } }] })
  expect(reloadPolicies(settings, { files: filesOf({}), machine })).toEqual({
    kind: 'refused',
    problems: [{ file: '/etc/cap/policies', path: '', message: 'does not exist' }],
  })
})
