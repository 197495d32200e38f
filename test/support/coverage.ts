import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import v8 from '@vitest/coverage-v8'
import type { CoverageProviderModule } from 'vitest/node'

/**
 * Vitest's own V8 coverage, with one difference. A process that a test kills while it writes its coverage leaves half a
 * file, and reading that would fail the whole run: such a file is dropped, the process then does not count.
 */
const provider: CoverageProviderModule = {
  getProvider: () => v8.getProvider(),
  startCoverage: (options) => v8.startCoverage?.(options),
  takeCoverage: async (options) => {
    await dropHalfWritten(process.env['NODE_V8_COVERAGE'])
    return v8.takeCoverage?.(options)
  },
  stopCoverage: (options) => v8.stopCoverage?.(options),
}
export default provider

const dropHalfWritten = async (folder: string | undefined): Promise<void> => {
  if (folder === undefined) return
  const files = await readdir(folder).catch(() => [])
  for (const file of files) {
    const path = join(folder, file)
    if (!isWhole(await readFile(path, 'utf8'))) await rm(path)
  }
}

const isWhole = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
