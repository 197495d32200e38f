import { expect, test } from 'vitest'
import { createLifecycle } from '../../../ingest/shared/lifecycle.ts'
import { shutDown } from '../../../ingest/shared/shutdown.ts'

const instance = (onCut = () => {}) => {
  const lifecycle = createLifecycle()
  lifecycle.opened()
  const seen: string[] = []
  const cut = () => {
    seen.push('cut')
    onCut()
  }
  const close = async () => {
    seen.push(`closed while ${lifecycle.state()}`)
  }
  return { lifecycle, cut, close, seen }
}

test('an idle instance closes at once', async () => {
  const { seen, ...ending } = instance()
  expect(await shutDown(ending, 10_000)).toEqual({ kind: 'clean' })
  expect(seen).toEqual(['closed while drained'])
})

test('work under way is waited for before anything closes', async () => {
  const { seen, ...ending } = instance()
  const end = ending.lifecycle.begin()
  const ended = shutDown(ending, 10_000)
  expect([ending.lifecycle.state(), seen]).toEqual(['draining', []])
  end()
  expect(await ended).toEqual({ kind: 'clean' })
  expect(seen).toEqual(['closed while drained'])
})

test('clients that do not come to an end are cut off before the grace is over', async () => {
  let end = () => {}
  const { seen, ...ending } = instance(() => end())
  end = ending.lifecycle.begin()
  expect(await shutDown(ending, 100)).toEqual({ kind: 'clean' })
  expect(seen).toEqual(['cut', 'closed while drained'])
})

test('when work is left all the same, it ends with the grace and says so', async () => {
  const { seen, ...ending } = instance()
  ending.lifecycle.begin()
  expect(await shutDown(ending, 50)).toEqual({ kind: 'overdue', inFlight: 1 })
  expect(seen).toEqual(['cut'])
})
