import { tell } from './storm.ts'
import { tryOut } from './trial.ts'

// A process of its own for many seeds: `seeds-child.ts crashes|promises|yandex FIRST RUNS`. What came of them is one JSON line.

interface Found {
  seed: number
  violations: string[]
  story: string
}

const [kind = '', from = '', runs = ''] = process.argv.slice(2)
const first = Number(from)
const totals = { ticks: 0, outs: 0, ins: 0 }
const found: Found[] = []

for (let seed = first; seed < first + Number(runs); seed++) {
  if (kind === 'crashes') await crashes(seed)
  else if (kind === 'yandex') await onYandex(seed)
  else await promises(seed)
}
console.log(JSON.stringify({ ...totals, found: found.slice(0, 5), failed: found.length }))

async function crashes(seed: number): Promise<void> {
  const { ticks, violations } = await tell(seed)
  totals.ticks += ticks
  if (violations.length > 0) found.push({ seed, violations, story: '' })
}

/** What it needs of the cloud's SDK is not loaded for the others. */
async function onYandex(seed: number): Promise<void> {
  const { tellYandex } = await import('./yandex-storm.ts')
  const { ticks, violations, text } = await tellYandex(seed)
  totals.ticks += ticks
  if (violations.length > 0) found.push({ seed, violations, story: text() })
}

async function promises(seed: number): Promise<void> {
  const { ticks, outs, ins, violations, story } = await tryOut(seed)
  totals.ticks += ticks
  totals.outs += outs
  totals.ins += ins
  if (violations.length > 0) found.push({ seed, violations, story: story() })
}
