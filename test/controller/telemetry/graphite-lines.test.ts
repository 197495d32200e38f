import { expect, test } from 'vitest'
import { graphiteLines } from '../../../controller/telemetry/graphite-lines.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'

const NOW = 1_767_614_400_900
const AT = 1_767_614_400

test.for<{ name: string; text: string; path?: string; tagged?: string; value?: number }>([
  {
    name: 'our own names lose what the prefix says, and labels are nodes in their order',
    text: 'capuchin_rule_load{workload="ingest",rule="cpu"} 1.5',
    path: 'ops.rule_load.ingest.cpu',
    tagged: 'ops.rule_load;workload=ingest;rule=cpu',
    value: 1.5,
  },
  {
    name: 'others keep theirs',
    text: 'process_cpu_seconds_total 3e-7',
    path: 'ops.process_cpu_seconds_total',
    tagged: 'ops.process_cpu_seconds_total',
    value: 3e-7,
  },
  {
    name: 'dots, slashes, stars and blanks in a value make no nodes',
    text: 'capuchin_x{route="/api/v1/*",version="0.1.0"} 1',
    path: 'ops.x._api_v1__.0_1_0',
    tagged: 'ops.x;route=/api/v1/*;version=0.1.0',
  },
  {
    name: 'what would end a tag or a line does not',
    text: 'capuchin_x{a="~b;c d\\n\\"e\\""} 1',
    path: 'ops.x._b_c_d__e_',
    tagged: 'ops.x;a=_b_c_d_"e"',
  },
  { name: 'an empty value', text: 'capuchin_x{a=""} 1', path: 'ops.x._', tagged: 'ops.x' },
  {
    name: 'a bucket',
    text: 'capuchin_x_bucket{le="+Inf"} 1',
    path: 'ops.x_bucket._Inf',
    tagged: 'ops.x_bucket;le=+Inf',
  },
  { name: 'no line for what is no number', text: 'capuchin_x NaN\ncapuchin_y +Inf' },
  { name: 'none at all for what is no exposition', text: '<html>' },
])('$name', ({ text, path, tagged, value = 1 }) => {
  const lines = (tags: boolean) => graphiteLines(`${text}\n`, { prefix: 'ops', tags }, NOW)
  expect(lines(false)).toEqual(path === undefined ? [] : [`${path} ${value} ${AT}`])
  expect(lines(true)).toEqual(tagged === undefined ? [] : [`${tagged} ${value} ${AT}`])
})

test('two that differ in such signs alone are not written over each other, and each keeps its path', () => {
  const text = 'capuchin_x{a="1/2"} 1\ncapuchin_x{a="1.2"} 2\n'
  const paths = graphiteLines(text, { prefix: 'ops', tags: false }, NOW).map((line) => line.split(' ')[0])
  expect(paths[0]).toBe('ops.x.1_2')
  expect(paths[1]).toMatch(/^ops\.x\.1_2_[0-9a-f]{8}$/)
})

test('every series of the controller comes out as a line that Graphite takes', async () => {
  const metrics = createMetrics()
  metrics.build('0.1.0', '24.0.0')
  metrics.requested('/api/v1/workloads/:name', 'GET', 200, 3)
  const text = await metrics.render()
  const lines = graphiteLines(text, { prefix: 'capuchin', tags: false }, NOW)
  const series = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !/ (NaN|[+-]Inf)$/i.test(line))
  expect(lines).toHaveLength(series.length)
  expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(lines.length)
  for (const line of lines) expect(line).toMatch(/^capuchin(\.[A-Za-z0-9_-]+)+ -?[\d.]+(e[-+]?\d+)? \d{10}$/)
})
