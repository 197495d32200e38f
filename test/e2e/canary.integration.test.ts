import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dispatch } from '../../controller/commands/dispatch.ts'
import { commands } from '../../controller/commands/index.ts'
import { diskFiles } from '../../controller/files.ts'
import { witness } from '../controller/commands/support.ts'
import type { Place } from '../support/controller.ts'

import { until } from '../support/until.ts'
import { ask, mistake, readAll, type Seen } from './canary-reads.ts'
import { type CanaryScene, canaryScene } from './canary-scene.ts'

/** By where: which secrets show there. */
function leaks(seen: Seen, secrets: CanaryScene['secrets']): string[] {
  const found: string[] = []
  for (const [where, text] of seen) {
    for (const [name, secret] of Object.entries(secrets)) {
      const at = text.indexOf(secret)
      if (at >= 0) found.push(`${where} shows ${name}: ${text.slice(Math.max(0, at - 120), at + 20)}`)
    }
  }
  return found
}

/** In this process, since two dozen of them would each load everything anew. */
async function command(place: Place, seen: Seen, ...words: readonly string[]): Promise<void> {
  const context = { ...witness(diskFiles, place.folder), now: Date.now }
  await dispatch(words, commands, context)
  seen.set(`capuchin ${words.join(' ')}`, [...context.written, ...context.complaints].join('\n'))
}

const lookers = [
  ['status'],
  ['status', '--check'],
  ['status', '--json'],
  ['plan'],
  ['plan', '--json'],
  ['explain', 'ingest'],
  ['explain', 'ingest', '--json'],
  ['history', '--json'],
  ['check'],
  ['check', '--json'],
  ['overrides', '--json'],
  ['watch', '--once'],
  ['doctor'],
  ['doctor', '--json'],
  ['notify', 'test'],
  ['cost'],
  ['logs', 'capuchin-local-1/supervisor'],
  ['logs', 'capuchin-local-1/beside'],
  ['completion', 'bash'],
] as const

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

describe('secrets', () => {
  test('show in no answer, page, log, command, list or history, and in files only for their owner', async () => {
    const scene = await canaryScene()
    const { place, secrets } = scene
    const controller = await place.run()
    const seen: Seen = new Map()
    await until(async () => (await controller.status())?.workloads[0]?.counts.ready === 1, {
      what: 'an instance',
      within: 30_000,
    })
    await until(() => scene.carried() >= 6, { what: 'every server to be shown a secret', within: 20_000 })
    await mistake(place.url, secrets, seen)
    for (const words of lookers) await command(place, seen, ...words)
    await readAll(place.url, seen)

    // A policy that is wrong just where the secret stands.
    const broken = {
      workload: 'ingest',
      pool: 'local',
      run: { env: { API_KEY: [secrets['run-env']] } },
      size: { min: 1, max: 2 },
    }
    await place.writePolicy('ingest', broken)
    controller.child.signal('SIGHUP')
    await until(async () => ((await controller.status())?.notices ?? []).length > 0, {
      what: 'the refusal to be told',
      within: 20_000,
    })
    for (const words of [['check'], ['status'], ['status', '--json']]) await command(place, seen, ...words)
    seen.set('GET /metrics, refused', await ask(`${place.url}/metrics`))
    await controller.stop()
    for (const words of [['status'], ['plan'], ['history', '--json'], ['down']])
      await command(place, seen, ...words)
    seen.set('the log', controller.child.stdout() + controller.child.stderr())
    await secretsInSettings(place, secrets, seen)
    await wrongKey(place, seen)

    const open: string[] = []
    for (const path of [
      ...(await filesIn(place.state)),
      ...(await filesIn(join(place.folder, 'published'))),
    ]) {
      const text = await readFile(path, 'latin1')
      if (leaks(new Map([[path, text]]), secrets).length === 0) continue
      const { mode } = await stat(path)
      const name = path.slice(place.folder.length + 1)
      if ((mode & 0o077) !== 0) open.push(`${name} (${(mode & 0o777).toString(8)})`)
      if (!/^state\/(state(\.previous)?\.json|hosts\/[^/]+\/manifests\/\d+-\d+\.json)$/.test(name))
        open.push(name)
    }
    expect(leaks(seen, await withDrainTokens(place, secrets))).toEqual([])
    expect(open).toEqual([])
    await scene.close()
  })
})

/** Settings that are refused because of where a secret stands. */
async function secretsInSettings(place: Place, secrets: CanaryScene['secrets'], seen: Seen): Promise<void> {
  const pool = { provider: 'process', slots: 1, hosts: { min: 0, max: 1 } }
  const wrong = {
    pools: { local: { ...pool, system: [{ name: 'x', command: ['x'], env: { A: [secrets['mark']] } }] } },
    server: { tokenFile: [secrets['mark']] },
    sources: {
      main: { type: 'prometheus', url: `http://u:${secrets['mark']}@127.0.0.1:1`, interval: '1s' },
      tenant: {
        type: 'prometheus',
        url: 'http://127.0.0.1:1',
        interval: '1s',
        headers: { a: [secrets['mark']] },
      },
    },
    notify: {
      one: { type: 'webhook', url: `ftp://x/${secrets['mark']}` },
      two: { type: 'webhook', url: `http://u:${secrets['mark']}@x/` },
    },
  }
  const path = join(place.folder, 'wrong.yaml')
  await writeFile(path, JSON.stringify(wrong))
  for (const words of [['check'], ['check', '--json'], ['status'], ['plan']])
    await command(place, seen, ...words, '--config', path)
}

/** A key of the server that is none, with the secret where its text is. */
async function wrongKey(place: Place, seen: Seen): Promise<void> {
  const path = join(place.folder, 'tls.yaml')
  const settings = { pools: { local: { provider: 'process', slots: 1, hosts: { min: 0, max: 1 } } } }
  const server = { listen: '127.0.0.1:0', tls: { cert: 'password', key: 'key.json' } }
  await writeFile(path, JSON.stringify({ ...settings, server, store: { type: 'memory' } }))
  const child = await place.begin('run', '--config', path)
  await child.exited
  seen.set('run with a wrong key', child.stdout() + child.stderr())
}

/** Those of the instances are made by the controller. */
async function withDrainTokens(
  place: Place,
  secrets: CanaryScene['secrets'],
): Promise<CanaryScene['secrets']> {
  const text = await readFile(join(place.state, 'state.json'), 'utf8')
  const tokens = [...text.matchAll(/"token":\s*"([^"]+)"/g)].map(([, token = '']) => token)
  expect(tokens.length).toBeGreaterThan(0)
  return { ...secrets, ...Object.fromEntries(tokens.map((token, at) => [`drain token ${at}`, token])) }
}
