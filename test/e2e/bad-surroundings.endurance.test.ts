import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Place } from '../support/controller.ts'
import { listenOn } from '../support/ports.ts'
import { until } from '../support/until.ts'
import { contentOf, policy, settings, smallPlace, untilReady, untilStatus } from './small-place.ts'

// Sound files in a world that is not: who is told what, and that nothing is done to the wrong.

/** Processes of hosts and instances, as the same before and after. */
const livesOf = (place: Place): string[] =>
  place
    .processes()
    .filter(({ supervises, instance }) => supervises !== undefined || instance !== undefined)
    .map(
      ({ identity, instance, supervises }) => `${instance ?? supervises} ${identity.pid} ${identity.start}`,
    )
    .toSorted()

const logged = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

describe('ports', () => {
  test.concurrent('the port of the server is in use: nothing is begun', async () => {
    const place = await smallPlace()
    const before = await contentOf(place.folder)
    const other = await listenOn(place.ports.server)
    const detail = `server.listen 127.0.0.1:${place.ports.server} is in use: stop what listens there, or choose another port`
    expect(await place.capuchin('run')).toEqual({ code: 1, stdout: '', stderr: `capuchin run: ${detail}\n` })
    const json = await place.capuchin('run', '--json')
    expect({ ...json, stdout: JSON.parse(json.stdout) }).toEqual({
      code: 1,
      stdout: { ok: false, detail },
      stderr: '',
    })
    other?.close()
    expect(await contentOf(place.folder)).toEqual(before)
    expect(place.processes()).toEqual([])
  })

  test.concurrent('somebody else answers where a controller should: that is no controller', async () => {
    const place = await smallPlace()
    const other = createServer((_request, response) => response.end('{"status":"ok"}'))
    await new Promise<void>((resolve) => other.listen(place.ports.server, '127.0.0.1', resolve))
    expect(await place.capuchin('status', '--check')).toEqual({
      code: 3,
      stdout: `CAPUCHIN UNKNOWN - what answers at ${place.url} is no controller\n`,
      stderr: '',
    })
    other.close()
  })

  test.concurrent('the port of an instance is in use by one that answers: it is not taken for the instance', async () => {
    const place = await smallPlace()
    const other = createServer((_request, response) => response.end('ready, says somebody else'))
    await new Promise<void>((resolve) => other.listen(place.ports.base, '127.0.0.1', resolve))
    const controller = await place.run()
    const why = `it could not be started: port ${place.ports.base} is in use by another process: stop that one, or move portBase`
    await untilStatus(controller, 'the trouble', ({ pools }) => JSON.stringify(pools).includes(why))
    const [line = ''] = await until(async () => {
      const { stdout, code } = await place.capuchin('status', '--check')
      return code === 2 && stdout.includes(why) && [stdout]
    })
    expect(line).toMatch(
      /^CAPUCHIN CRITICAL - ingest has 0 ready of min 1 \(ingest-\d+ is starting: it could not be started: port /,
    )
    const { stdout } = await place.capuchin('status')
    expect(stdout).toMatch(/\n {2}! ingest-\d+ is starting: it could not be started: port \d+ is in use/)
    expect(logged(controller.child.stdout())).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: 'Instance does not run',
        detail: expect.stringContaining(why),
      }),
    )
    expect(await readFile(join(place.published, 'ingest.list'), 'utf8')).toBe('')
    other.closeAllConnections()
    other.close()
    await untilReady(controller, 1)
    await until(async () => (await place.capuchin('status', '--check')).code === 0)
    expect(await readFile(join(place.published, 'ingest.list'), 'utf8')).toBe(
      `127.0.0.1:${place.ports.base}\n`,
    )
    await controller.stop()
    await place.down()
  })
})

test.concurrent('a program that is missing: check, status and log say which, and that goes on until it is there', async () => {
  const place = await smallPlace(policy('{ min: 1, max: 2 }', '', ['no-such-gateway', '--fast']))
  const controller = await place.run()
  const why = 'it could not be started: there is no program no-such-gateway on the PATH'
  await untilStatus(controller, 'the trouble', ({ pools }) => JSON.stringify(pools).includes(why))
  const { stdout } = await place.capuchin('status')
  expect(stdout).toMatch(
    /\n {2}! ingest-\d+ is starting: it could not be started: there is no program no-such-gateway on the PATH \(/,
  )
  expect(await place.capuchin('status', '--check')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(
      /^CAPUCHIN CRITICAL - ingest has 0 ready of min 1 \(ingest-\d+ is starting: it could not be started: there is no program/,
    ),
  })
  const warnings = logged(controller.child.stdout()).filter(({ msg }) => msg === 'Instance does not run')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ level: 'warn', detail: expect.stringContaining(why) })
  await controller.stop()
  await place.down()
})

