import { expect, test } from 'vitest'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import type { HostStatus, PoolStatus } from '../../../controller/web/status.ts'

const host = (name: string, zone: string): HostStatus => ({ host: name, zone, state: 'running', slots: [] })

const pool = (...hosts: HostStatus[]): PoolStatus => ({
  ...{ pool: 'local', hosts, hostsMin: 0, hostsMax: 4, spareSlots: 0 },
  slots: { total: 0, used: 0, free: 0 },
})

const zonesOf = async (...looks: readonly PoolStatus[]): Promise<string[]> => {
  const metrics = createMetrics()
  for (const look of looks) metrics.pool(look)
  return (await metrics.render()).split('\n').filter((line) => line.startsWith('capuchin_pool_zone_hosts{'))
}

test('hosts are counted by zone, and a zone that has none any more goes away', async () => {
  const both = pool(host('one', 'a'), host('two', 'b'), host('three', 'b'))
  expect(await zonesOf(both)).toEqual([
    'capuchin_pool_zone_hosts{pool="local",zone="a"} 1',
    'capuchin_pool_zone_hosts{pool="local",zone="b"} 2',
  ])
  expect(await zonesOf(both, pool(host('two', 'b')))).toEqual([
    'capuchin_pool_zone_hosts{pool="local",zone="b"} 1',
  ])
})
