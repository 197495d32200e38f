import { describe, expect, test } from 'vitest'
import type { Entry, Health, HostRecord } from '../../../controller/decision/fleet.ts'
import { anEntry, HOUR, MINUTE, NOW } from './builders.ts'
import { loose } from './mutation-example.ts'
import { fleet, host, look, type Scene } from './scene.ts'

const mute: Health = { kind: 'silent', since: NOW - MINUTE, detail: 'no answer in 2000 ms', refused: false }
const refusing: Health = { ...mute, detail: 'connection refused', refused: true }
const answering: Health = { kind: 'unready', since: NOW - HOUR, detail: 'it answers 503', drained: false }

const policies = [loose({ rules: [] }), loose({ workload: 'web', rules: [], size: { min: 1, max: 9 } })]
/** Enough that serve for what happens to some others not to be distrusted. */
const served = fleet(['ingest-1', 'ingest-2', 'web-8'], ['ingest-3', 'ingest-4', 'web-9'])

/** What was never ready, and was placed so long ago. */
function unborn(record: HostRecord, ago: number, given: Partial<Entry> = {}): HostRecord {
  const entries = record.entries.map(({ readyAt: _ready, ...entry }) => {
    return { ...entry, placedAt: NOW - ago, ...given }
  })
  return { ...record, entries }
}

const unruled = ({ entries }: HostRecord): Entry[] =>
  entries.map((one) => ({ ...one, workload: 'old', unruledSince: NOW - HOUR }))

/** What becomes of the third host. */
function lookAt(record: HostRecord, scene: Partial<Scene> = {}) {
  const told = look({ hosts: [...served, record], policies, ...scene })
  const after = told.draft.hosts.get(record.name)
  const fate =
    after?.deleting === undefined ? (after?.restart === undefined ? 'stays' : 'starts again') : 'goes'
  const placed = [...told.draft.hosts.values()].flatMap(({ name, entries }) =>
    entries.filter(({ placedAt }) => placedAt === NOW).map(({ workload }) => `${workload} on ${name}`),
  )
  return { fate, why: after?.deleting?.why ?? after?.restart?.why, after, placed, ...told }
}

const barren = (given: Partial<HostRecord> = {}) => unborn(host(2, ['web-1', 'ingest-9'], given), 10 * MINUTE)
const all = (health: Health) => ({ 'web-1': health, 'ingest-9': health, 'web-3': health })

describe('a host on which nothing gets ready', () => {
  test.for<{ name: string; record: HostRecord; scene?: Partial<Scene>; fate: string }>([
    { name: 'within its start time is replaced as a whole', record: barren(), fate: 'goes' },
    {
      name: 'is left alone as long as one may still start',
      record: unborn(host(2, ['web-1', 'ingest-9']), 4 * MINUTE),
      fate: 'stays',
    },
    {
      name: 'where one is ready, only the other is healed',
      record: barren(),
      scene: { health: { 'web-1': refusing } },
      fate: 'stays',
    },
    {
      name: 'what was placed there later is no hope',
      record: withLater(barren(), NOW - MINUTE),
      fate: 'goes',
    },
    {
      name: 'is left alone where nobody can tell of one whether it serves, since its metric is blind',
      record: withLater(barren(), NOW - MINUTE),
      scene: { health: { ...all(refusing), 'web-3': { kind: 'unknown', why: 'not known by metric' } } },
      fate: 'stays',
    },
    {
      name: 'what was placed with them and takes longer is',
      record: withLater(barren(), NOW - 10 * MINUTE, 20 * MINUTE),
      fate: 'stays',
    },
    {
      name: 'that has served before: the release is bad, not the host, so each is healed by itself',
      record: barren({ provedAt: NOW - 30 * MINUTE }),
      fate: 'stays',
    },
    {
      name: 'that has served, and where not even the machine answers any more, is replaced if it cannot be started anew',
      record: barren({ provedAt: NOW - 30 * MINUTE }),
      scene: { health: all(mute) },
      fate: 'goes',
    },
    {
      name: 'that has served, and where the machine refuses to connect, is not',
      record: barren({ provedAt: NOW - 30 * MINUTE }),
      scene: { health: all(refusing) },
      fate: 'stays',
    },
    {
      name: 'not even when it can be started again, as long as something answers there',
      record: barren({ provedAt: NOW - 30 * MINUTE }),
      scene: { pool: { restarts: true }, health: all(answering) },
      fate: 'stays',
    },
    {
      name: 'that has served, and where nothing answers any more, is started anew if it can be',
      record: barren({ provedAt: NOW - 30 * MINUTE }),
      scene: { pool: { restarts: true } },
      fate: 'starts again',
    },
    {
      name: 'and was started anew lately is replaced',
      record: barren({ provedAt: NOW - 30 * MINUTE, restartedAt: NOW - 20 * MINUTE }),
      scene: { pool: { restarts: true } },
      fate: 'goes',
    },
    {
      name: 'stays when it is frozen',
      record: barren(),
      scene: { overrides: [{ kind: 'freeze', subject: 'h2' }] },
      fate: 'stays',
    },
    {
      name: 'stays while the clock is behind',
      record: barren(),
      scene: { state: { lastAt: NOW + HOUR } },
      fate: 'stays',
    },
    {
      name: 'stays when no policy would replace what is on it',
      record: { ...barren(), entries: unruled(barren()) },
      fate: 'stays',
    },
    {
      name: 'stays in a pool that cannot be seen',
      record: barren(),
      scene: { blind: true },
      fate: 'stays',
    },
  ])('$name', ({ record, scene, fate }) => {
    expect(lookAt(record, { health: all(refusing), ...scene }).fate).toBe(fate)
  })

  test('is said to be of no use, counts, and what was on it is placed at once', () => {
    const { said, draft, placed } = lookAt(barren(), { health: all(refusing) })
    expect(said).toContain('h2 goes: nothing got ready on it within its start time')
    expect(draft.supply.get('edge')?.failures).toEqual({
      count: 1,
      lastAt: NOW,
      why: 'h2: nothing got ready on it within its start time',
    })
    expect(placed).toHaveLength(2)
    expect(draft.hosts.get('h2')?.revision).toBe(1)
  })
})

