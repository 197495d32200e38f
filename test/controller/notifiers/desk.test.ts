import { describe, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../../controller/notifiers/desk.ts'
import { type NotifierSetting, NotifierSettings } from '../../../controller/notifiers/index.ts'
import type { Message, Notice } from '../../../controller/notifiers/notice.ts'
import type { Sent } from '../../../controller/notifiers/notifier.ts'
import type { Status } from '../../../controller/web/status.ts'
import { alarmed, decision, MINUTE, NOW, pool, status } from './sights.ts'

const sent: Sent = { kind: 'sent', detail: 'answers 200' }
const broken: Sent = { kind: 'failed', detail: 'answers 500' }

const hot = alarmed(['hot', 'at max (4) and still hot'])
const say = (notice: Notice): string => {
  const how = notice.status === 'firing' && notice.reminder === true ? 'reminder' : notice.status
  return `${notice.kind} ${notice.status === 'over' && notice.unheard === true ? 'unheard' : how}`
}

/** A world whose clock a test moves, with a desk in it that tells one receiver. */
async function world(settings: object = {}, tells?: { kind: 'state'; every: number }) {
  let file: string | undefined
  const state = {
    now: NOW,
    status: undefined as Status | undefined,
    illness: undefined as string | undefined,
  }
  const told: Message[] = []
  const counted: string[] = []
  const history: string[] = []
  const answers: Sent[] = []
  const beats: (() => void)[] = []
  const parsed = NotifierSettings.parse({ type: 'webhook', url: 'http://127.0.0.1:1', ...settings })
  const setting: NotifierSetting = {
    ...parsed,
    open: () => ({
      tells: tells ?? { kind: 'changes' },
      async send(message) {
        told.push(message)
        return answers.shift() ?? sent
      },
      check: async () => sent,
      close() {},
    }),
  }
  const open = (): Promise<Desk> =>
    openDesk({
      ...{ controller: 'capuchin', url: 'http://127.0.0.1:7070', folder: '/', tickEvery: 15_000 },
      notifiers: new Map([['ops', setting]]),
      ...{
        now: () => state.now,
        elapsed: () => state.now - NOW,
        random: () => 1,
        within: AbortSignal.timeout,
      },
      ...{ status: () => state.status, illness: () => state.illness },
      count: (_name, outcome) => void counted.push(outcome),
      waiting() {},
      log: { info() {}, warn() {} },
      kept: {
        load: async () => file,
        async save(text) {
          file = text()
          return undefined
        },
      },
      gaveUp: (_name, sentence) => void history.push(sentence),
      outside: {
        files: { list: () => [], read: () => '' },
        every(_ms, run) {
          beats.push(run)
          return () => void beats.splice(beats.indexOf(run), 1)
        },
      },
    })
  const made = { desk: await open() }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) await new Promise(setImmediate)
  }
  /** A second passes, and another one, without a tick. */
  const pass = async (ms: number): Promise<void> => {
    for (const end = state.now + ms; state.now < end; ) {
      state.now = Math.min(end, state.now + Math.max(1_000, ms / 60))
      for (const beat of [...beats]) beat()
      await settle()
    }
  }
  const tick = async (change: Partial<Status> = {}): Promise<void> => {
    state.now += 15_000
    state.status = status({ at: state.now, ...change })
    made.desk.ticked()
    await settle()
  }
  const restart = async (): Promise<void> => {
    beats.length = 0
    state.status = undefined
    made.desk = await open()
    await settle()
  }
  const heard = (): string[] => {
    const all = told.splice(0).flatMap(({ notices }) => notices.map(say))
    return all.filter((one) => !one.startsWith('started'))
  }
  return { state, told, heard, counted, history, answers, pass, tick, restart, settle, made }
}

