import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadPolicies } from '../../../controller/policy/load.ts'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { describeWorkload } from '../../../controller/policy/summary.ts'
import type { World } from '../../../controller/policy/world.ts'
import { faultsOf } from '../../../controller/sources/promql.ts'
import { filesOf, soundBut, world } from './support.ts'

const faults = (query: string): string[] => (query.includes('!') ? ['has a "!"'] : [])
const asked: World = {
  ...world,
  sources: new Map([
    ['main', { type: 'prometheus', interval: 15_000, faults, surveys: 'by-label' }],
    ['old', { type: 'graphite', interval: 60_000, faults, surveys: 'by-name' }],
    ['queue', { type: 'kafka', interval: 10_000, faults }],
  ]),
}

const load = (probe: string) =>
  loadPolicies('/p', asked, filesOf({ '/p/a.yaml': soundBut('    http: /ready\n', probe) }))

const bound = (probe: string) => {
  const outcome = load(probe)
  if (outcome.kind === 'refused') throw new Error(outcome.problems.map(sayProblem).join('; '))
  return outcome.policies[0]
}

describe('docs/probes.md', () => {
  const page = readFileSync('docs/probes.md', 'utf8')
  const samples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)

  test.for(samples.map((text, at) => ({ at, text })))('its sample $at is sound', ({ text }) => {
    const outcome = loadPolicies('/p', { ...asked, sources }, filesOf({ '/p/a.yaml': text }))
    expect(outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []).toEqual([])
  })
  const sources: World['sources'] = new Map([
    ['main', { type: 'prometheus', interval: 15_000, faults: faultsOf, surveys: 'by-label' }],
  ])
})

describe('a probe by metric', () => {
  test('alone is all that is asked, at the interval of its source', () => {
    expect(bound('    metric: { source: old, query: lag, above: 30 }\n')?.run.probe).toMatchObject({
      target: { kind: 'metric' },
      metric: { source: 'old', query: 'lag', interval: 60_000, above: 30 },
    })
  })

  test.for([
    { beside: '    http: /ready\n', target: { kind: 'http', path: '/ready' } },
    { beside: '    tcp: true\n', target: { kind: 'tcp' } },
  ])('stands beside $target.kind', ({ beside, target }) => {
    const metric = '    metric: { source: main, query: lag, below: 1, by: host, interval: 5s }\n'
    expect(bound(`${beside}${metric}`)?.run.probe).toMatchObject({
      target,
      metric: { source: 'main', query: 'lag', by: 'host', interval: 5_000, below: 1 },
    })
  })

  test('is told in words', () => {
    const alone = bound('    metric: { source: main, query: lag, above: 30, below: 0 }\n')
    expect(alone && describeWorkload(alone).at(-1)).toContain(
      'ready when its lag of source main is not above 30 and not below 0, within 5m',
    )
    const both = bound('    http: /up\n    metric: { source: main, query: lag, above: 30 }\n')
    expect(both && describeWorkload(both).at(-1)).toContain(
      'ready when GET /up answers 200 and its lag of source main is not above 30, within 5m',
    )
  })

  test.for([
    [
      'without a bound',
      '{ source: main, query: lag }',
      'run.probe.metric: needs a bound: above, below or both',
    ],
    [
      'with bounds that no value fits between',
      '{ source: main, query: lag, above: 1, below: 2 }',
      'run.probe.metric.below: is more than above (1), so that no value would do',
    ],
    [
      'of a source that is not there',
      '{ source: mian, query: lag, above: 1 }',
      'run.probe.metric.source: there is no source "mian" in the settings; did you mean "main"?',
    ],
    [
      'of a source that knows totals only',
      '{ source: queue, query: lag, above: 1 }',
      'run.probe.metric.source: "queue" (kafka) does not tell the value of each instance, which a probe needs; main, old can be asked',
    ],
    [
      'with a query that cannot be asked',
      '{ source: main, query: lag!, above: 1 }',
      'run.probe.metric.query: has a "!"',
    ],
    [
      'with a label where the source has names of its own',
      '{ source: old, query: lag, above: 1, by: host }',
      'run.probe.metric.by: has no meaning for source "old" (graphite): it names instances by the tag instance or a node of the path',
    ],
    [
      'with a label that cannot be one',
      '{ source: main, query: lag, above: 1, by: a-b }',
      'run.probe.metric.by: cannot be the name of a label',
    ],
    ['without a query', '{ source: main, above: 1 }', 'run.probe.metric.query: is missing'],
  ])('%s is refused', ([, metric, said]) => {
    const outcome = load(`    metric: ${metric}\n`)
    const problems = outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
    expect(problems).toEqual([expect.stringContaining(said ?? '')])
  })
})
