import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { start } from './process.ts'

const Report = z.strictObject({
  ticks: z.number(),
  outs: z.number(),
  ins: z.number(),
  /** Of the failed seeds the first few. */
  found: z.array(z.object({ seed: z.number(), violations: z.array(z.string()), story: z.string() })),
  failed: z.number(),
})

/** CAPUCHIN_SEED moves on to other stories; a seed that is printed tells its story again. */
export const firstSeed = Number(process.env['CAPUCHIN_SEED'] ?? 1)

/** CAPUCHIN_STORIES tells more of them, or fewer. */
export const stories = (usual: number): number => Number(process.env['CAPUCHIN_STORIES'] ?? usual)

/**
 * Tells so many stories in a process of its own, beyond the reach of coverage, which would take most of the time. The same code is
 * covered by the tests that tell a few of them here.
 */
export async function tellSeeds(
  kind: 'crashes' | 'promises' | 'yandex',
  runs: number,
  from = firstSeed,
): Promise<z.infer<typeof Report>> {
  const began = performance.now()
  const file = join(import.meta.dirname, 'seeds-child.ts')
  // It gives way to tests that watch the time.
  const child = await start(['nice', '-n', '10', process.execPath, file, kind, String(from), String(runs)], {
    env: { NODE_V8_COVERAGE: undefined },
  })
  expect(await child.exited, child.stderr()).toEqual({ code: 0, signal: null })
  const report = Report.parse(JSON.parse(child.stdout()))
  const { ticks, outs, ins, failed, found } = report
  const took = ((performance.now() - began) / 1_000).toFixed(1)
  const moves = outs + ins === 0 ? '' : `, ${outs} times out, ${ins} times in`
  const seeds = `seeds ${from} to ${from + runs - 1}`
  process.stdout.write(`${kind}: ${seeds}, ${ticks} ticks${moves}, ${failed} failed, ${took} s\n`)
  for (const { seed, story } of found) process.stdout.write(`the story of seed ${seed}\n${story}\n`)
  return report
}
