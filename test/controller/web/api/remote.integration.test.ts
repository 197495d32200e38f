import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../../../controller/commands/command.ts'
import { dispatch } from '../../../../controller/commands/dispatch.ts'
import { commands } from '../../../../controller/commands/index.ts'
import { diskFiles } from '../../../../controller/files.ts'
import { smallPlace, untilReady } from '../../../e2e/small-place.ts'
import type { Controller, Place } from '../../../support/controller.ts'
import { freePort, tempFolder } from '../../../support/process.ts'
import { witness } from '../../commands/support.ts'
import { askedAt, judgeBy } from './judge.ts'

// A real controller in a process of its own, and commands that know nothing of it but its address.

let place: Place
let controller: Controller
let elsewhere: string

beforeAll(async () => {
  place = await smallPlace()
  controller = await place.run()
  await untilReady(controller, 1)
  elsewhere = await tempFolder('elsewhere')
})
afterAll(async () => {
  await place.down()
})

/** Runs a command in this process, in a folder. */
async function run(folder: string, argv: string[], env: Record<string, string> = {}) {
  const seen = witness(diskFiles, folder)
  const context: Context = {
    ...seen,
    env: { USER: 'anna', TZ: 'UTC', ...env },
    now: () => Date.now(),
    pid: process.pid,
  }
  const code = await dispatch(argv, commands, context)
  return { code, out: seen.written.join('\n'), err: seen.complaints.join('\n') }
}

const remote = (...argv: string[]) => run(elsewhere, [...argv, '--url', place.url])
const local = (...argv: string[]) => run(place.folder, argv)
const tokenFile = () => join(place.state, 'token')

test('every route that reads answers as the document says', async () => {
  const text = await (await fetch(`${place.url}/api/v1/openapi.json`)).text()
  const judge = judgeBy(text)
  for (const path of judge.reads) {
    const answer = await fetch(`${place.url}${askedAt(path, 'local', Date.now())}`)
    const isRight = judge.of(path, 'get', '200')
    isRight(await answer.json())
    expect({ path, code: answer.status, errors: isRight.errors ?? [] }).toEqual({
      path,
      code: 200,
      errors: [],
    })
  }
})

