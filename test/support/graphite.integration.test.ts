import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startGraphite } from './graphite.ts'
import { needs } from './servers.ts'
import { until } from './until.ts'

/** A process that has ended may still be listed until somebody asks how it ended. */
const isGone = (pid: number): boolean => {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('a Graphite of tests', () => {
  test('what it forks dies with it, even frozen, and its data outlives a crash', async () => {
    const graphite = await startGraphite()
    const t = Math.floor(Date.now() / 1000) * 1000 - 60_000
    await graphite.write([{ path: 'fine.x', samples: [{ t, value: 42 }] }])
    const worker = graphite.web.worker()
    expect(worker).not.toBe(graphite.web.pid())
    graphite.web.freeze()
    await graphite.web.kill()
    await until(() => isGone(worker), { what: 'the worker to end' })
    await graphite.carbon.kill()
    await Promise.all([graphite.carbon.restart(), graphite.web.restart()])
    const query = `target=fine.x&from=${t / 1000 - 10}&until=${t / 1000 + 10}&format=json`
    const answer = await fetch(`${graphite.url}/render?${query}`)
    expect(await answer.text()).toContain(`[42.0, ${t / 1000}]`)
  })
})
