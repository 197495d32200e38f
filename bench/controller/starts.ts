import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Child, startChild } from './child.ts'

const PATIENCE = 60_000

/**
 * Ms from the start of `capuchin run`, with nothing saved, to its first decision in the log. Hosts come from the memory provider; its
 * instances do not answer, which a first tick does not ask.
 */
export async function firstDecision(config: string): Promise<number> {
  await rm(join(dirname(config), 'state'), { recursive: true, force: true })
  const began = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const command = [process.execPath, 'controller/main.ts', 'run', '--config', config]
  const child = await startChild(command, 'controller', (line) => {
    if (line.includes('Size changed') || line.includes('Alarm')) resolve(performance.now() - began)
  })
  const late = setTimeout(() => reject(new Error('no decision in a minute')), PATIENCE)
  void endedEarly(child, reject)
  try {
    return await promise
  } finally {
    clearTimeout(late)
    await child.stop()
  }
}

async function endedEarly(child: Child, reject: (error: Error) => void): Promise<void> {
  const code = await child.ended
  reject(new Error(`capuchin run ended with ${code}: ${child.lastWords()}`))
}