describe('a host of no use in a pool where most look dead', () => {
  const scene: Partial<Scene> = { health: { ...all(refusing), 'ingest-1': mute, 'ingest-2': mute } }
  const served2 = fleet(['ingest-1', 'ingest-2'])
  const lookOnce = (record: HostRecord) => lookAt(record, { ...scene, hosts: [...served2, record] })

  test('stays, but counts, so that a pool of which all hosts are bad does not order one after the other', () => {
    const { fate, draft, after } = lookOnce(barren())
    expect(fate).toBe('stays')
    expect(draft.supply.get('edge')?.failures?.count).toBe(1)
    expect(after?.failedAt).toBe(NOW)
  })

  test('counts once', () => {
    expect(lookOnce(barren({ failedAt: NOW - MINUTE })).draft.supply.get('edge')).toBeUndefined()
  })

  test('was counted by mistake if something gets ready on it after all', () => {
    const failures = { count: 3, lastAt: NOW - MINUTE, why: 'h2: nothing got ready on it' }
    const { draft, after } = lookAt(barren({ failedAt: NOW - MINUTE }), {
      state: { supply: { edge: { failures } } },
    })
    expect(draft.supply.get('edge')).toBeUndefined()
    expect(after).toMatchObject({ provedAt: NOW })
    expect(after).not.toHaveProperty('failedAt')
  })
})

function withLater(record: HostRecord, placedAt: number, startWithin?: number): HostRecord {
  const { readyAt: _ready, ...entry } = anEntry({ id: 'web-3', workload: 'web', slots: [2], placedAt })
  const probe = { ...entry.run.probe, startWithin: startWithin ?? entry.run.probe.startWithin }
  return { ...record, entries: [...record.entries, { ...entry, run: { ...entry.run, probe } }] }
}

