import { expect, test } from 'vitest'
import { loadConfiguration } from '../../controller/settings.ts'
import { paces } from '../../demo/pace.ts'
import { policiesOf, pool, settingsText } from '../../demo/setup/files.ts'

const ports = { server: 7070, portBase: 7071, broker: 7090, quorum: 7091 }

test.for(Object.entries(paces))('what the demo writes for the %s wave is sound', ([, pace]) => {
  const texts = new Map([
    ['/demo/capuchin.yaml', settingsText(pace, ports)],
    ...policiesOf(pace, ports).map(([name, text]) => [`/demo/policies/${name}.yaml`, text] as const),
  ])
  const files = { list: () => ['ingest.yaml'], read: (path: string) => texts.get(path) ?? '' }
  const loaded = loadConfiguration('/demo/capuchin.yaml', { files, machine: { cores: 2 } })
  expect(loaded).not.toHaveProperty('problems')
  expect(loaded).toMatchObject({
    kind: 'loaded',
    settings: { tick: 1_000, stateDir: '/demo/state', publish: { dir: '/demo/state/published' } },
    policies: [{ workload: 'ingest', pool: pool.name, size: pace.size, out: { wait: pace.outWait } }],
  })
})

test.for(Object.entries(paces))(
  'the pool of the demo has room for the max of the %s wave',
  ([, { size }]) => {
    expect(pool.slots * pool.hosts).toBeGreaterThan(size.max)
  },
)
