import { describe, expect, test } from 'vitest'
import { emptyState, type StoreState } from '../../controller/decision/state.ts'
import type { OpenOutcome, Store } from '../../controller/store/store.ts'

/** What the suite has to be able to do to a store from outside. */
export interface StoreHarness {
  /** Opens on the same disk, as the next process would. */
  open(): Promise<OpenOutcome>
  /** The process that holds the store ends without closing it, or is taken for dead. */
  vanish(): Promise<void>
  /** From now on no byte can be written, until `repair`. */
  fill(): void
  repair(): void
}

/** A state that is told from others by `counter`. */
export const stateOf = (counter: number): StoreState => ({ ...emptyState, counter })

export function storeContract(name: string, harness: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the promises of a store`, () => {
    test('a new one is empty, at revision 0, under an epoch of its own', async () => {
      const store = await opened(await harness())
      expect(await store.load()).toEqual({ revision: 0, state: emptyState })
      expect(store.epoch).toBeGreaterThan(0)
    })

    test('what was saved is there after a close and after a crash, at its revision', async () => {
      const disk = await harness()
      const first = await opened(disk)
      expect(await first.save(0, stateOf(1))).toEqual({ kind: 'saved', revision: 1 })
      await first.close()
      const second = await opened(disk)
      expect(await second.save(1, stateOf(2))).toEqual({ kind: 'saved', revision: 2 })
      await disk.vanish()
      expect(await (await opened(disk)).load()).toEqual({ revision: 2, state: stateOf(2) })
    })

    test('the epoch rises with every opening, also when nothing was saved under it', async () => {
      const disk = await harness()
      const epochs: number[] = []
      for (let opening = 0; opening < 4; opening++) {
        const store = await opened(disk)
        epochs.push(store.epoch)
        if (opening % 2 === 0) await store.close()
        else await disk.vanish()
      }
      const [first = 0] = epochs
      expect(epochs).toEqual([first, first + 1, first + 2, first + 3])
    })

    test('a save on another revision than the present one is a conflict and changes nothing', async () => {
      const store = await opened(await harness())
      await store.save(0, stateOf(1))
      expect(await store.save(0, stateOf(2))).toEqual({ kind: 'conflict', revision: 1 })
      expect(await store.save(2, stateOf(2))).toEqual({ kind: 'conflict', revision: 1 })
      expect(await store.load()).toEqual({ revision: 1, state: stateOf(1) })
    })

    test('of saves at the same time on the same revision one wins', async () => {
      const store = await opened(await harness())
      const outcomes = await Promise.all([1, 2, 3].map((counter) => store.save(0, stateOf(counter))))
      expect(outcomes.map(({ kind }) => kind)).toEqual(['saved', 'conflict', 'conflict'])
      expect(await store.load()).toEqual({ revision: 1, state: stateOf(1) })
    })

    test('the same state object is saved without a new revision', async () => {
      const store = await opened(await harness())
      await store.save(0, stateOf(1))
      const { revision, state } = await store.load()
      expect(await store.save(revision, state)).toEqual({ kind: 'saved', revision })
      expect(await store.load()).toEqual({ revision, state })
    })

    test('a holder whose epoch has been passed is fenced, with whatever it saves', async () => {
      const disk = await harness()
      const old = await opened(disk)
      await old.save(0, stateOf(1))
      const { revision, state } = await old.load()
      await disk.vanish()
      const present = await opened(disk)
      expect(await old.save(revision, stateOf(2))).toEqual({ kind: 'fenced', epoch: present.epoch })
      expect(await old.save(revision, state)).toEqual({ kind: 'fenced', epoch: present.epoch })
      await old.close()
      expect(await present.save(revision, stateOf(3))).toEqual({ kind: 'saved', revision: 2 })
      await disk.vanish()
      expect(await (await opened(disk)).load()).toEqual({ revision: 2, state: stateOf(3) })
    })

    test('a save that fails says why, leaves the former state whole, and does not spoil the next one', async () => {
      const disk = await harness()
      const store = await opened(disk)
      await store.save(0, stateOf(1))
      disk.fill()
      expect(await store.save(1, stateOf(2))).toEqual({
        kind: 'failed',
        detail: expect.stringMatching(/full/),
      })
      expect(await store.load()).toEqual({ revision: 1, state: stateOf(1) })
      disk.repair()
      await disk.vanish()
      const next = await opened(disk)
      expect(await next.load()).toEqual({ revision: 1, state: stateOf(1) })
      expect(await next.save(1, stateOf(3))).toEqual({ kind: 'saved', revision: 2 })
    })

    test('the same holder can go on after a failed save', async () => {
      const disk = await harness()
      const store = await opened(disk)
      disk.fill()
      await store.save(0, stateOf(1))
      disk.repair()
      expect(await store.save(0, stateOf(2))).toEqual({ kind: 'saved', revision: 1 })
    })

    test('a closed store saves nothing, says so, and can be closed again', async () => {
      const disk = await harness()
      const store = await opened(disk)
      await store.close()
      await store.close()
      expect(await store.save(0, stateOf(1))).toMatchObject({ kind: 'failed', detail: expect.any(String) })
      expect(await (await opened(disk)).load()).toEqual({ revision: 0, state: emptyState })
    })
  })
}

async function opened(disk: StoreHarness): Promise<Store> {
  const outcome = await disk.open()
  if (outcome.kind === 'open') return outcome.store
  throw new Error(`refused as ${outcome.reason}: ${outcome.detail}`)
}
