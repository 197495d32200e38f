import { expect, test } from 'vitest'
import type { PoolAlarm } from '../../../controller/decision/pool-alarms.ts'
import { createBells } from '../../../controller/telemetry/bells.ts'

test('an alarm of a pool is told once when it begins and once when it is over, however its text changes', () => {
  const said: string[] = []
  const line = (level: string) => (fields: object) => {
    said.push(`${level} ${'pool' in fields ? fields.pool : ''}: ${'detail' in fields ? fields.detail : ''}`)
  }
  const bells = createBells({ info: line('info'), warn: line('warn') })
  const tick = (pool: string, ...alarms: PoolAlarm[]): void =>
    bells({
      ...{ pool, hosts: [], slots: { total: 0, used: 0, free: 0 }, hostsMin: 0, hostsMax: 1, spareSlots: 0 },
      ...(alarms.length > 0 && { alarms }),
    })
  const zone = (about: string, text: string): PoolAlarm => ({ kind: 'zone', about, text })
  tick('edge')
  tick('edge', zone('a', 'no capacity for 5m'))
  tick('edge', zone('a', 'no capacity for 4m'))
  tick('other', zone('a', 'no capacity'))
  tick('edge', zone('a', 'no capacity for 3m'), zone('b', 'none either'))
  tick('edge', zone('b', 'none either'))
  tick('edge')
  tick('edge', zone('a', 'again'))
  expect(said).toEqual([
    'warn edge: no capacity for 5m',
    'warn other: no capacity',
    'warn edge: none either',
    'info edge: no capacity for 3m',
    'info edge: none either',
    'warn edge: again',
  ])
})
