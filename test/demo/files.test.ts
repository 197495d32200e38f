import { describe, expect, test } from 'vitest'
import { loadConfiguration } from '../../controller/settings.ts'
import type { CloudReady } from '../../demo/cloud/protocol.ts'
import { kafkaPaces, type Pace, paces, yandexPaces } from '../../demo/pace.ts'
import { policiesOf, settingsText } from '../../demo/setup/files.ts'
import { poolOf } from '../../demo/setup/pool-files.ts'

const ports = { server: 7070, portBase: 7071, broker: 7090, quorum: 7091 }

const cloud: CloudReady = {
  ...{ kind: 'ready', endpoint: 'localhost:50051', ca: '/demo/ca.pem', keyFile: '/demo/key.json' },
  folder: 'b1gfakefolder0000000',
  subnets: { 'ru-central1-a': 'e9bfakesubnet0000000', 'ru-central1-b': 'e2lfakesubnet0000000' },
}

function load(pace: Pace) {
  const policies = policiesOf(pace, ports)
  const texts = new Map([
    ['/demo/capuchin.yaml', settingsText(pace, ports, cloud)],
    ...policies.map(([name, text]) => [`/demo/policies/${name}.yaml`, text] as const),
  ])
  const files = {
    list: () => policies.map(([name]) => `${name}.yaml`),
    read: (path: string) => texts.get(path) ?? '',
  }
  return loadConfiguration('/demo/capuchin.yaml', { files, machine: { cores: 2 } })
}

describe.for([
  ...Object.entries(paces).map(([name, pace]) => [`the ${name} wave`, pace] as const),
  ...Object.entries(kafkaPaces).map(([name, pace]) => [`the ${name} wave with Kafka`, pace] as const),
  ...Object.entries(yandexPaces).map(([name, pace]) => [`the ${name} wave on VMs`, pace] as const),
])('what the demo writes for %s', ([, pace]: readonly [string, Pace]) => {
  const { consumer } = pace

  test('is sound', () => {
    const loaded = load(pace)
    expect(loaded).not.toHaveProperty('problems')
    const ingest = {
      workload: 'ingest',
      pool: poolOf(pace).name,
      size: pace.size,
      out: { wait: pace.outWait },
    }
    const consumers = { workload: 'consumer', pool: 'local', size: consumer?.size }
    expect(loaded).toMatchObject({
      kind: 'loaded',
      settings: { tick: 1_000, stateDir: '/demo/state', publish: { dir: '/demo/state/published' } },
      policies: consumer === undefined ? [ingest] : [consumers, ingest],
    })
  })

  test('has a pool with room for the max of all, and a spare slot', () => {
    const { slots, hosts } = poolOf(pace)
    expect(slots * hosts).toBeGreaterThan(pace.size.max + (consumer?.size.max ?? 0))
  })
})
