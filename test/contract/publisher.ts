import { describe, expect, test } from 'vitest'
import type { Published, PublishedList, Publisher } from '../../controller/publishers/publisher.ts'

/** What the suite has to be able to do to what a publisher writes to. */
export interface PublisherHarness {
  /** A publisher as the next start of the controller would open it. */
  open(): Publisher
  /** All that readers see now, by name. */
  read(): Promise<Readonly<Record<string, string>>>
  /** Takes away what has been published. */
  wipe(): Promise<void>
  /** From now on nothing can be published, until `repair`. */
  fill(): void
  repair(): void
}

/** An instance that is told from others by its number. */
export const published = (number: number, change: Partial<Published> = {}): Published => ({
  workload: 'ingest',
  instance: `ingest-${number}`,
  host: `local-${number}`,
  pool: 'local',
  zone: 'a',
  version: 'v1',
  address: '127.0.0.1',
  port: 8100 + number,
  state: 'ready',
  ...change,
})

/** A list of the instances with these numbers, all of them routed. */
export function listOf(...numbers: readonly number[]): PublishedList {
  const instances = numbers.map((number) => published(number))
  const hosts = numbers.map((number) => ({
    name: `local-${number}`,
    pool: 'local',
    zone: 'a',
    exporter: `127.0.0.1:${9100 + number}`,
  }))
  return { instances, hosts, routed: new Set(instances.map(({ instance }) => instance)) }
}

export function publisherContract(name: string, harness: () => Promise<PublisherHarness>): void {
  describe(`${name} keeps the promises of a publisher`, () => {
    test('what is new is written, what is not is left alone, in whatever order it comes', async () => {
      const { open, read } = await harness()
      const publisher = open()
      expect(await publisher.publish(listOf(1, 2))).toEqual({ kind: 'written' })
      const before = await read()
      expect(await publisher.publish(listOf(1, 2))).toEqual({ kind: 'unchanged' })
      expect(await publisher.publish(listOf(2, 1))).toEqual({ kind: 'unchanged' })
      expect(await read()).toEqual(before)
    })

    test('what is read is what was last given, and nothing of what came before', async () => {
      const { open, read } = await harness()
      const other = await harness()
      const publisher = open()
      await publisher.publish(listOf(1, 2, 3))
      expect(await publisher.publish(listOf(2))).toEqual({ kind: 'written' })
      await other.open().publish(listOf(2))
      expect(await read()).toEqual(await other.read())
    })

    test('after a restart the same is unchanged and another is written', async () => {
      const { open, read } = await harness()
      await open().publish(listOf(1))
      const before = await read()
      expect(await open().publish(listOf(1))).toEqual({ kind: 'unchanged' })
      expect(await open().publish(listOf(1, 2))).toEqual({ kind: 'written' })
      expect(await read()).not.toEqual(before)
    })

    test('what somebody has taken away is put back', async () => {
      const { open, read, wipe } = await harness()
      const publisher = open()
      await publisher.publish(listOf(1))
      const before = await read()
      await wipe()
      expect(await publisher.publish(listOf(1))).toEqual({ kind: 'written' })
      expect(await read()).toEqual(before)
    })

    test('a failure is an outcome that says why; the former list stays whole and the next one is published', async () => {
      const { open, read, fill, repair } = await harness()
      const publisher = open()
      await publisher.publish(listOf(1))
      const before = await read()
      fill()
      expect(await publisher.publish(listOf(1, 2))).toEqual({
        kind: 'failed',
        detail: expect.stringMatching(/free space/),
      })
      expect(await read()).toEqual(before)
      repair()
      expect(await publisher.publish(listOf(1, 2))).toEqual({ kind: 'written' })
    })

    test('a reader at any moment sees the former list or the new one, whole', async () => {
      const { open, read } = await harness()
      const publisher = open()
      const lists = [listOf(...Array.from({ length: 300 }, (_, i) => i)), listOf(1, 2)]
      const legal = new Set<string>()
      for (const list of lists) {
        await publisher.publish(list)
        for (const text of Object.values(await read())) legal.add(text)
      }
      let writing = true
      const writes = (async () => {
        for (let round = 0; round < 20; round++)
          for (const list of lists) expect(await publisher.publish(list)).toEqual({ kind: 'written' })
        writing = false
      })()
      while (writing) for (const text of Object.values(await read())) expect(legal.has(text)).toBe(true)
      await writes
    })
  })
}
