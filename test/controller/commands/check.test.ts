import { describe, expect, test } from 'vitest'
import { check } from '../../../controller/commands/check.ts'
import { diskFiles } from '../../../controller/files.ts'
import type { Files } from '../../../controller/policy/load.ts'
import { filesOf, soundBut } from '../policy/support.ts'
import { witness } from './support.ts'

const settings = `sources: { main: { type: scrape, interval: 15s } }
pools:
  local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } }
`

async function run(files: Files, argv: readonly string[] = [], cwd = '/srv') {
  const context = witness(files, cwd)
  const code = await check.run(argv, context)
  return { code, written: context.written.join('\n'), complaints: context.complaints }
}

const good = filesOf({
  '/srv/capuchin.yaml': settings,
  '/srv/policies/ingest.yaml': soundBut('slots: 1', 'version: v1'),
})
const bad = filesOf({
  '/srv/capuchin.yaml': settings.replace('slots: 3', 'slots: none'),
  '/srv/policies/a.yaml': soundBut('max: 6', 'max: 1'),
})

describe('check', () => {
  test('tells what sound files will do', async () => {
    const { code, written, complaints } = await run(good)
    expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
    expect(written).toBe(`ingest: 2..6 on pool local
  out by 1 when cpu > 70 % (5m mean); 1m after any change; at most 4 or 200 % in an hour
  in by 1 when cpu < 30 % (5m mean); 5m after any change, 10m after an out; at most 1 or 50 % in an hour
  runs node ingest.ts --port \${port} (version v1); ready when GET /ready answers 200, within 5m; drained by POST /drain, within 30s

pool local: 1..4 hosts of provider process, 3 slots each (0.667 of 2 cores)
  12 slots at most: the minima take 2, the maxima 6; ports 8100 to 8111`)
  })

  test('tells all problems of all files, as paths from where it was started', async () => {
    expect(await run(bad)).toEqual({
      code: 1,
      written: '',
      complaints: [
        'capuchin.yaml:3: pools.local.slots: has to be a number, not "none"',
        'policies/a.yaml:12: size.min: min (2) is more than max (1)',
        '2 problems: nothing would be loaded',
      ],
    })
    const elsewhere = await run(bad, ['--config', '../srv/capuchin.yaml'], '/home')
    expect(elsewhere.complaints[0]).toBe(
      '/srv/capuchin.yaml:3: pools.local.slots: has to be a number, not "none"',
    )
  })

  test('tells problems as JSON', async () => {
    const { code, written, complaints } = await run(bad, ['--json'])
    expect({ code, complaints }).toEqual({ code: 1, complaints: [] })
    expect(JSON.parse(written)).toEqual({
      ok: false,
      problems: [
        {
          file: 'capuchin.yaml',
          line: 3,
          path: 'pools.local.slots',
          message: 'has to be a number, not "none"',
        },
        { file: 'policies/a.yaml', line: 12, path: 'size.min', message: 'min (2) is more than max (1)' },
      ],
    })
  })

  test('tells what it read as JSON, defaults included', async () => {
    const { code, written } = await run(good, ['--json'])
    expect(code).toBe(0)
    expect(JSON.parse(written)).toMatchObject({
      ok: true,
      workloads: [
        {
          workload: 'ingest',
          rules: [
            {
              name: 'cpu',
              window: 300_000,
              strategy: { type: 'integral', config: { above: 70, below: 30 } },
            },
          ],
          summary: [
            expect.stringMatching(/^ingest: 2\.\.6/),
            expect.anything(),
            expect.anything(),
            expect.anything(),
          ],
        },
      ],
      pools: [{ name: 'local', cores: 2, spareSlots: 0 }],
      sources: [{ name: 'main', type: 'scrape', interval: 15_000 }],
    })
  })

  test('refuses a settings file that is not there', async () => {
    expect(await run(filesOf({}), ['-c', 'nope.yaml'])).toEqual({
      code: 1,
      written: '',
      complaints: ['nope.yaml: does not exist', '1 problem: nothing would be loaded'],
    })
  })
})

test('the files that the repository comes with are sound', async () => {
  const { code, written, complaints } = await run(diskFiles, [], process.cwd())
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
  expect(written).toMatch(/^ingest: 2\.\.12 on pool local, priority 10\n/)
})
