import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HistoryEntry } from '../../controller/history/history.ts'
import { type Identity, signal } from '../../controller/providers/process/identity.ts'
import { type Controller, gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { livesOf, savedState } from '../support/fleet.ts'
import { type ListWatch, readyList, watchList } from '../support/ready-list.ts'
import { until } from '../support/until.ts'

const MIN = 4
const MAX = 6

/** Four instances on two full hosts, and a third one with room for two more. */
const placeOf = (): Promise<Place> =>
  makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      pools: {
        local: {
          provider: 'process',
          slots: 2,
          zones: ['a', 'b'],
          hosts: { min: 2, max: 6 },
          spareSlots: 2,
          // So low that two dead are still many among six, when two have been added.
          distrust: 30,
          portBase: base,
        },
      },
    }),
    policies: {
      ingest: {
        workload: 'ingest',
        pool: 'local',
        run: {
          command: gatewayCommand,
          probe: { http: '/ready', every: '1s', failures: 4, startWithin: '60s' },
          drain: { http: '/drain', grace: '3s' },
        },
        size: { min: MIN, max: MAX },
      },
    },
    count: 12,
  })

interface Scene {
  place: Place
  controller: Controller
  list: ListWatch
}

async function begin(): Promise<Scene> {
  const place = await placeOf()
  const controller = await place.run()
  await listed(place, MIN)
  return { place, controller, list: watchList(place, 'ingest') }
}

/** Ends a scene, and holds that routers were never told of nobody, nor of fewer than a flap leaves. */
async function end({ place, controller, list }: Scene, least: number): Promise<void> {
  list.stop()
  await controller.stop()
  await place.down()
  expect(Math.min(...list.seen.map(({ members }) => members.length))).toBeGreaterThanOrEqual(least)
}

const idsIn = async (place: Place): Promise<string[]> =>
  (await readyList(place, 'ingest')).map(({ instance }) => instance)

/** Waits until routers are told of so many, of whom none is one of those. */
const listed = (place: Place, size: number, without: readonly string[] = []): Promise<string[]> =>
  until(
    async () => {
      const ids = await idsIn(place)
      return ids.length === size && !ids.some((id) => without.includes(id)) && ids
    },
    { within: 30_000, what: `a ready list of ${size} without ${without}` },
  )

function processOf(place: Place, id: string): Identity {
  const found = place.processes().find(({ instance }) => instance === id)
  if (found === undefined) throw new Error(`${id} has no process`)
  return found.identity
}

type OutcomeEntry = Extract<HistoryEntry, { kind: 'outcome' }>

/** What the controller has done of these kinds, oldest first. */
async function stepsOf({ controller }: Scene, ...kinds: readonly string[]): Promise<OutcomeEntry[]> {
  const entries = await controller.history({ kind: 'outcome' })
  return entries.flatMap((entry) => (entry.kind === 'outcome' && kinds.includes(entry.step) ? [entry] : []))
}

const taking = ['drain', 'remove', 'delete-host', 'forget-host'] as const

test.concurrent('an instance that dies is started again under its name; one that hangs is replaced', async () => {
  const scene = await begin()
  const { place } = scene
  const [dying = '', hanging = ''] = await idsIn(place)
  const before = livesOf(place)

  signal(processOf(place, dying), 'SIGKILL')
  const isBack = (): boolean => ![undefined, before.get(dying)].includes(livesOf(place).get(dying))
  await until(isBack, { within: 10_000, what: `another life of ${dying}` })
  expect(await stepsOf(scene, ...taking, 'place')).toHaveLength(MIN)

  const hung = processOf(place, hanging)
  signal(hung, 'SIGSTOP')
  await listed(place, MIN, [hanging])
  // On a busy machine more than one may look dead for a moment; then one more is added, and goes again when that is over.
  const steps = await stepsOf(scene, ...taking)
  expect(steps.filter(({ subject }) => subject === hanging)).toMatchObject([
    { step: 'remove', sentence: expect.stringMatching(/leaves .*: no answer: no answer in/) },
  ])
  await until(() => !livesOf(place).has(hanging), { within: 10_000, what: `the end of ${hanging}` })
  expect(livesOf(place).size).toBe(MIN)
  await end(scene, MIN - 1)
})

