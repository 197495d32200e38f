import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../store/file-system.ts'
import type { Logs } from '../provider.ts'
import { readHost } from './host.ts'
import { hostFolder, hostsDir, isName } from './layout.ts'
import { nameOf } from './system.ts'

/** Read of one file at most, from its end; the supervisor keeps them at about a megabyte. */
const MOST_BYTES = 4_194_304

/**
 * The last lines of an instance's log: what the supervisor cut off and kept beside the file comes before what was written since.
 * Throws when a file is there and cannot be read.
 */
export async function logsOf(
  stateDir: string,
  pool: string,
  host: string,
  instance: string,
  lines: number,
): Promise<Logs> {
  const known = isName(host) ? await readHost(stateDir, host) : undefined
  if (known === undefined || known.order.pool !== pool)
    return { kind: 'failed', detail: `pool ${pool} has no host ${host} any more` }
  const { logs } = hostFolder(join(hostsDir(stateDir), host))
  const path = join(logs, `${instance}.log`)
  const parts = isName(instance) ? [await endOf(`${path}.1`), await endOf(path)] : []
  const there = parts.filter((part) => part !== undefined)
  const who = nameOf(instance)
  if (there.length === 0) return { kind: 'failed', detail: `${host} has no log of ${who}` }
  return {
    kind: 'lines',
    of: `the output of ${who} on ${host}`,
    lines: lastLines(there.join(''), lines),
  }
}

function lastLines(text: string, most: number): string[] {
  const all = text.split('\n')
  // What ends with a line break has no line after it.
  if (all.at(-1) === '') all.pop()
  return all.slice(-most)
}

/** The end of a file as text, from the first whole line that fits; undefined where there is no file. */
async function endOf(path: string): Promise<string | undefined> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return undefined
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, MOST_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    const text = buffer.toString('utf8', 0, bytesRead)
    return length < size ? text.slice(text.indexOf('\n') + 1) : text
  } finally {
    await handle.close()
  }
}