describe('what somebody is told', () => {
  test('an alarm that begins, once, and once when it is over', async () => {
    const { tick, heard, pass } = await world()
    await pass(3 * MINUTE)
    await tick()
    for (let i = 0; i < 3; i++) await tick({ workloads: [hot] })
    expect(heard()).toEqual(['hot firing'])
    for (let i = 0; i < 5; i++) await tick()
    expect(heard()).toEqual(['hot over'])
  })

  test('everything of one tick is one message, the worst first', async () => {
    const { tick, told, heard } = await world({ events: ['alarm', 'size', 'files'] })
    await tick()
    told.length = 0
    await tick({ workloads: [{ ...hot, granted: 3 }], notices: ['refused'] })
    expect(told).toHaveLength(1)
    expect(heard()).toEqual(['hot firing', 'files-refused firing', 'size-out happened'])
  })

  test('one that lasts is told again after repeat', async () => {
    const { tick, heard, pass } = await world({ repeat: '1h' })
    await tick({ workloads: [hot] })
    heard()
    await pass(59 * MINUTE)
    expect(heard()).toEqual([])
    await pass(2 * MINUTE)
    expect(heard()).toEqual(['hot reminder'])
  })

  test.for<[string, object, string[]]>([
    ['by event', { events: ['files'] }, ['files-refused firing']],
    ['by severity', { severity: 'critical' }, ['hot firing']],
    ['by workload', { workloads: ['other'] }, ['files-refused firing']],
    ['by pool', { pools: ['edge'] }, ['hot firing', 'files-refused firing']],
  ])('only what it wants: %s', async ([, settings, wanted]) => {
    const { tick, heard } = await world(settings)
    await tick({ workloads: [hot], notices: ['refused'] })
    expect(heard()).toEqual(wanted)
  })

  test('a loop that is stuck, though there is no tick to say so, and that it is well again', async () => {
    const { state, tick, pass, heard } = await world()
    await tick()
    heard()
    state.illness = 'no tick has ended for 90 s'
    await pass(2_000)
    expect(heard()).toEqual(['stuck firing'])
    state.illness = undefined
    await pass(3 * MINUTE)
    expect(heard()).toEqual(['stuck over'])
  })

  test('an override that is about to end, once, and that it has ended', async () => {
    const { state, tick, heard, pass } = await world()
    const pin = { ...{ id: 'o1', by: 'anna', why: 'x', at: NOW }, act: { kind: 'pause-all' } as const }
    await tick({ overrides: [{ ...pin, until: state.now + 5 * MINUTE }] })
    heard()
    await pass(2 * MINUTE)
    expect(heard()).toEqual([])
    await tick({ overrides: [] })
    await pass(3 * MINUTE)
    expect(heard()).toEqual(['override-ended happened'])
  })
})

describe('delivery', () => {
  test('what fails is tried again, later each time, and told once when it is told', async () => {
    const { tick, told, heard, pass, answers, counted } = await world()
    await tick()
    told.length = 0
    answers.push(broken, broken, broken)
    await tick({ workloads: [hot] })
    await pass(20_000)
    expect(told.map(({ at }) => at - (told[0]?.at ?? 0))).toEqual([0, 1_000, 3_000, 7_000])
    expect(heard()).toEqual(Array(4).fill('hot firing'))
    expect(counted.slice(-4)).toEqual(['failed', 'failed', 'failed', 'delivered'])
    await pass(MINUTE)
    expect(heard()).toEqual([])
  })

  test('where one of several was not told it is counted, and nothing is told again for it', async () => {
    const { tick, heard, answers, counted } = await world({ events: ['alarm'] })
    await tick()
    answers.push({ ...sent, missed: 'Alertmanager 2 is gone' })
    await tick({ workloads: [hot] })
    await tick({ workloads: [hot] })
    expect(counted).toEqual(['partial'])
    expect(heard()).toEqual(['hot firing'])
  })

  test('who says when to come again is not asked before', async () => {
    const { tick, told, pass, answers } = await world()
    await tick()
    told.length = 0
    answers.push({ ...broken, retryAfter: 30_000 })
    await tick({ workloads: [hot] })
    await pass(29_000)
    expect(told).toHaveLength(1)
    await pass(2_000)
    expect(told).toHaveLength(2)
  })

  test('an alarm that came and went before it could be told is told as one', async () => {
    const { tick, told, heard, pass, answers } = await world()
    await pass(3 * MINUTE)
    await tick()
    told.length = 0
    answers.push(...Array<Sent>(60).fill(broken))
    await tick({ workloads: [hot] })
    for (let i = 0; i < 4; i++) await tick()
    answers.length = 0
    heard()
    await pass(2 * MINUTE)
    expect(heard()).toEqual(['hot unheard'])
  })

  test('what cannot be told in giveUpAfter is given up: the history has it, and a lasting alarm is tried again', async () => {
    const { tick, told, heard, pass, answers, history } = await world({
      giveUpAfter: '5m',
      events: ['alarm'],
    })
    await tick()
    answers.push(...Array<Sent>(500).fill(broken))
    await tick({ workloads: [hot] })
    await pass(7 * MINUTE)
    expect(history).toEqual([
      expect.stringMatching(/^1 notification given up after \d+ attempts in .*answers 500$/),
    ])
    answers.length = 0
    told.length = 0
    await pass(12 * MINUTE)
    expect(heard()).toEqual(['hot firing'])
  })

  test('what is refused again and again is given up soon', async () => {
    const { tick, pass, answers, history } = await world({ events: ['alarm'] })
    await tick()
    answers.push(...Array<Sent>(9).fill({ kind: 'refused', detail: 'answers 404' }))
    await tick({ workloads: [hot] })
    await pass(MINUTE)
    expect(history).toEqual([expect.stringMatching(/after 5 attempts/)])
  })

  test('a burst is five messages; what comes then waits and is one', async () => {
    const { made, told, pass, settle } = await world()
    for (let i = 0; i < 12; i++) {
      made.desk.happened({ kind: `k${i}`, severity: 'info', text: `number ${i}` })
      await settle()
    }
    expect(told).toHaveLength(5)
    await pass(11_000)
    expect(told).toHaveLength(6)
    expect(told.flatMap(({ notices }) => notices)).toHaveLength(13)
  })

  test('a message names twenty and says how many more there are; of too many the oldest go, and are counted', async () => {
    const { made, told, pass, settle, answers, counted } = await world()
    answers.push(...Array<Sent>(3).fill(broken))
    for (let i = 0; i < 250; i++) made.desk.happened({ kind: 'k', severity: 'info', text: `number ${i}` })
    await settle()
    answers.length = 0
    told.length = 0
    await pass(MINUTE)
    expect(told.map(({ notices, more }) => [notices.length, more])).toEqual([[20, 180]])
    expect(counted).toContain('dropped')
  })

  test('at the end all that is left is sent, whatever the pace', async () => {
    const { made, told } = await world()
    for (let i = 0; i < 8; i++) made.desk.happened({ kind: 'k', severity: 'info', text: `number ${i}` })
    await made.desk.close()
    expect(told.at(-1)?.notices.map(({ kind }) => kind)).toContain('stopped')
  })
})

