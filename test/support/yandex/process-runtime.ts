import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ComposeService } from './compose.ts'
import { type Launch, processContainer, type RealContainer } from './process-container.ts'
import type { ContainerRuntime, Start } from './runtime.ts'

export interface ProcessRuntimeOptions {
  /** Logs and volumes go here, in a folder for each VM: `serial.log`, `<service>.log`, `volumes/`. */
  folder: string
  /**
   * What an image runs, by its name, with or without tag: the words that the command of the service is added to; where the service has no
   * command they are all there is. An image that is not named cannot be pulled, which the serial console says.
   */
  images: Readonly<Record<string, readonly string[]>>
  /** Where commands are started. */
  workDir: string
  /** What each container has in its environment before its own; PATH at least. */
  env: Readonly<Record<string, string>>
  /** Where VMs have their addresses: 127.x.0.2 and so on for this x, 2 to 255. Two runtimes of a machine need different ones. */
  network?: number
}

/**
 * Runs containers as processes of this machine, in real time, for people to look at. Each VM has an address of its own in
 * 127.0.0.0/8, which Linux has without being told. In arguments and environment `0.0.0.0` is replaced by that address, as
 * what listens in a network namespace of its own listens there only, and so are the internal name of the VM
 * (`<name>.ru-central1.internal`) and a lone port after `=`, as in `--listen=:9100`; paths of named volumes lead to
 * `folder/<vm>/volumes`. Processes die with the one that started them, get SIGTERM and their stop_grace_period when they are
 * removed, and are started again with growing waits when they end by themselves. Health comes from real probes, not from here.
 * Start the fake with a `pulse`, since nothing looks at the clock by itself.
 */
export function processRuntime(options: ProcessRuntimeOptions): ContainerRuntime {
  const { folder, network = 77 } = options
  const running = new Set<RealContainer>()

  const say = (vm: string, line: string) => {
    mkdirSync(join(folder, vm), { recursive: true })
    appendFileSync(join(folder, vm, 'serial.log'), `${line}\n`)
  }

  const start = ({ service, vm, after }: Start) => {
    const words = wordsOf(service, options.images)
    if (words === undefined)
      say(vm.name, `coi: Error response from daemon: pull access denied for ${service.image}`)
    const launch = words === undefined ? undefined : launchOf(service, words, vm, options)
    const former = after === undefined ? undefined : [...running].find((one) => one.container === after)
    const real = processContainer(service, launch, former?.ended)
    running.add(real)
    void real.ended.then(() => running.delete(real))
    return real.container
  }

  const close = async () => {
    const last = [...running]
    for (const { container } of last) container.kill(0)
    await Promise.all(last.map(({ ended }) => ended))
  }
  return {
    addressOf: (number) => `127.${network}.${(number >> 7) & 255}.${(number & 127) + 2}`,
    start,
    serial: ({ name }, line) => say(name, line),
    close,
  }
}

function wordsOf(
  { image, command = [] }: ComposeService,
  images: ProcessRuntimeOptions['images'],
): readonly string[] | undefined {
  const base = images[image] ?? images[image.replace(/(:[^:/]+)?(@.*)?$/, '')]
  return base === undefined ? undefined : [...base, ...command]
}

function launchOf(
  service: ComposeService,
  words: readonly string[],
  vm: Start['vm'],
  { folder, workDir, env }: ProcessRuntimeOptions,
): Launch {
  const home = join(folder, vm.name)
  const volumes = service.volumes.map((text) => volumeOf(text, home)).filter((one) => one !== undefined)
  for (const { path } of volumes) mkdirSync(path, { recursive: true })
  const local = (text: string) => {
    let made = text
      .replaceAll(/(?<![\d.])0\.0\.0\.0(?![\d.])/g, vm.address)
      .replaceAll(`${vm.name}.ru-central1.internal`, vm.address)
      .replace(/^(--?[\w.-]+=):(\d+)$/, `$1${vm.address}:$2`)
    for (const { target, path } of volumes) made = made.replaceAll(target, path)
    return made
  }
  const own = Object.entries(service.environment).map(([key, value]) => [key, local(value)])
  return {
    words: words.map(local),
    env: { ...env, ...Object.fromEntries(own) },
    workDir,
    log: join(home, `${service.name}.log`),
  }
}

/** Only volumes that have a name are mounted: what is bound from the VM's own disk has no counterpart. */
function volumeOf(text: string, home: string): { target: string; path: string } | undefined {
  const [source = '', target = ''] = text.split(':')
  if (!/^[a-zA-Z0-9]/.test(source) || target === '') return undefined
  return { target, path: join(home, 'volumes', source) }
}
