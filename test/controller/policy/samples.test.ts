import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadPolicies } from '../../../controller/policy/load.ts'
import { sayProblem } from '../../../controller/policy/problem.ts'
import type { KnownSource } from '../../../controller/policy/world.ts'
import { loadConfiguration } from '../../../controller/settings.ts'
import { kafkaFaults } from '../../../controller/sources/kafka-query.ts'
import { filesOf, world } from './support.ts'

const settings = readFileSync('capuchin.yaml', 'utf8')

const policies = readdirSync('policies/samples').filter((file) => /(?<!\.test)\.yaml$/.test(file))

describe('sample policies that nothing loads', () => {
  test.for(policies)('%s is sound in the place of the shipped policy', (file) => {
    const text = readFileSync(`policies/samples/${file}`, 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../../schemas/policy.schema.json')
    const files = filesOf({ '/etc/capuchin.yaml': settings, '/etc/policies/ingest.yaml': text })
    const outcome = loadConfiguration('/etc/capuchin.yaml', { files, machine: { cores: 2 } })
    expect(outcome).toMatchObject({ kind: 'loaded' })
  })
})

/** The page asks Kafka, too; its queries have to be sound as those to Prometheus are. */
const kafka: KnownSource = { interval: 5_000, faults: kafkaFaults }
const withKafka = { ...world, sources: new Map([...world.sources, ['kafka', kafka] as const]) }

test('the policy of the consumer is not enabled, and comes into force beside that of the gateway when it is', () => {
  const text = readFileSync('policies/consumer.yaml', 'utf8')
  const inForce = (consumer: string) => {
    const ingest = readFileSync('policies/ingest.yaml', 'utf8')
    const policies = { '/etc/policies/ingest.yaml': ingest, '/etc/policies/consumer.yaml': consumer }
    const files = filesOf({ '/etc/capuchin.yaml': settings, ...policies })
    const outcome = loadConfiguration('/etc/capuchin.yaml', { files, machine: { cores: 2 } })
    return outcome.kind === 'loaded' && outcome.policies.map(({ workload }) => workload)
  }
  expect(inForce(text)).toEqual(['ingest'])
  expect(inForce(text.replace(/^enabled: false\n/m, ''))).toEqual(['consumer', 'ingest'])
})

const header = `workload: ingest
pool: local
run: { command: [node, ingest.ts] }
`

describe('docs/strategies.md', () => {
  const page = readFileSync('docs/strategies.md', 'utf8')
  const samples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)

  test.for(samples.map((text, at) => ({ at, text })))('its sample $at is sound', ({ text }) => {
    const size = text.startsWith('size:') ? '' : 'size: { min: 2, max: 12 }\n'
    const outcome = loadPolicies('/p', withKafka, filesOf({ '/p/a.yaml': `${header}${size}${text}` }))
    const problems = outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
    expect(problems).toEqual([])
  })

  test('it has some', () => {
    expect(samples.length).toBeGreaterThan(5)
  })
})
