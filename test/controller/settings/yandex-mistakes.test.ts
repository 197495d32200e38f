import { expect, test } from 'vitest'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { loadConfiguration } from '../../../controller/settings.ts'
import { filesOf } from '../policy/support.ts'

const subnets = { 'ru-central1-a': 'e9bexample', 'ru-central1-b': 'e2lexample' }
const template = { folder: 'b1gexample', cores: 2, memory: '4GiB', subnets }
const edge = { provider: 'yandex', slots: 3, hosts: { min: 0, max: 4 }, pricePerHour: 3.1, template }
const run = { image: 'cr.yandex/x/ingest:v1' }
const ingest = { workload: 'ingest', pool: 'edge', run, size: { min: 1, max: 9 } }

/** What `check` says, one line each; nothing where all is sound. */
function problemsOf(pool: object, { name = 'edge', policy = ingest, controller }: Also = {}): string[] {
  const named = controller === undefined ? {} : { name: controller }
  const settings = { sources: {}, pools: { [name]: { ...edge, ...pool } }, ...named }
  const files = filesOf({
    '/srv/capuchin.yaml': JSON.stringify(settings),
    '/srv/policies/ingest.yaml': JSON.stringify({ ...policy, pool: name }),
  })
  const loaded = loadConfiguration('/srv/capuchin.yaml', { files, machine: { cores: 2 } })
  return loaded.kind === 'refused' ? loaded.problems.map(sayProblem) : []
}

/** Other names of the pool and of the controller, and another policy. */
interface Also {
  name?: string
  policy?: object
  controller?: string
}

interface Mistake {
  name: string
  pool?: object
  /** Of the template. */
  template?: object
  also?: Also
  says: RegExp
}

const mistakes: Mistake[] = [
  {
    name: 'no subnet at all',
    template: { subnets: {} },
    says: /pools\.edge\.template\.subnets: needs at least one zone/,
  },
  {
    name: 'a zone that has no subnet',
    pool: { zones: ['ru-central1-a', 'ru-central1-c'] },
    says: /pools\.edge\.zones\[1\]: ru-central1-c has no subnet: template\.subnets names ru-central1-a, ru-central1-b/,
  },
  {
    name: 'an unknown key',
    template: { coers: 2 },
    says: /pools\.edge\.template\.coers: unknown key; did you mean "cores"\?/,
  },
  {
    name: 'a bound on money that nothing is held against',
    pool: { pricePerHour: undefined, maxCostPerHour: 10 },
    says: /pools\.edge\.maxCostPerHour: needs pricePerHour/,
  },
  {
    name: 'memory without its unit',
    template: { memory: 4 },
    says: /template\.memory: has to be a size such as 4GiB, not 4/,
  },
  {
    name: 'two ways of signing in',
    pool: { auth: { metadata: true, keyFile: './key.json' } },
    says: /pools\.edge\.auth: needs one of keyFile, metadata and tokenFile/,
  },
  {
    name: 'an address that VMs do not have',
    template: { address: 'nat' },
    says: /template\.address: nat needs nat: true/,
  },
  {
    name: 'a label that is ours',
    template: { labels: { 'capuchin-pool': 'x' } },
    says: /labels that begin with capuchin- are ours/,
  },
  {
    name: 'names of VMs that would be too long',
    also: { name: 'edge-for-everything-that-is-sold', controller: 'capuchin-of-the-second-team' },
    says: /names of VMs are <controller>-<pool>-<number> and have at most 63 characters/,
  },
  {
    name: 'a port that the node exporter has',
    pool: { portBase: 9098 },
    says: /pools\.edge\.portBase: port 9100 of a slot is that of the node exporter/,
  },
  {
    name: 'a workload that has a command and no image',
    also: { policy: { ...ingest, run: { command: ['node', 'main.ts'] } } },
    says: /image/,
  },
]

test('the pool that the mistakes are made in is sound', () => {
  expect(problemsOf({})).toEqual([])
})

test.for(mistakes)('$name is named by check', ({ pool, template: changes, also, says }) => {
  const found = problemsOf({ ...pool, ...(changes && { template: { ...template, ...changes } }) }, also)
  expect(found.join('\n')).toMatch(says)
})
