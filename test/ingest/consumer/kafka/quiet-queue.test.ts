import { createRequire } from 'node:module'
import { expect, test, vi } from 'vitest'
import { quietenRequestQueue } from '../../../../ingest/consumer/kafka/quiet-queue.ts'

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue')
const logger = { debug: () => {} }

test("kafkajs's queue looks after requests that were held back only while there are some", () => {
  quietenRequestQueue()
  quietenRequestQueue()
  const timer = vi.spyOn(globalThis, 'setTimeout')
  const queue = new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 1,
    clientId: 'test',
    broker: 'a',
    logger,
  })
  queue.checkPendingRequests()
  expect(timer).not.toHaveBeenCalled()
  const sent: string[] = []
  const request = (id: number) => ({
    entry: { correlationId: id, resolve: () => {} },
    expectResponse: false,
    sendRequest: () => sent.push(`${id}`),
  })
  queue.maybeThrottle(60_000)
  queue.push(request(1))
  expect([timer.mock.calls.length, sent]).toEqual([1, []])
  queue.throttledUntil = -1
  queue.checkPendingRequests()
  expect(sent).toEqual(['1'])
  queue.destroy()
  timer.mockRestore()
})
