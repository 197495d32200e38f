import { machineCalendar } from '../../../controller/calendar.ts'
import type { Pool } from '../../../controller/decision/policy.ts'
import type { Files } from '../../../controller/policy/load.ts'
import type { World } from '../../../controller/policy/world.ts'

/** Files that exist in this object only, by absolute path. An error in place of a text is what reading it throws. */
export function filesOf(texts: Readonly<Record<string, string | Error>>): Files {
  const paths = Object.keys(texts)
  return {
    list(folder) {
      const names = paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1))
      if (names.length === 0) throw fault('ENOENT')
      return names.filter((name) => !name.includes('/'))
    },
    read(path) {
      const text = texts[path] ?? fault('ENOENT')
      if (text instanceof Error) throw text
      return text
    },
  }
}

/** What Node throws when a path cannot be read. */
export function fault(code: string): Error {
  return Object.assign(new Error(`${code}: told by the system`), { code })
}

export const local: Pool = {
  name: 'local',
  provider: 'process',
  slots: 3,
  cores: 2,
  zones: ['a', 'b'],
  hosts: { min: 1, max: 4 },
  spareSlots: 0,
  portBase: 8100,
  sharedAddress: true,
  bootWithin: 600_000,
  emptyFor: 120_000,
  listLag: 0,
  distrustShare: 0.45,
}

const edge: Pool = { ...local, name: 'edge', slots: 2, hosts: { min: 0, max: 1 }, sharedAddress: false }

/** One source, `main`, that knows no query with a `!`, and two pools; `edge` runs containers only. */
export const world: World = {
  sources: new Map([
    ['main', { interval: 15_000, faults: (query) => (query.includes('!') ? ['has a "!" at column 4'] : []) }],
  ]),
  pools: new Map([
    ['local', { pool: local, runs: ['command'] }],
    ['edge', { pool: edge, runs: ['image'] }],
  ]),
  calendar: machineCalendar,
}

/** A sound policy; line 14 is where its one rule begins. */
export const sound = `workload: ingest
pool: local
run:
  command: [node, ingest.ts, --port, "\${port}"]
  env:
    MODE: file
  slots: 1
  probe:
    http: /ready
    every: 5s
  drain: { http: /drain, grace: 30s }
size: { min: 2, max: 6 }
rules:
  - name: cpu
    source: main
    query: avg(rate(process_cpu_seconds_total[1m]))
    unit: cores
    window: 5m
    integral: { above: 70, below: 30 }
out:
  step: 1
in: { step: 1, hold: 10m }
`

/** The sound policy with one text in it replaced; throws where the text is not in it, so that no test checks nothing. */
export function soundBut(text: string, other: string): string {
  if (!sound.includes(text)) throw new Error(`the sound policy has no ${text}`)
  return sound.replace(text, () => other)
}
