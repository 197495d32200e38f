import { describe, expect, test } from 'vitest'
import { loadConfiguration } from '../../controller/settings.ts'
import { kafkaPaces, type Pace, paces } from '../../demo/pace.ts'
import { policiesOf, poolOf, settingsText } from '../../demo/setup/files.ts'

const ports = { server: 7070, portBase: 7071, broker: 7090, quorum: 7091 }

function load(pace: Pace) {
  const policies = policiesOf(pace, ports)
  const texts = new Map([
    ['/demo/capuchin.yaml', settingsText(pace, ports)],
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
])('what the demo writes for %s', ([, pace]: readonly [string, Pace]) => {
  const { consumer } = pace

  test('is sound', () => {
    const loaded = load(pace)
    expect(loaded).not.toHaveProperty('problems')
    const ingest = { workload: 'ingest', pool: 'local', size: pace.size, out: { wait: pace.outWait } }
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
