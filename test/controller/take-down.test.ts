import { expect, test } from 'vitest'
import { memoryCloud } from '../../controller/providers/memory/cloud.ts'
import { memoryProvider } from '../../controller/providers/memory/memory.ts'
import type { Weather } from '../../controller/providers/memory/weather.ts'
import type { Provider } from '../../controller/providers/provider.ts'
import { emptyPool } from '../../controller/take-down.ts'

const labelsOf = (controller: string) => ({
  ...{ controller, pool: 'edge', index: '0', slots: '3', intent: 'i', epoch: '1' },
})

/** A cloud with these hosts, by the name of their controller, and how to empty it in virtual time. */
async function pool(hosts: Record<string, string>, weather: Partial<Weather> = {}) {
  let now = 1_000_000
  const cloud = memoryCloud(() => now, weather)
  const provider = memoryProvider(cloud, 'edge')
  const never = new AbortController().signal
  for (const [name, controller] of Object.entries(hosts))
    await provider.createHost(
      { name, zone: 'a', labels: labelsOf(controller) },
      { epoch: 1, revision: 1, instances: [] },
      never,
    )
  const gone: string[] = []
  const said: string[] = []
  const sleep = async (ms: number): Promise<void> => {
    now += ms
  }
  const empty = (changed: Partial<Provider> = {}) =>
    emptyPool('edge', { ...provider, ...changed }, 'capuchin', {
      sleep,
      say: (line) => void said.push(line),
      gone,
    })
  return { cloud, provider, empty, gone, said }
}

test('all hosts of the controller are deleted, and those of others stay', async () => {
  const { cloud, empty, gone } = await pool(
    { h1: 'capuchin', h2: 'capuchin', other: 'baboon' },
    { deleteTime: 40_000 },
  )
  expect(await empty()).toEqual([])
  expect(gone).toEqual(['h1', 'h2'])
  expect(cloud.hosts().map(({ name }) => name)).toEqual(['other'])
})

test('a listing that fails on the way is made again', async () => {
  const { provider, empty, gone } = await pool({ h1: 'capuchin' }, { deleteTime: 5_000 })
  let looks = 0
  const list: Provider['list'] = (signal) =>
    ++looks % 3 === 2 ? Promise.resolve({ kind: 'failed', detail: 'no answer' }) : provider.list(signal)
  expect(await empty({ list })).toEqual([])
  expect(gone).toEqual(['h1'])
})

test('a pool that cannot be listed to begin with is told at once', async () => {
  const { empty, cloud } = await pool({ h1: 'capuchin' }, { listFails: () => 'permission denied' })
  expect(await empty()).toEqual(['pool edge cannot be listed: permission denied'])
  expect(cloud.log.filter(({ operation }) => operation === 'deleteHost')).toEqual([])
})

test('a cloud that deletes one host at a time is waited for as long as hosts go', async () => {
  const names = ['h1', 'h2', 'h3', 'h4']
  const { provider, empty, gone } = await pool(Object.fromEntries(names.map((name) => [name, 'capuchin'])))
  let calls = 0
  const deleteHost: Provider['deleteHost'] = (host, signal) =>
    ++calls % 150 === 0
      ? provider.deleteHost(host, signal)
      : Promise.resolve({ kind: 'unknown', detail: 'other operations are under way' })
  expect(await empty({ deleteHost })).toEqual([])
  expect(gone.toSorted()).toEqual(names)
})

test('what does not go is named, with the last reason', async () => {
  const { empty } = await pool({ h1: 'capuchin' })
  const deleteHost: Provider['deleteHost'] = async () => ({
    kind: 'refused',
    code: 'auth',
    detail: 'no role',
  })
  expect(await empty({ deleteHost })).toEqual(['pool edge still has h1 after 120 s: no role'])
})