test.concurrent('a host is lost: its instances are started elsewhere in the same tick, and its folder goes', async () => {
  const scene = await begin()
  const { place } = scene
  const hosts = Object.values((await savedState(place))?.hosts ?? {})
  const lost = hosts.find(({ entries }) => entries.length === 2)
  const gone = lost?.entries.map(({ id }) => id) ?? []
  const supervisor = place.processes().find(({ supervises }) => supervises === lost?.name)
  if (lost === undefined || supervisor === undefined) throw new Error('there is no host with two instances')

  signal(supervisor.identity, 'SIGKILL')
  await listed(place, MIN, gone)
  const steps = await stepsOf(scene, ...taking, 'place')
  const [found] = steps.filter(({ step }) => step === 'delete-host')
  expect(found).toMatchObject({ subject: lost.name, sentence: expect.stringContaining('reports it stopped') })
  expect(steps.filter(({ at, step }) => at === found?.at && step === 'place')).toHaveLength(2)
  expect(steps.filter(({ step }) => step === 'drain' || step === 'remove')).toEqual([])

  const isForgotten = async (): Promise<boolean> => (await savedState(place))?.hosts[lost.name] === undefined
  await until(isForgotten, { within: 15_000, what: `the end of ${lost.name}` })
  expect(existsSync(join(place.state, 'hosts', lost.name))).toBe(false)
  expect([...livesOf(place).keys()].filter((id) => gone.includes(id))).toEqual([])
  await end(scene, MIN - gone.length)
})

test.concurrent('half of the instances hang, then all: nothing is deleted, what is ready is brought up to min, and no list empties', async () => {
  const scene = await begin()
  const { place, controller } = scene
  const first = await idsIn(place)
  const half = first.slice(0, MIN / 2)
  const stopped = half.map((id) => processOf(place, id))
  const decision = async () => (await controller.status())?.workloads[0]

  for (const one of stopped) signal(one, 'SIGSTOP')
  const added = (await listed(place, MIN, half)).filter((id) => !first.includes(id))
  const everyone = [...first, ...added].sort()
  const seen = await until(
    async () => {
      const { counts, ...rest } = (await decision()) ?? {}
      return counts?.ready === MIN && { counts, ...rest }
    },
    { what: 'a decision that knows the added ones' },
  )
  expect(seen.sentence).toContain('2 of its 6 instances look dead at once, so nothing is deleted until')
  expect(seen).toMatchObject({ size: MIN, granted: MIN, counts: { dead: 2 } })
  expect([...livesOf(place).keys()].sort()).toEqual(everyone)

  const others = everyone.filter((id) => !half.includes(id)).map((id) => processOf(place, id))
  for (const one of others) signal(one, 'SIGSTOP')
  const allDead = async (): Promise<boolean> => (await decision())?.counts.dead === MAX
  await until(allDead, { within: 20_000, what: 'everyone to look dead' })
  // At max nobody can be added, and the list is held, though the deaths were not all noticed in the same tick.
  expect(await stepsOf(scene, ...taking)).toEqual([])

  for (const one of [...stopped, ...others]) signal(one, 'SIGCONT')
  const normal = async (): Promise<boolean> => {
    const { counts, sentence = '' } = (await decision()) ?? {}
    return counts?.ready === MIN && counts.draining + counts.leaving === 0 && !sentence.includes('look dead')
  }
  await until(normal, { within: 30_000, what: 'everything as it was' })
  const steps = await stepsOf(scene, ...taking)
  // As many as were added go again: those that were seen to be back drain, and one that is seen last may still look dead.
  const went = steps.filter(({ step }) => step === 'drain' || step === 'remove').map(({ subject }) => subject)
  expect(new Set(went).size).toBe(MAX - MIN)
  expect(steps.map(({ step }) => step)).not.toContain('delete-host')
  await listed(place, MIN)
  await end(scene, MIN / 2)
})