describe('a command with --url', () => {
  test('shows what the same command shows beside the controller', async () => {
    const at = new Date(Date.now() - 1_000).toISOString()
    const rows = [
      ['explain', 'ingest', '--at', at, '--json'],
      ['explain', 'ingest', '--at', at],
      ['history', '--to', at, '--json'],
      ['history', 'ingest', '--to', at, '--kind', 'decision'],
      ['cost', '--from', '2026-01-01', '--to', '2026-01-02', '--json'],
      ['overrides', '--json'],
    ]
    for (const argv of rows) expect(await remote(...argv)).toEqual(await local(...argv))
    const status = await remote('status', '--json')
    expect(JSON.parse(status.out)).toMatchObject({
      controller: 'capuchin',
      workloads: [{ workload: 'ingest' }],
    })
    expect((await remote('status', '--check')).out).toMatch(/^CAPUCHIN OK - /)
    expect(await remote('plan')).toMatchObject({
      code: 0,
      err: expect.stringContaining(`at ${place.url} sees it`),
    })
  })

  test('changes with a token of a file, or of the environment', async () => {
    const said = await run(elsewhere, [
      'pause',
      'ingest',
      '--why',
      'load test',
      '--for',
      '10m',
      '--url',
      `${place.url}/`,
      '--token-file',
      tokenFile(),
    ])
    expect(said).toMatchObject({
      code: 0,
      err: `at ${place.url}:`,
      out: expect.stringMatching(/^ingest is paused until /),
    })
    expect((await local('overrides')).out).toMatch(/it is paused by anna until .* \(load test\)/)
    const env = { CAPUCHIN_URL: place.url, CAPUCHIN_TOKEN_FILE: tokenFile() }
    expect(await run(elsewhere, ['resume', 'ingest'], env)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^taken back: /),
    })
    const history = await remote('history', 'ingest', '--kind', 'outcome', '--json')
    expect(history.out).toMatch(/paused by anna.*load test/)
  })

  test('tells what is wrong, and what to do', async () => {
    await writeFile(join(elsewhere, 'wrong'), 'a-token-of-a-decent-length\n')
    await writeFile(join(elsewhere, 'short'), 'x\n')
    const port = await freePort()
    const dead = `http://127.0.0.1:${port}`
    const pause = ['pause', 'ingest', '--why', 'x', '--url']
    const rows: [argv: string[], code: number, says: string][] = [
      [
        [...pause, place.url],
        1,
        `at ${place.url}:\ncapuchin pause: ${place.url} refuses: a change needs the token: Authorization: Bearer TOKEN (no token was given: name its file with --token-file)`,
      ],
      [
        [...pause, place.url, '--token-file', 'wrong'],
        1,
        `at ${place.url}:\ncapuchin pause: ${place.url} refuses: this is not the token of the controller (it was read from wrong)`,
      ],
      [
        [...pause, place.url, '--token-file', 'none'],
        2,
        `capuchin pause: --token-file: ${elsewhere}/none does not exist\ncapuchin pause --help tells its options`,
      ],
      [[...pause, dead], 1, `at ${dead}:\ncapuchin pause: no controller answers at ${dead}`],
      [['status', '--url', dead], 1, `capuchin status: no controller answers at ${dead}`],
      [['history', '--url', dead], 1, `capuchin history: no controller answers at ${dead}`],
      [['explain', 'ingest', '--url', dead], 1, `capuchin explain: no controller answers at ${dead}`],
      [['cost', '--url', dead], 1, `capuchin cost: no controller answers at ${dead}`],
      [['plan', '--url', dead], 1, `capuchin plan: no controller answers at ${dead}`],
      [['overrides', '--url', dead], 1, `capuchin overrides: no controller answers at ${dead}`],
      [
        ['explain', 'ingst', '--url', place.url],
        1,
        `capuchin explain: ${place.url} answers 404: there is no workload "ingst"; did you mean "ingest"?`,
      ],
      [
        ['status', '--url', 'https://anna:secret@host/'],
        2,
        'capuchin status: "https://...@host/" is no address of a controller: say http://HOST:PORT or https://HOST, without user, password or query\ncapuchin status --help tells its options',
      ],
      [
        ['status', '--url', place.url, '-c', 'x.yaml'],
        2,
        'capuchin status: --url says which controller, and so does --config: say one of them\ncapuchin status --help tells its options',
      ],
      [
        ['status', '--token-file', 'short'],
        2,
        'capuchin status: --token-file goes with --url\ncapuchin status --help tells its options',
      ],
    ]
    for (const [argv, code, says] of rows)
      expect([argv, await run(elsewhere, argv)]).toEqual([argv, { code, out: '', err: says }])
    expect(await local('overrides')).toMatchObject({ out: 'There are none.' })
  })

  test('tells a controller of another version from what is none', async () => {
    const answers = new Map<string, [number, Record<string, string>, string]>([
      ['/api/v1/status', [200, { 'capuchin-version': '9.0.0' }, '{"something":"else"}']],
      ['/api/v1/plan', [302, { location: 'https://ops.example/login' }, '']],
      ['/api/v1/overrides', [200, {}, '<html>']],
    ])
    const server = createServer((request, response) => {
      const [code, headers, body] = answers.get(request.url ?? '') ?? [404, {}, '']
      response.writeHead(code, headers).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const said = async (command: string) => (await run(elsewhere, [command, '--url', url])).err
    expect(await said('status')).toBe(
      `capuchin status: what answers at ${url} is no controller (the controller is of version 9.0.0, this command of 0.1.0: use one of its version)`,
    )
    expect(await said('plan')).toBe(
      `capuchin plan: ${url} answers 302: what is meant is at https://ops.example/login`,
    )
    expect(await said('overrides')).toBe(`capuchin overrides: what answers at ${url} is no controller`)
    server.close()
  })

  test('touches nothing here', async () => {
    expect((await readdir(elsewhere)).toSorted()).toEqual(['short', 'wrong'])
    expect(await readFile(join(elsewhere, 'short'), 'utf8')).toBe('x\n')
  })
})

test('a controller stops while somebody watches, and the stream ends', async () => {
  const answer = await fetch(`${place.url}/api/v1/stream`)
  const reader = answer.body?.getReader()
  expect((await reader?.read())?.done).toBe(false)
  await controller.stop()
  const rest = async (): Promise<boolean> => {
    for (;;) {
      const piece = await reader?.read()
      if (piece === undefined || piece.done) return true
    }
  }
  expect(await rest()).toBe(true)
})
