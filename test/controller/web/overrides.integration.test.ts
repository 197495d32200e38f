import * as fs from 'node:fs/promises'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Context } from '../../../controller/commands/command.ts'
import { settingsOnly } from '../../../controller/commands/configuration.ts'
import { dispatch } from '../../../controller/commands/dispatch.ts'
import { commands } from '../../../controller/commands/index.ts'
import { diskFiles } from '../../../controller/files.ts'
import { readFileHistory } from '../../../controller/history/file.ts'
import { createHand } from '../../../controller/loop/hand.ts'
import { outsideOf } from '../../../controller/outside.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { overrideRoutes } from '../../../controller/web/overrides.ts'
import { listen, type Server } from '../../../controller/web/server.ts'
import { aDoor } from '../../support/door.ts'
import { freePort, tempFolder } from '../../support/process.ts'
import { aPolicy, createWorld } from '../../support/world.ts'
import { witness } from '../commands/support.ts'

// The real server on loopback, with the real hand on a controller in a world of its own behind it, and the real commands.

const TOKEN = 'a-token-of-a-decent-length'
const servers: Server[] = []

afterAll(async () => {
  for (const server of servers) await server.close()
})

const settingsOf = (port: number): string => `name: capuchin
sources: { main: { type: scripted, series: {} } }
pools: { edge: { provider: process, slots: 3, hosts: { min: 1, max: 2 }, portBase: 45100 } }
server: { listen: "127.0.0.1:${port}", tokenFile: ./secret }
`
const policy = `workload: ingest
pool: edge
run: { command: [node, x.ts] }
size: { min: 2, max: 6 }
`

/** A folder with settings and a policy; `token`: what is in its token file. */
async function aFolder(port: number, token = TOKEN): Promise<string> {
  const folder = await tempFolder('hand')
  await mkdir(join(folder, 'policies'))
  await writeFile(join(folder, 'capuchin.yaml'), settingsOf(port))
  await writeFile(join(folder, 'policies', 'ingest.yaml'), policy)
  await writeFile(join(folder, 'secret'), `${token}\n`)
  return folder
}

/** A controller that has ticked a few times, and its door. `token`: none where the controller could not make one. */
async function aController(port = 0, token: string | undefined = TOKEN) {
  const rules = {
    rules: [],
    size: { min: 2, max: 6 },
    out: { step: 1, wait: 0, perHour: { count: 4, share: 2 } },
  }
  const world = createWorld({ policies: [aPolicy('ingest', rules)], load: values(() => 100) })
  const controller = await world.start()
  await controller.ticks(4)
  let nudges = 0
  const hand = createHand(controller.deps, controller.memory, () => nudges++)
  const outcome = await listen('127.0.0.1', port, [overrideRoutes(aDoor(token), () => hand)])
  if (outcome.kind === 'failed') throw new Error(outcome.detail)
  servers.push(outcome.server)
  const url = `${outcome.server.address}/api/v1/overrides`
  return { world, controller, hand, url, nudges: () => nudges }
}

const json = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }

async function ask(url: string, init: RequestInit = {}) {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  return { code: answer.status, headers: answer.headers, body: (await answer.json()) as object }
}

