import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../controller/commands/index.ts'
import { signal } from '../../controller/providers/process/identity.ts'
import { type Controller, makePlace } from '../support/controller.ts'
import { until } from '../support/until.ts'
import { contentOf, policy, settings, smallPlace, untilReady, untilStatus } from './small-place.ts'

describe('dry is dry', () => {
  test.concurrent('plan tells what it would place and order, and makes nothing, neither before the first start nor beside a controller', async () => {
    const place = await makePlace({
      // So slow that nothing but its first tick happens here.
      settings: ({ base, server }) => settings(base, server).replace('tick: 1s', 'tick: 30m'),
      policies: { ingest: policy('{ min: 1, max: 2 }') },
      count: 4,
    })
    const fresh = await contentOf(place.folder)
    const { code, stdout, stderr } = await place.capuchin('plan')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^ingest 0 -> 1: min is 1\n\nIt would do this now:\n {2}capuchin-local-1 is ordered in zone a: .*\n {2}ingest-\d+ goes to new host capuchin-local-1, slot 0\n$/,
    )
    expect(stderr).toMatch(
      /^no controller answers at http:\S+; this is what one would do that is started now/,
    )
    const json = await place.capuchin('plan', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      decisions: [{ workload: 'ingest', size: 0, granted: 1 }],
      steps: [{ kind: 'order-host' }, { kind: 'place' }],
    })
    expect(await contentOf(place.folder)).toEqual(fresh)
    expect(place.processes()).toEqual([])

    const controller = await place.run()
    const supervisor = await until(() => place.processes().find(({ supervises }) => supervises !== undefined))
    await until(() => place.processes().some(({ instance }) => instance !== undefined))
    signal(supervisor.identity, 'SIGKILL')
    await until(() => place.processes().length === 1)
    const before = await contentOf(place.state)
    const beside = await place.capuchin('plan')
    expect(beside).toMatchObject({
      code: 0,
      stderr: `as the controller at ${place.url} sees it, with the policies that it has loaded:\n`,
    })
    expect(beside.stdout).toMatch(
      /It would do this now:\n(?:.*\n)* {2}ingest-\d+ goes to (new|running) host /,
    )
    expect(await contentOf(place.state)).toEqual(before)
    expect(place.processes()).toHaveLength(1)
    await controller.stop()
    await place.down()
  })
})

