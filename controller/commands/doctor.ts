import { randomBytes } from 'node:crypto'
import { examine } from '../doctor/examine.ts'
import { outsideOf } from '../outside.ts'
import { hint } from '../policy/nearest.ts'
import type { PoolSetting } from '../settings/pools.ts'
import type { Settings } from '../settings.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { printProblems, settingsOnly } from './configuration.ts'
import { misuse } from './hand.ts'
import { wholeNumber } from './number.ts'

/** The image of the vendor's own examples of Container Optimized Images: a page at port 80, in a registry that its VMs reach. */
const IMAGE = 'cr.yandex/yc/demo/coi:v1'

/** Something that costs money could not be deleted, which is worse than anything else that may go wrong. */
const LEFT = 3

const options = {
  ...configOption,
  yandex: {
    type: 'string',
    value: 'POOL',
    text: 'try a pool of Yandex Cloud: sign in, look, and with --yes order one VM, fill a slot, empty it, delete the VM (required)',
  },
  yes: { type: 'boolean', text: 'go on where it costs money; without it nothing is changed' },
  zone: {
    type: 'string',
    value: 'ZONE',
    text: 'where to order the VM; by default the first zone of the pool',
  },
  image: {
    type: 'string',
    value: 'IMAGE',
    default: IMAGE,
    text: 'what to run in the slot: anything that answers HTTP',
  },
  port: { type: 'string', value: 'PORT', default: '80', text: 'where the image listens' },
  probe: { type: 'string', value: 'PATH', default: '/', text: 'what answers 200 once it runs' },
} as const

export const doctor = command({
  name: 'doctor',
  summary:
    'Tries what a pool needs of its cloud, step by step, and says what is wrong and what to do about it.',
  options,
  exits: {
    [exits.ok]: 'all that was tried is well; without --yes nothing was changed',
    [exits.failed]: 'something is not well, and nothing that it made is left',
    [exits.usage]: 'wrong usage',
    [LEFT]: 'something that it made is left, and costs money: it is named',
  },
  async run({ values }, context) {
    const { yandex: name, config, json } = values
    if (name === undefined) return misuse('doctor', 'name a pool to try: --yandex POOL', context)
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
