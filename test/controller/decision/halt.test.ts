import { describe, expect, test } from 'vitest'
import type { OverrideAct } from '../../../controller/decision/overrides.ts'
import { aRule, HOUR, MINUTE, NOW, whole } from './builders.ts'
import { loose } from './mutation-example.ts'
import { fleet, host, look, type Scene, silent } from './scene.ts'

const all: OverrideAct = { kind: 'pause-all' }
const held: OverrideAct = { kind: 'hold-pool', pool: 'edge' }
const pair = fleet(['ingest-1'], ['ingest-2'])
const policies = [loose({ rules: [] })]
const hot: Partial<Scene> = { policies: [loose({ rules: [aRule()] })], load: { ingest: whole(900) } }
const empty = host(2, [], { emptySince: NOW - HOUR })

describe('while everything is paused', () => {
  const paused = (scene: Partial<Scene> = {}) => look({ hosts: pair, policies, overrides: [all], ...scene })

  test('a hot workload stays at its size, and says by whom', () => {
    const [decision] = paused(hot).decisions
    expect(decision).toMatchObject({ size: 2, granted: 2, reason: 'paused' })
    expect(decision?.sentence).toContain('everything is paused by ann (kernel)')
    expect(decision?.alarms[0]).toContain('hot and kept from going out')
  })

  test('what dies is replaced, and a min that grew is filled', () => {
    const { said } = paused({ health: { 'ingest-1': silent } })
    expect(said.some((sentence) => sentence.includes('ingest-1'))).toBe(true)
    const [decision] = paused({ policies: [loose({ rules: [], size: { min: 4, max: 9 } })] }).decisions
    expect(decision).toMatchObject({ granted: 4, reason: 'below-min' })
  })

  test('no slot is kept spare, no empty host goes, no stray is removed', () => {
    const scene: Partial<Scene> = {
      hosts: [...pair, empty],
      pool: { spareSlots: 9, strays: { act: 'remove', after: MINUTE } },
      state: {
        supply: { edge: { strays: { 'vm-9': { since: NOW - HOUR, why: 'of no pool', toldAt: NOW } } } },
      },
      strays: [{ name: 'vm-9', why: 'of no pool' }],
    }
    expect(paused(scene)).toMatchObject({ said: [], deleting: [] })
    const free = look({ policies, ...scene, hosts: [...pair, empty] })
    expect(free.said.length).toBeGreaterThan(0)
    expect(free.deleting).toContain('vm-9')
  })

  test('a host that an operator drains goes all the same: that is a word, too', () => {
    const drained: OverrideAct = { kind: 'drain-host', host: 'h2' }
    expect(paused({ hosts: [...pair, empty], overrides: [all, drained] }).deleting).toEqual(['h2'])
  })
})

describe('while a pool is held', () => {
  const held2 = (scene: Partial<Scene> = {}) => look({ hosts: pair, policies, overrides: [held], ...scene })

  test.for<{ name: string; scene: Partial<Scene> }>([
    { name: 'a hot workload', scene: hot },
    { name: 'a dead instance', scene: { health: { 'ingest-1': silent } } },
    { name: 'a host that has stopped', scene: { listed: { h1: { state: 'stopped' } } } },
    { name: 'a host that is not listed', scene: { listed: { h1: undefined } } },
    { name: 'an empty host', scene: { hosts: [...pair, empty] } },
    { name: 'too few slots that are spare', scene: { pool: { spareSlots: 9 } } },
    { name: 'a min that grew', scene: { policies: [loose({ rules: [], size: { min: 4, max: 9 } })] } },
    {
      name: 'a host that an operator drains',
      scene: { overrides: [held, { kind: 'drain-host', host: 'h1' }] },
    },
  ])('$name changes nothing, and is told', ({ scene }) => {
    const { said, draft, decisions } = held2(scene)
    expect(said).toEqual([])
    expect([...draft.intents.keys()]).toEqual([])
    expect(decisions[0]).toMatchObject({ granted: decisions[0]?.size, reason: 'paused' })
    expect(decisions[0]?.sentence).toMatch(
      /^ingest stays at \d: pool edge is held by ann \(kernel\), so nothing is changed, nor healed$/,
    )
  })

  test('another pool is not', () => {
    const { decisions } = held2({ ...hot, overrides: [{ kind: 'hold-pool', pool: 'other' }] })
    expect(decisions[0]?.granted).toBeGreaterThan(2)
  })

  test('when that has ended, what died meanwhile is replaced', () => {
    const { said } = look({ hosts: pair, policies, health: { 'ingest-1': silent } })
    expect(said.some((sentence) => sentence.includes('ingest-1'))).toBe(true)
  })
})