describe('what every command has', () => {
  test.concurrent.for(Object.keys(commands))(
    '%s --help names its exit codes',
    async (name, { expect: expected }) => {
      const place = await smallPlace()
      const { code, stdout, stderr } = await place.capuchin(name, '--help')
      expected({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expected(stdout).toMatch(new RegExp(`^capuchin ${name} (\\S.* )?\\[options\\]\\n`))
      // Some can only be used wrongly; nothing else can go wrong with them.
      expected(stdout).toMatch(/\n\nExit codes:\n {2}0 +\S.*\n( {2}1 +\S.*\n)? {2}2 +\S/)
    },
  )

  test.concurrent('--json parses, whether it is well or not', async () => {
    const place = await smallPlace()
    const parsed = async (...args: string[]) => {
      const { code, stdout, stderr } = await place.capuchin(...args, '--json')
      expect(stderr).toBe('')
      return { code, said: JSON.parse(stdout) as unknown }
    }
    expect(await parsed('check')).toMatchObject({
      code: 0,
      said: { ok: true, workloads: [{ workload: 'ingest' }] },
    })
    expect(await parsed('status')).toMatchObject({
      code: 1,
      said: { ok: false, saved: [expect.any(String)] },
    })
    expect(await parsed('plan')).toMatchObject({ code: 0, said: { decisions: [{}], steps: [{}, {}] } })

    const controller = await place.run()
    await untilReady(controller, 1)
    expect(await parsed('status')).toMatchObject({
      code: 0,
      said: { controller: 'capuchin', workloads: [{}], pools: [{}] },
    })
    expect(await parsed('status', '--check')).toMatchObject({ code: 0, said: { code: 0, word: 'OK' } })
    expect(await parsed('plan')).toMatchObject({ code: 0, said: { decisions: [{}], steps: [] } })
    const explained = {
      code: 0,
      said: { workload: 'ingest', decision: { granted: 1 }, run: { first: expect.any(Number) } },
    }
    expect(await parsed('explain', 'ingest')).toMatchObject(explained)
    expect(await parsed('history', '--limit', '1')).toMatchObject({ code: 0, said: { version: 1 } })
    const spent = { pool: 'local', workloads: [{ workload: 'ingest', instanceHours: expect.any(Number) }] }
    expect(await parsed('cost')).toMatchObject({ code: 0, said: { total: { pools: [spent] } } })
    expect(await parsed('run')).toMatchObject({
      code: 1,
      said: { ok: false, detail: expect.stringContaining('in use') },
    })
    expect(await parsed('down')).toMatchObject({ code: 1, said: { ok: false, hosts: [] } })
    await controller.stop()
    for (const line of controller.child.stdout().trimEnd().split('\n')) JSON.parse(line)
    // The files tell what the controller told.
    expect(await parsed('explain', 'ingest')).toMatchObject(explained)
    expect(await parsed('cost')).toMatchObject({ code: 0, said: { total: { pools: [spent] } } })

    await writeFile(join(place.state, 'state.json'), '{')
    expect(await parsed('plan')).toMatchObject({ code: 1, said: { ok: false, detail: expect.any(String) } })
    await place.writePolicy('second', 'workload: 5')
    const bad = { code: 1, said: { ok: false, problems: [{ file: 'policies/second.yaml' }] } }
    for (const command of ['run', 'check', 'plan']) {
      const { code, said } = await parsed(command)
      expect({ code, said }).toMatchObject({ ...bad, said: { ok: false, problems: expect.any(Array) } })
    }
  })
})

describe('the hand on a real controller', () => {
  test.concurrent('pause, pin and resume bind at once, survive kill -9, and end by themselves', async () => {
    const quick = 'out: { wait: 0s }\nin: { wait: 0s, hold: 0s, perHour: { count: 9 } }\n'
    // So slow that only what nudges the loop shows at all.
    const place = await makePlace({
      settings: ({ base, server }) => settings(base, server).replace('tick: 1s', 'tick: 30m'),
      policies: { ingest: policy('{ min: 1, max: 3 }', quick) },
      count: 4,
    })
    const first = await place.run()
    const pinned = await place.capuchin('pin', 'ingest', '--size', '2', '--why', 'launch', '--as', 'anna')
    expect(pinned).toMatchObject({ code: 0, stderr: '' })
    expect(pinned.stdout).toMatch(
      /^ingest is pinned at 2 until \d\d:\d\d:\d\d UTC \(1h\); now 1, so it grows by 1 /,
    )
    const reasonOf = async (controller: Controller) => (await controller.status())?.workloads[0]?.reason
    await until(async () => (await reasonOf(first)) === 'pinned', { within: 20_000, what: 'the pin' })
    const token = await stat(join(place.state, 'token'))
    expect(token.mode & 0o777).toBe(0o600)
    await first.kill()

    const paused = await place.capuchin('pause', 'ingest', '--why', 'look', '--as', 'bo', '--for', '4s')
    expect(paused.stderr).toMatch(/: it binds from the next start\n$/)
    const second = await place.run()
    const { stdout } = await place.capuchin('status')
    expect(stdout).toMatch(/\noverrides:\n {2}o\d+: ingest: it is pinned at 2 by anna until /)
    await untilStatus(second, 'the end of the pause', ({ overrides }) => overrides.length === 1)
    expect(await place.capuchin('resume', 'ingest')).toMatchObject({ code: 0 })
    await until(async () => (await reasonOf(second)) === 'no-rules', {
      within: 20_000,
      what: 'the end of both',
    })
    const all = await place.capuchin('pause', '--all', '--why', 'red button', '--as', 'bo')
    expect(all.stdout).toMatch(/^everything is paused until .*: no workload is scaled, /)
    await until(async () => (await reasonOf(second)) === 'paused', { within: 20_000, what: 'the red button' })
    const held = await place.capuchin('pause', '--pool', 'local', '--why', 'no healing either', '--as', 'bo')
    expect(held.stdout).toMatch(/^pool local is held until .*: nothing is ordered, deleted, /)
    await untilStatus(second, 'the alarm of a pool that is held', ({ pools }) =>
      pools.some(({ alarms = [] }) => alarms.some(({ kind }) => kind === 'held')),
    )
    expect(await place.capuchin('status', '--check')).toMatchObject({ code: 1 })
    expect(await place.capuchin('resume', '--all', '--pool', 'local')).toMatchObject({ code: 2 })
    expect(await place.capuchin('resume', '--pool', 'local')).toMatchObject({ code: 0 })
    expect(await place.capuchin('resume', '--all')).toMatchObject({ code: 0 })
    const told = (await second.history({ kind: 'outcome' })).flatMap((entry) =>
      entry.kind === 'outcome' && entry.step.startsWith('override') ? [entry.sentence] : [],
    )
    const has = (text: string): string[] => told.filter((sentence) => sentence.includes(text))
    expect([
      has('begins').filter((sentence) => sentence.includes(': ingest: ')),
      has('ended, its time is over: ingest: it is paused by bo'),
      has('taken back by').filter((sentence) => sentence.includes(': ingest: ')),
    ]).toEqual([
      [expect.stringContaining('anna'), expect.stringContaining('bo')],
      [expect.any(String)],
      [expect.stringContaining('anna')],
    ])
    expect(second.child.stdout()).not.toContain((await readFile(join(place.state, 'token'), 'utf8')).trim())
    await second.stop()
    await place.down()
  })
})