describe('a host that hangs', () => {
  const hung = (given: Partial<HostRecord> = {}) => host(2, ['web-1', 'ingest-9'], given)
  const restarts = { pool: { restarts: true } }

  test.for<{ name: string; record: HostRecord; scene: Partial<Scene>; fate: string }>([
    { name: 'is started anew', record: hung(), scene: restarts, fate: 'starts again' },
    { name: 'is not, where that cannot be', record: hung(), scene: {}, fate: 'stays' },
    {
      name: 'is not while something on it answers, even badly',
      record: hung(),
      scene: { ...restarts, health: { 'web-1': mute, 'ingest-9': answering } },
      fate: 'stays',
    },
    {
      name: 'does not hang where its machine still refuses to connect: what died there is healed',
      record: hung(),
      scene: { ...restarts, health: all(refusing) },
      fate: 'stays',
    },
    {
      name: 'is not as long as one has missed too few probes to be dead',
      record: hung(),
      scene: { ...restarts, health: { 'web-1': mute, 'ingest-9': { kind: 'ready', since: 0, missed: 2 } } },
      fate: 'stays',
    },
    {
      name: 'is not while nobody has been probed yet',
      record: hung(),
      scene: { ...restarts, health: all({ kind: 'unknown' }) },
      fate: 'stays',
    },
    {
      name: 'is not when most of the pool looks dead: then nobody is believed',
      record: hung(),
      scene: {
        ...restarts,
        health: { ...all(mute), 'ingest-1': mute, 'ingest-2': mute, 'ingest-3': mute, 'ingest-4': mute },
      },
      fate: 'stays',
    },
    {
      name: 'is not when it is frozen',
      record: hung(),
      scene: { ...restarts, overrides: [{ kind: 'freeze', subject: 'h2' }] },
      fate: 'stays',
    },
    {
      name: 'is not when it is being emptied: what is on it is healed elsewhere',
      record: hung({ closing: { since: NOW - MINUTE, for: 'operator', why: 'kernel' } }),
      scene: { ...restarts, overrides: [{ kind: 'drain-host', host: 'h2' }] },
      fate: 'stays',
    },
    {
      name: 'again within the hour is replaced',
      record: hung({ restartedAt: NOW - 50 * MINUTE, provedAt: NOW - 45 * MINUTE }),
      scene: restarts,
      fate: 'goes',
    },
    {
      name: 'again after weeks is started anew',
      record: hung({ restartedAt: NOW - 900 * HOUR, provedAt: NOW - 899 * HOUR }),
      scene: restarts,
      fate: 'starts again',
    },
    {
      name: 'is not started while that is under way already',
      record: { ...hung(), restartedAt: NOW - MINUTE, restart: { from: 'running', why: 'it hung' } },
      scene: restarts,
      fate: 'starts again',
    },
  ])('$name', ({ record, scene, fate }) => {
    expect(lookAt(record, { health: all(mute), ...scene }).fate).toBe(fate)
  })

  test('is emptied and told so before it is started, boots, and what ran there is placed at once, elsewhere first', () => {
    const { after, draft, said, placed } = lookAt(hung(), {
      ...restarts,
      health: all(mute),
      hosts: [host(0, ['ingest-1', 'web-8']), host(1, ['ingest-3', 'ingest-4', 'web-9']), hung()],
      listed: { h2: { alive: ['web-1', 'ingest-9'] } },
    })
    expect(said).toContain('h2 is started again: nothing on it answers; what ran there is placed anew')
    expect(after).toMatchObject({ restartedAt: NOW, restart: { from: 'running' }, revision: 3 })
    expect(after).not.toHaveProperty('runningAt')
    expect(placed).toEqual(['web on h0', 'ingest on h2'])
    const calls = [...draft.intents.values()].filter((one) => one.host === 'h2').map(({ kind }) => kind)
    expect(calls).toEqual(['set-manifest', 'restart-host'])
    expect(draft.supply.get('edge')).toBeUndefined()
  })
})

describe('a host that its provider reports stopped', () => {
  const stopped = (given: Partial<HostRecord> = {}) => host(2, ['web-1', 'ingest-9'], given)
  const scene: Partial<Scene> = { pool: { restarts: true }, listed: { h2: { state: 'stopped', alive: [] } } }

  test.for<{ name: string; record: HostRecord; scene?: Partial<Scene>; fate: string }>([
    { name: 'is started again', record: stopped(), fate: 'starts again' },
    { name: 'is replaced where that cannot be', record: stopped(), scene: { pool: {} }, fate: 'goes' },
    {
      name: 'is replaced when it has failed for good',
      record: stopped(),
      scene: { listed: { h2: { state: 'failed' } } },
      fate: 'goes',
    },
    {
      name: 'is started again although most look dead: that is no silence, but the word of its provider',
      record: stopped(),
      scene: { health: { 'ingest-1': mute, 'ingest-2': mute, 'ingest-3': mute, 'ingest-4': mute } },
      fate: 'starts again',
    },
    {
      name: 'is replaced when it was started a short while ago and has not been of use since',
      record: unborn(stopped({ provedAt: NOW - HOUR, restartedAt: NOW - 14 * MINUTE }), 13 * MINUTE),
      fate: 'goes',
    },
    {
      name: 'is started again when it has served since it was started',
      record: stopped({ restartedAt: NOW - 14 * MINUTE, provedAt: NOW - 10 * MINUTE }),
      fate: 'starts again',
    },
    {
      name: 'and was to be emptied anyway is replaced',
      record: stopped({ closing: { since: NOW - MINUTE, for: 'operator', why: 'kernel' } }),
      scene: { overrides: [{ kind: 'drain-host', host: 'h2' }] },
      fate: 'goes',
    },
    {
      name: 'is kept as it is when it is frozen',
      record: stopped(),
      scene: { overrides: [{ kind: 'freeze', subject: 'web-1' }] },
      fate: 'stays',
    },
  ])('$name', ({ record, scene: more, fate }) => {
    expect(lookAt(record, { health: all(mute), ...scene, ...more }).fate).toBe(fate)
  })

  test('keeps what no policy names, which starts again with it', () => {
    const record = stopped()
    const { after } = lookAt({ ...record, entries: unruled(record) }, { health: all(mute), ...scene })
    expect(after?.entries.map(({ workload }) => workload)).toEqual(['old', 'old'])
    expect(after?.entries[0]).not.toHaveProperty('readyAt')
  })

  test('and is empty needs no new manifest', () => {
    const { after, draft } = lookAt(host(2, []), { ...scene, pool: { restarts: true, zones: ['a'] } })
    expect(after).toMatchObject({ revision: 1, restart: { from: 'stopped' } })
    expect([...draft.intents.keys()]).toEqual(['restart-host:h2'])
  })
})
