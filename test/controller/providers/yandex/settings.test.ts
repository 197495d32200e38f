import { describe, expect, test } from 'vitest'
import { sayProblem } from '../../../../controller/policy/problem.ts'
import { saySize } from '../../../../controller/providers/yandex/size.ts'
import { loadSettings } from '../../../../controller/settings.ts'
import { filesOf } from '../../policy/support.ts'

const sound = `name: capuchin
pools:
  edge:
    provider: yandex
    slots: 3
    hosts: { min: 2, max: 12 }
    template:
      folder: b1gfolder
      cores: 2
      memory: 4GiB
      subnets: { ru-central1-a: e9bsubnet, ru-central1-b: e2lsubnet }
`

function load(text: string) {
  const files = filesOf({ '/etc/cap/capuchin.yaml': text })
  const shown = (path: string): string => path.replace('/etc/cap/', '')
  return loadSettings('/etc/cap/capuchin.yaml', { files, machine: { cores: 8 }, shown })
}

function problemsOf(text: string): string[] {
  const outcome = load(text)
  return outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
}

function poolOf(text: string) {
  const outcome = load(text)
  if (outcome.kind === 'refused') throw new Error(outcome.problems.map(sayProblem).join('\n'))
  return outcome.settings.pools.get('edge')?.pool
}

const but = (text: string, other: string): string => {
  if (!sound.includes(text)) throw new Error(`the sound settings have no ${text}`)
  return sound.replace(text, () => other)
}

describe('a pool on Yandex Cloud', () => {
  test('takes zones from its subnets and cores from its template, and can start hosts again', () => {
    expect(poolOf(sound)).toMatchObject({
      zones: ['ru-central1-a', 'ru-central1-b'],
      cores: 2,
      restarts: true,
      sharedAddress: false,
      listLag: 60_000,
    })
  })

  test('counts of each core only what is guaranteed, unless the pool says how many there are', () => {
    expect(poolOf(but('cores: 2', 'cores: 2\n      coreFraction: 20'))?.cores).toBe(0.4)
    expect(poolOf(but('slots: 3', 'slots: 3\n    cores: 1.5'))?.cores).toBe(1.5)
  })

  test("keeps what is its provider's to its provider", () => {
    expect(Object.keys(poolOf(sound) ?? {})).not.toContain('template')
  })

  test.for([
    [
      'no template',
      sound.slice(0, sound.indexOf('    template')),
      '3: pools.edge.template: is missing: how its VMs are made',
    ],
    [
      'no memory',
      but('      memory: 4GiB\n', ''),
      '7: pools.edge.template.memory: is missing: a size such as 4GiB',
    ],
    [
      'memory without a unit',
      but('4GiB', '4'),
      '10: pools.edge.template.memory: has to be a size such as 4GiB, not 4',
    ],
    [
      'memory of nothing',
      but('4GiB', '0GiB'),
      '10: pools.edge.template.memory: has to be a size such as 4GiB, not "0GiB"',
    ],
    [
      'no subnet at all',
      but('{ ru-central1-a: e9bsubnet, ru-central1-b: e2lsubnet }', '{}'),
      '11: pools.edge.template.subnets: needs at least one zone',
    ],
    [
      'a zone that has no subnet',
      but('slots: 3', 'slots: 3\n    zones: [ru-central1-a, ru-central1-d]'),
      '6: pools.edge.zones[1]: ru-central1-d has no subnet: template.subnets names ru-central1-a, ru-central1-b',
    ],
    [
      'an image both ways',
      but('cores: 2', 'cores: 2\n      image: { family: coi, id: fd8example }'),
      '10: pools.edge.template.image: needs either a family or an id',
    ],
    [
      'public addresses that there are not',
      but('cores: 2', 'cores: 2\n      address: nat'),
      '10: pools.edge.template.address: nat needs nat: true: without it VMs have no public address',
    ],
    [
      'two ways to show who it is',
      but('slots: 3', 'slots: 3\n    auth: { keyFile: key.json, tokenFile: token }'),
      '6: pools.edge.auth: needs one of keyFile, metadata and tokenFile',
    ],
    [
      'a label of ours',
      but('cores: 2', 'cores: 2\n      labels: { capuchin-pool: other }'),
      '10: pools.edge.template.labels.capuchin-pool: labels that begin with capuchin- are ours',
    ],
    [
      'cloud-init that cloud-init would not know',
      but('cores: 2', 'cores: 2\n      cloudInit: "users: []"'),
      '10: pools.edge.template.cloudInit: has to begin with #cloud-config, or another head that cloud-init knows',
    ],
    [
      'a manifest of its own',
      but('cores: 2', 'cores: 2\n      metadata: { docker-compose: x }'),
      '10: pools.edge.template.metadata.docker-compose: is set by the controller, or by cloudInit and sshKeys',
    ],
    [
      'a slot on the port of the node exporter',
      but('slots: 3', 'slots: 3\n    portBase: 9099'),
      '6: pools.edge.portBase: port 9100 of a slot is that of the node exporter',
    ],
    [
      'a system container on the port of a slot',
      but('slots: 3', 'slots: 3\n    system: [{ name: vector, image: vector:1, port: 8102 }]'),
      '6: pools.edge.system[0].port: 8102 is the port of a slot',
    ],
    [
      'two node exporters',
      but('slots: 3', 'slots: 3\n    system: [{ name: node-exporter, image: x }]'),
      '6: pools.edge.system[0].name: is there already: set nodeExporter: false for one of your own',
    ],
    [
      'names that VMs cannot have',
      but('name: capuchin', 'name: a-controller-with-quite-a-long-name').replace(
        'edge',
        'a-pool-with-a-long-name',
      ),
      '3: pools.a-pool-with-a-long-name: names of VMs are <controller>-<pool>-<number> and have at most 63 characters: a-controller-with-quite-a-long-name and a-pool-with-a-long-name may have 52 together',
    ],
  ] as const)('is refused with %s', ([, text, said]) => {
    expect(problemsOf(text)).toEqual([`capuchin.yaml:${said}`])
  })
})

test.for([
  [4 * 2 ** 30, '4 GiB'],
  [1.5 * 2 ** 30, '1.5 GiB'],
  [512 * 2 ** 20, '512 MiB'],
  [2 ** 41, '2 TiB'],
] as const)('%d bytes are %s', ([bytes, said]) => {
  expect(saySize(bytes)).toBe(said)
})
