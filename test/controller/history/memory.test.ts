import { expect, test } from 'vitest'
import { memoryHistory } from '../../../controller/history/memory.ts'
import { historyContract, outcomeAt, short } from '../../contract/history.ts'

historyContract('the memory history', async () => memoryHistory())

test('it keeps the newest entries only', async () => {
  const history = memoryHistory(3)
  for (const seconds of [1, 2, 3, 4, 5]) history.happened(outcomeAt(seconds))
  expect(short(await history.read({}))).toEqual(['order-host 3', 'order-host 4', 'order-host 5'])
})