describe('one controller on one state', () => {
  test.concurrent('a second controller, and down while the first one runs: refused with its pid, and it goes on', async () => {
    const place = await smallPlace()
    const controller = await place.run()
    await untilReady(controller, 1)
    const { pid } = controller.child
    const lives = livesOf(place)

    expect(await place.capuchin('run')).toEqual({
      code: 1,
      stdout: '',
      stderr: `capuchin run: ${place.state} is in use by process ${pid}: stop it first (kill ${pid}), or give this controller a state folder and a port of its own\n`,
    })
    // Another port does not make it another controller.
    await writeFile(join(place.folder, 'other.yaml'), settings(place.ports.base, place.ports.base + 4))
    expect(await place.capuchin('run', '--config', 'other.yaml')).toEqual({
      code: 1,
      stdout: '',
      stderr: `capuchin run: ${place.state} is in use by process ${pid}: stop it first (kill ${pid}), or give this controller a state folder of its own\n`,
    })
    expect(await place.capuchin('down')).toEqual({
      code: 1,
      stdout: '',
      stderr: `capuchin down: the controller still runs, as process ${pid}, and would order hosts again: stop it first (kill ${pid})\n`,
    })
    expect(livesOf(place)).toEqual(lives)
    const { at } = await untilReady(controller, 1)
    await untilStatus(controller, 'another tick', (status) => status.at > at)
    expect(
      logged(controller.child.stdout()).filter(({ level }) => level === 'warn' || level === 'error'),
    ).toEqual([])
    await controller.stop()
    await place.down()
    expect(JSON.parse(await readFile(join(place.published, 'instances.json'), 'utf8'))).toEqual([])
    expect(await readFile(join(place.published, 'ingest.list'), 'utf8')).toBe('')
  })

  test.concurrent('no controller: plan and status say so, and what goes on without one', async () => {
    const place = await smallPlace()
    const controller = await place.run()
    await untilReady(controller, 1)
    await controller.stop()
    const before = await contentOf(place.state)
    const lives = livesOf(place)
    const { code, stdout, stderr } = await place.capuchin('status')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^capuchin status: no controller answers at http:\S+\nIts hosts go on without it\. They were told to run \(epoch 1\):\n {2}capuchin-local-\d+ \(zone a\): ingest-\d+\n$/,
    )
    expect(await place.capuchin('plan')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ingest stays at 1: .*\n\nNothing to do\.\n$/),
      stderr: `no controller answers at ${place.url}; this is what one would do that is started now, with nothing gathered yet by main:\n`,
    })
    expect(livesOf(place)).toEqual(lives)
    expect(Object.keys(await contentOf(place.state))).toEqual(Object.keys(before))
    await place.down()
    expect((await place.capuchin('status')).stderr).toMatch(/\nIt has no hosts\.\n$/)
  })
})

test.concurrent('settings without the pool of hosts that still exist: refused, and nothing is forgotten', async () => {
  const place = await smallPlace()
  const controller = await place.run()
  await untilReady(controller, 1)
  await controller.stop()
  const lives = livesOf(place)
  const sound = settings(place.ports.base, place.ports.server)
  await place.writeSettings(sound.replace('local:', 'other:'))
  await place.writePolicy('ingest', policy('{ min: 1, max: 2 }').replace('pool: local', 'pool: other'))
  for (const command of ['run', 'down']) {
    expect(await place.capuchin(command)).toEqual({
      code: 1,
      stdout: '',
      stderr: `capuchin ${command}: the settings have no pool local, of which capuchin-local-1 still exists: put it back until its hosts are gone\n`,
    })
  }
  expect(livesOf(place)).toEqual(lives)
  await place.writeSettings(sound)
  await place.down()
})

test.concurrent('a state file that is damaged: nobody guesses, the hosts go on, and the remedy that is named works', async () => {
  const place = await smallPlace()
  const first = await place.run()
  await untilReady(first, 1)
  await first.stop()
  // The copy of the last good state is made at a start.
  const second = await place.run()
  await second.stop()
  const lives = livesOf(place)
  const path = join(place.state, 'state.json')
  const previous = join(place.state, 'state.previous.json')
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 200))
  const before = await contentOf(place.state)
  for (const command of ['run', 'plan', 'down']) {
    const { code, stdout, stderr } = await place.capuchin(command)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      new RegExp(`^capuchin ${command}: ${path}: .* JSON .*: repair it, or copy ${previous} \\(as of`),
    )
  }
  expect((await place.capuchin('status')).stderr).toContain(`copy ${previous}`)
  expect(await contentOf(place.state)).toEqual(before)
  expect(livesOf(place)).toEqual(lives)

  await copyFile(previous, path)
  const third = await place.run()
  await untilReady(third, 1)
  expect(livesOf(place)).toEqual(lives)
  await third.stop()
  await rm(previous)
  await place.down()
})
