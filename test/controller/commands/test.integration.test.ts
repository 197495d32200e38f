import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { test as command } from '../../../controller/commands/test.ts'
import type { Files } from '../../../controller/policy/load.ts'
import { filesOf } from '../policy/support.ts'
import { shop } from '../simulate/support.ts'
import { witness } from './support.ts'

const settings = `sources: { main: { type: scrape, interval: 15s }, other: { type: scrape, interval: 15s } }
pools:
  local: { provider: process, slots: 3, cores: 2, hosts: { min: 1, max: 4 } }
`

const good = `scenarios:
  - name: a spike
    series: { orders: "150 x 10m, 500 x 15s, 150 x 10m", cpu: 50% }
    expect: [{ to: 10m, size: 2 }]
  - name: a level
    series: { orders: "150 x 5m, 240 x 10m", cpu: 50% }
    events: [{ at: 9m, instanceDies: newest }]
    expect: [{ at: 15m, size: 3 }]
`
const bad = good.replace('{ at: 15m, size: 3 }', '{ at: 15m, size: 2 }, { changes: 0 }')

const filesWith = (scenarios: string, more: Record<string, string> = {}): Files =>
  filesOf({
    '/srv/capuchin.yaml': settings,
    '/srv/policies/shop.yaml': shop,
    '/srv/policies/shop.test.yaml': scenarios,
    ...more,
  })

async function run(files: Files, ...argv: string[]) {
  const context = witness(files)
  const code = await command.run(argv, context)
  return { code, written: context.written.join('\n'), complaints: context.complaints }
}