describe('over a restart', () => {
  test('what was told is not told again, and that it is over is not forgotten', async () => {
    const { tick, heard, restart } = await world()
    await tick({ workloads: [hot] })
    heard()
    await restart()
    await tick({ workloads: [hot] })
    expect(heard()).toEqual([])
    await restart()
    for (let i = 0; i < 12; i++) await tick()
    expect(heard()).toEqual(['hot over'])
  })

  test('what is not measured at once after a start is not over', async () => {
    const { tick, heard, restart } = await world()
    await tick({ workloads: [hot] })
    heard()
    await restart()
    for (let i = 0; i < 4; i++) await tick()
    for (let i = 0; i < 12; i++) await tick({ workloads: [hot] })
    expect(heard()).toEqual([])
  })

  test('what could not be told before it is told after', async () => {
    const { tick, heard, restart, answers, pass } = await world()
    await tick()
    answers.push(...Array<Sent>(20).fill(broken))
    await tick({ workloads: [hot] })
    await pass(5_000)
    await restart()
    answers.length = 0
    heard()
    await tick({ workloads: [hot] })
    expect(heard()).toEqual(['hot firing'])
  })
})

describe('who is told all that lasts', () => {
  const every = 60_000

  test('is told again every so often while it lasts, at once when it changes, and what is over for a while', async () => {
    const { tick, heard, told, pass } = await world({}, { kind: 'state', every })
    await pass(3 * MINUTE)
    await tick()
    told.length = 0
    await tick({ workloads: [hot] })
    expect(heard()).toEqual(['hot firing'])
    await pass(every + 1_000)
    expect(heard()).toEqual(['hot firing'])
    for (let i = 0; i < 3; i++) await tick({ workloads: [hot], pools: [pool({ overspending: 'x' })] })
    expect(heard().slice(0, 2)).toEqual(['hot firing', 'overspending firing'])
    for (let i = 0; i < 4; i++) await tick({ workloads: [decision()] })
    expect(heard().slice(-2)).toEqual(['hot over', 'overspending over'])
    await pass(20 * MINUTE)
    told.length = 0
    await pass(2 * MINUTE)
    expect(heard()).toEqual([])
  })
})
