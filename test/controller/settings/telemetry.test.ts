import { expect, test } from 'vitest'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { loadSettings } from '../../../controller/settings.ts'
import { filesOf } from '../policy/support.ts'

const load = (graphite: object) => {
  const local = { provider: 'process', slots: 1, hosts: { min: 0, max: 1 } }
  const settings = { pools: { local }, telemetry: { graphite } }
  const files = filesOf({ '/srv/capuchin.yaml': JSON.stringify(settings) })
  const loaded = loadSettings('/srv/capuchin.yaml', { files, machine: { cores: 2 } })
  return loaded.kind === 'loaded'
    ? loaded.settings.telemetry.graphite
    : loaded.problems.map(sayProblem).join('\n')
}

test.for<{ name: string; given: object; comes: unknown }>([
  {
    name: 'by TCP, with what stands for itself',
    given: { address: 'carbon.example.com:2003' },
    comes: {
      address: { kind: 'tcp', host: 'carbon.example.com', port: 2003 },
      prefix: 'capuchin',
      every: 60_000,
      tags: false,
    },
  },
  {
    name: 'by a socket, whose path counts from the settings',
    given: { address: 'unix:run/relay.sock', every: '10s' },
    comes: expect.objectContaining({ address: { kind: 'unix', path: '/srv/run/relay.sock' }, every: 10_000 }),
  },
  {
    name: 'no port',
    given: { address: 'carbon' },
    comes: expect.stringMatching(/graphite\.address: has to be such as/),
  },
  { name: 'port 0', given: { address: 'carbon:0' }, comes: expect.stringMatching(/graphite\.address/) },
  {
    name: 'too often',
    given: { address: 'c:1', every: '100ms' },
    comes: expect.stringMatching(/at least 1s/),
  },
  {
    name: 'a prefix that ends in nothing',
    given: { address: 'c:1', prefix: 'ops.' },
    comes: expect.stringMatching(/graphite\.prefix: has to be names/),
  },
])('the own metrics to Graphite: $name', ({ given, comes }) => {
  expect(load(given)).toEqual(comes)
})