describe('test', () => {
  test('tells a line for each scenario', async () => {
    expect(await run(filesWith(good))).toEqual({
      code: 0,
      written: `policies/shop.test.yaml
ok    a spike (20m15s, 82 ticks, size 2 to 3)
ok    a level (15m, 61 ticks, size 2 to 3)
2 scenarios: 2 as expected, 0 otherwise`,
      complaints: [],
    })
  })

  test('tells what came instead, with the decision of that time, its numbers and a picture', async () => {
    const { code, written } = await run(filesWith(bad), '--only', 'level')
    expect(code).toBe(1)
    expect(written).toBe(`policies/shop.test.yaml
FAIL  a level (15m, 61 ticks, size 2 to 3)
  policies/shop.test.yaml:8: scenarios[1].expect[1]: expected 0 changes of the size, but 1, to 3 at 6m (12:06:00)
    6m        12:06:00  ready 2, hosts 2  out-by-rule: shop 2 -> 3: orders 109 over 100 (1m mean)
    rule orders: load 218, each 109 of 40..100, whole with 100 % covered, asks for 3
    rule cpu: load 100%, each 50% of 30..70%, whole with 100 % covered, stay

    orders load ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃▅▆███████████████████████████████████  150 to 240
    cpu load    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▃▄▄▅▆▇████▇▇▇▇▇▇▇▇███████████████  100 to 150
    size        222222222222222222222222333333333333333333333333333333333333  2 to 3
    ready       222222222222222222222222233333333333233333333333333333333333  2 to 3
                                        ^ 6m   (0s to 14m45s)

  policies/shop.test.yaml:8: scenarios[1].expect[0]: expected size 2, but size 3 at 15m (12:15:00)
    15m       12:15:00  ready 3, hosts 2  inside-band: shop stays at 3: orders 80 is inside 40 to 100 (1m mean); cpu 50 % is inside 30 to 70 % (2m mean)
    rule orders: load 240, each 80 of 40..100, whole with 100 % covered, stay
    rule cpu: load 150%, each 50% of 30..70%, whole with 100 % covered, stay

    orders load ▁▁▃▅▆████████████████████████████████████  150 to 240
    cpu load    ▁▁▁▁▁▁▂▃▄▄▅▆▇████▇▇▇▇▇▇▇▇████████████████  100 to 150
    size        22223333333333333333333333333333333333333  2 to 3
    ready       22222333333333332333333333333333333333333  2 to 3
                                                        ^ 15m   (5m to 15m)

1 scenario: 0 as expected, 1 otherwise`)
  })

  test('tells what happens on request, so that expectations can be taken from it', async () => {
    const { written } = await run(filesWith(good), '--verbose', '--only', 'level')
    expect(written.split('\n').slice(2, 5)).toEqual([
      '  0s        12:00:00  ready 2, hosts 2  inside-band: shop stays at 2: orders 75 is inside 40 to 100 (1m mean); cpu 50 % is inside 30 to 70 % (2m mean)',
      '  6m        12:06:00  ready 2, hosts 2  out-by-rule: shop 2 -> 3: orders 109 over 100 (1m mean)',
      expect.stringContaining('  6m15s     12:06:15  ready 3, hosts 2  partial: '),
    ])
    expect(written).toContain('  9m        12:09:00  *  instanceDies newest\n  9m        12:09:00  ready 2')
  })

  test('tells problems of files with their places, and plays the rest', async () => {
    const more = {
      '/srv/policies/shop2.test.yaml': good,
      '/srv/policies/other.yaml': shop.replace('shop', 'other'),
    }
    const { code, written, complaints } = await run(filesWith(good, more))
    expect(code).toBe(1)
    expect(complaints).toEqual([
      'policies/shop2.test.yaml:1: there is no policy "shop2" beside it; did you mean "shop"?',
      'policies/other.yaml has no scenarios: write policies/other.test.yaml',
    ])
    expect(written).toContain('2 scenarios: 2 as expected, 0 otherwise, 1 problem in the files')
  })

  test('a policy without scenarios is a hint and no failure', async () => {
    const files = filesOf({ '/srv/capuchin.yaml': settings, '/srv/policies/shop.yaml': shop })
    expect(await run(files)).toEqual({
      code: 0,
      written: '0 scenarios: 0 as expected, 0 otherwise',
      complaints: ['policies/shop.yaml has no scenarios: write policies/shop.test.yaml'],
    })
  })

  test.each([
    ['a folder', 'policies', 2],
    ['a scenario file', 'policies/shop.test.yaml', 2],
    ['the policy beside it', 'policies/shop.yaml', 2],
    ['the same twice', 'policies policies/shop.yaml', 2],
  ])('takes %s', async (_, paths, scenarios) => {
    const { code, written } = await run(filesWith(good), ...paths.split(' '))
    expect(code).toBe(0)
    expect(written).toContain(`${scenarios} scenarios: ${scenarios} as expected`)
  })

  test.each([
    ['a path that is not there', ['nowhere'], 1, 'nowhere: does not exist'],
    [
      'a scenario file that is not there',
      ['policies/x.test.yaml'],
      1,
      'policies/x.test.yaml: does not exist',
    ],
    ['settings that are not there', ['--config', 'x.yaml'], 1, 'x.yaml: does not exist'],
    [
      'a name that no scenario has',
      ['--only', 'spiek'],
      2,
      'no scenario has "spiek" in its name; there is "a spike", "a level"',
    ],
  ])('refuses %s', async (_, argv, code, complaint) => {
    const outcome = await run(filesWith(good), ...argv)
    expect(outcome.code).toBe(code)
    expect(outcome.complaints.join('\n')).toContain(complaint)
  })

  test('tells everything as JSON', async () => {
    const { code, written } = await run(filesWith(bad), '--json', '--only', 'level')
    expect(code).toBe(1)
    expect(JSON.parse(written)).toEqual({
      ok: false,
      problems: [],
      hints: [],
      scenarios: [
        {
          workload: 'shop',
          name: 'a level',
          file: 'policies/shop.test.yaml',
          line: 5,
          path: 'scenarios[1].name',
          ok: false,
          ticks: 61,
          failures: [
            {
              file: 'policies/shop.test.yaml',
              line: 8,
              path: 'scenarios[1].expect[0]',
              at: 900_000,
              expected: 'size 2',
              happened: 'size 3',
            },
            {
              file: 'policies/shop.test.yaml',
              line: 8,
              path: 'scenarios[1].expect[1]',
              at: 360_000,
              expected: '0 changes of the size',
              happened: '1, to 3',
            },
          ],
        },
      ],
    })
  })

  test('writes JUnit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'capuchin-junit-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'junit.xml')
    const named = bad.replace('a spike', 'a <spike> & "more"')
    await run(filesWith(named, { '/srv/policies/x.test.yaml': good }), '--junit', file)
    const xml = readFileSync(file, 'utf8')
    expect(xml).toContain('<testsuite name="policies/shop.test.yaml" tests="2" failures="1" errors="0">')
    expect(xml).toContain('<testcase name="a &lt;spike&gt; &amp; &quot;more&quot;" classname="shop"/>')
    expect(xml).toContain('<failure message="expected size 2, but size 3 at 15m (12:15:00)">')
    expect(xml).toContain('<testsuite name="files" tests="1" failures="1" errors="0">')
  })

  test('a JUnit file that cannot be written is a failure', async () => {
    const { code, complaints } = await run(filesWith(good), '--junit', '/nowhere/junit.xml')
    expect(code).toBe(1)
    expect(complaints.join()).toMatch(/^capuchin test: \/nowhere\/junit.xml: the folder does not exist/)
  })
})