const post = (url: string, body: unknown, headers: Record<string, string> = json) =>
  ask(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

const word = (act: object, given: object = {}) => ({ act, by: 'anna', why: 'launch', for: '1h', ...given })
const pause = { kind: 'pause', workload: 'ingest' }

describe('overrides by HTTP', () => {
  test('laid, listed and taken back', async () => {
    const { url, controller, nudges } = await aController()
    const laid = await post(url, word({ kind: 'pin', workload: 'ingest', size: 4 }))
    expect(laid).toMatchObject({
      code: 200,
      body: {
        override: { act: { kind: 'pin', size: 4 }, by: 'anna' },
        replaced: [],
        said: expect.stringMatching(/^ingest is pinned at 4/),
      },
    })
    const [decision] = await controller.ticks(1)
    expect(decision).toMatchObject({ granted: 3, reason: 'pinned' })
    const listed = await ask(url)
    expect(listed).toMatchObject({ code: 200, body: { overrides: [{ by: 'anna', why: 'launch' }] } })
    const query = '?kind=workload&workload=ingest&by=bo&why=done'
    const taken = await ask(`${url}${query}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    expect(taken).toMatchObject({ code: 200, body: { taken: [{ by: 'anna' }] } })
    expect((await ask(url)).body).toEqual({ overrides: [] })
    expect(nudges()).toBe(2)
  })

  test('one is taken back by its id', async () => {
    const { url, hand } = await aController()
    await post(url, word(pause))
    const id = hand.list()[0]?.id ?? ''
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect(await ask(`${url}/o999?by=bo`, { method: 'DELETE', headers })).toMatchObject({ code: 409 })
    expect(await ask(`${url}/${id}?by=bo`, { method: 'DELETE', headers })).toMatchObject({ code: 200 })
    expect(hand.list()).toEqual([])
  })

  test('whoever may not, or says it wrong, changes nothing', async () => {
    const { url, hand, controller } = await aController()
    const before = controller.memory.revision
    const rows: { what: unknown; headers?: Record<string, string>; code: number; says: RegExp }[] = [
      {
        what: word(pause),
        headers: { 'content-type': 'application/json' },
        code: 401,
        says: /needs the token/,
      },
      {
        what: word(pause),
        headers: { ...json, authorization: 'Bearer x' },
        code: 401,
        says: /not the token/,
      },
      { what: word(pause), headers: { ...json, origin: 'https://evil.example' }, code: 403, says: /origin/ },
      { what: 'x=1', headers: { ...json, 'content-type': 'text/plain' }, code: 415, says: /JSON/ },
      { what: '{', code: 400, says: /./ },
      { what: word({ kind: 'pin', workload: 'ingest' }), code: 400, says: /^act\.size: is missing/ },
      { what: word(pause, { for: 'x' }), code: 400, says: /^for: has to be a duration up to a year/ },
      { what: word(pause, { why: '' }), code: 400, says: /^why: has to be one line/ },
      { what: word({ kind: 'pin', workload: 'ingest', size: 9 }), code: 409, says: /its size is 2\.\.6/ },
      { what: word({ kind: 'pause', workload: 'ingst' }), code: 409, says: /did you mean "ingest"/ },
    ]
    for (const { what, headers, code, says } of rows) {
      const answer = await post(url, what, headers)
      expect({ what, code: answer.code }).toEqual({ what, code })
      const said = 'detail' in answer.body ? answer.body.detail : Reflect.get(answer.body, 'message')
      expect(said).toMatch(says)
      if (code === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect((await ask(`${url}?kind=workload&workload=ingest&by=x`, { method: 'DELETE' })).code).toBe(401)
    expect(hand.list()).toEqual([])
    expect(controller.memory.revision).toBe(before)
  })

  test('while a save hangs, others wait, and many are sent away with a time to come again', async () => {
    const { url, controller } = await aController()
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>()
    const tick = controller.memory.turns.take(() => stuck)
    const all = Promise.all(Array.from({ length: 25 }, () => post(url, word(pause))))
    const refused = await Promise.race([
      all,
      (async () => {
        for (;;) {
          const answer = await post(url, word(pause))
          if (answer.code === 503) return [answer]
        }
      })(),
    ])
    expect(refused[0]).toMatchObject({
      code: 503,
      body: { detail: expect.stringMatching(/others wait for the tick under way/) },
    })
    expect(refused[0]?.headers.get('retry-after')).toBe('5')
    release()
    await tick
    const codes = (await all).map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set([200, 503]))
  })

  test('a controller without a token lets nobody change anything', async () => {
    const { url } = await aController(0, '')
    expect((await post(url, word(pause))).code).toBe(401)
  })
})

/** Runs a command in this process, as root of a folder. */
async function run(folder: string, ...argv: string[]) {
  const seen = witness(diskFiles, folder)
  const context: Context = {
    ...seen,
    env: { USER: 'anna' },
    now: () => Date.now(),
    pid: process.pid,
    execPath: process.execPath,
  }
  const code = await dispatch(argv, commands, context)
  return { code, out: seen.written.join('\n'), err: seen.complaints.join('\n') }
}

describe('overrides by command', () => {
  test('of a controller that runs', async () => {
    const port = await freePort()
    const folder = await aFolder(port)
    const { hand } = await aController(port)
    const pinned = await run(folder, 'pin', 'ingest', '--size', '4', '--why', 'launch', '--for', '30m')
    expect(pinned).toMatchObject({ code: 0, err: '' })
    expect(pinned.out).toMatch(
      /^ingest is pinned at 4 until 12:31 UTC \(30m\); now 2, so it grows by 1 every 0s, at once$/,
    )
    expect(await run(folder, 'scale', 'ingest', '--by', '-1', '--why', 'x')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^capuchin scale: ingest cannot be scaled by -1: it has 2 now/),
    })
    const listed = JSON.parse((await run(folder, 'overrides', '--json')).out)
    expect(listed).toMatchObject({ ok: true, running: true, overrides: [{ by: 'anna', why: 'launch' }] })
    expect(await run(folder, 'resume', 'ingest')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^taken back: o\d+: ingest: it is pinned/),
    })
    expect(hand.list()).toEqual([])
    await writeFile(join(folder, 'secret'), 'another-token-of-some-length')
    expect(await run(folder, 'pause', 'ingest', '--why', 'x')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /refuses: this is not the token of the controller \(it was read from .*secret\)$/,
      ),
    })
    expect(hand.list()).toEqual([])
  })

  test('without a controller it goes into the saved state, and binds from the next start', async () => {
    const folder = await aFolder(await freePort())
    const paused = await run(folder, 'pause', 'ingest', '--why', 'moving house', '--for', 'ever')
    expect(paused).toMatchObject({
      code: 0,
      out: 'ingest is paused until it is taken back: it stays at its size, and what dies is replaced',
      err: expect.stringMatching(/^no controller answers at http:\S+: it binds from the next start$/),
    })
    const path = join(folder, 'state', 'state.json')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      state: { overrides: { o1: { by: 'anna' } } },
    })
    const listed = await run(folder, 'overrides')
    expect(listed.out).toBe('  o1: ingest: it is paused by anna (moving house)')
    expect(await run(folder, 'overrides', '--end', 'o1', '--as', 'bo')).toMatchObject({ code: 0 })
    expect((await run(folder, 'overrides')).out).toBe('There are none.')
    const entries = await readFileHistory(join(folder, 'state', 'history'), fs, {})
    const history = entries.map((entry) => (entry.kind === 'outcome' ? entry.sentence : '')).join()
    expect(history).toContain('override o1 begins')
    expect(history).toContain('override o1 taken back by bo')
  })

  test('a state that somebody holds who does not answer is left alone', async () => {
    const folder = await aFolder(await freePort())
    await run(folder, 'pause', 'ingest', '--why', 'x')
    const path = join(folder, 'state', 'state.json')
    const before = await readFile(path, 'utf8')
    const loaded = settingsOnly('capuchin.yaml', { ...witness(diskFiles, folder) })
    if (loaded.kind === 'refused') throw new Error('the settings are sound')
    const outside = outsideOf({ ...witness(diskFiles, folder), now: () => Date.now(), pid: process.pid })
    const opened = await loaded.settings.store.open(outside)
    if (opened.kind === 'refused') throw new Error(opened.detail)
    const held = await readFile(path, 'utf8')
    expect(await run(folder, 'pin', 'ingest', '--size', '3', '--why', 'x')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^capuchin pin: process \d+ holds .* and does not answer, so nothing was changed/,
      ),
    })
    expect(await readFile(path, 'utf8')).toBe(held)
    await opened.store.close()
    expect(before).toContain('"pause"')
  })

  test.skipIf(process.getuid?.() !== 0)('a state of another user is left to that user', async () => {
    const folder = await aFolder(await freePort())
    const state = join(folder, 'state')
    await mkdir(state)
    await fs.chown(state, 12_345, 12_345)
    expect(await run(folder, 'pause', 'ingest', '--why', 'x')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/belongs to user 12345: run this as that user \(sudo -u '#12345'/),
    })
    expect(await fs.readdir(state)).toEqual([])
  })

  test.for<{ argv: string[]; says: RegExp }>([
    { argv: ['pause'], says: /name one workload/ },
    { argv: ['pause', 'ingest'], says: /--why is missing/ },
    { argv: ['pause', 'ingest', '--why', ''], says: /--why has to be one line/ },
    {
      argv: ['pause', 'ingest', '--why', 'x', '--for', 'long'],
      says: /--for has to be a duration up to a year/,
    },
    { argv: ['pin', 'ingest', '--why', 'x'], says: /--size has to be a number/ },
    { argv: ['pin', 'ingest', '--why', 'x', '--size', '1.5'], says: /--size has to be a number/ },
    { argv: ['scale', 'ingest', '--why', 'x', '--by', '0'], says: /--by has to be a number such as/ },
    { argv: ['host', 'remove', 'edge', '--why', 'x'], says: /there is "add" and "drain"/ },
    { argv: ['host', 'add', 'edge', '--why', 'x', '--count', '0'], says: /--count/ },
    { argv: ['freeze', 'a', 'b', '--why', 'x'], says: /name one instance or host/ },
  ])('$argv is wrong usage', async ({ argv, says }) => {
    const { code, err } = await run('/nowhere', ...argv)
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})
