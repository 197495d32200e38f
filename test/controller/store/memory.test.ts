import { expect, test } from 'vitest'
import { memoryDisk, memoryStore } from '../../../controller/store/memory.ts'
import { stateOf, storeContract } from '../../contract/store.ts'

storeContract('the memory store', async () => {
  const disk = memoryDisk()
  let full = false
  disk.fault = () => (full ? 'the disk is full' : undefined)
  return {
    open: async () => ({ kind: 'open', store: memoryStore(disk) }),
    vanish: async () => {},
    fill: () => {
      full = true
    },
    repair: () => {
      full = false
    },
  }
})

test('a fault sees the state that it is asked about', async () => {
  const disk = memoryDisk(stateOf(1))
  disk.fault = ({ counter }) => (counter > 2 ? 'too much' : undefined)
  const store = memoryStore(disk)
  expect(await store.save(0, stateOf(2))).toEqual({ kind: 'saved', revision: 1 })
  expect(await store.save(1, stateOf(3))).toEqual({ kind: 'failed', detail: 'too much' })
  expect(disk.state).toEqual(stateOf(2))
})
