import { randomBytes } from 'node:crypto'
import { plural } from '../decision/words.ts'
import { checkup, problemRemarks } from '../doctor/checkup.ts'
import { examine } from '../doctor/examine.ts'
import { judgeNode } from '../doctor/judge/node.ts'
import { type Level, type Remark, remarkLines, worstLast } from '../doctor/remark.ts'
import { tookInWords } from '../doctor/stage.ts'
import { outsideOf } from '../outside.ts'
import { hint } from '../policy/nearest.ts'
import type { PoolSetting } from '../settings/pools.ts'
import type { Settings } from '../settings.ts'
import { plain } from '../terminal/plain.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { clip } from '../terminal/width.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems, settingsOnly } from './configuration.ts'
import { misuse } from './hand.ts'
import { wholeNumber } from './number.ts'
import { controllerOf } from './remote.ts'

/** The image of the vendor's own examples of Container Optimized Images: a page at port 80, in a registry that its VMs reach. */
const IMAGE = 'cr.yandex/yc/demo/coi:v1'

/** Something that costs money could not be deleted, which is worse than anything else that may go wrong. */
const LEFT = 3

const options = {
  ...configOption,
  yandex: {
    type: 'string',
    value: 'POOL',
    text: 'instead try a pool of Yandex Cloud: sign in, look, and with --yes order one VM, fill a slot, empty it, delete the VM',
  },
  strict: { type: 'boolean', text: 'end with 1 also where there are only warnings' },
  yes: { type: 'boolean', text: 'with --yandex: go on where it costs money; without it nothing is changed' },
  zone: {
    type: 'string',
    value: 'ZONE',
    text: 'with --yandex: where to order the VM; by default the first zone of the pool',
  },
  image: {
    type: 'string',
    value: 'IMAGE',
    default: IMAGE,
    text: 'with --yandex: what to run in the slot: anything that answers HTTP',
  },
  port: { type: 'string', value: 'PORT', default: '80', text: 'with --yandex: where the image listens' },
  probe: {
    type: 'string',
    value: 'PATH',
    default: '/',
    text: 'with --yandex: what answers 200 once it runs',
  },
} as const

export const doctor = command({
  name: 'doctor',
  summary:
    'Looks at all that a controller needs, from its disk to each rule, and says what is wrong and what to do about it. Changes nothing.',
  options,
  exits: {
    [exits.ok]: 'nothing is wrong, though there may be warnings; with --yandex: all that was tried is well',
    [exits.failed]: 'something is wrong',
    [exits.usage]: 'wrong usage',
    [LEFT]: 'with --yandex: something that it made is left, and costs money: it is named',
  },
  async run({ values }, context) {
    const { yandex: name, config, json } = values
    if (name === undefined) {
      if (values.yes === true) return misuse('doctor', '--yes is for --yandex POOL', context)
      return await examined(config, { json: json === true, strict: values.strict === true }, context)
    }
    const outcome = settingsOnly(config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, json, context, 'nothing was tried')
      return exits.failed
    }
    const { settings } = outcome
    const setting = settings.pools.get(name)
    const port = wholeNumber(values.port)
    const fault = faultOf(name, setting, settings, { ...values, port })
    if (fault !== undefined || setting === undefined || port === undefined)
      return misuse('doctor', fault ?? '', context)
    const zone = values.zone ?? setting.pool.zones[0] ?? ''
    const wish = { zone, image: values.image, port, path: values.probe }
    return await tried(settings, setting, { wish, yes: values.yes === true }, json === true, context)
  },
})

/** The general examination: everything is looked at, nothing is changed. */
async function examined(
  config: string,
  form: { json: boolean; strict: boolean },
  context: Context,
): Promise<number> {
  const outside = outsideOf(context)
  const began = outside.elapsed()
  const screen = progressOn(form.json ? undefined : context.terminal)
  const remarks = await found(config, screen.show, context)
  screen.end()
  const took = outside.elapsed() - began
  const count = (level: Level): number => remarks.filter((one) => one.level === level).length
  const [wrongs, warnings] = [count('wrong'), count('warning')]
  if (form.json)
    context.out(JSON.stringify({ ok: wrongs === 0, wrong: wrongs, warnings, took, remarks }, null, 2))
  else {
    for (const line of worstLast(remarks).flatMap(remarkLines)) context.out(plain(line))
    context.out(
      `\n${wrongs} wrong, ${plural(warnings, 'warning')}, ${count('ok')} well (${tookInWords(took)}). Nothing was changed.`,
    )
  }
  return wrongs > 0 || (form.strict && warnings > 0) ? exits.failed : exits.ok
}

async function found(
  config: string,
  progress: (done: number, all: number, waiting: readonly string[]) => void,
  context: Context,
): Promise<readonly Remark[]> {
  const nodeVersion = process.versions.node
  const only = settingsOnly(config, context)
  if (only.kind === 'refused') return [judgeNode(nodeVersion), ...problemRemarks('settings', only.problems)]
  const { settings } = only
  const whole = configuration(config, context)
  const policies = whole.kind === 'loaded' ? whole.policies : []
  const problems = whole.kind === 'loaded' ? [] : whole.problems
  const within = (ms: number): AbortSignal => AbortSignal.timeout(ms)
  const deps = { within, stopped: context.stopped(), progress }
  const outside = outsideOf(context)
  const controller = controllerOf(settings, outside)
  return await checkup({ settings, policies, problems, controller, nodeVersion }, outside, deps)
}

/** A line that tells how far it is, on a terminal; nothing elsewhere. */
function progressOn(terminal: Terminal | undefined) {
  const clear = '\r\x1b[K'
  return {
    show(done: number, all: number, waiting: readonly string[]): void {
      const line = `${done} of ${all} looked at; now: ${waiting.join(', ')}`
      terminal?.write(`${clear}${clip(plain(line), terminal.size().columns - 1)}`)
    },
    end: () => terminal?.write(clear),
  }
}

type Wish = { wish: { zone: string; image: string; port: number; path: string }; yes: boolean }

async function tried(
  settings: Settings,
  setting: PoolSetting,
  asked: Wish,
  json: boolean,
  context: Context,
): Promise<number> {
  const say = json ? () => {} : context.out
  const outside = outsideOf(context)
  const tag = randomBytes(3).toString('hex')
  const report = await examine(settings, setting.pool, { ...asked, tag }, outside, context.stopped(), say)
  if (json) context.out(JSON.stringify(report, undefined, 2))
  if (report.left.length > 0) return LEFT
  return report.ok ? exits.ok : exits.failed
}

interface Given {
  zone?: string | undefined
  port: number | undefined
  probe: string
  image: string
}

/** What is wrong with the command line, held against the settings. */
function faultOf(
  name: string,
  setting: PoolSetting | undefined,
  { pools }: Settings,
  { zone, port, probe, image }: Given,
): string | undefined {
  if (setting === undefined) return `there is no pool ${name}${hint(name, pools.keys())}`
  const { provider, zones } = setting.pool
  if (provider !== 'yandex') return `pool ${name} is of provider ${provider}, not yandex`
  if (zone !== undefined && !zones.includes(zone))
    return `pool ${name} has no zone ${zone}${hint(zone, zones) || `; it has ${zones.join(', ')}`}`
  if (port === undefined || port < 1 || port > 65_535) return '--port has to be a number from 1 to 65535'
  if (!probe.startsWith('/')) return '--probe has to be a path that begins with /'
  return image === '' ? '--image needs the name of an image' : undefined
}
