import { join } from 'node:path'
import { awaited, Trouble } from '../trouble.ts'
import { type Child, startChild } from './child.ts'
import type { Place } from './place.ts'

const HEALTHY_WITHIN = 60_000
const STOP_WITHIN = 20_000
const DOWN_WITHIN = 90_000

const capuchin = ({ root, folder, node }: Place, command: string): Child => {
  const args = [join(root, 'controller/main.ts'), command, '--config', join(folder, 'capuchin.yaml')]
  return startChild(node, args, { cwd: root, log: join(folder, `${command}.log`) })
}

/** `capuchin run`, as an operator would start it. */
export const startController = (place: Place): Child => capuchin(place, 'run')

/** Waits until the controller serves and its loop is well. Throws Trouble with its output when that takes too long. */
export async function untilHealthy(controller: Child, { url }: Place, alarm: AbortSignal): Promise<void> {
  const healthy = await awaited(() => isHealthy(url), HEALTHY_WITHIN, alarm)
  if (healthy === undefined)
    throw new Trouble(
      `the controller did not answer at ${url}/healthz within a minute:\n${controller.lastWords()}`,
    )
}

async function isHealthy(url: string): Promise<true | undefined> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })
    await answer.body?.cancel()
    return answer.ok ? true : undefined
  } catch {
    return undefined
  }
}

/** Stops the controller, which leaves its hosts alone, and then the hosts with `capuchin down`. Throws Trouble when they stay. */
export async function takeDown(controller: Child, place: Place): Promise<void> {
  await controller.stop(STOP_WITHIN)
  const down = capuchin(place, 'down')
  const timer = setTimeout(() => void down.stop(0), DOWN_WITHIN)
  const { code, how } = await down.ended
  clearTimeout(timer)
  if (code !== 0) throw new Trouble(`capuchin down did not succeed (${how}):\n${down.lastWords()}`)
}
